internal import Foundation

/// A drawing of a report: with a name, words for those who do not see it, and its data, all of which can be saved.
///
/// ```swift
/// ReportFigure(
///   title: "Break-even", description: "Total cost against predictions: …", size: (600, 420), drawing: lines,
///   data: FigureData(columns: ["predictions", "cost"], rows: [[.number(1000), .number(2.5e9)]])
/// ).render()
/// ```
struct ReportFigure: Sendable {
  /// The caption, and the start of the names of saved files.
  let title: String
  /// What the drawing shows, in words with its main numbers.
  let description: String
  /// Width and height of the drawing, in its own units.
  let size: (width: Double, height: Double)
  /// The content of the SVG element.
  let drawing: Markup
  /// What the drawing shows, as a table.
  let data: FigureData
  /// Whether the drawing keeps a width of its own and scrolls where the page is narrower.
  var isWide = false
  /// What follows the drawing inside of the figure: a list, a note.
  var after: Markup = .empty
  /// Further classes of the figure.
  var style = ""

  /// The figure with its buttons, which only show where scripts run.
  func render() -> Markup {
    let wide: Markup = isWide ? " class=\"wide\"" : ""
    let svg: Markup = """
      <svg viewBox="0 0 \(size.width) \(size.height)"\(wide) role="img" \
      aria-label="\(description)">
      \(drawing)</svg>
      """
    let name = style.isEmpty ? "figure" : "figure \(style)"
    return """
      <figure class="\(name)">
      <figcaption>\(title)</figcaption>
      \(isWide ? Wording.scrollable("Plot: \(title)", svg) : svg)
      \(after)\(Self.buttons(["svg", "csv"], of: title))
      <pre class="data" hidden="">\(data.csv)</pre>
      </figure>

      """
  }

  private static func buttons(_ kinds: [String], of title: String) -> Markup {
    let buttons = kinds.map { kind -> Markup in
      """
      <button type="button" data-save="\(kind)">\(kind.uppercased())<span class="sr"> of \(title)</span></button>
      """
    }
    return "<div class=\"downloads\">\(buttons.joined())</div>"
  }
}

/// The data of a figure: a table whose cells are texts and numbers.
struct FigureData: Sendable, Equatable {
  /// A cell.
  enum Value: Sendable, Equatable {
    case text(String)
    case number(Double)
    case missing

    /// A number that may be missing.
    static func optional(_ number: Double?) -> Value { number.map { .number($0) } ?? .missing }
  }

  /// The names of the columns.
  let columns: [String]
  /// The rows, each with a cell per column.
  let rows: [[Value]]

  /// The table as CSV, numbers with six significant digits.
  var csv: String {
    ([columns.map(Self.quoted)] + rows.map { $0.map(Self.field) }).map { $0.joined(separator: ",") }
      .joined(separator: "\n")
  }

  private static func field(_ value: Value) -> String {
    switch value {
    case .text(let text): return quoted(text)
    case .number(let number): return number.isFinite ? String(format: "%.6g", number) : ""
    case .missing: return ""
    }
  }

  private static func quoted(_ text: String) -> String {
    guard text.contains(where: { ",\"\n\r".contains($0) }) else { return text }
    return "\"" + text.replacing("\"", with: "\"\"") + "\""
  }
}
