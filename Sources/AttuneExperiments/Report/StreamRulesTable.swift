/// The rules of each stream, in the protocol of the report.
enum StreamRulesTable {
  /// A table of the scenarios; nothing for results of earlier versions.
  static func render(_ data: ReportData) -> Markup {
    let rows = data.results.scenarios.compactMap { scenario in
      scenario.rules.map { row(scenario, $0, data.results.seeds.count) }
    }
    guard !rows.isEmpty else { return .empty }
    return """
      \(Wording.scrollable(
        "Streams",
        """
        <table>
        <caption><span>The rules of each stream.</span></caption>
        <thead><tr><th scope="col">Scenario</th><th scope="col">Rows</th><th scope="col">Batch</th>\
        <th scope="col">Order</th><th scope="col">Domains</th><th scope="col">Reset to the source model</th>\
        <th scope="col">Labels</th><th scope="col">Protocol</th><th scope="col">The stream</th>\
        <th scope="col">Seeds</th></tr></thead>
        <tbody>
        \(rows.joined())</tbody>
        </table>
        """))\(shares(data))
      """
  }

  private static func row(_ scenario: ScenarioSummary, _ rules: StreamRules, _ seeds: Int) -> Markup {
    """
    <tr><th scope="row">\(scenario.name)</th><td>\(scenario.rows)</td><td>\(scenario.batchSize)</td>\
    <td class="text">\(rules.order)</td><td class="text">\(domains(rules))</td>\
    <td class="text">\(reset(rules.reset))</td>\
    <td class="text">\(rules.labelDelay.map { "after \(Wording.counted($0, "row"))" } ?? "never")</td>\
    <td class="text">\(CellProtocol.kind(rules))</td><td class="text">\(pace(rules))</td><td>\(seeds)</td></tr>

    """
  }

  private static func domains(_ rules: StreamRules) -> String {
    guard !rules.domains.isEmpty else { return "one" }
    let how = rules.gradual ? "gradual, severities 1 to 5 to 1" : rules.mix == .mixed ? "mixed" : "in sequence"
    return "\(rules.domains.count), \(how)"
  }

  static func reset(_ rule: ResetRule) -> String {
    switch rule {
    case .never: "never"
    case .domain: "where a domain begins"
    case .batch: "before every batch"
    }
  }

  private static func pace(_ rules: StreamRules) -> String {
    if let window = rules.window { return "row by row, seen with the last \(window) rows" }
    guard let budget = rules.budget else { return "waits" }
    return "does not wait: \(NumberFormat.significant(budget)) × the operations of plain inference a batch"
  }

  /// How much of a stream that does not wait each arm adapted to.
  private static func shares(_ data: ReportData) -> Markup {
    let items = data.results.cells.compactMap { cell -> Markup? in
      guard let share = cell.adaptedShare else { return nil }
      return """
        <li>\(Wording.name(cell.training)) with \(Wording.name(cell.inference)) in \(Wording.name(cell.scenario)): \
        \(NumberFormat.fixed(100 * share, 0)) %</li>
        """
    }
    guard !items.isEmpty else { return .empty }
    return """
      <p>Batches that an arm had the time to adapt to; the others were answered by the model as adapted last.</p>
      <ul class="rules">
      \(items.joined("\n"))
      </ul>
      """
  }
}
