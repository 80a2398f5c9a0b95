public import AttuneCore

/// Weight averaging in a config file: `averaging: ema` or `swa`, or a mapping with `kind` and its settings.
public enum AveragingConfiguration: Codable, Sendable, Equatable, ValidatedConfiguration {
  /// An exponential moving average.
  case exponential(Exponential)
  /// The equal average of the last epochs (stochastic weight averaging).
  case equal(Equal)

  /// The settings of an exponential moving average.
  public struct Exponential: Codable, Sendable, Equatable, DefaultInitializable {
    /// Share of the average that each update keeps, from 0 to below 1.
    public var decay = 0.999
    /// Whether the average is updated after each update of the parameters, or after each epoch.
    public var per = ScheduleInterval.step

    /// All defaults.
    public init() {}
  }

  /// The settings of an equal average.
  public struct Equal: Codable, Sendable, Equatable, DefaultInitializable {
    /// Share of the epochs after which averaging starts, from 0 to below 1.
    public var start = 0.75

    /// All defaults.
    public init() {}
  }

  private static let kinds = ["ema", "swa"]

  /// Decodes from a config or model file; a value that does not fit is an error with its place.
  public init(from decoder: any Decoder) throws {
    if try ChoiceCoding.kind(from: decoder, known: Self.kinds) == "ema" {
      self = .exponential(try ChoiceCoding.settings(Exponential.self, from: decoder))
    } else {
      self = .equal(try ChoiceCoding.settings(Equal.self, from: decoder))
    }
  }

  /// Encodes so that decoding gives an equal value.
  public func encode(to encoder: any Encoder) throws {
    switch self {
    case .exponential(let settings): try ChoiceCoding.encode(kind: "ema", settings, to: encoder)
    case .equal(let settings): try ChoiceCoding.encode(kind: "swa", settings, to: encoder)
    }
  }

  /// Throws a `ConfigValueError` for the first setting out of its range.
  public func validate() throws {
    switch self {
    case .exponential(let settings): try ConfigCheck.range("decay", settings.decay, atLeast: 0, below: 1)
    case .equal(let settings): try ConfigCheck.range("start", settings.start, atLeast: 0, below: 1)
    }
  }

  /// How parameters enter the average.
  public var rule: WeightAverage.Rule {
    switch self {
    case .exponential(let settings): .exponential(decay: settings.decay)
    case .equal: .equal
    }
  }

  /// Whether the average takes the parameters after each of their updates.
  public var isPerStep: Bool {
    if case .exponential(let settings) = self { settings.per == .step } else { false }
  }

  /// Whether the average takes the parameters at the end of an epoch, counted from 1.
  public func includesEnd(ofEpoch epoch: Int, of epochs: Int) -> Bool {
    switch self {
    case .exponential(let settings): settings.per == .epoch
    case .equal(let settings): Double(epoch) > settings.start * Double(epochs)
    }
  }

  /// A few words for tables.
  public var summary: String {
    switch self {
    case .exponential(let settings): "averaged weights (EMA \(settings.decay) per \(settings.per.rawValue))"
    case .equal(let settings): "averaged weights (SWA from \(settings.start) of the epochs)"
    }
  }
}
