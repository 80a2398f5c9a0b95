public import AttuneCore

/// What is done to features before a network sees them, fitted on the training part only.
///
/// First missing values are replaced, then categories become numbers, then numbers are standardized or scaled; one-hot
/// inputs and indicators stay 0 and 1.
public struct Preprocessing: Sendable, Equatable {
  /// The kinds of preprocessing of numbers.
  public enum Kind: String, Codable, Sendable, CaseIterable {
    /// Numbers as they are.
    case none
    /// `(x − mean) / sd` for each column, with the population's deviation; a constant column is divided by 1.
    case standardize
    /// `x − mean` for each column, in its own unit.
    case center
    /// `x · factor`, for images whose pixels have a known range.
    case scale
  }

  /// What is done to numbers.
  public let kind: Kind
  /// The columns that it was fitted on, in order.
  public let columns: [FittedColumn]
  /// The factor of `scale`; 1 otherwise.
  public let factor: Double
  /// Mean of each column, in the features' units, after missing values were replaced; 0 for one-hot columns; empty unless
  /// the kind is `standardize` or `center`.
  public let means: [Double]
  /// Deviation of each column, 1 where it is constant or one-hot; empty unless the kind is `standardize`.
  public let deviations: [Double]
  /// The scaling of regression targets; nil where targets are classes, absent, or left as they are.
  public let targetScaling: TargetScaling?
  /// What happens to each column, ready to run; empty where all are plain numbers.
  let steps: [PreprocessingStep]

  /// Multiplication of every value by a factor; 1 leaves rows as they are.
  public init(scale factor: Double, columnNames: [String]) {
    self.init(
      kind: factor == 1 ? .none : .scale, columns: columnNames.map { FittedColumn(Column($0)) }, factor: factor,
      means: [], deviations: [], targetScaling: nil)
  }

  init(
    kind: Kind, columns: [FittedColumn], factor: Double, means: [Double], deviations: [Double],
    targetScaling: TargetScaling?
  ) {
    self.kind = kind
    self.columns = columns
    self.factor = factor
    self.means = means
    self.deviations = deviations
    self.targetScaling = targetScaling
    let isPlain = columns.allSatisfy(\.isPlain)
    steps =
      isPlain
      ? []
      : columns.indices.map { place in
        PreprocessingStep(
          columns[place], mean: means.isEmpty ? 0 : means[place],
          deviation: deviations.isEmpty ? 1 : deviations[place], factor: kind == .scale ? factor : 1)
      }
  }

  /// The names of the columns of a raw row, in order.
  public var columnNames: [String] { columns.map(\.column.name) }

  /// The names of the network inputs, such as `age` and `ocean_proximity=INLAND`.
  public var inputNames: [String] { columns.flatMap(\.inputNames) }

  /// The number of network inputs.
  public var inputCount: Int { columns.reduce(0) { $0 + $1.inputCount } }

  /// Whether any column has categories, or values that may be missing.
  public var isTyped: Bool { !steps.isEmpty }

  /// The features as the network sees them.
  ///
  /// ## Shapes
  /// - x: `[n, d]` with the columns in the order of `columnNames`; categories as codes, a missing value as NaN
  /// - returns: `[n, inputCount]`
  ///
  /// - Throws: `ShapeError` if the width differs from that of the training part; `MissingValueError` and
  ///   `UnknownCategoryError` for the first cell that nothing replaces.
  public func apply(_ x: Matrix) throws -> Matrix {
    guard x.columns == columns.count else {
      throw ShapeError(operation: "preprocess", expected: "\(columns.count) columns", found: "\(x.columns) columns")
    }
    guard steps.isEmpty else { return try encoded(x) }
    // One that is not finite may be infinite only: shifts can make that of large numbers.
    if !x.isFinite, let place = x.elements.firstIndex(where: \.isNaN) { throw missingValue(at: place) }
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
    case .center:
      return Matrix(rows: x.rows, columns: x.columns) { out in
        x.withElements { x in
          for start in stride(from: 0, to: x.count, by: max(1, means.count)) {
            for j in means.indices { out[start + j] = Float(Double(x[start + j]) - means[j]) }
          }
        }
      }
    }
  }

  private func encoded(_ x: Matrix) throws -> Matrix {
    let width = inputCount, d = columns.count
    return try Matrix(rows: x.rows, columns: width) { out in
      try x.withElements { x in
        var place = 0
        for start in stride(from: 0, to: x.count, by: max(1, d)) {
          for j in 0..<d {
            switch steps[j].write(x[start + j], to: out, at: &place) {
            case .written: continue
            case .missing: throw missingValue(at: start + j)
            case .unknown:
              throw UnknownCategoryError(
                row: start / d + 1, column: columns[j].column.name, value: nil, known: columns[j].column.levels ?? [])
            }
          }
        }
      }
    }
  }

  private func missingValue(at place: Int) -> MissingValueError {
    MissingValueError(row: place / columns.count + 1, column: columns[place % columns.count].column.name)
  }
}
