internal import AttuneInference

/// Which classes are taken for which.
enum ConfusionSection {
  /// The most classes of a matrix that is drawn; of more the largest confusions are listed.
  private static let drawn = 20
  /// Confusions that are listed for an arm.
  private static let listed = 5

  /// A matrix an inference arm, over all scenarios, with its largest confusions; nothing where nothing was counted.
  static func render(_ data: ReportData) -> Markup {
    guard let reference = data.reference,
      let classes = data.results.scenarios.compactMap(\.view?.classes).first, classes.count > 1
    else { return .empty }
    let arms = data.inferenceNames.compactMap { arm -> (name: String, counts: [[Int]])? in
      counts(arm, reference, data).flatMap { $0.count == classes.count ? (arm, $0) : nil }
    }
    guard !arms.isEmpty else { return .empty }
    let scenarios = data.results.scenarios.count { $0.view?.classes != nil }
    let most = arms.flatMap { wrong($0.counts) }.max() ?? 0
    let matrices: Markup =
      classes.count > drawn
      ? .empty
      : """
      <div class="small-multiples">
      \(arms.map { matrix($0.name, $0.counts, classes, most: max(most, 1e-9)) }.joined())</div>
      """
    return """
      <p>Answers of each inference arm on \(Wording.name(reference)), over \(Wording.counted(scenarios, "scenario")) and all \
      seeds. Rows are the true classes, columns the answered ones; the color of what is wrong is its share of the true \
      class, up to the largest of all arms.</p>
      \(matrices)
      \(table(arms, classes))
      """
  }

  private static func counts(_ arm: String, _ reference: String, _ data: ReportData) -> [[Int]]? {
    let found = data.cells(.init(training: reference, inference: arm), over: data.scenarioNames)
      .compactMap(\.answers?.confusion)
    guard var sum = found.first else { return nil }
    found.dropFirst().forEach { sum.add($0) }
    return sum.counts
  }

  private static func share(_ counts: [[Int]], _ actual: Int, _ answered: Int) -> Double {
    let all = counts[actual].reduce(0, +)
    return all > 0 ? Double(counts[actual][answered]) / Double(all) : 0
  }

  /// The shares of what is wrong.
  private static func wrong(_ counts: [[Int]]) -> [Double] {
    counts.indices.flatMap { actual in
      counts.indices.filter { $0 != actual }.map { share(counts, actual, $0) }
    }
  }

  private static func matrix(_ arm: String, _ counts: [[Int]], _ classes: [String], most: Double) -> Markup {
    let n = classes.count, left = 60.0, top = 40.0, side = (372 - left) / Double(n)
    let cells = (0..<n).flatMap { actual in
      (0..<n).map { answered -> Markup in
        let (x, y) = (left + side * Double(answered), top + side * Double(actual))
        let count = counts[actual][answered]
        let part = share(counts, actual, answered)
        let step = actual == answered || count == 0 ? nil : Int((part / most * Double(ColorScale.steps - 1)).rounded())
        // Long counts in narrow cells would run into each other.
        let size = min(11, side / (0.62 * Double(max(2, "\(count)".count))))
        let text: Markup =
          count == 0 || size < 5.5
          ? .empty
          : """
          <text class="count" style="font-size:\(size)px" x="\(x + side / 2)" y="\(y + side / 2 + size * 0.35)" \
          text-anchor="middle">\(count)</text>
          """
        return """
          <g><rect class="\(step.map { "f\($0)" } ?? (actual == answered ? "right" : "none"))" x="\(x)" y="\(y)" \
          width="\(side - 1)" height="\(side - 1)"><title>\(classes[actual]) answered as \(classes[answered]): \(count), \
          \(NumberFormat.fixed(part * 100, 1)) %</title></rect>\(text)</g>

          """
      }
    }
    let names = names(classes, left: left, top: top, side: side)
    let largest = confusions(counts, classes).prefix(3).map(\.text).joined(separator: "; ")
    return ReportFigure(
      title: arm, description: "Confusion matrix of \(arm). Largest confusions: \(largest.isEmpty ? "none" : largest)",
      size: (380, top + side * Double(n) + 8), drawing: "\(names)\(cells.joined())",
      data: FigureData(
        columns: ["true class"] + classes,
        rows: (0..<n).map { [.text(classes[$0])] + counts[$0].map { .number(Double($0)) } })
    ).render()
  }

  /// The names of the classes at the left of the matrix and over it.
  private static func names(_ classes: [String], left: Double, top: Double, side: Double) -> Markup {
    classes.enumerated().map { index, name -> Markup in
      let middle = side * (Double(index) + 0.5), short = name.count > 9 ? name.prefix(8) + "…" : name
      // Long names over the columns stand upright.
      let column: Markup =
        classes.contains { $0.count > 3 } || classes.count > 12
        ? """
        <text class="tick" transform="translate(\(left + middle + 3.5) \(top - 4)) rotate(-90)">\(short)</text>
        """
        : """
        <text class="tick" x="\(left + middle)" y="\(top - 5)" text-anchor="middle">\(short)</text>
        """
      return """
        <text class="tick" x="\(left - 5)" y="\(top + middle + 3.5)" text-anchor="end">\(short)</text>\(column)

        """
    }.joined()
  }

  /// The confusions of an arm from the most frequent to the least.
  static func confusions(_ counts: [[Int]], _ classes: [String]) -> [(text: String, count: Int, share: Double)] {
    classes.indices.flatMap { actual in
      classes.indices.filter { $0 != actual && counts[actual][$0] > 0 }.map { answered in
        (
          text: "\(classes[actual]) taken for \(classes[answered])", count: counts[actual][answered],
          share: share(counts, actual, answered)
        )
      }
    }.sorted { ($1.count, $0.text) < ($0.count, $1.text) }
  }

  private static func table(_ arms: [(name: String, counts: [[Int]])], _ classes: [String]) -> Markup {
    let rows = arms.flatMap { arm in
      confusions(arm.counts, classes).prefix(listed).map { found -> Markup in
        """
        <tr><th scope="row">\(Wording.name(arm.name))</th><td class="text">\(found.text)</td><td>\(found.count)</td>\
        <td>\(NumberFormat.fixed(found.share * 100, 1))</td></tr>

        """
      }
    }
    guard !rows.isEmpty else { return "<p>Nothing was confused.</p>" }
    return Wording.scrollable(
      "Largest confusions",
      """
      <table class="costs">
      <caption><span>The \(listed) most frequent confusions of each arm.</span></caption>
      <thead><tr><th scope="col">Inference arm</th><th scope="col" class="text">Confusion</th><th scope="col">Answers</th>\
      <th scope="col">Share of the true class in %</th></tr></thead>
      <tbody>
      \(rows.joined())</tbody>
      </table>
      """)
  }
}
