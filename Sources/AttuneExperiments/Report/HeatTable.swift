/// The tables of quality: rows are training arms, columns are inference arms.
enum HeatTable {
  /// The average over scenarios, then one table per scenario.
  static func renderAll(_ data: ReportData) -> Markup {
    guard !data.results.cells.isEmpty else { return "<p>There are no results.</p>" }
    var text = key(data)
    if data.scenarioNames.count > 1 {
      text += table(
        data,
        Content(
          title: "Average over the scenarios",
          caption: """
            Mean of the \(data.scenarioNames.count) scenario means, \(data.format.title), without an interval. \
            A combination that failed in a scenario has no average.
            """
        ) { data.quality($0, over: data.scenarioNames) })
    }
    for scenario in data.results.scenarios {
      let summary = scenario.summary.isEmpty ? "" : "\(scenario.summary). "
      let interval =
        data.results.seeds.count > 1
        ? "mean ± half of the 95 % interval over \(data.results.seeds.count) seeds" : "one seed, no interval"
      text += table(
        data,
        Content(
          title: scenario.name,
          caption: """
            \(summary)\(scenario.rows) rows in batches of \(scenario.batchSize). \
            \(data.format.title.prefix(1).uppercased() + data.format.title.dropFirst()), \(interval).
            """,
          scenario: scenario.name
        ) { data.quality($0, scenario.name) })
    }
    return text
  }

  /// What one table shows.
  private struct Content {
    let title: String
    let caption: String
    let scenario: String?
    let value: (ReportData.Combination) -> Double?

    init(
      title: String, caption: String, scenario: String? = nil, value: @escaping (ReportData.Combination) -> Double?
    ) {
      self.title = title
      self.caption = caption
      self.scenario = scenario
      self.value = value
    }
  }

  /// The ends of a table's color scale and its best value.
  private struct Scale {
    let low: Double
    let high: Double
    let worst: Double
    /// The best of the arms that never see labels.
    let best: Double?
    /// All figures of a table have as many digits.
    let format: QualityFormat
  }

  private static func table(_ data: ReportData, _ content: Content) -> Markup {
    let combinations = data.trainingNames.flatMap { training in
      data.inferenceNames.map { ReportData.Combination(training: training, inference: $0) }
    }
    let values = combinations.compactMap(content.value)
    let range = ColorScale.range(values) ?? (0, 0)
    let unlabeled = Set(data.unlabeledNames)
    let best = combinations.filter { unlabeled.contains($0.inference) }.compactMap(content.value).min()
    let scale = Scale(
      low: range.low, high: range.high, worst: values.max() ?? 0, best: best,
      format: data.format.shared(by: values))
    let heads = data.results.inferenceArms.map { "<th scope=\"col\">\($0.name)\(tag(of: $0, data))</th>" as Markup }
    let rows = data.trainingNames.map { training -> Markup in
      let cells = data.inferenceNames.map { inference -> Markup in
        cell(data, content, ReportData.Combination(training: training, inference: inference), scale)
      }
      return "<tr><th scope=\"row\">\(training)</th>\(cells.joined())</tr>\n"
    }
    // Up to two arms fit on a phone and need no hint that the table scrolls.
    let fits = data.inferenceNames.count <= 2
    let wide = Wording.scrollable(
      content.title,
      """
      <table class="heat\(fits ? " narrow" : "")" style="--wide:\(150 + 86 * data.inferenceNames.count)px">
      <caption><span>\(content.caption)</span></caption>
      <colgroup><col class="names"/><col span="\(max(1, data.inferenceNames.count))"/></colgroup>
      <thead><tr><td class="corner">training ↓ inference →</td>\(heads.joined())</tr></thead>
      <tbody>
      \(rows.joined())</tbody>
      </table>
      """)
    return "<h3>\(content.title)</h3>\n\(wide)\(values.isEmpty ? "" : legend(scale, data))\n"
  }

  /// What stands beside an inference arm's name: that it is the baseline, or what it is told of labels; nothing for others.
  static func tag(of arm: InferenceArmSummary, _ data: ReportData) -> Markup {
    let text =
      arm.name == data.results.baseline
      ? "baseline" : arm.isOracle ? "oracle" : arm.usesLabels ? "sees labels" : nil
    return text.map { " <span class=\"tag\">\($0)</span>" } ?? ""
  }

  private static func cell(
    _ data: ReportData, _ content: Content, _ combination: ReportData.Combination, _ scale: Scale
  ) -> Markup {
    guard let value = content.value(combination) else {
      guard let scenario = content.scenario else { return "<td class=\"failed\">—</td>" }
      let cell = data.cell(combination, scenario)
      if let quality = cell?.quality { return "<td class=\"failed\">\(data.format.bare(quality.mean))</td>" }
      return cell == nil ? "<td class=\"failed\">—</td>" : "<td class=\"failed\">failed</td>"
    }
    let isBest = value == scale.best && data.unlabeledNames.contains(combination.inference)
    let style = "h\(ColorScale.step(value, low: scale.low, high: scale.high))\(isBest ? " best" : "")"
    let best: Markup = isBest ? "<span class=\"sr\"> (best)</span>" : ""
    guard let scenario = content.scenario, let cell = data.cell(combination, scenario) else {
      return "<td class=\"\(style)\">\(scale.format.bare(value))\(best)</td>"
    }
    let half = cell.quality.flatMap(scale.format.half) ?? ""
    let finished = cell.perSeed.count { $0 != nil }
    // A mean over fewer seeds than the others' is not the same figure: say so in the cell.
    let partial: Markup =
      finished < cell.perSeed.count ? "<span class=\"half\">\(finished) of \(cell.perSeed.count) seeds</span>" : ""
    return """
      <td class="\(style)"><span class="value">\(scale.format.bare(value))\(Wording.mark(cell.verdict))</span>\(best)\
      <span class="half">\(half)</span>\(partial)</td>
      """
  }

  private static func legend(_ scale: Scale, _ data: ReportData) -> Markup {
    let steps = (0..<ColorScale.steps).map { "<i class=\"h\($0)\"></i>" as Markup }.joined()
    let high = data.format.full(scale.high) + (scale.worst > scale.high ? " and worse" : "")
    return """
      <p class="legend scale">\(data.format.full(scale.low)) <span class="ramp" aria-hidden="true">\(steps)</span> \
      \(high)</p>
      """
  }

  private static func key(_ data: ReportData) -> Markup {
    """
    <p class="legend">Against <b>\(data.results.baseline)</b> on the same training arm: \
    <span class="mark helps">▼</span> helps, <span class="mark hurts">▲</span> hurts, \
    <span class="mark noDifferenceShown">=</span> no difference shown. \
    <span class="ring">framed</span> the best without labels. Each table has its own color scale.</p>

    """
  }
}
