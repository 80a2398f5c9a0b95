/// How arms found their settings: the scores of the alternatives, and what the choice cost.
enum ChoiceTable {
  /// A table of the cells whose settings were chosen; nothing where there are none.
  static func render(_ data: ReportData) -> Markup {
    let rows = data.results.cells.flatMap { cell in (cell.choices ?? []).flatMap { self.rows(cell, $0) } }
    guard !rows.isEmpty else { return .empty }
    return Wording.scrollable(
      "Settings",
      """
      <table>
      <caption><span>Settings that were chosen among several: the lowest score served. What the choice cost is in no other \
      figure.</span></caption>
      <thead><tr><th scope="col">Cell</th><th scope="col">Seed</th><th scope="col">By</th><th scope="col">Settings</th>\
      <th scope="col">Score</th><th scope="col">Served</th><th scope="col">FLOPs of the choice</th></tr></thead>
      <tbody>
      \(rows.joined())</tbody>
      </table>
      """)
  }

  private static func rows(_ cell: ResultCell, _ seed: SeedChoice) -> [Markup] {
    let choice = seed.choice
    let name: Markup =
      "\(Wording.name(cell.training)) with \(Wording.name(cell.inference)) in \(Wording.name(cell.scenario))"
    return choice.alternatives.enumerated().map { index, alternative in
      """
      <tr><th scope="row">\(name)</th><td>\(String(seed.seed))</td><td class="text">\(choice.criterion)</td>\
      <td class="text">\(alternative.settings)</td>\
      <td>\(alternative.score.map { NumberFormat.significant($0) } ?? "failed")</td>\
      <td class="text">\(index == choice.chosen ? "yes" : "")</td>\
      <td>\(index == 0 ? NumberFormat.count(Double(choice.operations)) : "")</td></tr>

      """
    }
  }
}
