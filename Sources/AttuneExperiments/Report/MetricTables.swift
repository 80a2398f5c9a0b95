/// The figures besides the quality figure: one table per scenario, rows are combinations, columns are figures that exist.
enum MetricTables {
  /// The figures of intervals, which have a section of their own.
  static let ofIntervals: Set<StreamMetric> = [.coverage, .intervalWidth, .infiniteIntervals]

  /// The tables; nothing where there are no further figures.
  static func renderAll(_ data: ReportData) -> Markup {
    let tables = data.results.scenarios.map { table(data, $0.name) }.filter { $0 != .empty }
    guard !tables.isEmpty else { return .empty }
    let interval = data.results.seeds.count > 1 ? "Mean ± half of the 95 % interval over the seeds." : "One seed."
    return """
      <p>Figures over the whole stream besides the \(data.format.title). \(interval) A dash: the arm has no such figure.</p>
      \(tables.joined())
      """
  }

  /// The figures that a cell of a scenario has: known ones in their order, then others.
  static func names(_ data: ReportData, _ scenario: String) -> [String] {
    let cells = data.results.cells.filter { $0.scenario == scenario }
    let found = Set(cells.flatMap { ($0.metrics ?? [:]).keys }).subtracting(ofIntervals.map(\.rawValue))
    let known = StreamMetric.allCases.map(\.rawValue)
    return known.filter(found.contains) + found.subtracting(known).sorted()
  }

  private static func table(_ data: ReportData, _ scenario: String) -> Markup {
    let names = names(data, scenario)
    let cells = data.results.cells.filter { $0.scenario == scenario && $0.metrics?.isEmpty == false }
    guard !names.isEmpty, !cells.isEmpty else { return .empty }
    let heads = names.map { "<th scope=\"col\">\(StreamMetric(rawValue: $0)?.title ?? $0)</th>" as Markup }
    let decimals = names.map { name in NumberFormat.sharedDecimals(cells.compactMap { $0.metrics?[name]?.mean }) }
    let rows = cells.map { cell -> Markup in
      let figures = zip(names, decimals).map { name, decimals -> Markup in
        "<td>\(text(cell.metrics?[name], decimals: decimals, bounds: bounds(name)))</td>"
      }
      return "<tr><th scope=\"row\">\(arms(cell, data))</th>\(figures.joined())</tr>\n"
    }
    return """
      <h3>\(scenario)</h3>
      \(Wording.scrollable(
        "Further figures of \(scenario)",
        """
        <table class="costs\(names.count <= 2 ? " narrow" : "")">
        <caption><span>\(Wording.counted(cells.count, "combination")) of training and inference.</span></caption>
        <thead><tr><th scope="col" class="text">Arms</th>\(heads.joined())</tr></thead>
        <tbody>
        \(rows.joined())</tbody>
        </table>
        """))
      """
  }

  /// The arms of a cell: the inference arm alone where there is one training arm only.
  static func arms(_ cell: ResultCell, _ data: ReportData) -> Markup {
    data.trainingNames.count == 1
      ? Wording.name(cell.inference) : Wording.name(.init(training: cell.training, inference: cell.inference))
  }

  /// The values that a figure can have; nil where it has no bounds.
  static func bounds(_ name: String) -> ClosedRange<Double>? {
    switch StreamMetric(rawValue: name) {
    case .auroc, .f1, .accuracy, .macroF1, .coverage, .infiniteIntervals: 0...1
    default: nil
    }
  }

  /// An estimate with half of its interval; a dash where there is none.
  ///
  /// - Parameters:
  ///   - decimals: digits after the point that all of a column have; nil for those that this one calls for.
  ///   - bounds: the values that the figure can have: an interval that reaches beyond them is written with its ends, cut.
  static func text(_ estimate: Estimate?, decimals: Int? = nil, bounds: ClosedRange<Double>? = nil) -> String {
    guard let estimate else { return "—" }
    let half = (estimate.high - estimate.low) / 2
    if let decimals {
      let mean = NumberFormat.fixed(estimate.mean, decimals)
      guard half > 0, half.isFinite else { return mean }
      if let bounds, estimate.low < bounds.lowerBound || estimate.high > bounds.upperBound {
        let ends = [max(estimate.low, bounds.lowerBound), min(estimate.high, bounds.upperBound)]
        return "\(mean) [\(ends.map { NumberFormat.fixed($0, decimals) }.joined(separator: ", "))]"
      }
      let text = NumberFormat.fixed(half, decimals)
      let vanishes = text.allSatisfy { $0 == "0" || $0 == "." }
      return mean + (vanishes ? " ±<" + NumberFormat.fixed(NumberFormat.unit(decimals), decimals) : " ±" + text)
    }
    guard half > 0, half.isFinite else { return NumberFormat.significant(estimate.mean) }
    guard (1e-4..<1e6).contains(abs(estimate.mean)) else {
      return "\(NumberFormat.significant(estimate.mean)) ±\(NumberFormat.significant(half, 2))"
    }
    let decimals = NumberFormat.decimals(estimate.mean, significant: 3)
    return "\(NumberFormat.fixed(estimate.mean, decimals)) ±\(NumberFormat.fixed(half, decimals))"
  }
}
