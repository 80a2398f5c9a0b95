/// Decoding of a choice: a mapping with a `kind` key and the keys of that kind, or the name of the kind alone.
public enum ChoiceCoding {
  private enum Key: String, CodingKey { case kind }

  /// The kind that a mapping or a string names.
  ///
  /// - Throws: `ConfigValueError` listing `known` where the kind is not among them.
  public static func kind(from decoder: any Decoder, known: [String]) throws -> String {
    if let probe = decoder as? any ConfigProbe { return try probe.kind(among: known) }
    if let name = plainName(decoder) {
      guard known.contains(name) else { throw ConfigValueError("unknown kind", given: name, known: known) }
      return name
    }
    let name = try decoder.container(keyedBy: Key.self).decode(String.self, forKey: .kind)
    guard known.contains(name) else { throw ConfigValueError("unknown kind", key: "kind", given: name, known: known) }
    return name
  }

  /// The settings of the kind: from the mapping that holds them beside `kind`, or the defaults where only a name stands.
  public static func settings<Settings: Decodable & DefaultInitializable>(
    _ type: Settings.Type, from decoder: any Decoder
  ) throws -> Settings {
    plainName(decoder) == nil ? try decoder.singleValueContainer().decode(Settings.self) : Settings()
  }

  /// Writes `kind` and the settings into one mapping.
  public static func encode(kind: String, _ settings: (some Encodable)?, to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    try container.encode(kind, forKey: .kind)
    try settings?.encode(to: encoder)
  }

  /// Writes the name of a kind that has no settings.
  public static func encode(kind: String, to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(kind)
  }

  private static func plainName(_ decoder: any Decoder) -> String? {
    try? decoder.singleValueContainer().decode(String.self)
  }
}
