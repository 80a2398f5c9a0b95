public import AttuneCore

/// Minibatch training of a network by backpropagation: its settings.
///
/// `train` does all of it; a `TrainingRun` goes step by step and can be kept in a file.
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
  /// The end of a training whose validation loss no longer falls; nil trains all epochs.
  public var earlyStopping: EarlyStopping?
  /// Weight of an L1 penalty on the weights of linear layers; 0 is none.
  public var l1: Double
  /// Mixing of the rows of each batch, after the transform; nil mixes none.
  public var mixup: Mixup?
  /// An average of the weights that is validated, and takes their place at the end; nil keeps the last ones.
  public var averaging: AveragingConfiguration?

  /// Whether a usual network may run compiled rather than on a tape: faster, sums in another order.
  var isCompiled = CompiledNetwork.isFast

  /// A trainer.
  public init(
    optimizer: any Optimizer, loss: Loss, epochs: Int, batchSize: Int, schedule: TrainingSchedule? = nil,
    clipping: GradientClipping? = nil, maxNorm: Double? = nil, groups: [ParameterGroup] = [],
    earlyStopping: EarlyStopping? = nil, l1: Double = 0, mixup: Mixup? = nil, averaging: AveragingConfiguration? = nil
  ) {
    precondition(epochs >= 0 && batchSize > 0, "\(epochs) epochs of batches of \(batchSize)")
    precondition((maxNorm ?? 1) > 0 && (clipping?.limit ?? 1) > 0, "a limit must be above 0")
    precondition(l1 >= 0 && l1.isFinite, "an L1 penalty of \(l1)")
    self.schedule = schedule
    self.clipping = clipping
    self.maxNorm = maxNorm
    self.groups = groups
    self.earlyStopping = earlyStopping
    self.l1 = l1
    self.mixup = mixup
    self.averaging = averaging
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
  ///   - validation: rows that are not learned from; nil validates nothing.
  ///   - transform: applied to the features of each batch; nil leaves them as they are.
  ///   - generator: the source of order, dropout and augmentation, each a stream of its own.
  ///   - progress: called after each epoch with its number, from 1, and its mean loss; what it throws ends the training.
  /// - Returns: what it did and what it cost.
  /// - Throws: `ShapeError` where the data do not fit the network, or where the batches of a network with batch norm
  ///   are single rows; `DivergenceError` when a loss, or a parameter after an epoch, is not finite; what `transform`
  ///   throws.
  public func train(
    _ network: inout Network, features: Matrix, targets: Matrix, validation: ValidationSet? = nil,
    transform: Transform? = nil, using generator: Philox,
    progress: (_ epoch: Int, _ loss: Double) throws -> Void = { _, _ in }
  ) throws -> TrainingReport {
    guard features.rows == targets.rows else {
      throw ShapeError(
        operation: "train", expected: "targets [\(features.rows), \(network.outputDimension)]",
        found: "\(targets.shape)")
    }
    let rows = MatrixRows(features: features, targets: targets)
    var run = try TrainingRun(self, network, rows: rows, using: generator)
    // The run alone refers to the parameters while it lasts: a second reference would force copies.
    network = Self.nothing
    defer { network = run.network }
    return try run.complete(on: rows, validation: validation, transform: transform) { event in
      if case .epoch(let record) = event { try progress(record.epoch, record.loss) }
    }
  }

  private static let nothing: Network = {
    var generator = Philox(seed: 0)
    return Network.linear(inputDimension: 1, outputDimension: 1, using: &generator)
  }()
}
