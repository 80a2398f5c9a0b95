internal import AttuneCore

/// A shift by its name, with its settings: `{kind: gaussian-noise, standardDeviation: 4}`.
public struct ShiftConfiguration: Codable, Sendable {
  /// The shift with its settings.
  public let shift: any Shift & Codable

  /// A shift to be written into a config file.
  public init(_ shift: any Shift & Codable) {
    self.shift = shift
  }

  /// Decodes from a config or model file; a value that does not fit is an error with its place.
  public init(from decoder: any Decoder) throws {
    let types = decoder.userInfo[.shifts] as? [any (Shift & Codable).Type] ?? BuiltInShifts.all
    let kind = try ChoiceCoding.kind(from: decoder, known: types.map { $0.name }.sorted())
    guard let type = types.first(where: { $0.name == kind }) else {
      preconditionFailure("the kind was checked against the list")
    }
    shift = try Self.decode(type, from: decoder)
  }

  /// All shifts that it may apply: itself, or those that it chooses from.
  public var alternatives: [any Shift] {
    guard let choice = shift as? OneOf else { return [shift] }
    return choice.shifts.flatMap(\.alternatives)
  }

  /// The shift at another severity; nil where it has none, or where settings beside the severity say all.
  public func atSeverity(_ severity: Int) -> ShiftConfiguration? {
    guard let shift = shift as? any SeverityShift & Codable, shift.hasSeverities else { return nil }
    return ShiftConfiguration(shift.atSeverity(severity))
  }

  private static func decode<S: Shift & Codable>(_ type: S.Type, from decoder: any Decoder) throws -> S {
    do {
      return try decoder.singleValueContainer().decode(type)
    } catch let error as ParameterError {
      throw ConfigValueError("must be \(error.expected)", key: error.parameter, given: error.value)
    }
  }

  /// Encodes so that decoding gives an equal value.
  public func encode(to encoder: any Encoder) throws {
    func name<S: Shift>(_ shift: S) -> String { S.name }
    try ChoiceCoding.encode(kind: name(shift), shift, to: encoder)
  }
}

extension CodingUserInfoKey {
  /// The shifts that a decoder may name: an array of `any (Shift & Codable).Type`; without it the built-in ones.
  public static let shifts = CodingUserInfoKey(rawValue: "attune.shifts").unsafelyUnwrapped
}
