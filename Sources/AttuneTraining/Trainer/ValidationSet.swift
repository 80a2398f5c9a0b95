public import AttuneCore

/// Rows that a training does not learn from, to see whether what it learns holds elsewhere.
public struct ValidationSet: Sendable {
  /// The rows as the network sees them: preprocessed, never augmented.
  public let rows: any TrainingRows
  /// The quality figure of the network's outputs for all rows in order, `[n, k]`; nil where there is none.
  public let quality: (@Sendable (_ outputs: Matrix) -> Double?)?

  /// Rows to validate on.
  public init(_ rows: any TrainingRows, quality: (@Sendable (_ outputs: Matrix) -> Double?)? = nil) {
    self.rows = rows
    self.quality = quality
  }

  /// Rows that pass the network at once.
  private static let chunk = 1024

  /// The mean loss of a network over all rows, and its quality figure.
  ///
  /// - Throws: `ShapeError` where the rows do not fit the network; what the rows throw.
  public func measure(_ network: Network, _ loss: Loss) throws -> (loss: Double, quality: Double?) {
    let indices = Array(0..<rows.count)
    var total = 0.0, outputs: [Matrix] = []
    for start in stride(from: 0, to: indices.count, by: Self.chunk) {
      let chosen = indices[start..<min(start + Self.chunk, indices.count)]
      let (features, targets) = try rows.batch(at: chosen)
      let output = try network.predict(features)
      let value = loss(Tape().constant(output), targets: targets).value[0, 0]
      total += Double(value) * Double(chosen.count)
      if quality != nil { outputs.append(output) }
    }
    return (total / Double(max(1, indices.count)), quality?(Matrix.concatenatingRows(outputs)))
  }
}
