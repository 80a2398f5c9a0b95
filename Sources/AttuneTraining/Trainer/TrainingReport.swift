/// What a training run did and what it cost.
public struct TrainingReport: Sendable, Equatable {
  /// Mean training loss of each epoch.
  public var losses: [Double]
  /// Seconds of processor time of the training thread; on a free core these are the wall-clock seconds. What was lost
  /// when a training was killed between two checkpoints does not count.
  public var seconds: Double
  /// Floating-point operations, counted where they were done, validation included.
  public var operations: Int
  /// Each epoch with its losses and times.
  public var epochs: [EpochRecord]
  /// Whether training ended before its last epoch because the validation loss no longer fell.
  public var stoppedEarly: Bool
  /// The best epoch by the rule of early stopping, or that of the lowest validation loss without one, from 1; nil where
  /// nothing validated.
  public var bestEpoch: Int?

  /// A report.
  public init(
    losses: [Double], seconds: Double, operations: Int, epochs: [EpochRecord] = [], stoppedEarly: Bool = false,
    bestEpoch: Int? = nil
  ) {
    self.losses = losses
    self.seconds = seconds
    self.operations = operations
    self.epochs = epochs
    self.stoppedEarly = stoppedEarly
    let lowest = epochs.filter { $0.validationLoss != nil }
      .min { ($0.validationLoss ?? 0, $0.epoch) < ($1.validationLoss ?? 0, $1.epoch) }
    self.bestEpoch = bestEpoch ?? lowest?.epoch
  }
}

/// An epoch of a training.
public struct EpochRecord: Sendable, Equatable, Codable {
  /// Its number, from 1.
  public var epoch: Int
  /// Steps done in all at its end.
  public var globalStep: Int
  /// Mean training loss, measured while the network changed.
  public var loss: Double
  /// Loss on the validation rows at its end; nil where nothing validates.
  public var validationLoss: Double?
  /// Quality figure on the validation rows at its end; nil where nothing validates.
  public var validationQuality: Double?
  /// The learning rate of its last step.
  public var learningRate: Double
  /// Seconds of processor time, validation included.
  public var seconds: Double
  /// Rows trained per second of processor time, validation left out.
  public var samplesPerSecond: Double
}

/// A step of a training.
public struct StepRecord: Sendable, Equatable {
  /// The epoch it belongs to, from 1.
  public var epoch: Int
  /// Its number in the epoch, from 1.
  public var step: Int
  /// Steps done in all, this one included.
  public var globalStep: Int
  /// Rows of its batch.
  public var rows: Int
  /// Mean loss of its batch before the update.
  public var loss: Double
  /// The learning rate of its update.
  public var learningRate: Double
  /// Norm of all gradients together before clipping; nil where nothing needed it.
  public var gradientNorm: Double?
}

/// How far a training is.
public struct TrainingPosition: Sendable, Equatable, Codable {
  /// The epoch in progress, from 1; one more than there are at the end.
  public var epoch = 1
  /// Steps done in that epoch.
  public var step = 0
  /// Steps done in all.
  public var globalStep = 0

  /// The start.
  public init() {}
}

/// What a training tells while it runs.
public enum TrainingEvent: Sendable, Equatable {
  /// It begins, or goes on from a checkpoint: what was written about steps after the position's `globalStep` is void.
  case started(TrainingPosition, epochs: Int, stepsPerEpoch: Int)
  /// A step is done; `samplesPerSecond` is over about the last second of wall-clock time.
  case step(StepRecord, samplesPerSecond: Double)
  /// An epoch is done, validation included.
  case epoch(EpochRecord)
  /// A checkpoint will be written: what was told so far should be on the disk before it.
  case checkpointing(TrainingPosition)
}

/// Takes note of what a training tells; what it throws ends the training, after a checkpoint if it is a
/// `CancellationError`.
public typealias TrainingObserver = (_ event: TrainingEvent) throws -> Void
