internal import AttuneCore

extension RecipeRun {
  /// The answer of a network of the run's layers, with given statistics.
  func answer(_ rows: Matrix, _ network: Network, _ policy: NormalizationPolicy) throws -> Answer {
    try pass(rows, network, policy).answer
  }

  /// The answer of a network of the run's layers, and the statistics that its batch-norm layers used.
  func pass(
    _ rows: Matrix, _ network: Network, _ policy: NormalizationPolicy
  ) throws -> (answer: Answer, statistics: [Int: NormalizationStatistics]) {
    if policy.looksAtBatch, let pass = try passes?.forward(network, rows, statistics: policy) {
      return (
        Answer(rows: rows, logits: pass.output, features: pass.features, network: network), pass.statistics
      )
    }
    let pass = try network.forward(rows, on: Tape(), statistics: policy)
    return (
      Answer(rows: rows, logits: pass.output.value, features: pass.features.value, network: network), pass.statistics
    )
  }
}

extension NormalizationPolicy {
  /// Whether a batch has a share in the statistics. Where it has none and nothing is learned, answers have the bits of
  /// `Network.predict`: passes without a tape sum in another order.
  var looksAtBatch: Bool {
    switch self {
    case .running: false
    case .batch: true
    case .blend(let weight, _): weight != 0
    }
  }
}
