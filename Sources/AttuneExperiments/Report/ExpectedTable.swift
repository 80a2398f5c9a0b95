internal import Foundation

/// The figures that were expected beside what was found, for the terminal and the report.
enum ExpectedTable {
  /// A figure with as many digits as its tolerance or its expectation asks for.
  private static func text(_ outcome: ExpectedOutcome) -> String {
    guard let found = outcome.found else { return "none" }
    let figure = outcome.figure
    let exact = [figure.tolerance ?? 0].filter { $0 > 0 }.map { 1 - log10($0).rounded(.down) }
    let given = [figure.value, figure.minimum, figure.maximum].compactMap(\.self).map { value in
      Double(NumberText.short(value).split(separator: ".").dropFirst().first?.count ?? 0) + 1
    }
    let digits = min(12, max(2, (exact + given).max() ?? 2))
    return NumberFormat.fixed(found, Int(digits))
  }

  private static func title(_ metric: String) -> String {
    metric == OnlineResults.rootMeanSquaredError
      ? QualityMetric.rootMeanSquaredError.title : StreamMetric(rawValue: metric)?.title ?? metric
  }

  /// Lines for a terminal; none where nothing was expected.
  static func lines(_ outcomes: [ExpectedOutcome], width: Int, color: Bool) -> [String] {
    guard !outcomes.isEmpty else { return [] }
    let missed = outcomes.count { !$0.isMet }
    let verdict = missed == 0 ? "all \(outcomes.count) met" : "\(missed) of \(outcomes.count) missed"
    let grid = TerminalGrid(
      corner: "expected", rows: outcomes.map { $0.place.last ?? "" },
      columns: ["where", "figure", "found", "expected", "verdict"],
      fields: outcomes.map { outcome in
        [
          .init(text: TerminalText.clean(outcome.place.dropLast().joined(separator: ", "))),
          .init(text: title(outcome.metric)), .init(text: text(outcome)), .init(text: outcome.figure.text),
          .init(text: outcome.isMet ? "met" : "missed", emphasis: outcome.isMet ? .green : .red),
        ]
      })
    return ["", TerminalText.styled("Expected figures: \(verdict)", .bold, color: color)]
      + grid.lines(width: width, color: color)
  }

  /// A table for the report; nothing where nothing was expected.
  static func render(_ outcomes: [ExpectedOutcome]) -> Markup {
    guard !outcomes.isEmpty else { return .empty }
    let missed = outcomes.count { !$0.isMet }
    let rows = outcomes.map { outcome -> Markup in
      let verdict: Markup =
        outcome.isMet
        ? "<span class=\"mark helps\">met</span>" : "<span class=\"mark hurts\">missed</span>"
      return """
        <tr><th scope="row">\(Wording.name(outcome.place.joined(separator: ", ")))</th>\
        <td class="text">\(title(outcome.metric))</td><td>\(text(outcome))</td><td>\(outcome.figure.text)</td>\
        <td class="text">\(verdict)</td><td class="text">\(outcome.figure.source ?? "")</td></tr>

        """
    }
    return """
      <p>\(missed == 0 ? "All \(outcomes.count) met." : "\(missed) of \(outcomes.count) missed.")</p>
      \(Wording.scrollable(
        "Expected figures",
        """
        <table>
        <thead><tr><th scope="col">Where</th><th scope="col">Figure</th><th scope="col">Found</th>\
        <th scope="col">Expected</th><th scope="col">Verdict</th><th scope="col">Source</th></tr></thead>
        <tbody>
        \(rows.joined())</tbody>
        </table>
        """))
      """
  }
}
