public import AttuneCore

/// Takes a network's outputs for rows in order, piece by piece, and tells their quality.
public protocol OutputScorer {
  /// Takes the outputs of the rows in a range, `[rows, k]`.
  ///
  /// - Throws: what reading the targets of the rows throws.
  mutating func add(_ outputs: Matrix, rows: Range<Int>) throws
  /// The quality figure of all rows so far; nil where there is none.
  var quality: Double? { get }
}

/// Rows that a training does not learn from, to see whether what it learns holds elsewhere.
public struct ValidationSet: Sendable {
  /// The rows as the network sees them: preprocessed, never augmented.
  public let rows: any TrainingRows
  /// Makes a scorer of the network's outputs for all rows in order; nil where no quality is wanted.
  public let scorer: (@Sendable () -> any OutputScorer)?

  /// Rows to validate on.
  public init(_ rows: any TrainingRows, scorer: @escaping @Sendable () -> any OutputScorer) {
    self.rows = rows
    self.scorer = scorer
  }

  /// Rows to validate on, with a quality figure of the network's outputs for all rows in order, `[n, k]`.
  public init(_ rows: any TrainingRows, quality: (@Sendable (_ outputs: Matrix) -> Double?)? = nil) {
    self.rows = rows
    guard let quality else {
      scorer = nil
      return
    }
    scorer = { WholeScorer(function: quality) }
  }

  /// Rows that pass the network at once.
  private static let chunk = 1024

  /// The mean loss of a network over all rows, and its quality figure.
  ///
  /// - Throws: `ShapeError` where the rows do not fit the network; what the rows throw.
  public func measure(_ network: Network, _ loss: Loss) throws -> (loss: Double, quality: Double?) {
    let count = rows.count
    var total = 0.0, scorer = self.scorer?()
    for start in stride(from: 0, to: count, by: Self.chunk) {
      let range = start..<min(start + Self.chunk, count)
      let (features, targets) = try rows.batch(at: Array(range)[...])
      let output = try network.predict(features)
      let value = loss(Tape().constant(output), targets: targets).value[0, 0]
      total += Double(value) * Double(range.count)
      try scorer?.add(output, rows: range)
    }
    return (total / Double(max(1, count)), scorer?.quality)
  }
}

/// Keeps all outputs for a function of them.
private struct WholeScorer: OutputScorer {
  let function: @Sendable (Matrix) -> Double?
  var outputs: [Matrix] = []

  mutating func add(_ outputs: Matrix, rows: Range<Int>) { self.outputs.append(outputs) }

  var quality: Double? { function(Matrix.concatenatingRows(outputs)) }
}
