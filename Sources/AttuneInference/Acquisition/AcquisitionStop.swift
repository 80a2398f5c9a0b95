public import AttuneCore

/// When a row stops acquiring inputs.
public enum AcquisitionStop: Codable, Sendable, Equatable {
  /// When the next input would cost more than what is left of a budget.
  case budget(Budget)
  /// When the next input tells less than `lambda` a unit of its cost, in nats.
  case penalized(Penalty)
  /// When the most probable class is probable enough.
  case confidence(Confidence)

  /// What a row may spend.
  public struct Budget: Codable, Sendable, Equatable, DefaultInitializable, ValidatedConfiguration {
    /// The most that the inputs of a row may cost together; 0 acquires none.
    public var budget = 10.0

    /// A budget of 10.
    public init() {}

    /// Throws a `ConfigValueError` for the first setting out of its range.
    public func validate() throws { try ConfigCheck.range("budget", budget, atLeast: 0, below: .infinity) }
  }

  /// What information must be worth.
  public struct Penalty: Codable, Sendable, Equatable, DefaultInitializable, ValidatedConfiguration {
    /// Nats that a unit of cost must bring.
    public var lambda = 0.01

    /// One hundredth of a nat.
    public init() {}

    /// Throws a `ConfigValueError` for the first setting out of its range.
    public func validate() throws { try ConfigCheck.range("lambda", lambda, atLeast: 0, below: .infinity) }
  }

  /// How sure an answer must be.
  public struct Confidence: Codable, Sendable, Equatable, DefaultInitializable, ValidatedConfiguration {
    /// Probability of the most probable class from which on a row stops.
    public var probability = 0.9

    /// A probability of 0.9.
    public init() {}

    /// Throws a `ConfigValueError` for the first setting out of its range.
    public func validate() throws { try ConfigCheck.range("probability", probability, above: 0, atMost: 1) }
  }

  /// A budget of 10.
  public static let standard = AcquisitionStop.budget(Budget())

  /// A budget.
  public static func budget(_ budget: Double) -> AcquisitionStop {
    var settings = Budget()
    settings.budget = budget
    return .budget(settings)
  }

  /// A penalty, in nats a unit of cost.
  public static func penalized(lambda: Double) -> AcquisitionStop {
    var settings = Penalty()
    settings.lambda = lambda
    return .penalized(settings)
  }

  /// A confidence.
  public static func confidence(probability: Double) -> AcquisitionStop {
    var settings = Confidence()
    settings.probability = probability
    return .confidence(settings)
  }

  private static let kinds = ["budget", "penalized", "confidence"]

  /// Decodes from a config or model file; a value that does not fit is an error with its place.
  public init(from decoder: any Decoder) throws {
    switch try ChoiceCoding.kind(from: decoder, known: Self.kinds) {
    case "penalized": self = .penalized(try ChoiceCoding.settings(Penalty.self, from: decoder))
    case "confidence": self = .confidence(try ChoiceCoding.settings(Confidence.self, from: decoder))
    default: self = .budget(try ChoiceCoding.settings(Budget.self, from: decoder))
    }
  }

  /// Encodes so that decoding gives an equal value.
  public func encode(to encoder: any Encoder) throws {
    switch self {
    case .budget(let settings): try ChoiceCoding.encode(kind: "budget", settings, to: encoder)
    case .penalized(let settings): try ChoiceCoding.encode(kind: "penalized", settings, to: encoder)
    case .confidence(let settings): try ChoiceCoding.encode(kind: "confidence", settings, to: encoder)
    }
  }

  /// Throws a `ConfigValueError` for the first setting out of its range.
  func validate() throws {
    switch self {
    case .budget(let settings): try settings.validate()
    case .penalized(let settings): try settings.validate()
    case .confidence(let settings): try settings.validate()
    }
  }

  /// Whether the rule looks at answers.
  var needsAnswers: Bool { if case .confidence = self { true } else { false } }
}
