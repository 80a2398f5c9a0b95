internal import AttuneCore

/// Where and how often a training keeps its state.
public struct CheckpointPlan: Sendable, Equatable {
  /// Path of the file.
  public var path: String
  /// Seconds between two checkpoints, at a step's end; 0 writes one after every step.
  public var interval: Double
  /// What the training must not differ in when it goes on, by name: data, settings, seed.
  public var identity: [String: String]
  /// Whether a checkpoint that is there already is passed by.
  public var startsAnew: Bool

  /// A plan.
  public init(path: String, interval: Double = 30, identity: [String: String] = [:], startsAnew: Bool = false) {
    precondition(interval >= 0, "an interval of \(interval) seconds")
    self.path = path
    self.interval = interval
    self.identity = identity
    self.startsAnew = startsAnew
  }
}

/// Writes the checkpoints of a training as planned.
struct CheckpointKeeper {
  private let plan: CheckpointPlan
  private var writtenAt = ContinuousClock.now
  /// The path of a checkpoint that is good; nil before the first.
  private(set) var lastGood: String?

  init(_ plan: CheckpointPlan, isResumed: Bool) {
    self.plan = plan
    lastGood = isResumed ? plan.path : nil
  }

  /// Whether it is time for a checkpoint.
  var isDue: Bool { (ContinuousClock.now - writtenAt) / .seconds(1) >= plan.interval }

  /// Writes a checkpoint if it is time.
  mutating func keepIfDue(_ run: TrainingRun, _ observer: TrainingObserver) throws {
    if isDue { try keep(run, observer) }
  }

  /// Writes a checkpoint, unless it would not be a good one: the file keeps the last that was.
  ///
  /// - Parameter isStopping: whether the training is about to end, so that the observer's wish to stop is known.
  mutating func keep(_ run: TrainingRun, isStopping: Bool = false, _ observer: TrainingObserver) throws {
    if let error = run.brokenParameter() { throw error }
    do {
      try observer(.checkpointing(run.position))
    } catch let error as CancellationError where !isStopping {
      throw error
    } catch is CancellationError {}
    try run.checkpoint(identity: plan.identity).write(to: plan.path)
    writtenAt = .now
    lastGood = plan.path
  }
}
