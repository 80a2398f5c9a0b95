public import AttuneCore

/// Watches the answers, and acts when a monitor raises an alarm.
///
/// The monitors see the adapted model's answers after correction, also while the source model answers in their place.
/// `reset` brings the source back; `source` lets the source model answer until no monitor has had an alarm for `cooldown`
/// batches, while the adaptation goes on underneath; `lower-rate` halves the learning rate; `report` does no more than tell.
public struct OnAlarm: RecoveryPart {
  /// What is done at an alarm.
  public enum Action: String, Codable, Sendable, CaseIterable, CustomStringConvertible {
    /// Back to the source.
    case reset
    /// The source model answers until the alarm is over.
    case source
    /// Half the learning rate.
    case lowerRate = "lower-rate"
    /// An event.
    case report

    /// The name in config files.
    public var description: String { rawValue }
  }
  /// The settings.
  public struct Configuration: Codable, Sendable, DefaultInitializable, ValidatedConfiguration {
    /// What watches.
    public var monitors: [PartChoice<MonitorPlace>] = [.part(CollapseMonitor.self)]
    /// What is done.
    public var action = Action.reset
    /// Batches after a reset or a lower rate in which nothing more is done; batches without an alarm after which the
    /// source model no longer answers.
    public var cooldown = 10

    /// A reset at collapse.
    public init() {}

    /// Throws a `ConfigValueError` for the first setting out of its range.
    public func validate() throws {
      try ConfigCheck.require(!monitors.isEmpty, "monitors", "must name at least one, for example collapse")
      try ConfigCheck.range("cooldown", cooldown, atLeast: 0)
    }
  }
  /// Where it stands between two alarms.
  public struct State: Codable, Sendable, Equatable {
    /// Batches in which nothing more is done.
    var pause = 0
    /// Batches without an alarm since the source model began to answer; nil where it does not.
    var quiet: Int?
    /// Whether each monitor had an alarm at the last batch.
    var isOn: [Bool] = []
  }
  /// `on-alarm` in config files.
  public static let kind = "on-alarm"
  /// What help says.
  public static let summary = "a reset, the source model or a lower rate when a monitor raises an alarm"
  /// What the monitors need.
  public static func sourceAccess(_ configuration: Configuration) -> SourceAccess {
    configuration.monitors.map(\.sourceAccess).max() ?? .none
  }
  /// Where it stands.
  public var state: State {
    get {
      var state = standing
      state.isOn = panel.isOn
      return state
    }
    set {
      standing = newValue
      if newValue.isOn.count == panel.isOn.count { panel.isOn = newValue.isOn }
    }
  }
  private var standing = State()
  private var panel: MonitorPanel
  private let configuration: Configuration

  /// The part with its monitors.
  public init(_ configuration: Configuration = Configuration(), in setup: RecipeSetup) throws {
    try configuration.validate()
    self.configuration = configuration
    panel = try MonitorPanel(configuration.monitors, in: setup)
  }

  /// Whether the source model answers.
  public var answersBySource: Bool { standing.quiet != nil }

  /// Looks at the answer, and acts.
  public mutating func afterBatch(_ answer: inout Answer, _ run: inout RecipeRun) throws {
    let report = try panel.observe(
      answer.rows, answer.logits, serving: run.serving(answer.network, rows: answer.rows.rows))
    for alarm in report.begun { run.report(.alarm, alarm.message) }
    switch configuration.action {
    case .report: return
    case .source: try answerBySource(isAlarmed: !report.alarms.isEmpty, &answer, &run)
    case .reset, .lowerRate:
      guard standing.pause == 0 else {
        standing.pause -= 1
        return
      }
      guard let alarm = report.alarms.first else { return }
      standing.pause = configuration.cooldown
      guard configuration.action == .lowerRate else { return run.reset(because: alarm.message) }
      guard let rate = run.learningRate else { return }
      run.learningRate = rate / 2
      run.report(.rate, "learning rate from \(rate) to \(rate / 2): \(alarm.message)")
    }
  }

  /// Puts the source model's answer in the place of the adapted one's while there is an alarm, and some batches longer.
  private mutating func answerBySource(isAlarmed: Bool, _ answer: inout Answer, _ run: inout RecipeRun) throws {
    if isAlarmed {
      if standing.quiet == nil { run.report(.fallback, "the source model answers until the alarm is over") }
      standing.quiet = 0
    } else if let quiet = standing.quiet {
      standing.quiet = quiet + 1
      if quiet + 1 > configuration.cooldown {
        standing.quiet = nil
        run.report(.fallback, "the alarm is over, the adapted model answers")
      }
    }
    guard standing.quiet != nil else { return }
    answer.logits = try run.source.predict(answer.rows)
  }

  /// The monitors forget the adapted model that is no more.
  public mutating func afterReset(_ run: RecipeRun) { panel.restart() }

  /// Encodes where it stands, and what each monitor remembers.
  public func encodeState(into list: inout any UnkeyedEncodingContainer) throws {
    var own: any UnkeyedEncodingContainer = list.nestedUnkeyedContainer()
    try own.encode(state)
    for monitor in panel.monitors { try monitor.encodeState(into: &own) }
  }

  /// Takes on what was encoded.
  public mutating func decodeState(from list: inout any UnkeyedDecodingContainer) throws {
    var own: any UnkeyedDecodingContainer = try list.nestedUnkeyedContainer()
    state = try own.decode(State.self)
    for index in panel.monitors.indices { try panel.monitors[index].decodeState(from: &own) }
  }
}
