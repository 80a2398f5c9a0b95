internal import AttuneCore
internal import AttuneData
public import AttuneInference

/// An inference arm: what happens while a model serves.
///
/// In a config file the settings of the strategy stand beside its name:
/// `{name: tent-slow, strategy: tent, optimizer: {kind: adam, learningRate: 0.0001}}`.
public struct InferenceArmConfiguration: Codable, Sendable {
  /// Name in tables; by default the strategy's.
  public var name: String
  /// A student that is distilled from the trained network and serves in its place; nil serves the network itself.
  public var student: Student?
  /// The strategy.
  public var strategy: StrategyConfiguration
  /// How its settings are found among several; nil takes them as they stand.
  public var choice: SettingChoiceConfiguration?
  /// Intervals about its answers; nil gives none.
  public var intervals: IntervalConfiguration?

  private enum CodingKeys: String, CodingKey {
    case name, student, strategy, intervals
    /// How its settings are found among several; without it they are taken as they stand.
    case choose
  }

  /// Decodes from a config or model file; a value that does not fit is an error with its place.
  public init(from decoder: any Decoder) throws {
    let keys = try decoder.container(keyedBy: CodingKeys.self)
    let given = try keys.decodeIfPresent(String.self, forKey: .name)
    student = try keys.decodeIfPresent(Student.self, forKey: .student)
    intervals = try keys.decodeIfPresent(IntervalConfiguration.self, forKey: .intervals)
    strategy = try StrategyConfiguration(from: decoder)
    name = given ?? strategy.name
    if let written = try keys.decodeIfPresent(WrittenChoice.self, forKey: .choose) {
      guard let arm = (decoder as? NodeDecoder)?.visited.node else {
        throw ConfigValueError("can be read from a config file only", key: CodingKeys.choose.rawValue)
      }
      choice = try SettingChoiceConfiguration(
        written, of: arm, userInfo: decoder.userInfo)
    }
  }

  /// Encodes so that decoding gives an equal value.
  public func encode(to encoder: any Encoder) throws {
    var keys = encoder.container(keyedBy: CodingKeys.self)
    try keys.encode(name, forKey: .name)
    try keys.encodeIfPresent(student, forKey: .student)
    try strategy.encode(to: encoder)
    try keys.encodeIfPresent(choice, forKey: .choose)
    try keys.encodeIfPresent(intervals, forKey: .intervals)
  }

  /// One line for tables.
  public var summary: String {
    let served = student.map { student in
      "student \(student.hidden.map(String.init).joined(separator: "-")) (T = \(student.temperature)); "
    }
    return (served ?? "") + strategy.strategy.summary + (intervals.map { "; " + $0.summary } ?? "")
  }

  /// What the arm needs of the source: a student is distilled on training rows before it serves.
  public var sourceAccess: SourceAccess {
    guard student == nil, choice?.criterion != .syntheticShifts else { return .samples }
    let strategies = choice?.alternatives ?? [strategy]
    return strategies.map(\.strategy.sourceAccess).max() ?? .none
  }
}

/// A strategy by its registered name, with its settings.
public struct StrategyConfiguration: Codable, Sendable {
  /// Registered name.
  public var name: String { entry.name }
  /// What is known of the strategy.
  public let entry: StrategyRegistry.Entry
  /// The strategy with its settings.
  public let strategy: any AdaptationStrategy

  private enum CodingKeys: String, CodingKey { case strategy }

  /// - Throws: a `ConfigValueError` where the name is unknown or a setting is wrong.
  public init(from decoder: any Decoder) throws {
    let keys = try decoder.container(keyedBy: CodingKeys.self)
    let name = try keys.decode(String.self, forKey: .strategy)
    let registry = decoder.userInfo[.strategies] as? StrategyRegistry ?? .builtIn
    guard let entry = registry[name] else {
      throw ConfigValueError(
        "unknown strategy", key: "strategy", given: name, known: registry.all.map(\.name))
    }
    self.entry = entry
    strategy = try registry.make(name, from: decoder) { type, decoder in
      try decoder.singleValueContainer().decode(type)
    }
  }

  /// Encodes so that decoding gives an equal value.
  public func encode(to encoder: any Encoder) throws {
    var keys = encoder.container(keyedBy: CodingKeys.self)
    try keys.encode(name, forKey: .strategy)
    try strategy.encodeConfiguration(to: encoder)
  }
}

extension AdaptationStrategy {
  fileprivate func encodeConfiguration(to encoder: any Encoder) throws { try configuration.encode(to: encoder) }
}

extension CodingUserInfoKey {
  /// The strategies that a config may name: a `StrategyRegistry`.
  static let strategies = CodingUserInfoKey(rawValue: "attune.strategies").unsafelyUnwrapped
}

extension StrategyRegistry {
  /// What a decoder of configurations is told of the registry.
  var decodingInfo: [CodingUserInfoKey: Any] { [.strategies: self, .shifts: shifts] }
}
