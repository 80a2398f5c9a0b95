public import AttuneCore

/// What stands between the cells of a CSV file: one ASCII character, `tab`, or `space` for any run of blanks.
public struct CSVSeparator: Codable, Sendable, Equatable, ExpressibleByStringLiteral {
  /// As it is written in config files: `tab`, `space`, or the character.
  public let name: String

  /// A separator by its name.
  ///
  /// - Throws: `ConfigValueError` if it is none.
  public init(_ name: String) throws(ConfigValueError) {
    self.name = name
    guard isValid else {
      throw ConfigValueError("expected one ASCII character such as ',' or ';', or tab, or space", given: name)
    }
  }

  /// A separator of the source code, where a wrong one is a mistake of the program.
  public init(stringLiteral name: String) {
    self.name = name
    precondition(isValid, "'\(name)' is no separator")
  }

  /// Decodes the name.
  public init(from decoder: any Decoder) throws {
    try self.init(try decoder.singleValueContainer().decode(String.self))
  }

  /// Encodes the name.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(name)
  }

  /// Whether runs of blanks separate.
  var isBlanks: Bool { name == "space" }

  /// The byte between cells; a blank where runs of them separate.
  var byte: UInt8 {
    switch name {
    case "tab": UInt8(ascii: "\t")
    case "space": UInt8(ascii: " ")
    default: name.utf8.first ?? UInt8(ascii: ",")
    }
  }

  private var isValid: Bool {
    if name == "tab" || name == "space" { return true }
    guard name.utf8.count == 1, let byte = name.utf8.first, byte < 0x80 else { return false }
    return !"\"\r\n\0 ".utf8.contains(byte)
  }
}
