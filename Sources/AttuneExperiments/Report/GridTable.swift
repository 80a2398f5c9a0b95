/// The table of quality where there is one training arm: rows are inference arms, columns are scenarios.
enum GridTable {
  /// The grid, the best average on top; nothing where there are several training arms or a single scenario.
  static func render(_ data: ReportData) -> Markup? {
    guard data.trainingNames.count == 1, let training = data.trainingNames.first, data.scenarioNames.count > 1,
      !data.results.cells.isEmpty
    else { return nil }
    let rows = data.results.inferenceArms.map { arm in
      Row(arm: arm, combination: ReportData.Combination(training: training, inference: arm.name), data)
    }
    let shown = rows.filter { !$0.values.allSatisfy { $0 == nil } }.sorted { left, right in
      (left.average ?? .infinity, left.arm.name) < (right.average ?? .infinity, right.arm.name)
    }
    let columns = data.scenarioNames.indices.map { column in Column(shown.filter(\.isFair).map { $0.values[column] }) }
    let average = Column(shown.filter(\.isFair).map(\.average))
    let heads = data.scenarioNames.map { "<th scope=\"col\">\($0)</th>" as Markup }.joined()
    let body = shown.map { row -> Markup in
      let cells = zip(row.values, columns).map { cell($0, $1, data) }.joined()
      return """
        <tr><th scope="row">\(row.arm.name)\(HeatTable.tag(of: row.arm, data))</th>\(cell(row.average, average, data))\(cells)</tr>

        """
    }
    let table = Wording.scrollable(
      "Inference arms by scenario",
      """
      <table class="heat grid" style="--wide:\(190 + 78 * (columns.count + 1))px">
      <caption><span>\(caption(data, rows.count - shown.count))</span></caption>
      <colgroup><col class="names"/><col span="\(columns.count + 1)"/></colgroup>
      <thead><tr><td class="corner">inference ↓ scenario →</td><th scope="col">average</th>\(heads)</tr></thead>
      <tbody>
      \(body.joined())</tbody>
      </table>
      """)
    return table
  }

  private static func caption(_ data: ReportData, _ left: Int) -> String {
    let title = data.format.title.prefix(1).uppercased() + data.format.title.dropFirst()
    let failed = left == 0 ? "" : " \(left) arms that failed everywhere are left out."
    return """
      \(title), mean over \(data.results.seeds.count) seeds; intervals stand in results.csv. Each column has its own colors, \
      and the best without labels is framed. An arm that failed in a scenario has no average.\(failed)
      """
  }

  private struct Row {
    let arm: InferenceArmSummary
    let values: [Double?]
    let average: Double?
    /// Whether no label was seen.
    var isFair: Bool { !arm.usesLabels && !arm.isOracle }

    init(arm: InferenceArmSummary, combination: ReportData.Combination, _ data: ReportData) {
      self.arm = arm
      values = data.scenarioNames.map { data.quality(combination, $0) }
      average = data.quality(combination, over: data.scenarioNames)
    }
  }

  private struct Column {
    let low: Double
    let high: Double
    let best: Double?

    init(_ values: [Double?]) {
      let found = values.compactMap(\.self)
      (low, high) = ColorScale.range(found) ?? (0, 0)
      best = found.min()
    }
  }

  private static func cell(_ value: Double?, _ column: Column, _ data: ReportData) -> Markup {
    guard let value else { return "<td class=\"failed\">—</td>" }
    let isBest = value == column.best
    let style = "h\(ColorScale.step(value, low: column.low, high: column.high))\(isBest ? " best" : "")"
    let best: Markup = isBest ? "<span class=\"sr\"> (best)</span>" : ""
    return "<td class=\"\(style)\"><span class=\"value\">\(data.format.bare(value))</span>\(best)</td>"
  }
}
