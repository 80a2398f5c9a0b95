public import AttuneCore
public import AttuneData

/// A trained network with everything that is needed to use it: how raw rows reach it, and what its outputs mean.
public struct Model: Sendable, Equatable {
  /// The network.
  public var network: Network
  /// What it predicts.
  public var task: PredictionTask
  /// What happens to a raw row before it reaches the network; for regression, how the target is scaled too.
  public var preprocessing: Preprocessing
  /// Names of the classes, in the order of the outputs; empty for regression.
  public var classes: [String]
  /// Statistics of the training inputs after preprocessing; nil for an imported network.
  public var source: SourceStatistics?
  /// How the CSV file with the training rows was written; nil where they came from elsewhere.
  public var dialect: CSVDialect?

  /// A model from its parts.
  public init(
    network: Network, task: PredictionTask, preprocessing: Preprocessing, classes: [String] = [],
    source: SourceStatistics? = nil, dialect: CSVDialect? = nil
  ) {
    self.network = network
    self.task = task
    self.preprocessing = preprocessing
    self.classes = classes
    self.source = source
    self.dialect = dialect
  }

  /// The outputs for the rows of a table, whose columns may be in any order, with categories in any codes.
  ///
  /// - Throws: `MissingColumnError`, `ColumnKindError`, `UnknownCategoryError` and `MissingValueError` for what the model
  ///   cannot take.
  public func predict(_ table: Table) throws -> Matrix {
    try predict(try preprocessing.aligned(table).features)
  }

  /// The outputs for raw rows: logits `[n, k]`, or regression values `[n, 1]` in the target's unit.
  ///
  /// - Parameter rows: the columns that the model was trained on, in their order; categories as the codes of its levels, a
  ///   missing value as NaN.
  /// - Throws: `ShapeError` where the rows do not have the columns that the model was trained on; `UnknownCategoryError`
  ///   and `MissingValueError` for cells that it cannot take.
  public func predict(_ rows: Matrix) throws -> Matrix {
    output(try network.predict(try preprocessing.apply(rows)))
  }

  /// Network outputs as the user sees them: logits as they are, regression values in the target's unit.
  public func output(_ networkOutput: Matrix) -> Matrix {
    preprocessing.targetScaling?.inverse(networkOutput) ?? networkOutput
  }
}
