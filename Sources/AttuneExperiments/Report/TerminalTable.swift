internal import AttuneInference

/// The results as text for a terminal: one table per scenario, then the costs.
public enum TerminalTable {
  /// The tables, in lines of at most `width` columns (from 40 on), each ended by a line feed.
  ///
  /// - Parameters:
  ///   - results: what to print.
  ///   - color: whether the best figure and the verdicts are stressed with ANSI codes; without, the text is plain.
  ///   - width: columns of the terminal.
  public static func render(_ results: ExperimentResults, color: Bool, width: Int) -> String {
    let data = ReportData(results)
    let width = max(width, 20)
    var lines = wrap(title(data), width, .bold, color)
    lines += wrap(
      "▼ helps, ▲ hurts, = no difference shown, each against \(TerminalText.clean(results.baseline)) on the same "
        + "training arm; * best without labels", width, .dim, color)
    for scenario in data.scenarioNames {
      lines.append("")
      lines += wrap("\(TerminalText.clean(scenario)): \(data.format.title)", width, .bold, color)
      lines += quality(data, scenario).lines(width: width, color: color)
      for (title, grid) in CurveGrid.tables(data, scenario) {
        lines.append("")
        lines += wrap(title, width, .bold, color)
        lines += grid.lines(width: width, color: color)
      }
    }
    lines += inputUse(data, width, color)
    for scenario in data.scenarioNames {
      let cells = IntervalSection.cells(data, scenario)
      guard !cells.isEmpty else { continue }
      lines.append("")
      lines += wrap("\(TerminalText.clean(scenario)): prediction intervals", width, .bold, color)
      lines += intervals(data, cells).lines(width: width, color: color)
    }
    lines += TerminalConclusions.lines(data, width: width, color: color)
    lines.append("")
    lines += wrap("Cost of training", width, .bold, color)
    lines += training(data).lines(width: width, color: color)
    lines.append("")
    lines += wrap("Cost of inference, on \(TerminalText.clean(data.costReference ?? ""))", width, .bold, color)
    lines += inference(data).lines(width: width, color: color)
    lines += ExpectedTable.lines(results.expected ?? [], width: width, color: color)
    let failed = results.cells.count { $0.quality == nil }
    if failed > 0 {
      lines.append("")
      lines += wrap("\(Wording.counted(failed, "cell")) failed; the report holds the errors.", width, .red, color)
    }
    return lines.map { $0 + "\n" }.joined()
  }

  /// Which inputs the arms used that leave some out, on the reference arm.
  private static func inputUse(_ data: ReportData, _ width: Int, _ color: Bool) -> [String] {
    data.scenarioNames.flatMap { scenario -> [String] in
      let lists = InputUse.lists(data, scenario).filter { $0.cell.training == data.reference }
      guard !lists.isEmpty else { return [] }
      let title = wrap("\(TerminalText.clean(scenario)): inputs used, in which share of rows", width, .bold, color)
      return [""] + title
        + lists.flatMap { wrap("\($0.cell.inference): \(TerminalText.clean($0.text))", width, .dim, color) }
    }
  }

  private static func title(_ data: ReportData) -> String {
    let count = data.results.seeds.count
    let interval = count > 1 ? "mean ± half of the 95 % interval over \(count) seeds" : "one seed, no interval"
    return "\(TerminalText.clean(data.results.name)): \(data.format.title), lower is better; \(interval)"
  }

  private static func wrap(_ text: String, _ width: Int, _ emphasis: TerminalText.Emphasis, _ color: Bool) -> [String] {
    TerminalText.wrapped(text, to: width).map { TerminalText.styled($0, emphasis, color: color) }
  }

  private static func quality(_ data: ReportData, _ scenario: String) -> TerminalGrid {
    let combinations = data.trainingNames.map { training in
      data.inferenceNames.map { ReportData.Combination(training: training, inference: $0) }
    }
    let unlabeled = Set(data.unlabeledNames)
    let best = combinations.joined().filter { unlabeled.contains($0.inference) }
      .compactMap { data.quality($0, scenario) }.min()
    let fields = combinations.map { row in
      row.map { combination -> TerminalGrid.Field in
        guard let cell = data.cell(combination, scenario) else { return TerminalGrid.Field(text: "—") }
        guard let quality = cell.quality else { return TerminalGrid.Field(text: "failed", emphasis: .red) }
        let isBest = quality.mean == best && unlabeled.contains(combination.inference)
        let text = [data.format.bare(quality.mean), data.format.half(quality) ?? ""].filter { !$0.isEmpty }
        let sign = Wording.sign(cell.verdict)
        return TerminalGrid.Field(
          text: text.joined(separator: " ") + (isBest ? "*" : " ") + (sign.isEmpty ? " " : sign),
          emphasis: isBest ? .bold : cell.verdict == .hurts ? .red : cell.verdict == .helps ? .green : nil)
      }
    }
    let heads = data.results.inferenceArms.map {
      $0.isOracle ? "\($0.name) (oracle)" : $0.usesLabels ? "\($0.name) (labels)" : $0.name
    }
    return TerminalGrid(corner: "training", rows: data.trainingNames, columns: heads, fields: fields)
  }

  private static func intervals(_ data: ReportData, _ cells: [ResultCell]) -> TerminalGrid {
    let names = cells.map { data.trainingNames.count == 1 ? $0.inference : "\($0.training), \($0.inference)" }
    return TerminalGrid(
      corner: "arms", rows: names, columns: IntervalSection.heads,
      fields: cells.map { cell in IntervalSection.fields(cell, data).map { TerminalGrid.Field(text: $0) } })
  }

  private static func training(_ data: ReportData) -> TerminalGrid {
    var columns = ["time", "FLOPs", "parameters", "model"]
    if let head = data.epochsHead { columns.insert(head.lowercased(), at: 1) }
    let fields = data.results.trainingArms.map { arm in
      // An arm that failed with every seed has no cost, which is not a cost of zero.
      var figures = ["—", "—", "—", "—"]
      if arm.isTrained {
        figures = [
          NumberFormat.seconds(arm.seconds), NumberFormat.count(arm.flops), NumberFormat.count(Double(arm.parameters)),
          NumberFormat.bytes(arm.modelBytes),
        ]
      }
      if data.epochsHead != nil { figures.insert(arm.epochsText ?? "—", at: 1) }
      return figures.map { TerminalGrid.Field(text: $0) }
    }
    return TerminalGrid(corner: "training", rows: data.trainingNames, columns: columns, fields: fields)
  }

  private static func both(_ latency: (p50: String, p99: String)) -> String { "\(latency.p50) / \(latency.p99)" }

  private static func inference(_ data: ReportData) -> TerminalGrid {
    let scenarios = data.scenarioNames
    let base = data.costStart.flatMap { data.flopsPerSample($0, over: scenarios) } ?? 0
    let fields = data.results.inferenceArms.map { arm -> [TerminalGrid.Field] in
      let combination = ReportData.Combination(training: data.costReference ?? "", inference: arm.name)
      let cells = data.cells(combination, over: scenarios)
      let flops = data.flopsPerSample(combination, over: scenarios)
      let preparation = ReportData.mean(cells.map(\.cost.preparationSeconds)) ?? 0
      return [
        flops.map(NumberFormat.count) ?? "—",
        flops.flatMap { base > 0 ? NumberFormat.ratio($0 / base) : nil } ?? "—",
        both(CostSection.latencies(cells.compactMap(\.cost.single))),
        both(CostSection.latencies(cells.compactMap(\.cost.batch))),
        preparation > 0 ? NumberFormat.seconds(preparation) : "—",
        cells.compactMap(\.cost.stateBytes).max().map(NumberFormat.bytes) ?? "—",
        arm.isOracle ? "oracle" : arm.usesLabels ? "yes" : arm.intervals?.usesLabels == true ? "for intervals" : "no",
      ].map { TerminalGrid.Field(text: $0) }
    }
    return TerminalGrid(
      corner: "inference", rows: data.inferenceNames,
      columns: [
        "FLOPs per prediction", "against baseline", "latency p50 / p99, batch of 1", "stream's batch", "preparation",
        "state", "labels",
      ],
      fields: fields)
  }
}
