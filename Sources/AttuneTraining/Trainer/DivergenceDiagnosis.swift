internal import AttuneCore

/// The search for what made the loss of a batch a number that is not finite.
struct DivergenceDiagnosis {
  let network: Network
  let features: Matrix
  let targets: Matrix
  /// The source of the dropout masks as it was before the step.
  let dropout: Philox

  /// What broke first: an input, a target, a parameter, a layer's output, or the loss itself.
  ///
  /// The layers are found by passes through the first one, the first two and so on: quadratic, but only here.
  func cause() -> DivergenceError.Cause {
    if let (row, column, value) = Self.firstNonFinite(features) {
      return .input(row: row, column: column, value: value)
    }
    if let (row, column, value) = Self.firstNonFinite(targets) {
      return .target(row: row, column: column, value: value)
    }
    if let broken = network.parameterIDs.first(where: { !network[$0].isFinite }) {
      return .parameter(broken, kind: network.layers[broken.layer].kindName)
    }
    for index in network.layers.indices {
      // A network needs a linear layer: what comes before the first one is seen together with it.
      guard let part = try? Network(Array(network.layers[...index])) else { continue }
      var generator = dropout
      guard
        let pass = try? part.trainingForward(features, on: Tape(), differentiating: [], using: &generator),
        !pass.output.value.isFinite
      else { continue }
      return .layer(index: index, kind: network.layers[index].kindName)
    }
    return .loss
  }

  private static func firstNonFinite(_ matrix: Matrix) -> (row: Int, column: Int, value: Float)? {
    matrix.withElements { elements in
      elements.firstIndex { !$0.isFinite }.map { ($0 / matrix.columns, $0 % matrix.columns, elements[$0]) }
    }
  }
}

extension Layer {
  /// Whether it is a batch norm whose running statistics are not finite.
  var hasBrokenStatistics: Bool {
    guard case .batchNorm(let norm) = self else { return false }
    return !(norm.runningMean.isFinite && norm.runningVariance.isFinite)
  }

  /// The kind in a word: `linear`, `batchNorm`, `relu`, `dropout`.
  var kindName: String {
    switch self {
    case .linear: "linear"
    case .batchNorm: "batchNorm"
    case .activation(let function): function.rawValue
    case .dropout: "dropout"
    }
  }
}
