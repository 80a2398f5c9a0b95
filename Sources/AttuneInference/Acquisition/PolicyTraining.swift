internal import AttuneCore
internal import AttuneTraining
internal import Foundation

/// What the trainings of policies share: rows, batches, the loss, the rule of the updates.
struct PolicyTraining {
  /// Settings of the networks and of their training.
  struct Settings {
    var hidden: [Int]
    var dropout: Double
    var learningRate: Double
    var batchSize: Int
    var decay: Double
    var patience: Int
  }

  /// Throws a `ConfigValueError` for the first setting out of its range.
  static func validate(_ settings: Settings) throws {
    try ConfigCheck.require(settings.hidden.allSatisfy { $0 > 0 }, "hidden", "must be widths above 0")
    try ConfigCheck.range("dropout", settings.dropout, atLeast: 0, below: 1)
    try ConfigCheck.range("learningRate", settings.learningRate, above: 0, below: .infinity)
    try ConfigCheck.range("batchSize", settings.batchSize, atLeast: 1)
    try ConfigCheck.range("decay", settings.decay, atLeast: 0, below: 1)
    try ConfigCheck.range("patience", settings.patience, atLeast: 0)
  }

  let settings: Settings
  let training: LabeledRows
  let heldOut: LabeledRows
  let loss: Loss
  let generator: Philox
  let checkCancellation: @Sendable () throws -> Void
  /// Mean training loss of each epoch so far.
  var losses: [Double] = []

  /// - Throws: `MissingHeldOutRows` where there is nothing to validate on.
  init(_ settings: Settings, _ context: PreparationContext, strategy: String) throws {
    guard let heldOut = context.heldOut, heldOut.inputs.rows > 0 else {
      throw MissingHeldOutRows(user: "strategy '\(strategy)'")
    }
    (self.settings, training, self.heldOut) = (settings, context.training, heldOut)
    loss = context.task == .classification ? .crossEntropy(labelSmoothing: 0) : .meanSquaredError
    generator = context.generator
    checkCancellation = context.checkCancellation
  }

  /// Number of inputs.
  var inputs: Int { training.inputs.columns }
  /// Number of outputs.
  var outputs: Int { training.targets.columns }

  /// A multilayer perceptron with the hidden layers of the settings.
  func network(inputs: Int, outputs: Int, _ name: String) -> Network {
    var initialization = generator.fork("initialization").fork(name)
    return Network.mlp(
      inputDimension: inputs, hidden: settings.hidden, outputDimension: outputs, dropout: Float(settings.dropout),
      using: &initialization)
  }

  /// Adam with the learning rate of the settings.
  func optimizer(_ network: Network) throws -> OptimizerStates<Adam> {
    OptimizerStates(
      try Adam(learningRate: settings.learningRate), for: network.parameterIDs, of: network)
  }

  /// One pass over the training rows in random order, in full batches; fewer rows than a batch are one.
  ///
  /// - Parameter step: learns from a batch; returns its loss before.
  mutating func epoch(
    using order: inout Philox, _ step: (_ inputs: Matrix, _ targets: Matrix) throws -> Double
  ) throws {
    let rows = order.permutation(training.inputs.rows), size = min(settings.batchSize, rows.count)
    var sum = 0.0, steps = 0
    for start in stride(from: 0, through: rows.count - size, by: size) {
      try checkCancellation()
      let batch = rows[start..<start + size]
      let loss = try step(training.inputs.rows(at: batch), training.targets.rows(at: batch))
      steps += 1
      guard loss.isFinite else { throw DivergenceError(epoch: losses.count + 1, step: steps, loss: Float(loss)) }
      sum += loss
    }
    losses.append(sum / Double(steps))
  }

  /// The loss of answers to rows.
  func value(_ output: Matrix, _ targets: Matrix) -> Double {
    let tape = Tape()
    return Double(loss(tape.constant(output), targets: targets).value[0, 0])
  }

  /// Trains a network by itself, keeping its best epoch by the loss on the held-out rows.
  ///
  /// - Parameters:
  ///   - epochs: the most passes.
  ///   - prepare: what the network sees of a batch.
  mutating func fit(
    _ network: inout Network, epochs: Int, _ name: String, prepare: (Matrix, inout Philox) -> Matrix
  ) throws {
    let random = generator.fork(name), ids = network.parameterIDs
    var order = random.fork("order"), dropout = random.fork("dropout"), masks = random.fork("masks")
    var optimizer = try optimizer(network), best = network
    var watch = try PlateauWatch(decay: settings.decay, patience: settings.patience)
    let rule = self
    for number in 1...max(1, epochs) {
      var current = network
      try epoch(using: &order) { inputs, targets in
        let (loss, gradients) = try rule.gradients(
          current, prepare(inputs, &masks), targets, differentiating: ids, dropout: &dropout)
        optimizer.step(&current, along: gradients)
        return loss
      }
      network = current
      let found = value(try network.predict(prepare(heldOut.inputs, &masks)), heldOut.targets)
      guard found.isFinite else {
        throw DivergenceError(epoch: number, step: 0, loss: Float(found), cause: .validation)
      }
      if watch.observe(found) { best = network }
      if watch.isOver { break }
      optimizer.learningRate = max(1e-6, settings.learningRate * watch.factor)
    }
    network = best
  }

  /// The loss of a batch and its gradients.
  func gradients(
    _ network: Network, _ input: Matrix, _ targets: Matrix, differentiating ids: [ParameterID],
    dropout: inout Philox
  ) throws -> (loss: Double, gradients: [Matrix]) {
    let tape = Tape()
    var recorded = RecordedNetwork(network, on: tape, differentiating: ids)
    (recorded.dropout, recorded.drawsDropoutInBulk) = (dropout, true)
    let pass = try recorded.forward(input, statistics: .batch)
    dropout = recorded.dropout ?? dropout
    let value = loss(pass.output, targets: targets)
    return (
      Double(value.value[0, 0]), tape.gradients(of: value, withRespectTo: recorded.parameters.map(\.variable))
    )
  }

  /// What a training cost.
  func report(seconds: Double, operations: Int) -> TrainingReport {
    TrainingReport(losses: losses, seconds: seconds, operations: operations)
  }
}

extension Philox {
  /// Masks of uniformly random sizes: an input is kept where its own number is above that of its row.
  mutating func masksOfUniformSize(rows: Int, columns: Int) -> Matrix {
    Matrix(rows: rows, columns: columns) { out in
      for row in 0..<rows {
        let limit = nextUniform()
        for column in 0..<columns { out[row * columns + column] = nextUniform() > limit ? 1 : 0 }
      }
    }
  }
}

/// The clock and the counter of a preparation.
enum PreparationCost {
  /// What `work` returns, and what it cost.
  static func measure<Result>(_ work: () throws -> Result) rethrows -> (Result, seconds: Double, operations: Int) {
    let start = ThreadClock.now
    let (result, operations) = try OperationCounter.count(work)
    return (result, ThreadClock.now - start, operations)
  }
}
