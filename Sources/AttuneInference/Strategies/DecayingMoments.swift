internal import AttuneCore
internal import Foundation

/// Mean and variance of the columns of a stream, with old rows counting less and less, and the share of each class in it.
///
/// Batches are merged by their means and squared deviations, so that nothing cancels (Chan, Golub, LeVeque 1983).
struct DecayingMoments: Codable, Sendable, Equatable {
  /// The rows, weighted.
  private(set) var rows = 0.0
  private(set) var mean: [Double]
  private var squares: [Double]
  private var classes: [Double]

  init(columns: Int, classes: Int) {
    mean = Array(repeating: 0, count: columns)
    squares = mean
    self.classes = Array(repeating: 0, count: classes)
  }

  /// Variance of each column, divided by the rows.
  var variance: [Double] { squares.map { rows > 0 ? $0 / rows : 0 } }
  /// Share of each class.
  var shares: [Double] { classes.map { rows > 0 ? $0 / rows : 0 } }

  /// Lets old rows count less and takes in new ones.
  ///
  /// - Parameters:
  ///   - batch: moments of the new rows.
  ///   - window: rows after which a row counts for 1/e.
  mutating func add(_ batch: BatchMoments, window: Double) {
    let kept = exp(-batch.rows / window), old = kept * rows, total = old + batch.rows
    for j in mean.indices {
      let difference = batch.mean[j] - mean[j]
      mean[j] += difference * batch.rows / total
      squares[j] =
        kept * squares[j] + batch.rows * batch.variance[j] + difference * difference * old * batch.rows / total
    }
    for c in classes.indices { classes[c] = kept * classes[c] + batch.classes[c] }
    rows = total
  }
}

/// Mean and variance of the columns of a batch, and how many of its rows are of each class.
struct BatchMoments {
  let rows: Double
  let mean: [Double]
  let variance: [Double]
  let classes: [Double]

  init(rows: Double, mean: [Double], variance: [Double], classes: [Double] = []) {
    (self.rows, self.mean, self.variance, self.classes) = (rows, mean, variance, classes)
  }

  /// - Parameters:
  ///   - inputs: of a batch-norm layer, `[n, d]`.
  ///   - classes: the sum of the predicted probabilities of each class over the rows.
  init(_ inputs: Matrix, classes: [Double]) {
    let (mean, variance) = inputs.columnMoments
    rows = Double(inputs.rows)
    self.mean = mean.elements.map(Double.init)
    self.variance = variance.elements.map(Double.init)
    self.classes = classes
  }
}
