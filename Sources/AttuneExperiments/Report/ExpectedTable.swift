internal import Foundation

/// The figures that were expected beside what was found, for the terminal and the report.
enum ExpectedTable {
  /// What was found, with its interval, or beside what it was compared with.
  private static func text(_ outcome: ExpectedOutcome) -> String {
    guard let found = outcome.found else { return "none" }
    let digits = digits(of: outcome)
    if let own = outcome.own, let other = outcome.other {
      return "\(NumberFormat.fixed(own, digits)) against \(NumberFormat.fixed(other, digits))"
    }
    guard let interval = outcome.interval, interval.high > interval.low else {
      return NumberFormat.fixed(found, digits)
    }
    let ends = "\(NumberFormat.fixed(interval.low, digits)), \(NumberFormat.fixed(interval.high, digits))"
    return "\(NumberFormat.fixed(found, digits)) [\(ends)]"
  }

  /// As many digits as a figure's tolerance or its expectation asks for.
  private static func digits(of outcome: ExpectedOutcome) -> Int {
    let figure = outcome.figure
    let margin = figure.comparison?.other.margin
    let exact = [figure.tolerance ?? 0].filter { $0 > 0 }.map { 1 - log10($0).rounded(.down) }
    let given = [figure.value, figure.minimum, figure.maximum, figure.published, margin].compactMap(\.self).map {
      Double(NumberText.short($0).split(separator: ".").dropFirst().first?.count ?? 0) + 1
    }
    // A comparison without a margin says nothing of digits: as many as tell the two apart.
    let apart =
      outcome.own == nil ? [] : [outcome.found ?? 0].filter { $0 != 0 }.map { 2 - log10(abs($0)).rounded(.down) }
    return Int(min(12, max(2, (exact + given + (given.isEmpty ? apart : [])).max() ?? 2)))
  }

  private static func title(_ metric: String) -> String {
    metric == OnlineResults.rootMeanSquaredError
      ? QualityMetric.rootMeanSquaredError.title : StreamMetric(rawValue: metric)?.title ?? metric
  }

  /// The figure's title, with the numbers of inputs where it is of a curve.
  private static func title(_ outcome: ExpectedOutcome) -> String {
    guard let budgets = outcome.figure.features else { return title(outcome.metric) }
    let numbers = budgets.map(NumberText.short)
    let text = numbers.count > 3 ? "\(numbers[0]) … \(numbers[numbers.count - 1])" : numbers.joined(separator: ", ")
    return "\(title(outcome.metric)) with \(text) \(numbers == ["1"] ? "input" : "inputs")"
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
          .init(text: title(outcome)), .init(text: text(outcome)), .init(text: outcome.figure.text),
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
        <td class="text">\(title(outcome))</td><td>\(text(outcome))</td><td>\(outcome.figure.text)</td>\
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
