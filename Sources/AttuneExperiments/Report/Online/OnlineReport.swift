internal import AttuneInference

/// The report of an online experiment as one HTML file that needs nothing else.
public enum OnlineReport {
  /// The page for `results`; the same results give the same bytes.
  public static func render(_ results: OnlineResults) -> String {
    var sections: [(id: String, title: String, body: Markup)] = results.streams.enumerated().map { index, stream in
      ("stream-\(index + 1)", stream.name, section(stream, results))
    }
    if !results.expected.isEmpty {
      sections.append(("expected", "Expected figures", ExpectedTable.render(results.expected)))
    }
    let failures = failures(results)
    if failures != .empty { sections.append(("failures", "Failures", failures)) }
    sections.append(("protocol", "Protocol and provenance", protocolSection(results)))
    return ReportPage.render(
      title: results.name, description: results.description, version: results.provenance.version,
      facts: [
        Wording.counted(results.streams.count, "stream"), Wording.counted(results.cells.count, "cell"),
        Wording.counted(results.seeds.count, "seed"), "each row predicted, scored, then learned",
      ].joined(separator: " · "), sections: sections)
  }

  private static func section(_ stream: OnlineStreamSummary, _ results: OnlineResults) -> Markup {
    let columns = OnlineColumns(stream, in: results), best = columns.best
    let heads = columns.heads.map { "<th scope=\"col\">\($0)</th>" as Markup }.joined()
    let rows = columns.cells.map { cell -> Markup in
      let tag: Markup = cell.isBaseline ? " <span class=\"tag\">baseline</span>" : ""
      let fields = columns.fields(cell).enumerated().map { index, text -> Markup in
        let isBest = index == 0 && cell.quality.map { $0.mean == best } ?? false
        return isBest ? "<td><b>\(text)</b></td>" : "<td>\(text)</td>"
      }
      return """
        <tr><th scope="row">\(Wording.name(cell.learner))\(tag)<span class="about">\(cell.summary)</span></th>\
        \(fields.joined())</tr>

        """
    }
    let skipped: Markup = stream.skipped.map { "<p class=\"note\">Left out, the first: \($0.first)</p>" } ?? .empty
    let caption =
      "\(columns.format.title.prefix(1).uppercased() + columns.format.title.dropFirst()) over the whole stream, lower is "
      + "better, the lowest in bold; costs are those of a row."
    return """
      <p>\(stream.summary): \(columns.facts.joined(separator: ", ")).</p>
      \(skipped)
      \(Wording.scrollable(
        "Learners on \(stream.name)",
        """
        <table class="costs">
        <caption><span>\(caption)</span></caption>
        <thead><tr><th scope="col">Learner</th>\(heads)</tr></thead>
        <tbody>
        \(rows.joined())</tbody>
        </table>
        """))
      \(LinePlot.render(data(stream, results), windows: columns.cells.map(\.rowsPerWindow).max() ?? 0))
      """
  }

  /// The stream as results of one scenario under one training arm, which the plots of other reports draw.
  private static func data(_ stream: OnlineStreamSummary, _ results: OnlineResults) -> ReportData {
    let training = "online"
    let zero = Estimate(mean: 0, low: 0, high: 0)
    let own = results.cells(of: stream.name)
    return ReportData(
      ExperimentResults(
        name: results.name, description: "", metric: stream.metric, seeds: results.seeds, baseline: results.baseline,
        trainingArms: [
          TrainingArmSummary(name: training, summary: "", seconds: zero, flops: 0, modelBytes: 0, parameters: 0)
        ],
        inferenceArms: own.map {
          InferenceArmSummary(name: $0.learner, strategy: "", summary: "", sourceAccess: "none", usesLabels: true)
        },
        scenarios: [ScenarioSummary(name: stream.name, summary: "", rows: stream.rows, batchSize: 1)],
        cells: own.map { cell in
          ResultCell(
            training: training, inference: cell.learner, scenario: stream.name, quality: cell.quality,
            perSeed: cell.perSeed, difference: cell.difference, verdict: cell.verdict,
            trace: cell.trace.map { $0 ?? .nan },
            cost: InferenceCost(
              flopsPerSample: 0, single: nil, batch: nil, modelBytes: 0, preparationSeconds: 0, preparationFlops: 0),
            failures: cell.failures, events: cell.events)
        }, provenance: results.provenance))
  }

  private static func failures(_ results: OnlineResults) -> Markup {
    let items = results.cells.flatMap { cell in
      cell.failures.map { "<li>\(Wording.name(cell.learner)) on \(Wording.name(cell.stream)): \($0)</li>\n" as Markup }
    }
    return items.isEmpty ? .empty : "<ul class=\"rules\">\n\(items.joined())</ul>"
  }

  private static func protocolSection(_ results: OnlineResults) -> Markup {
    let rules: [Markup] = [
      """
      Prequential: a learner starts from nothing; each row is answered, the answer is scored, and the row is learned when its \
      label comes: before row i is answered, the labels of the rows up to i − max(1, delay) have come.
      """,
      """
      \(Wording.name(results.baseline)) answers with the last label that has come, under the same delay. A learner that is \
      worse has learned nothing that helps (Žliobaitė 2013).
      """,
      """
      Rows whose label is withheld are scored and not learned; rows whose label is not in the data are neither.
      """,
      """
      Windows of a plot have equally many rows. Times are medians over blocks of rows, of processor time, on a copy of the \
      learner; operations are counted where kernels count them, else those stated for the kind; a second learner of the \
      recovery `background` counts where it learns.
      """,
      "What does not depend on chance ran with the first seed only; a difference of one run may be chance.",
    ]
    return """
      <h3>Protocol</h3>
      <ul class="rules">
      \(rules.map { "<li>\($0)</li>" as Markup }.joined("\n"))
      </ul>
      \(ProtocolSection.provenance(results.provenance))
      """
  }
}
