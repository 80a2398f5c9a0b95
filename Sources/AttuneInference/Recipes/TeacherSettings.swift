public import AttuneCore

/// A teacher: a copy of the network whose parameters follow the adapted ones slowly.
public struct TeacherSettings: Codable, Sendable, Equatable, DefaultInitializable, ValidatedConfiguration {
  /// When the teacher looks at several views.
  public enum Confidence: Codable, Sendable, Equatable {
    /// Where the source model's mean confidence in the batch is below a number.
    case below(Double)
    /// Where it is below the 5 % quantile of its confidence on training rows, less 0.05.
    case sourceQuantile

    /// Decodes a number, or `source-quantile`.
    public init(from decoder: any Decoder) throws {
      let container = try decoder.singleValueContainer()
      if let number = try? container.decode(Double.self) {
        self = .below(number)
      } else {
        let text = try container.decode(String.self)
        guard text == "source-quantile" else {
          throw ConfigValueError("must be a number or 'source-quantile'", given: text, known: ["source-quantile"])
        }
        self = .sourceQuantile
      }
    }

    /// Encodes so that decoding gives an equal value.
    public func encode(to encoder: any Encoder) throws {
      var container = encoder.singleValueContainer()
      switch self {
      case .below(let number): try container.encode(number)
      case .sourceQuantile: try container.encode("source-quantile")
      }
    }
  }

  /// Weight of the teacher's own parameters in each move, from 0 to 1.
  public var momentum = 0.999
  /// Views whose logits are averaged where the source model is not confident; 0 looks at the rows themselves only.
  public var views = 0
  /// When the views are used.
  public var confidence = Confidence.below(0.92)

  /// Momentum 0.999, no views.
  public init() {}

  /// Throws a `ConfigValueError` for the first setting out of its range.
  public func validate() throws {
    try ConfigCheck.range("momentum", momentum, atLeast: 0, atMost: 1)
    try ConfigCheck.range("views", views, atLeast: 0)
    if case .below(let number) = confidence { try ConfigCheck.range("confidence", number, atLeast: 0, atMost: 1) }
  }
}
