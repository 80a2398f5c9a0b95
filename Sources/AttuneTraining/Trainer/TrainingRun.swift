public import AttuneCore

/// A training between its start and its end: a value that holds everything the next step depends on.
///
/// A copy of it goes on to the same bits, and so does one that a `TrainingCheckpoint` brought back. The rows and the
/// transform of the batches are given with each step and are not part of it.
///
/// What is added to training and remembers something, such as an average of the weights, belongs here, in
/// `checkpoint(identity:)` and in `restore(_:)`.
public struct TrainingRun: Sendable {
  /// The settings.
  public let trainer: Trainer
  /// The network in training.
  public internal(set) var network: Network
  /// How far the training is.
  public internal(set) var position = TrainingPosition()
  /// The epochs that are done.
  public internal(set) var history: [EpochRecord] = []
  /// Steps of an epoch.
  public let stepsPerEpoch: Int

  let rowCount: Int
  let parameters: [ParameterID]
  var optimizer: any SteppingOptimizer
  var engine = TrainingEngine()
  var rates: ScheduleProgress?
  var streams: RandomStreams
  /// The order of the rows in the epoch in progress, and the stream after it; empty before the epoch's first step.
  var permutation = RowOrder()
  var orderAfterEpoch: Philox
  /// The losses of the epoch in progress.
  var sum = LossSum()
  var stopping = EarlyStopping.State()
  /// The network of the best epoch; nil unless early stopping restores it.
  var bestNetwork: Network?
  /// The average of the weights; nil unless the trainer wants one.
  var average: WeightAverage?
  /// What the training cost so far.
  var cost = Cost()

  /// The random streams of a training; that of the order stands at the start of the epoch in progress.
  struct RandomStreams: Sendable, Equatable, Codable {
    var order: Philox
    var dropout: Philox
    var augmentation: Philox
    var mixup: Philox
    /// Never drawn from itself, but forked for each epoch, whose averaged network it serves.
    var averaging: Philox
  }

  /// Losses, each times the rows of its batch.
  struct LossSum: Sendable, Equatable, Codable {
    var total = 0.0
    var rows = 0
    var mean: Double { total / Double(max(1, rows)) }
  }

  /// Processor seconds and floating-point operations; `epochSeconds` are those of the steps of the epoch in progress.
  struct Cost: Sendable, Equatable, Codable {
    var seconds = 0.0
    var epochSeconds = 0.0
    var operations = 0
  }

  /// A training before its first step.
  ///
  /// - Parameters:
  ///   - rows: what it will learn from.
  ///   - generator: the source of order, dropout and augmentation, each a stream of its own.
  /// - Throws: `ShapeError` where the targets do not fit the network, or where the batches of a network with batch norm
  ///   are single rows.
  public init(
    _ trainer: Trainer, _ network: Network, rows: some TrainingRows, using generator: Philox
  ) throws(ShapeError) {
    guard rows.targetDimension == network.outputDimension else {
      throw ShapeError(
        operation: "train", expected: "targets [\(rows.count), \(network.outputDimension)]",
        found: "[\(rows.count), \(rows.targetDimension)]")
    }
    let hasNorm = !network.normalizationLayers.isEmpty, count = rows.count, batchSize = trainer.batchSize
    guard !hasNorm || min(batchSize, count) != 1 else {
      throw ShapeError(
        operation: "train", expected: "batches of at least 2 rows for batch norm",
        found: "batches of 1 (\(count) rows, batch size \(batchSize))")
    }
    self.trainer = trainer
    self.network = network
    rowCount = count
    parameters = network.parameterIDs(notFrozenBy: trainer.groups)
    optimizer = trainer.optimizer.states(for: parameters, of: network, groups: trainer.groups)
    streams = RandomStreams(
      order: generator.fork("order"), dropout: generator.fork("dropout"),
      augmentation: generator.fork("augmentation"), mixup: generator.fork("mixup"),
      averaging: generator.fork("averaging"))
    average = trainer.averaging.map { WeightAverage($0.rule) }
    orderAfterEpoch = streams.order
    let rest = count % batchSize
    stepsPerEpoch = count / batchSize + (rest >= (hasNorm ? 2 : 1) ? 1 : 0)
    rates = trainer.schedule.map {
      ScheduleProgress(
        $0, learningRate: trainer.optimizer.learningRate, epochs: trainer.epochs, stepsPerEpoch: stepsPerEpoch)
    }
  }

  /// Whether the epoch in progress has all its steps, and waits to be finished.
  public var isEpochComplete: Bool { position.step == stepsPerEpoch }

  /// Whether nothing is left to do.
  public var isFinished: Bool { stopping.hasStopped || position.epoch > trainer.epochs }
}
