internal import AttuneInference
internal import AttuneTraining

/// A learner with what watches its errors, and what happens when these change.
struct DriftWatch {
  /// The learner that answers.
  var learner: any OnlineLearner
  /// The learner that began at a warning; nil where there is none.
  private(set) var background: (any OnlineLearner)?
  /// Rows that the second learner has learned.
  private(set) var backgroundRows = 0
  /// Alarms so far.
  private(set) var alarms = 0

  private var detector: (any DriftDetector)?
  private let recovery: OnlineLearnerArmConfiguration.Recovery
  private let make: () throws -> any OnlineLearner
  private let detectorName: String
  /// Errors since the last alarm: how many, and their sum; and their mean with weights that fade.
  private var labels = 0, errors = 0.0, recent = 0.0

  /// Errors that the fading mean is about.
  private static let reach = 50.0

  init(_ arm: OnlineLearnerArmConfiguration, make: @escaping () throws -> any OnlineLearner) throws {
    self.make = make
    learner = try make()
    detector = try arm.detector?.make()
    detectorName = arm.detector?.kind ?? ""
    recovery = arm.recovery
  }

  /// Learns a row whose label has come.
  ///
  /// - Throws: `NonFiniteRow` where the learner refuses the row.
  @inline(__always)
  mutating func learn(_ row: UnsafeBufferPointer<Double>, target: Double) throws {
    if background != nil {
      try? background?.learn(row, target: target)
      backgroundRows += 1
    }
    try learner.learn(row, target: target)
  }

  /// Takes the error of an answer whose label has come, and returns what happened.
  mutating func take(error: Double) throws -> [AdaptationEvent] {
    guard detector != nil, error.isFinite else { return [] }
    labels += 1
    errors += error
    recent += (error - recent) / min(Double(labels), Self.reach)
    switch detector?.update(error) ?? .none {
    case .none:
      background = nil
      return []
    case .warning:
      if recovery == .background, background == nil { background = try make() }
      return []
    case .drift: return try recover()
    }
  }

  private mutating func recover() throws -> [AdaptationEvent] {
    let mean = errors / Double(labels), hasRisen = recent >= mean
    let about =
      "mean of the \(labels) since the last alarm \(NumberFormat.significant(mean)), of about the last "
      + "\(Int(Self.reach)) \(NumberFormat.significant(recent))"
    var events = [
      AdaptationEvent(.alarm, "\(detectorName): the errors have \(hasRisen ? "risen" : "fallen"); \(about)")
    ]
    (labels, errors, recent, alarms) = (0, 0, 0, alarms + 1)
    // A learner that gets better is no reason to begin anew.
    guard hasRisen else {
      background = nil
      return events
    }
    switch recovery {
    case .none: return events
    case .restart: events.append(AdaptationEvent(.reset, "a fresh learner answers"))
    case .background:
      let learned = background?.rowsLearned
      events.append(
        AdaptationEvent(
          .reset,
          learned.map { "the learner that began at the warning answers; it has learned \(Wording.counted($0, "row"))" }
            ?? "a fresh learner answers: no warning came before"))
    }
    learner = try background ?? make()
    background = nil
    return events
  }
}
