public import AttuneCore

/// Where a training takes its batches from: matrices in memory, or anything that gives rows by number.
public protocol TrainingRows: Sendable {
  /// The number of rows.
  var count: Int { get }
  /// The number of columns of the targets.
  var targetDimension: Int { get }
  /// The rows at `indices`, in that order.
  ///
  /// The same indices give the same bits whenever they are asked for: what goes on from a checkpoint asks again.
  ///
  /// ## Shapes
  /// - returns: features `[indices, d]`, targets `[indices, targetDimension]`
  func batch(at indices: ArraySlice<Int>) throws -> (features: Matrix, targets: Matrix)
}

/// Rows in memory.
public struct MatrixRows: TrainingRows {
  /// The features, `[n, d]`.
  public let features: Matrix
  /// The targets, `[n, k]`.
  public let targets: Matrix

  /// Rows of features and targets, as many of one as of the other.
  public init(features: Matrix, targets: Matrix) {
    precondition(features.rows == targets.rows, "\(features.rows) rows of features, \(targets.rows) of targets")
    self.features = features
    self.targets = targets
  }

  /// The number of rows.
  public var count: Int { features.rows }
  /// The number of columns of the targets.
  public var targetDimension: Int { targets.columns }

  /// The rows at `indices`, copied.
  public func batch(at indices: ArraySlice<Int>) -> (features: Matrix, targets: Matrix) {
    (features.rows(at: indices), targets.rows(at: indices))
  }
}
