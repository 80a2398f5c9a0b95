/// Text on a grid of terminal columns.
enum TerminalText {
  /// A way to stress text, as the number of its ANSI code.
  enum Emphasis: Int {
    case bold = 1
    case dim = 2
    case red = 31
    case green = 32
  }

  /// `text` without control characters, so that a name cannot move the cursor or change colors.
  static func clean(_ text: String) -> String {
    String(String.UnicodeScalarView(text.unicodeScalars.map { $0.properties.generalCategory == .control ? "�" : $0 }))
  }

  /// Columns that `text` takes: two for wide characters of East Asian scripts and emoji, none for combining marks.
  static func width(_ text: some StringProtocol) -> Int {
    text.reduce(0) { $0 + width($1) }
  }

  private static func width(_ character: Character) -> Int {
    guard let scalar = character.unicodeScalars.first else { return 0 }
    switch scalar.value {
    case 0x1100...0x115F, 0x2E80...0xA4CF, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F, 0xFF00...0xFF60,
      0xFFE0...0xFFE6, 0x1F300...0x1FAFF, 0x20000...0x3FFFD:
      return 2
    case 0x200B...0x200F, 0xFE00...0xFE0F:
      return 0
    default:
      return scalar.properties.generalCategory == .nonspacingMark ? 0 : 1
    }
  }

  /// `text` in at most `columns` columns, the end replaced by `…` where it does not fit.
  static func truncated(_ text: String, to columns: Int) -> String {
    guard width(text) > columns else { return text }
    var result = ""
    for character in text where width(result) + width(character) < columns { result.append(character) }
    return columns > 0 ? result + "…" : ""
  }

  /// `text` filled with spaces to `columns`.
  static func padded(_ text: String, to columns: Int, alignRight: Bool) -> String {
    let space = String(repeating: " ", count: max(0, columns - width(text)))
    return alignRight ? space + text : text + space
  }

  /// `text` in lines of at most `columns`, broken after spaces, hyphens and underscores, and elsewhere only where a
  /// part is longer than a line.
  static func wrapped(_ text: String, to columns: Int) -> [String] {
    var parts: [String] = [""]
    for character in text {
      parts[parts.count - 1].append(character)
      if " -_".contains(character) { parts.append("") }
    }
    var lines: [String] = []
    var line = ""
    for part in parts.flatMap({ pieces(of: $0, columns) }) {
      if !line.isEmpty, width(trimmed(line + part)) > columns {
        lines.append(trimmed(line))
        line = ""
      }
      line += part
    }
    return lines + (trimmed(line).isEmpty && !lines.isEmpty ? [] : [trimmed(line)])
  }

  /// `text` between the codes of `emphasis`, where color is on.
  static func styled(_ text: String, _ emphasis: Emphasis?, color: Bool) -> String {
    guard color, let emphasis else { return text }
    return "\u{1B}[\(emphasis.rawValue)m\(text)\u{1B}[0m"
  }

  private static func pieces(of part: String, _ columns: Int) -> [String] {
    var pieces: [String] = [""]
    for character in part {
      // A space at the end of a line is cut off and needs no room.
      if character != " ", width(pieces[pieces.count - 1]) + width(character) > columns { pieces.append("") }
      pieces[pieces.count - 1].append(character)
    }
    return pieces
  }

  private static func trimmed(_ line: String) -> String {
    var line = line[...]
    while line.last == " " { line.removeLast() }
    while line.first == " " { line.removeFirst() }
    return String(line)
  }
}
