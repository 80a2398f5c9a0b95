/// A piece of HTML or SVG in which text is escaped unless it is markup itself.
///
/// What stands in a literal is markup; what is interpolated is escaped, but for another `Markup`. Forgetting to escape
/// is therefore not possible, and forgetting to mark markup shows up as visible tags. Names come from config files, so
/// that this is what keeps `<script>` in the name of an arm harmless.
///
/// ```swift
/// let cell: Markup = "<td>\(arm.name)</td>"
/// ```
struct Markup: ExpressibleByStringInterpolation, Sendable, Equatable {
  /// The HTML.
  var text: String

  /// No markup.
  static let empty = Markup(raw: "")

  /// Text that is known to be markup.
  init(raw text: String) {
    self.text = text
  }

  init(stringLiteral value: String) {
    text = value
  }

  init(stringInterpolation: Interpolation) {
    text = stringInterpolation.text
  }

  /// Collects literals as they are and values escaped.
  struct Interpolation: StringInterpolationProtocol {
    var text = ""

    init(literalCapacity: Int, interpolationCount: Int) {
      text.reserveCapacity(literalCapacity * 2)
    }

    mutating func appendLiteral(_ literal: String) {
      text += literal
    }

    mutating func appendInterpolation(_ markup: Markup) {
      text += markup.text
    }

    mutating func appendInterpolation(_ string: String) {
      text += Markup.escape(string)
    }

    mutating func appendInterpolation(_ integer: Int) {
      text += String(integer)
    }

    /// A coordinate of a drawing, in hundredths at most.
    mutating func appendInterpolation(_ coordinate: Double) {
      text += NumberFormat.coordinate(coordinate)
    }
  }

  static func + (left: Markup, right: Markup) -> Markup {
    Markup(raw: left.text + right.text)
  }

  static func += (left: inout Markup, right: Markup) {
    left.text += right.text
  }

  /// `text` safe in element content and in quoted attributes; characters that XML does not allow become U+FFFD.
  static func escape(_ text: String) -> String {
    var escaped = ""
    escaped.reserveCapacity(text.utf8.count)
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": escaped += "&amp;"
      case "<": escaped += "&lt;"
      case ">": escaped += "&gt;"
      case "\"": escaped += "&quot;"
      case "'": escaped += "&#39;"
      case "\t", "\n", "\r": escaped.unicodeScalars.append(scalar)
      case "\u{0}"..<" ", "\u{7F}", "\u{FFFE}", "\u{FFFF}": escaped += "\u{FFFD}"
      default: escaped.unicodeScalars.append(scalar)
      }
    }
    return escaped
  }
}

extension Sequence<Markup> {
  /// All pieces in a row, each after the first preceded by `separator`.
  func joined(_ separator: Markup = .empty) -> Markup {
    Markup(raw: map(\.text).joined(separator: separator.text))
  }
}
