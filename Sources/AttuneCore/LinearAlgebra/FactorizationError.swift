/// A factorization that the numbers do not allow, or a system that they do not determine.
public enum FactorizationError: Error, Equatable, CustomStringConvertible {
  /// Cholesky: the leading minor of order `minor` is not positive definite, so the matrix of `size` rows is not.
  case notPositiveDefinite(minor: Int, size: Int)
  /// QR: only `rank` of `columns` columns are independent; those at `dependent` follow from the others.
  case rankDeficient(rank: Int, columns: Int, dependent: [Int])
  /// QR: fewer rows than the `needed` unknowns.
  case tooFewRows(rows: Int, needed: Int)
  /// `operation` was given NaN or infinity in its `argument`.
  case notFinite(operation: String, argument: String)
  /// The iteration of a LAPACK routine for singular values did not end.
  case notConverged(routine: String)
  /// A LAPACK routine failed for another reason, which `info` encodes.
  case failed(routine: String, info: Int)

  /// What happened, with LAPACK's info in words, and what to do.
  public var description: String {
    switch self {
    case .notPositiveDefinite(let minor, let size):
      "Cholesky: the leading \(minor)×\(minor) minor of the \(size)×\(size) matrix is not positive definite; "
        + "add a positive value to the diagonal, or remove dependent columns from what the matrix was made of"
    case .rankDeficient(let rank, let columns, let dependent):
      "QR: rank \(rank) of \(columns) columns; \(Self.named(dependent)) of the others, so the solution is not unique; "
        + "remove \(dependent.count == 1 ? "it" : "them"), or use ridge with l2 > 0"
    case .tooFewRows(let rows, let needed):
      "QR: \(rows) rows do not determine the solution, at least \(needed) are needed; "
        + "give more rows, or use ridge with l2 > 0"
    case .notFinite(let operation, let argument):
      "\(operation): the \(argument) hold NaN or infinity; remove those rows or impute the values"
    case .notConverged(let routine):
      "LAPACK \(routine): the iteration for the singular values did not converge; "
        + "look for values of very different size, and scale the columns"
    case .failed(let routine, let info):
      info < 0
        ? "LAPACK \(routine): argument \(-info) is not valid (info \(info)); check the sizes of the matrices"
        : "LAPACK \(routine): the factor is singular at column \(info - 1) (info \(info)); use ridge with l2 > 0"
    }
  }

  private static func named(_ columns: [Int]) -> String {
    columns.count == 1
      ? "column \(columns[0]) (from 0) is a linear combination"
      : "columns \(columns.map(String.init).joined(separator: ", ")) (from 0) are linear combinations"
  }
}
