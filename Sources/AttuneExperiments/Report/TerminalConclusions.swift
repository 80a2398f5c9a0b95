/// What the comparisons show and under which protocol, for the terminal.
enum TerminalConclusions {
  static func lines(_ data: ReportData, width: Int, color: Bool) -> [String] {
    func wrap(_ text: String, _ emphasis: TerminalText.Emphasis) -> [String] {
      TerminalText.wrapped(text, to: width).map { TerminalText.styled($0, emphasis, color: color) }
    }
    var lines: [String] = []
    let conclusions = sentences(data)
    if !conclusions.isEmpty {
      lines += [""] + wrap("Conclusions", .bold) + conclusions.flatMap { TerminalText.wrapped($0, to: width) }
    }
    lines += [""] + wrap("Protocol", .bold)
    lines += arms(data).lines(width: width, color: color) + [""] + scenarios(data).lines(width: width, color: color)
    return lines
  }

  /// The conclusions of both families; for results of earlier versions none.
  private static func sentences(_ data: ReportData) -> [String] {
    let cells = data.results.cells, configuration = data.results.comparedBy
    let families = [
      (cells.compactMap(\.comparison), "Inference arms against \(TerminalText.clean(data.results.baseline))"),
      (cells.compactMap(\.trainingComparison), "Training arms against \(TerminalText.clean(data.reference ?? ""))"),
    ].filter { !$0.0.isEmpty }
    let limit = families.first.flatMap { ComparisonText.limit($0.0, level: configuration.level) }
    return families.map { comparisons, title in
      "\(title): \(ComparisonText.tally(comparisons)) (\(ComparisonText.rule(comparisons, configuration)))."
    } + (limit.map { [$0] } ?? [])
  }

  private static func arms(_ data: ReportData) -> TerminalGrid {
    func said(_ text: String) -> String { text.isEmpty ? "—" : text }
    return TerminalGrid(
      corner: "inference", rows: data.inferenceNames, columns: ["labels seen", "prediction", "source access"],
      fields: data.results.inferenceArms.map { arm in
        [CellProtocol.labels(arm), said(CellProtocol.prediction(arm)), arm.sourceAccess].map { .init(text: $0) }
      })
  }

  private static func scenarios(_ data: ReportData) -> TerminalGrid {
    TerminalGrid(
      corner: "scenario", rows: data.scenarioNames, columns: ["seeds", "protocol", "batch", "reset", "labels"],
      fields: data.results.scenarios.map { scenario in
        let rules = scenario.rules
        let labels = rules.map { $0.labelDelay.map { "after \($0) rows" } ?? "never" }
        return [
          "\(data.results.seeds.count)", rules.map(CellProtocol.kind) ?? "—", "\(scenario.batchSize)",
          rules?.reset.rawValue ?? "—", labels ?? "—",
        ].map { .init(text: $0) }
      })
  }
}
