public import AttuneCore

/// A schedule in a config file: `schedule: cosine`, or a mapping with `kind` and the schedule's settings.
///
/// All kinds but `constant` and `plateau` have the key `per`: `epoch` or `step`.
public indirect enum ScheduleConfiguration: Codable, Sendable, Equatable, ValidatedConfiguration {
  /// No change.
  case constant
  /// A fall at regular times.
  case step(StepDecay.Configuration)
  /// A fall by the same factor each time.
  case exponential(ExponentialDecay.Configuration)
  /// A fall along half a cosine.
  case cosine(CosineAnnealing.Configuration)
  /// A fall as the inverse of time.
  case inverseTime(InverseTimeDecay.Configuration)
  /// A rise on a line, then another schedule.
  case warmup(LinearWarmup.Configuration)
  /// A rise and a long fall.
  case oneCycle(OneCycle.Configuration)
  /// A fall when the validation loss, or the training loss without validation, stops falling.
  case plateau(ReduceOnPlateau.Configuration)

  /// The names of all schedules.
  public static let kinds = [
    ConstantRate.name, StepDecay.name, ExponentialDecay.name, CosineAnnealing.name, InverseTimeDecay.name,
    LinearWarmup.name, OneCycle.name, ReduceOnPlateau.name,
  ]

  /// The name of the kind.
  public var kind: String {
    switch self {
    case .constant: ConstantRate.name
    case .step: StepDecay.name
    case .exponential: ExponentialDecay.name
    case .cosine: CosineAnnealing.name
    case .inverseTime: InverseTimeDecay.name
    case .warmup: LinearWarmup.name
    case .oneCycle: OneCycle.name
    case .plateau: ReduceOnPlateau.name
    }
  }

  /// Decodes from a config or model file; a value that does not fit is an error with its place.
  public init(from decoder: any Decoder) throws {
    switch try ChoiceCoding.kind(from: decoder, known: Self.kinds) {
    case StepDecay.name: self = .step(try ChoiceCoding.settings(StepDecay.Configuration.self, from: decoder))
    case ExponentialDecay.name:
      self = .exponential(try ChoiceCoding.settings(ExponentialDecay.Configuration.self, from: decoder))
    case CosineAnnealing.name:
      self = .cosine(try ChoiceCoding.settings(CosineAnnealing.Configuration.self, from: decoder))
    case InverseTimeDecay.name:
      self = .inverseTime(try ChoiceCoding.settings(InverseTimeDecay.Configuration.self, from: decoder))
    case LinearWarmup.name: self = .warmup(try ChoiceCoding.settings(LinearWarmup.Configuration.self, from: decoder))
    case OneCycle.name: self = .oneCycle(try ChoiceCoding.settings(OneCycle.Configuration.self, from: decoder))
    case ReduceOnPlateau.name:
      self = .plateau(try ChoiceCoding.settings(ReduceOnPlateau.Configuration.self, from: decoder))
    default: self = .constant
    }
  }

  /// Encodes so that decoding gives an equal value.
  public func encode(to encoder: any Encoder) throws {
    switch self {
    case .constant: try ChoiceCoding.encode(kind: kind, to: encoder)
    case .step(let settings): try ChoiceCoding.encode(kind: kind, settings, to: encoder)
    case .exponential(let settings): try ChoiceCoding.encode(kind: kind, settings, to: encoder)
    case .cosine(let settings): try ChoiceCoding.encode(kind: kind, settings, to: encoder)
    case .inverseTime(let settings): try ChoiceCoding.encode(kind: kind, settings, to: encoder)
    case .warmup(let settings): try ChoiceCoding.encode(kind: kind, settings, to: encoder)
    case .oneCycle(let settings): try ChoiceCoding.encode(kind: kind, settings, to: encoder)
    case .plateau(let settings): try ChoiceCoding.encode(kind: kind, settings, to: encoder)
    }
  }

  /// The schedule.
  ///
  /// - Throws: `HyperparameterError` where a setting is out of its range, or what follows a warm-up does not fit it.
  public func make() throws(HyperparameterError) -> TrainingSchedule {
    switch self {
    case .constant: .perEpoch(ConstantRate())
    case .step(let c): Self.counting(c.per, try StepDecay(size: c.size, decay: c.decay))
    case .exponential(let c): Self.counting(c.per, try ExponentialDecay(decay: c.decay))
    case .cosine(let c): Self.counting(c.per, try CosineAnnealing(minimum: c.minimum))
    case .inverseTime(let c): Self.counting(c.per, try InverseTimeDecay(decay: c.decay))
    case .warmup(let c):
      Self.counting(c.per, try LinearWarmup(length: c.length, start: c.start, then: try c.then.following(c.per)))
    case .oneCycle(let c):
      Self.counting(
        c.per,
        try OneCycle(warmupShare: c.warmupShare, initialDivisor: c.initialDivisor, finalDivisor: c.finalDivisor))
    case .plateau(let c):
      .onPlateau(try ReduceOnPlateau(decay: c.decay, patience: c.patience, threshold: c.threshold))
    }
  }

  /// Throws a `ConfigValueError` for the first setting out of its range.
  public func validate() throws {
    do { _ = try make() } catch {
      throw ConfigValueError("\(error.problem); \(error.advice)")
    }
  }

  private static func counting(_ interval: ScheduleInterval, _ schedule: any LearningRateSchedule) -> TrainingSchedule {
    interval == .epoch ? .perEpoch(schedule) : .perStep(schedule)
  }

  /// The schedule as it follows a warm-up, which must count the same.
  private func following(_ interval: ScheduleInterval) throws(HyperparameterError) -> any LearningRateSchedule {
    switch (try make(), interval) {
    case (.perEpoch(let schedule), .epoch), (.perStep(let schedule), .step): return schedule
    case (.perEpoch(let schedule as ConstantRate), .step): return schedule
    case (.perEpoch, .step), (.perStep, .epoch):
      throw HyperparameterError(
        method: LinearWarmup.name, problem: "'\(kind)' does not count per \(interval) as the warm-up before it does",
        advice: "set 'per' of both to the same")
    case (.onPlateau, _):
      throw HyperparameterError(
        method: LinearWarmup.name, problem: "'\(kind)' cannot follow a warm-up",
        advice: "give a schedule that depends on time alone")
    }
  }
}
