public import AttuneCore

/// Samples with their answers: one row of features and one target a sample.
///
/// A numeric cell holds its number, a categorical one the place of its category among the column's levels. A missing cell
/// is NaN in both.
///
/// ## Shapes
/// - features: `[n, d]`, targets: n, columns: d
public struct Table: Sendable, Equatable {
  /// The features, one row a sample, `[n, d]`.
  public var features: Matrix
  /// The answers, as many as there are rows, or none.
  public var targets: Targets
  /// Name and kind of each feature, in the order of the features' columns.
  public var columns: [Column]
  /// The size of the images that the rows are, where the file that they come from says it.
  public var image: ImageShape?

  /// A table of parts that fit each other.
  public init(features: Matrix, targets: Targets, columns: [Column], image: ImageShape? = nil) {
    precondition(columns.count == features.columns, "\(columns.count) column names for \(features.columns) columns")
    precondition(
      targets.count == nil || targets.count == features.rows,
      "\(targets.count ?? 0) targets for \(features.rows) rows")
    self.features = features
    self.targets = targets
    self.columns = columns
    self.image = image
  }

  /// A table of numbers, of parts that fit each other.
  public init(features: Matrix, targets: Targets, columnNames: [String], image: ImageShape? = nil) {
    self.init(features: features, targets: targets, columns: columnNames.map { Column($0) }, image: image)
  }

  /// The number of rows (samples).
  public var count: Int { features.rows }

  /// The name of each feature, in the order of the columns.
  public var columnNames: [String] { columns.map(\.name) }

  /// The rows at `indices`, in that order; an index may repeat.
  public func rows(at indices: some Collection<Int>) -> Table {
    Table(features: features.rows(at: indices), targets: targets.rows(at: indices), columns: columns, image: image)
  }
}
