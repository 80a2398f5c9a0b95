public import AttuneCore
internal import Foundation

/// Minibatch training of a network by backpropagation.
public struct Trainer: Sendable {
  /// Changes the rows of a batch before they reach the network: augmentation, then preprocessing.
  public typealias Transform = @Sendable (_ rows: Matrix, _ generator: inout Philox) throws -> Matrix

  /// The rule of the updates.
  public var optimizer: any Optimizer
  /// What is minimized.
  public var loss: Loss
  /// Passes over the data.
  public var epochs: Int
  /// Rows of a batch; the last batch of an epoch may be smaller.
  public var batchSize: Int

  /// How the learning rate changes; nil keeps the optimizer's.
  public var schedule: TrainingSchedule?
  /// A limit on the gradients; nil sets none.
  public var clipping: GradientClipping?
  /// A limit on the norm of the incoming weights of each unit, kept after every update; nil sets none.
  public var maxNorm: Double?
  /// Parameters with settings of their own.
  public var groups: [ParameterGroup]

  /// A trainer.
  public init(
    optimizer: any Optimizer, loss: Loss, epochs: Int, batchSize: Int, schedule: TrainingSchedule? = nil,
    clipping: GradientClipping? = nil, maxNorm: Double? = nil, groups: [ParameterGroup] = []
  ) {
    precondition(epochs >= 0 && batchSize > 0, "\(epochs) epochs of batches of \(batchSize)")
    precondition((maxNorm ?? 1) > 0 && (clipping?.limit ?? 1) > 0, "a limit must be above 0")
    self.schedule = schedule
    self.clipping = clipping
    self.maxNorm = maxNorm
    self.groups = groups
    self.optimizer = optimizer
    self.loss = loss
    self.epochs = epochs
    self.batchSize = batchSize
  }

  /// Trains the parameters of `network` in place, but those that a group freezes.
  ///
  /// Each epoch visits the rows in a new random order. A last batch of a single row is left out where the network has
  /// batch norm, for which one row has no variance.
  ///
  /// ## Shapes
  /// - features: `[n, d]`, targets: `[n, k]`
  ///
  /// - Parameters:
  ///   - transform: applied to the features of each batch; nil leaves them as they are.
  ///   - generator: the source of order, dropout and augmentation, each a stream of its own.
  ///   - progress: called after each epoch with its number, from 1, and its mean loss; what it throws ends the training.
  /// - Returns: what it did and what it cost.
  /// - Throws: `ShapeError` where the data do not fit the network, or where the batches of a network with batch norm
  ///   are single rows; `DivergenceError` when a loss, or a parameter after an epoch, is not finite; what `transform`
  ///   throws.
  public func train(
    _ network: inout Network, features: Matrix, targets: Matrix, transform: Transform? = nil, using generator: Philox,
    progress: (_ epoch: Int, _ loss: Double) throws -> Void = { _, _ in }
  ) throws -> TrainingReport {
    guard features.rows == targets.rows, targets.columns == network.outputDimension else {
      throw ShapeError(
        operation: "train", expected: "targets [\(features.rows), \(network.outputDimension)]",
        found: "\(targets.shape)")
    }
    let largest = min(batchSize, features.rows)
    guard network.normalizationLayers.isEmpty || largest != 1 else {
      throw ShapeError(
        operation: "train", expected: "batches of at least 2 rows for batch norm",
        found: "batches of 1 (\(features.rows) rows, batch size \(batchSize))")
    }
    let started = ThreadClock.now
    let (losses, operations) = try OperationCounter.count {
      try run(&network, features, targets, transform, generator, progress)
    }
    return TrainingReport(losses: losses, seconds: ThreadClock.now - started, operations: operations)
  }

  private func run(
    _ network: inout Network, _ features: Matrix, _ targets: Matrix, _ transform: Transform?, _ generator: Philox,
    _ progress: (Int, Double) throws -> Void
  ) throws -> [Double] {
    let parameters = network.parameterIDs(notFrozenBy: groups)
    let learningRate = optimizer.learningRate
    var optimizer = optimizer.states(for: parameters, of: network, groups: groups)
    var order = generator.fork("order"), dropout = generator.fork("dropout")
    var augmentation = generator.fork("augmentation")
    let smallest = network.normalizationLayers.isEmpty ? 1 : 2
    let starts = stride(from: 0, to: features.rows, by: batchSize).filter {
      min(batchSize, features.rows - $0) >= smallest
    }
    var rates = schedule.map {
      ScheduleProgress($0, learningRate: learningRate, epochs: epochs, stepsPerEpoch: starts.count)
    }
    var losses: [Double] = []
    for epoch in 1..<(epochs + 1) {
      let permutation = order.permutation(features.rows)
      var total = 0.0, rows = 0
      for (step, start) in starts.enumerated() {
        let indices = permutation[start..<min(start + batchSize, features.rows)]
        var batch = features.rows(at: indices)
        if let transform { batch = try transform(batch, &augmentation) }
        var (value, gradients) = try backpropagate(
          &network, batch, targets.rows(at: indices), parameters, using: &dropout)
        guard value.isFinite else { throw DivergenceError(epoch: epoch, step: step + 1, loss: value) }
        clipping?.clip(&gradients)
        if let rate = rates?.learningRate(epoch: epoch - 1, step: step) { optimizer.learningRate = rate }
        optimizer.step(&network, along: gradients)
        if let maxNorm { network.limitIncomingNorms(to: maxNorm, of: parameters) }
        total += Double(value) * Double(indices.count)
        rows += indices.count
      }
      if let broken = parameters.first(where: { !network[$0].isFinite }) {
        throw DivergenceError(epoch: epoch, step: starts.count, loss: Float(total / Double(rows)), parameter: broken)
      }
      let mean = total / Double(max(1, rows))
      losses.append(mean)
      rates?.finishEpoch(loss: mean)
      try progress(epoch, mean)
    }
    return losses
  }
}

extension Trainer {
  /// The loss of a batch and its gradients; moves the running statistics.
  ///
  /// The tape refers to the parameters and ends here: an update while it lives would have to copy them.
  private func backpropagate(
    _ network: inout Network, _ batch: Matrix, _ targets: Matrix, _ parameters: [ParameterID],
    using dropout: inout Philox
  ) throws -> (loss: Float, gradients: [Matrix]) {
    let tape = Tape()
    let pass = try network.trainingForward(batch, on: tape, differentiating: parameters, using: &dropout)
    let value = loss(pass.output, targets: targets)
    let number = value.value[0, 0]
    guard number.isFinite else { return (number, []) }
    let gradients = tape.gradients(of: value, withRespectTo: pass.parameters.map(\.variable))
    network.updateRunningStatistics(pass.statistics, rows: batch.rows)
    return (number, gradients)
  }
}

/// What a training run did and what it cost.
public struct TrainingReport: Sendable, Equatable {
  /// Mean training loss of each epoch.
  public var losses: [Double]
  /// Seconds of processor time of the training thread; on a free core these are the wall-clock seconds.
  public var seconds: Double
  /// Floating-point operations, counted where they were done.
  public var operations: Int

  /// A report.
  public init(losses: [Double], seconds: Double, operations: Int) {
    self.losses = losses
    self.seconds = seconds
    self.operations = operations
  }
}

/// Training stopped because its loss or its parameters were not finite numbers.
public struct DivergenceError: Error, Equatable, CustomStringConvertible {
  /// Epoch, from 1.
  public let epoch: Int
  /// Step in the epoch, from 1.
  public let step: Int
  /// The loss of the step, or the epoch's mean loss where a parameter broke.
  public let loss: Float
  /// The first parameter that holds values that are not finite; nil where the loss broke.
  public let parameter: ParameterID?

  /// A divergence at a step.
  public init(epoch: Int, step: Int, loss: Float, parameter: ParameterID? = nil) {
    self.epoch = epoch
    self.step = step
    self.loss = loss
    self.parameter = parameter
  }

  /// What happened and what to try.
  public var description: String {
    let what =
      parameter.map { "parameter \($0) holds values that are not finite" }
      ?? "the loss is \(loss.isNaN ? "NaN" : "\(loss)")"
    return "training diverged in epoch \(epoch), step \(step): \(what); lower the learning rate, or check the scale of "
      + "the inputs"
  }
}

/// The processor time of the current thread.
public enum ThreadClock {
  /// Seconds since some fixed point.
  public static var now: Double {
    var time = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
  }
}
