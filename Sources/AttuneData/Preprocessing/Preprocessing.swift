public import AttuneCore

/// What is done to features before a network sees them, fitted on the training part only.
public struct Preprocessing: Codable, Sendable, Equatable {
  /// The kinds of preprocessing.
  public enum Kind: String, Codable, Sendable, CaseIterable {
    /// Features as they are.
    case none
    /// `(x − mean) / sd` for each column, with the population's deviation; a constant column is divided by 1.
    case standardize
    /// `x · factor`, for images whose pixels have a known range.
    case scale
  }

  /// What is done.
  public let kind: Kind
  /// The columns that it was fitted on, in order.
  public let columnNames: [String]
  /// The factor of `scale`; 1 otherwise.
  public let factor: Double
  /// Mean of each column, in the features' units; empty unless the kind is `standardize`.
  public let means: [Double]
  /// Deviation of each column, 1 where it is constant; empty unless the kind is `standardize`.
  public let deviations: [Double]
  /// The scaling of regression targets; nil where targets are classes, absent, or left as they are.
  public let targetScaling: TargetScaling?

  /// Fits preprocessing to a training table.
  ///
  /// - Parameters:
  ///   - kind: what to do.
  ///   - factor: the factor of `scale`, for example 1/16 for pixels of 0 to 16; ignored by the other kinds.
  ///   - scalingTargets: whether the targets of a regression are standardized too.
  ///   - table: the training part, of one row or more.
  /// - Throws: `ShapeError` if the table has no rows.
  public static func fit(
    _ kind: Kind, factor: Double = 1, scalingTargets: Bool = true, to table: Table
  ) throws -> Preprocessing {
    guard table.count > 0 else {
      throw ShapeError(operation: "fit preprocessing", expected: "a table of one row or more", found: "no rows")
    }
    var means: [Double] = [], deviations: [Double] = []
    if kind == .standardize {
      (means, deviations) = columnMoments(of: table.features)
    }
    var scaling: TargetScaling?
    if scalingTargets, case .values(let values) = table.targets { scaling = TargetScaling(fitting: values) }
    return Preprocessing(
      kind: kind, columnNames: table.columnNames, factor: kind == .scale ? factor : 1, means: means,
      deviations: deviations, targetScaling: scaling)
  }

  /// Multiplication of every value by a factor; 1 leaves rows as they are.
  public init(scale factor: Double, columnNames: [String]) {
    self.init(
      kind: factor == 1 ? .none : .scale, columnNames: columnNames, factor: factor, means: [], deviations: [],
      targetScaling: nil)
  }

  private init(
    kind: Kind, columnNames: [String], factor: Double, means: [Double], deviations: [Double],
    targetScaling: TargetScaling?
  ) {
    self.kind = kind
    self.columnNames = columnNames
    self.factor = factor
    self.means = means
    self.deviations = deviations
    self.targetScaling = targetScaling
  }

  /// The features as the network sees them.
  ///
  /// ## Shapes
  /// - x: `[n, d]` with the columns in the order of `columnNames`, returns `[n, d]`
  ///
  /// - Throws: `ShapeError` if the width differs from that of the training part.
  public func apply(_ x: Matrix) throws -> Matrix {
    guard x.columns == columnNames.count else {
      throw ShapeError(
        operation: "preprocess", expected: "\(columnNames.count) columns", found: "\(x.columns) columns")
    }
    switch kind {
    case .none: return x
    case .scale: return x.map { Float(Double($0) * factor) }
    case .standardize:
      return Matrix(rows: x.rows, columns: x.columns) { out in
        x.withElements { x in
          for start in stride(from: 0, to: x.count, by: max(1, means.count)) {
            for j in means.indices { out[start + j] = Float((Double(x[start + j]) - means[j]) / deviations[j]) }
          }
        }
      }
    }
  }

  /// The table with the columns of the training part, in their order; columns beyond those are left out.
  ///
  /// - Throws: `MissingColumnError` if a column is missing.
  public func aligned(_ table: Table) throws -> Table {
    guard table.columnNames != columnNames else { return table }
    let positions = Dictionary(
      zip(table.columnNames, table.columnNames.indices), uniquingKeysWith: { first, _ in first })
    let order = try columnNames.map { name in
      guard let position = positions[name] else {
        throw MissingColumnError(name: name, nearest: Suggestion.nearest(to: name, among: table.columnNames))
      }
      return position
    }
    return Table(features: table.features.columns(at: order), targets: table.targets, columnNames: columnNames)
  }

  /// Mean and population deviation of each column in double precision; the deviation of a constant column is 1.
  static func columnMoments(of matrix: Matrix) -> (means: [Double], deviations: [Double]) {
    let n = Double(matrix.rows), d = matrix.columns
    var means = [Double](repeating: 0, count: d), squares = means
    matrix.withElements { x in
      for i in x.indices { means[i % d] += Double(x[i]) }
      for j in 0..<d { means[j] /= n }
      for i in x.indices {
        let difference = Double(x[i]) - means[i % d]
        squares[i % d] += difference * difference
      }
      // The mean of equal floats may be off by a rounding; only equal values make a column constant.
      for j in 0..<d where stride(from: j, to: x.count, by: d).allSatisfy({ x[$0] == x[j] }) {
        (means[j], squares[j]) = (Double(x[j]), n)
      }
    }
    return (means, squares.map { ($0 / n).squareRoot() })
  }
}

/// A table lacks a column that a model was trained on.
public struct MissingColumnError: Error, Equatable, CustomStringConvertible {
  /// The missing column.
  public let name: String
  /// The column of the table whose name is most like it; nil if the table has none.
  public let nearest: String?

  /// The missing column, the nearest one, and what to do.
  public var description: String {
    let hint = nearest.map { "; the nearest name is '\($0)'" } ?? ""
    return "the table has no column '\(name)'\(hint); rename or add the column"
  }
}
