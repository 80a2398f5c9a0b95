/// Quality on each domain of a scenario.
enum DomainTable {
  /// A table for each scenario with domains; nothing where there is none.
  static func renderAll(_ data: ReportData) -> Markup {
    let scenarios = data.results.scenarios.compactMap { scenario in
      scenario.rules.flatMap { $0.domains.isEmpty ? nil : (name: scenario.name, domains: $0.domains) }
    }
    guard !scenarios.isEmpty else { return .empty }
    return """
      <p>The figure of a scenario everywhere else in this report is that over all its rows. The mean over domains gives \
      each domain the same weight, as published tables do; for an error the two are equal where the domains have \
      equally many rows.</p>
      \(scenarios.map { table(data, $0.name, $0.domains) }.joined())
      """
  }

  private static func table(_ data: ReportData, _ scenario: String, _ domains: [String]) -> Markup {
    let cells = data.results.cells.filter { $0.scenario == scenario }
    let heads = domains.map { "<th scope=\"col\">\($0)</th>" as Markup }.joined()
    let rows = cells.map { cell -> Markup in
      let values = domains.map { name in
        "<td>\(text(cell.domains.first { $0.name == name }?.quality, data))</td>" as Markup
      }
      return """
        <tr><th scope="row">\(Wording.name(cell.training)) with \(Wording.name(cell.inference))</th>\
        \(values.joined())<td>\(text(cell.domainMean, data))</td><td>\(text(cell.quality, data))</td></tr>

        """
    }
    return """
      <h3>\(scenario)</h3>
      \(Wording.scrollable(
        "\(scenario) by domain",
        """
        <table class="costs">
        <thead><tr><th scope="col" class="text">Arm</th>\(heads)<th scope="col">Mean over domains</th>\
        <th scope="col">Over all rows</th></tr></thead>
        <tbody>
        \(rows.joined())</tbody>
        </table>
        """))
      """
  }

  private static func text(_ estimate: Estimate?, _ data: ReportData) -> String {
    guard let estimate, estimate.mean.isFinite else { return "failed" }
    return data.format.full(estimate.mean)
  }
}
