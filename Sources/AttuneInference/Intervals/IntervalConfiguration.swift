public import AttuneCore

/// Intervals about the answers of an inference arm of a regression.
public enum IntervalConfiguration: Codable, Sendable, Equatable {
  /// One half width for the whole stream, from rows that are held out.
  case splitConformal(SplitConformal)
  /// A half width that follows the labels that come late.
  case adaptiveConformal(AdaptiveConformal)

  /// The settings of split conformal prediction.
  public struct SplitConformal: Codable, Sendable, Equatable, DefaultInitializable, ValidatedConfiguration {
    /// The share of targets that the intervals are meant to hold.
    public var level = 0.9

    /// A level of 0.9.
    public init() {}

    /// Throws a `ConfigValueError` for the first setting out of its range.
    public func validate() throws { try ConfigCheck.range("level", level, above: 0, below: 1) }
  }

  /// The settings of adaptive conformal inference.
  public struct AdaptiveConformal: Codable, Sendable, Equatable, DefaultInitializable, ValidatedConfiguration {
    /// The share of targets that the intervals are meant to hold in the long run.
    public var level = 0.9
    /// How far a label moves the level that is asked of the scores; higher follows faster and swings more.
    public var rate = 0.005
    /// The number of last scores that the half width is taken from.
    public var window = 500

    /// A level of 0.9, a rate of 0.005, a window of 500 scores.
    public init() {}

    /// Throws a `ConfigValueError` for the first setting out of its range.
    public func validate() throws {
      try ConfigCheck.range("level", level, above: 0, below: 1)
      try ConfigCheck.range("rate", rate, above: 0, atMost: 1)
      try ConfigCheck.range("window", window, atLeast: 1, atMost: 1_000_000)
    }
  }

  private static let kinds = ["split-conformal", "adaptive-conformal"]

  /// Decodes from a config or model file; a value that does not fit is an error with its place.
  public init(from decoder: any Decoder) throws {
    switch try ChoiceCoding.kind(from: decoder, known: Self.kinds) {
    case "adaptive-conformal":
      self = .adaptiveConformal(try ChoiceCoding.settings(AdaptiveConformal.self, from: decoder))
    default: self = .splitConformal(try ChoiceCoding.settings(SplitConformal.self, from: decoder))
    }
  }

  /// Encodes so that decoding gives an equal value.
  public func encode(to encoder: any Encoder) throws {
    switch self {
    case .splitConformal(let settings): try ChoiceCoding.encode(kind: kind, settings, to: encoder)
    case .adaptiveConformal(let settings): try ChoiceCoding.encode(kind: kind, settings, to: encoder)
    }
  }

  /// The name in config files.
  public var kind: String {
    switch self {
    case .splitConformal: Self.kinds[0]
    case .adaptiveConformal: Self.kinds[1]
    }
  }

  /// The share of targets that the intervals are meant to hold.
  public var level: Double {
    switch self {
    case .splitConformal(let settings): settings.level
    case .adaptiveConformal(let settings): settings.level
    }
  }

  /// Whether labels of the stream change the intervals.
  public var usesLabels: Bool {
    if case .adaptiveConformal = self { true } else { false }
  }

  /// One line for tables.
  public var summary: String {
    switch self {
    case .splitConformal(let settings): "split conformal intervals of level \(settings.level)"
    case .adaptiveConformal(let settings):
      "adaptive conformal intervals of level \(settings.level), rate \(settings.rate), window \(settings.window)"
    }
  }
}
