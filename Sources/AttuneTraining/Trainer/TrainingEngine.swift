internal import AttuneCore

/// One training step after the other: the loss of a batch, then the update of the parameters.
///
/// A usual network runs compiled where the processor has the instructions for it, any other on a tape, which is the
/// reference for both.
///
/// Between two steps it holds buffers only: what a step depends on is elsewhere. A copy makes buffers of its own.
struct TrainingEngine: Sendable {
  private var parameters: [ParameterID] = []
  private var compiled: CompiledNetwork?
  private var isPrepared = false
  /// Gradient of the outputs, where compiled.
  private var outputGradient = Matrix(rows: 0, columns: 0)
  private var gradients: [Matrix] = []
  private var updates: [ElementwiseUpdate] = []
  private var statistics: [Int: NormalizationStatistics] = [:]
  private var rows = 0

  /// Readies the engine for steps of a network in batches of at most `rows` rows, with as many threads as matrix
  /// products have.
  ///
  /// - Parameter compiling: false keeps to the tape.
  mutating func prepare(_ network: Network, differentiating parameters: [ParameterID], rows: Int, compiling: Bool) {
    // A copy of this engine may be stepping on another thread.
    if isPrepared, compiled == nil || isKnownUniquelyReferenced(&compiled) { return }
    isPrepared = true
    self.parameters = parameters
    let threads = CompiledNetwork.threads(for: network, rows: rows, atMost: OpenBLAS.threads)
    compiled =
      compiling && rows > 0
      ? CompiledNetwork(network, differentiating: parameters, rows: rows, threads: threads) : nil
  }

  /// The mean loss of a batch. Where it is not finite there is nothing to update by.
  mutating func loss(
    _ network: Network, _ batch: Matrix, targets: Matrix, _ loss: Loss, using dropout: inout Philox
  ) throws -> Float {
    rows = batch.rows
    let tape = Tape()
    guard let compiled else {
      // The tape refers to the parameters and ends here: an update while it lives would have to copy them.
      let pass = try network.trainingForward(batch, on: tape, differentiating: parameters, using: &dropout)
      let value = loss(pass.output, targets: targets), number = value.value[0, 0]
      statistics = pass.statistics
      gradients =
        number.isFinite ? tape.gradients(of: value, withRespectTo: pass.parameters.map(\.variable)) : []
      return number
    }
    let output = try compiled.forward(network, batch, using: &dropout)
    let (number, gradient) = loss.value(output, targets: targets)
    outputGradient = gradient
    return number
  }

  /// Changes the parameters by the step of the last loss, and moves the running statistics.
  ///
  /// - Returns: what the clipping returns; nil without one.
  mutating func update(
    _ network: inout Network, with optimizer: inout any SteppingOptimizer, clipping: GradientClipping?
  ) -> Double? {
    guard let compiled else {
      network.updateRunningStatistics(statistics, rows: rows)
      statistics = [:]
      let norm = clipping?.clip(&gradients)
      optimizer.step(&network, along: gradients)
      return norm
    }
    compiled.updateRunningStatistics(&network)
    // A limit on the norm of all gradients needs all of them before the first update.
    if clipping == nil, optimizer.prepareStep(&network, into: &updates) {
      compiled.update(&network, along: outputGradient, with: updates)
      updates.removeAll(keepingCapacity: true)
      return nil
    }
    if gradients.isEmpty {
      gradients = parameters.map { Matrix(rows: network[$0].rows, columns: network[$0].columns) }
    }
    compiled.gradients(network, along: outputGradient, into: &gradients)
    let norm = clipping?.clip(&gradients)
    optimizer.step(&network, along: gradients)
    return norm
  }
}

extension Loss {
  /// The mean loss of outputs and its gradient with respect to them.
  func value(_ output: Matrix, targets: Matrix) -> (loss: Float, gradient: Matrix) {
    if case .crossEntropy(labelSmoothing: 0) = self { return output.crossEntropy(targets: targets) }
    let tape = Tape(), variable = tape.variable(output)
    let value = self(variable, targets: targets)
    return (value.value[0, 0], tape.gradients(of: value, withRespectTo: [variable])[0])
  }
}
