internal import AttuneCore
internal import AttuneInference
internal import AttuneTraining

/// One learner along a stream: each row is predicted, scored, and learned when its label comes.
///
/// The order is that of river's progressive validation with a delay of k: before row i is answered, the labels of the rows up
/// to i − max(1, k) have come; at the end those on the way come too.
struct LearnerRun {
  let arm: OnlineLearnerArmConfiguration
  /// Why the learner failed; nil while it has not.
  private(set) var failure: String?
  private let task: PredictionTask
  private let delay: Int
  private let warmUp: Int
  private var watch: DriftWatch?
  private var scores: PrequentialScores
  private var trace = WindowTrace()
  private var cost = OnlineCostMeasurement()
  private var events = EventLog()
  private var output: [Double]
  /// Errors of the answers whose labels are on the way.
  private var errors: [Double]
  private var learned = 0, refused = 0
  private var block = 0

  init(
    _ arm: OnlineLearnerArmConfiguration, on stream: OnlineStreamConfiguration, features: Int, classes: Int,
    seed: UInt64
  ) {
    self.arm = arm
    (task, delay, warmUp) = (stream.task, max(1, stream.labels.delay), stream.warmUp)
    scores = PrequentialScores(task: task, classes: classes)
    errors = Array(repeating: 0, count: delay)
    output = Array(repeating: 0, count: stream.task == .classification ? classes : 1)
    do {
      let task = stream.task
      watch = try DriftWatch(arm) {
        try arm.learner.make(features: features, task: task, classes: classes, seed: seed)
      }
    } catch {
      failure = "\(error)"
    }
  }

  /// Answers some rows, and learns from the labels that come meanwhile.
  ///
  /// - Throws: `CancellationError`; what goes wrong with the learner is kept.
  mutating func run(_ rows: Range<Int>, of recent: RecentRows) throws {
    guard failure == nil else { return }
    do {
      if let learner = watch?.learner, cost.wants(block: block) {
        cost.measure(learner, rows, of: recent, block: block)
      }
      block += 1
      for row in rows {
        if delay > 1, row >= delay { try take(row - delay, of: recent) }
        try answer(row, of: recent)
        if delay == 1 { try take(row, of: recent) }
      }
    } catch let error where !(error is CancellationError) {
      failure = "\(error)"
    }
  }

  /// Learns the labels that are on the way when the stream of so many rows ends.
  mutating func finish(rows: Int, of recent: RecentRows) {
    guard failure == nil, delay > 1 else { return }
    do {
      for row in max(0, rows - delay)..<max(0, rows) { try take(row, of: recent) }
    } catch {
      failure = "\(error)"
    }
  }

  private mutating func answer(_ row: Int, of recent: RecentRows) throws {
    // Taken out and put back, so that the memory is used again while the rest of the value changes.
    var output: [Double] = []
    swap(&output, &self.output)
    defer { swap(&output, &self.output) }
    let (loss, error) = try recent.withRow(row) { features, target, label -> (Double?, Double) in
      try output.withUnsafeMutableBufferPointer { output in
        watch?.learner.predict(features, into: output)
        let answers = UnsafeBufferPointer(output)
        guard answers.allSatisfy(\.isFinite) else { throw DivergedLearner(learner: arm.name, row: row) }
        guard label != .unknown else { return (nil, .nan) }
        let error =
          task == .classification
          ? (PrequentialScores.largest(answers) == Int(target) ? 0 : 1) : abs(answers[0] - target)
        return (row < warmUp ? nil : scores.add(answers, target: target), error)
      }
    }
    if let loss, !loss.isFinite { throw DivergedLearner(learner: arm.name, row: row) }
    trace.add(loss, row: row)
    errors[row % delay] = error
  }

  /// Learns a row whose label comes now.
  private mutating func take(_ row: Int, of recent: RecentRows) throws {
    let error = errors[row % delay]
    try recent.withRow(row) { features, target, label in
      guard label == .comes else { return }
      do {
        try watch?.learn(features, target: target)
        learned += 1
      } catch is NonFiniteRow {
        refused += 1
      }
      let told = try watch?.take(error: error) ?? []
      if !told.isEmpty { events.add(told, row: row, batch: 0) }
    }
  }

  /// What the run found.
  func outcome(features: Int) -> OnlineArmOutcome {
    var outcome = OnlineArmOutcome(learner: arm.name)
    outcome.failure = failure
    guard failure == nil, let watch else { return outcome }
    outcome.quality = scores.quality
    outcome.metrics = scores.metrics
    outcome.trace = trace.values(task: task)
    outcome.rowsPerWindow = trace.size
    (outcome.scored, outcome.learned, outcome.refused) = (scores.rows, learned, refused)
    outcome.alarms = watch.alarms
    var log = events
    log.number(rowsPerBatch: trace.size)
    outcome.events = log.isEmpty ? nil : log
    for limited in watch.learner.regularizations {
      outcome.regularizations[limited.reason.rawValue] = limited.count
    }
    let medians = cost.medians
    let counted = (medians.predictOperations, medians.learnOperations)
    let stated = OnlineOperations(arm.learner, features: features, outputs: output.count)
    let share = learned > 0 ? Double(watch.backgroundRows) / Double(learned) : 0
    outcome.cost = OnlineCost(
      predictOperations: stated.predict(counted: counted.0),
      learnOperations: stated.learn(counted: counted.1) * (1 + share),
      predictNanoseconds: medians.predictSeconds * 1e9, learnNanoseconds: medians.learnSeconds * 1e9 * (1 + share),
      stateBytes: (try? StateSize.bytes(of: watch.learner)) ?? 0)
    return outcome
  }
}

/// A learner whose answers are no numbers any more.
struct DivergedLearner: Error, Equatable, CustomStringConvertible {
  let learner: String
  /// The row of the stream, from 0.
  let row: Int

  var description: String {
    "learner '\(learner)' answers row \(row) with a number that is not finite or too large; lower its learning rate, or "
      + "scale the features (scaler: standard)"
  }
}
