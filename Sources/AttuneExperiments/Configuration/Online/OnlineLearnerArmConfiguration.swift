public import AttuneCore
public import AttuneTraining

/// A learner of an online experiment, with what watches it and what happens when the stream changes.
public struct OnlineLearnerArmConfiguration: Codable, Sendable, Equatable, ValidatedConfiguration {
  /// What happens when the detector says that the stream has changed.
  public enum Recovery: String, Codable, Sendable, CaseIterable {
    /// Nothing but an alarm.
    case none
    /// A fresh learner takes the place of the old one.
    case restart
    /// A second learner learns from the warning on, and takes the place of the first at the alarm; without a warning before
    /// it this is a restart.
    case background
  }

  /// Name in tables.
  public var name: String
  /// The learner.
  public var learner: OnlineLearnerConfiguration
  /// What watches the errors; nil for nothing.
  public var detector: DriftDetectorConfiguration?
  /// What an alarm does.
  public var recovery: Recovery
  /// The streams that it runs on; nil for all of its task.
  public var streams: [String]?

  private enum CodingKeys: String, CodingKey { case name, learner, detector, recovery, streams }

  /// Decodes from a config file; a value that does not fit is an error with its place.
  public init(from decoder: any Decoder) throws {
    let keys = try decoder.container(keyedBy: CodingKeys.self)
    learner = try keys.decode(OnlineLearnerConfiguration.self, forKey: .learner)
    detector = try keys.decodeIfPresent(DriftDetectorConfiguration.self, forKey: .detector)
    let given = try keys.decodeIfPresent(Recovery.self, forKey: .recovery)
    if detector == nil, given != nil {
      throw ConfigValueError("does nothing without 'detector'; add one or remove it", key: "recovery")
    }
    recovery = given ?? (detector == nil ? .none : .restart)
    name =
      try keys.decodeIfPresent(String.self, forKey: .name)
      ?? learner.kind + (detector.map { "+\($0.kind)" } ?? "")
    streams = try keys.decodeIfPresent([String].self, forKey: .streams)
  }

  /// Encodes so that decoding gives an equal value.
  public func encode(to encoder: any Encoder) throws {
    var keys = encoder.container(keyedBy: CodingKeys.self)
    try keys.encode(name, forKey: .name)
    try keys.encode(learner, forKey: .learner)
    if let detector {
      try keys.encode(detector, forKey: .detector)
      try keys.encode(recovery, forKey: .recovery)
    }
    try keys.encodeIfPresent(streams, forKey: .streams)
  }

  /// Throws a `ConfigValueError` for the first setting that does not fit the others.
  public func validate() throws {
    try ConfigCheck.require(!name.isEmpty, "name", "must not be empty")
    try ConfigCheck.require(streams?.isEmpty != true, "streams", "must name a stream, or be left out for all")
  }

  /// A baseline that is in every table.
  init(baseline learner: OnlineLearnerConfiguration) {
    (name, self.learner, detector, recovery, streams) = (learner.kind, learner, nil, .none, nil)
  }

  /// Whether its answers depend on the seed.
  var isRandom: Bool {
    if case .mlp = learner { true } else { false }
  }

  /// One line: the kind with its settings, the detector and the recovery.
  var summary: String {
    func text(_ value: some Encodable) -> String {
      let leaves = (try? NodeEncoder.encode(value, at: ConfigLocation(source: "")))?.settingsText ?? []
      return leaves.joined(separator: ", ")
    }
    let watched = detector.map { "; \(text($0)), recovery \(recovery.rawValue)" } ?? ""
    return text(learner) + watched
  }
}

extension ConfigNode {
  /// The scalars with their keys, `kind` without.
  fileprivate var settingsText: [String] {
    switch content {
    case .scalar(let scalar): return [scalar.text.hasSuffix(".0") ? String(scalar.text.dropLast(2)) : scalar.text]
    case .sequence(let elements): return [elements.flatMap(\.settingsText).joined(separator: "-")]
    case .mapping(let mapping):
      return mapping.entries.flatMap { entry -> [String] in
        if entry.value.isNull { return [] }
        if entry.key == "kind" { return entry.value.settingsText }
        guard entry.value.mapping == nil else { return entry.value.settingsText }
        return ["\(entry.key) \(entry.value.settingsText.joined(separator: " "))"]
      }
    }
  }
}
