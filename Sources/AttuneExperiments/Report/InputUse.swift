/// Which inputs the arms used that choose theirs.
enum InputUse {
  /// Inputs that a list shows at most.
  private static let limit = 12

  /// The arms of a scenario that left inputs out, each with a list such as `glucose 100 %, age 41 %`.
  static func lists(_ data: ReportData, _ scenario: String) -> [(cell: ResultCell, text: String)] {
    data.results.cells.filter { $0.scenario == scenario }.compactMap { cell in
      guard let use = cell.inputUse, use.values.contains(where: { $0 < 1 }) else { return nil }
      return (cell, text(use))
    }
  }

  /// The inputs that are used most, or, where most are used, those that are used least.
  static func text(_ use: [String: Double]) -> String {
    guard use.values.reduce(0, +) <= 0.5 * Double(use.count) else {
      let left = use.filter { $0.value < 1 }.sorted { ($0.value, $0.key) < ($1.value, $1.key) }
      let shown = left.prefix(limit).map { "\($0.key) \(NumberFormat.fixed($0.value * 100, 0)) %" }
      return "all, but " + shown.joined(separator: ", ") + (left.count > limit ? " and \(left.count - limit) more" : "")
    }
    let used = use.filter { $0.value > 0 }.sorted { (-$0.value, $0.key) < (-$1.value, $1.key) }
    guard !used.isEmpty else { return "none" }
    let shown = used.prefix(limit).map { "\($0.key) \(NumberFormat.fixed($0.value * 100, 0)) %" }
    return shown.joined(separator: ", ") + (used.count > limit ? " and \(used.count - limit) more" : "")
  }

  /// A table of all scenarios; nothing where no arm leaves inputs out.
  static func render(_ data: ReportData) -> Markup {
    let rows = data.scenarioNames.flatMap { scenario in
      lists(data, scenario).map { cell, text -> Markup in
        """
        <tr><th scope="row">\(MetricTables.arms(cell, data))</th><td class="text">\(scenario)</td>\
        <td class="text long">\(text)</td></tr>

        """
      }
    }
    guard !rows.isEmpty else { return .empty }
    return """
      \(Wording.scrollable(
        "Inputs used",
        """
        <table class="costs">
        <caption><span>Inputs used, each with the share of rows in which it was, mean over the seeds.</span></caption>
        <thead><tr><th scope="col" class="text">Arms</th><th scope="col" class="text">Scenario</th>\
        <th scope="col" class="text">Inputs</th></tr></thead>
        <tbody>
        \(rows.joined())</tbody>
        </table>
        """))
      """
  }
}
