internal import AttuneInference

/// Quality against the number of inputs, for the terminal.
enum CurveGrid {
  /// The tables of a scenario with their titles: the quality figure, and the area under the curve where all points
  /// have it.
  static func tables(_ data: ReportData, _ scenario: String) -> [(title: String, grid: TerminalGrid)] {
    guard let reference = data.reference else { return [] }
    let curves = data.inferenceNames.compactMap { arm -> (arm: String, points: [CurveResult])? in
      let points = data.cell(.init(training: reference, inference: arm), scenario)?.curve ?? []
      return points.isEmpty ? nil : (arm, points)
    }
    guard !curves.isEmpty else { return [] }
    let budgets = Set(curves.flatMap { $0.points.map(\.budget) }).sorted()
    func grid(_ text: (CurveResult) -> String?) -> TerminalGrid {
      TerminalGrid(
        corner: "budget", rows: budgets.map { NumberFormat.withoutTrailingZeros(NumberFormat.significant($0)) },
        columns: curves.map(\.arm),
        fields: budgets.map { budget in
          curves.map { curve in
            TerminalGrid.Field(text: curve.points.first { $0.budget == budget }.flatMap(text) ?? "—")
          }
        })
    }
    let name = "\(TerminalText.clean(scenario)), by budget of inputs"
    let quality = ("\(name): \(data.format.title)", grid { data.format.bare($0.quality.mean) })
    let key = StreamMetric.auroc.rawValue
    guard curves.allSatisfy({ $0.points.allSatisfy { $0.metrics[key] != nil } }) else { return [quality] }
    return [
      quality,
      ("\(name): AUROC in %", grid { $0.metrics[key].map { NumberFormat.fixed($0.mean * 100, 2) } }),
    ]
  }
}
