public import AttuneCore

/// Labeled rows of the training domain that no model is trained on: what intervals are calibrated on, and what a
/// strategy that prepares itself validates on.
public enum HeldOutConfiguration: Codable, Sendable, Equatable {
  /// A share of the training part.
  case fraction(Fraction)
  /// A list of rows in a file.
  case rows(Rows)

  /// A share of the training part: its last rows where the data are split by time, else rows at random.
  public struct Fraction: Codable, Sendable, Equatable, DefaultInitializable, ValidatedConfiguration {
    /// The share, above 0 and below 1.
    public var fraction = 0.2

    /// A fifth of the training part.
    public init() {}

    /// Throws a `ConfigValueError` for the first setting out of its range.
    public func validate() throws {
      try ConfigCheck.range("fraction", fraction, above: 0, below: 1)
    }
  }

  /// A list of rows, beside the lists of a split by `rows`.
  public struct Rows: Codable, Sendable, Equatable {
    /// Path of the rows, relative to the config file: one number a line, from 0; `{seed}` stands for the seed.
    public var path: String
  }

  private enum Key: String, CodingKey { case kind }

  /// Decodes from a config or model file; a value that does not fit is an error with its place.
  public init(from decoder: any Decoder) throws {
    if let keys = try? decoder.container(keyedBy: Key.self), !keys.contains(.kind) {
      self = .fraction(try decoder.singleValueContainer().decode(Fraction.self))
      return
    }
    switch try ChoiceCoding.kind(from: decoder, known: ["fraction", "rows"]) {
    case "rows": self = .rows(try decoder.singleValueContainer().decode(Rows.self))
    default: self = .fraction(try ChoiceCoding.settings(Fraction.self, from: decoder))
    }
  }

  /// Encodes so that decoding gives an equal value.
  public func encode(to encoder: any Encoder) throws {
    switch self {
    case .fraction(let settings): try ChoiceCoding.encode(kind: "fraction", settings, to: encoder)
    case .rows(let settings): try ChoiceCoding.encode(kind: "rows", settings, to: encoder)
    }
  }
}

extension HeldOutConfiguration {
  /// The same with every path replaced.
  func mappingPaths(_ transform: (String) -> String) -> HeldOutConfiguration {
    guard case .rows(let rows) = self else { return self }
    return .rows(Rows(path: transform(rows.path)))
  }
}
