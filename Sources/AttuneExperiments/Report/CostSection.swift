internal import AttuneInference

/// What training, preparing and serving cost.
enum CostSection {
  static func render(_ data: ReportData) -> Markup {
    guard !data.results.trainingArms.isEmpty else { return .empty }
    return """
      <h3>Training arms</h3>
      \(training(data))
      <h3>Inference arms</h3>
      \(inference(data))
      """
  }

  private static func training(_ data: ReportData) -> Markup {
    let first = data.results.trainingArms.first { $0.name == data.costReference }?.flops ?? 0
    let against = data.costReference == data.reference ? "the first" : data.costReference ?? ""
    let epochsHead: Markup = data.epochsHead.map { "<th scope=\"col\">\($0)</th>" } ?? .empty
    let rows = data.results.trainingArms.map { arm -> Markup in
      // An arm that failed with every seed has no cost, which is not a cost of zero.
      var figures = Array(repeating: "—", count: 5)
      if arm.isTrained {
        figures = [
          NumberFormat.seconds(arm.seconds), NumberFormat.count(arm.flops),
          first > 0 ? NumberFormat.ratio(arm.flops / first) : "—",
          NumberFormat.count(Double(arm.parameters)), NumberFormat.bytes(arm.modelBytes),
        ]
      }
      if data.epochsHead != nil { figures.insert(arm.epochsText ?? "—", at: 1) }
      return """
        <tr><th scope="row">\(Wording.name(arm.name))<span class="about">\(arm.summary)</span></th>\
        \(figures.map { "<td>\($0)</td>" as Markup }.joined())</tr>

        """
    }
    let interval = data.results.seeds.count > 1 ? "mean ± half of the 95 % interval over the seeds" : "one seed"
    return Wording.scrollable(
      "Cost of the training arms",
      """
      <table class="costs">
      <caption><span>Cost of one training run; seconds: \(interval).</span></caption>
      <thead><tr><th scope="col">Training arm</th><th scope="col">Time</th>\
      \(epochsHead)<th scope="col">FLOPs</th>\
      <th scope="col">FLOPs against \(against)</th><th scope="col">Parameters</th><th scope="col">Model file</th></tr>\
      </thead>
      <tbody>
      \(rows.joined())</tbody>
      </table>
      """)
  }

  private static func inference(_ data: ReportData) -> Markup {
    guard let reference = data.costReference else { return .empty }
    let scenarios = data.scenarioNames
    let base = data.costStart.flatMap { data.flopsPerSample($0, over: scenarios) } ?? 0
    let rows = data.results.inferenceArms.map { arm -> Markup in
      let combination = ReportData.Combination(training: reference, inference: arm.name)
      let cells = data.cells(combination, over: scenarios)
      let flops = data.flopsPerSample(combination, over: scenarios)
      let ratio = flops.flatMap { base > 0 ? NumberFormat.ratio($0 / base) : nil }
      let single = latencies(cells.compactMap(\.cost.single))
      let batch = latencies(cells.compactMap(\.cost.batch))
      let finished = cells.filter { $0.quality != nil }
      let preparation = ReportData.mean(finished.map(\.cost.preparationSeconds)) ?? 0
      let tag: Markup = arm.name == data.results.baseline ? " <span class=\"tag\">baseline</span>" : ""
      return """
        <tr><th scope="row">\(Wording.name(arm.name))\(tag)<span class="about">\(arm.summary)</span></th>\
        <td>\(flops.map(NumberFormat.count) ?? "—")</td><td>\(ratio ?? "—")</td>\
        <td>\(single.p50)</td><td>\(single.p99)</td><td>\(batch.p50)</td><td>\(batch.p99)</td>\
        <td>\(preparation > 0 ? NumberFormat.seconds(preparation) : "—")</td>\
        <td>\(bytes(cells))</td><td>\(state(cells))</td><td class="text">\(arm.sourceAccess)</td>\
        <td class="text">\(labels(arm))</td></tr>

        """
    }
    return Wording.scrollable("Cost of the inference arms", inferenceTable(rows.joined(), data))
  }

  /// Whether an arm sees labels of the stream, and what for.
  private static func labels(_ arm: InferenceArmSummary) -> String {
    if arm.isOracle { return "oracle" }
    if arm.usesLabels { return "yes" }
    return arm.intervals?.usesLabels == true ? "for intervals" : "no"
  }

  private static func inferenceTable(_ rows: Markup, _ data: ReportData) -> Markup {
    let sizes = Set(data.results.cells.compactMap(\.cost.batch?.batchSize)).sorted()
    let size = sizes.isEmpty ? "stream's batch" : "batch of \(sizes.map(String.init).joined(separator: " or "))"
    return """
      <table class="costs">
      <caption><span>On the first training arm\(data.costReference == data.reference ? "" : " that did not fail"), \
      \(data.costReference ?? ""). FLOPs per prediction: mean over the \
      scenarios that finished, adaptation included, counted. Latency in µs of one call of predict; for arms that \
      learn from late labels, the learning of one batch is included; where it differs between scenarios, from the \
      lowest to the highest. State: bytes that the strategy holds at the end of a stream \
      besides the network that answers. A 99th percentile needs 662 calls.</span></caption>
      <thead><tr><th scope="col" rowspan="2">Inference arm</th><th scope="colgroup" colspan="2">FLOPs per \
      prediction</th>\
      <th scope="colgroup" colspan="2">Latency, batch of 1</th><th scope="colgroup" colspan="2">Latency, \(size)</th>\
      <th scope="col" rowspan="2">Preparation</th><th scope="col" rowspan="2">Model file</th>\
      <th scope="col" rowspan="2">State</th>\
      <th scope="col" rowspan="2" class="text">Source access</th>\
      <th scope="col" rowspan="2" class="text">Uses labels</th></tr>
      <tr><th scope="col">count</th><th scope="col">against baseline</th><th scope="col">p50</th><th \
      scope="col">p99</th>\
      <th scope="col">p50</th><th scope="col">p99</th></tr></thead>
      <tbody>
      \(rows)</tbody>
      </table>
      """
  }

  /// Percentiles of the scenarios as ranges: percentiles are not averaged.
  static func latencies(_ summaries: [LatencySummary]) -> (p50: String, p99: String) {
    (span(summaries.map(\.p50)), span(summaries.compactMap(\.p99)))
  }

  private static func span(_ values: [Double]) -> String {
    guard let low = values.min(), let high = values.max() else { return "—" }
    let (first, last) = (NumberFormat.significant(low), NumberFormat.significant(high))
    return first == last ? "\(first) µs" : "\(first)–\(last) µs"
  }

  /// The most that a strategy held; a dash where it was not counted.
  private static func state(_ cells: [ResultCell]) -> String {
    cells.compactMap(\.cost.stateBytes).max().map(NumberFormat.bytes) ?? "—"
  }

  private static func bytes(_ cells: [ResultCell]) -> String {
    guard let low = cells.map(\.cost.modelBytes).min(), let high = cells.map(\.cost.modelBytes).max() else {
      return "—"
    }
    let (first, last) = (NumberFormat.bytes(low), NumberFormat.bytes(high))
    return first == last ? first : "\(first)–\(last)"
  }
}
