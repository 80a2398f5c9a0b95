internal import AttuneInference

/// The tables of a comparison.
enum ComparisonTables {
  /// A heat table of differences for each run but the first: rows are arms, columns are scenarios.
  static func heat(_ runs: [ComparedRun], _ cells: ComparedCells) -> Markup {
    let rows = unique(cells.shared.map(\.title)), columns = unique(cells.shared.map(\.column))
    return runs.indices.dropFirst().map { run -> Markup in
      let found = cells.shared.compactMap { key in cells.difference(run, key).map { (key, $0) } }
      let largest = found.map { abs($0.1.estimate.mean) }.filter(\.isFinite).max() ?? 0
      guard !found.isEmpty else { return .empty }
      let heads = columns.map { "<th scope=\"col\">\($0)</th>" as Markup }.joined()
      let lines = rows.map { row -> Markup in
        let entries = columns.map { column -> Markup in
          guard let (key, difference) = found.first(where: { $0.0.title == row && $0.0.column == column }),
            let metric = cells.cell(run, key)?.metric
          else { return "<td class=\"failed\">—</td>" }
          let step = ColorScale.step(difference.estimate.mean, low: -largest, high: largest)
          let text = QualityFormat(metric: metric).change(difference.estimate.mean).split(separator: " ").first ?? ""
          return """
            <td class="h\(largest > 0 ? step : ColorScale.steps / 2)"><span class="value">\(String(text))</span>\
            \(Wording.mark(difference.verdict))</td>
            """
        }
        return "<tr><th scope=\"row\">\(row)</th>\(entries.joined())</tr>\n"
      }
      return """
        <h3>\(runs[run].name)</h3>
        \(Wording.scrollable(
          "Differences of \(runs[run].name)",
          """
          <table class="heat" style="--wide:\(170 + 84 * columns.count)px">
          <caption><span>Difference to \(runs[0].name), in points where it is an error; negative is better. The middle color \
          is no difference.</span></caption>
          <colgroup><col class="names"/><col span="\(max(1, columns.count))"/></colgroup>
          <thead><tr><td class="corner">arms ↓ stream →</td>\(heads)</tr></thead>
          <tbody>
          \(lines.joined())</tbody>
          </table>
          """))
        """
    }.joined()
  }

  /// Every cell that two runs have, with the figure of each and the difference.
  static func quality(_ runs: [ComparedRun], _ cells: ComparedCells) -> Markup {
    guard !cells.shared.isEmpty else { return .empty }
    let others = Array(runs.indices.dropFirst())
    // Streams may differ in the size of their figures: the cells of each have digits of their own.
    let formats = Dictionary(grouping: cells.shared, by: \.column).mapValues { keys -> QualityFormat in
      let found = keys.flatMap { key in runs.indices.compactMap { cells.cell($0, key) } }
      return QualityFormat(metric: found.first?.metric ?? .error).shared(by: found.compactMap(\.quality?.mean))
    }
    let heads = others.map { "<th scope=\"col\">\(runs[$0].name) against the first</th>" as Markup }.joined()
    let rows = cells.shared.map { key -> Markup in
      let figures = runs.indices.map { run -> Markup in
        guard let cell = cells.cell(run, key) else { return "<td>—</td>" }
        guard let quality = cell.quality else { return "<td>failed</td>" }
        let format = formats[key.column] ?? QualityFormat(metric: cell.metric)
        return "<td>\(format.bare(quality.mean)) \(format.half(quality) ?? "")</td>"
      }
      let differences = others.map { run -> Markup in
        guard let difference = cells.difference(run, key), let metric = cells.cell(run, key)?.metric else {
          return "<td>—</td>"
        }
        let pairing = difference.pairs.map { $0 > 1 ? "" : ", one seed" } ?? ", unpaired"
        return """
          <td><span class="number">\(QualityFormat(metric: metric).change(difference.estimate))</span>\
          \(Wording.mark(difference.verdict))<span class="quiet">\(pairing)</span></td>
          """
      }
      return """
        <tr><th scope="row">\(key.title)</th><td class="text">\(key.column)</td>\(figures.joined())\
        \(differences.joined())</tr>

        """
    }
    return Wording.scrollable(
      "Cell by cell",
      """
      <table class="costs">
      <caption><span>Mean ± half of the 95 % interval over the seeds of each run (errors in %); differences with their \
      interval.</span></caption>
      <thead><tr><th scope="col" class="text">Arms</th><th scope="col" class="text">Stream</th>\(ComparisonReport.heads(runs))\
      \(heads)</tr></thead>
      <tbody>
      \(rows.joined())</tbody>
      </table>
      """)
  }

  /// What the arms cost, mean over the streams that two runs have.
  static func costs(_ runs: [ComparedRun], _ cells: ComparedCells) -> Markup {
    let rows = unique(cells.shared.map(\.title))
    let lines = rows.flatMap { row -> [Markup] in
      let keys = cells.shared.filter { $0.title == row }
      return ComparedCell.costNames.compactMap { name -> Markup? in
        let values = runs.indices.map { run in
          ReportData.mean(keys.compactMap { cells.cell(run, $0)?.costs[name] })
        }
        guard values.contains(where: { $0 != nil }) else { return nil }
        let first = values[0] ?? 0
        let entries = values.enumerated().map { index, value -> Markup in
          guard let value else { return "<td>—</td>" }
          let ratio = index > 0 && first > 0 ? " (\(NumberFormat.ratio(value / first)))" : ""
          return "<td>\(NumberFormat.count(value))\(ratio)</td>"
        }
        return """
          <tr><th scope="row">\(row)</th><td class="text">\(name)</td>\(entries.joined())</tr>

          """
      }
    }
    guard !lines.isEmpty else { return .empty }
    return Wording.scrollable(
      "Costs",
      """
      <table class="costs">
      <caption><span>Mean over the streams in common; in brackets against the first run. Times are of the machines that the \
      runs were on.</span></caption>
      <thead><tr><th scope="col" class="text">Arms</th><th scope="col" class="text">Cost</th>\(ComparisonReport.heads(runs))\
      </tr></thead>
      <tbody>
      \(lines.joined())</tbody>
      </table>
      """)
  }

  private static func unique(_ names: [String]) -> [String] {
    var seen: Set<String> = []
    return names.filter { seen.insert($0).inserted }
  }
}
