/// The cells of an experiment as CSV, for a spreadsheet or a data frame.
///
/// RFC 4180: a header, `CRLF` after every line, quotes where a field needs them. Numbers are written in the shortest
/// form that reads back the same; a figure that does not exist is an empty field.
public enum ResultsCSV {
  /// One line per training arm × inference arm × scenario.
  public static func render(_ results: ExperimentResults) -> String {
    let trainings = Dictionary(
      results.trainingArms.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    let head = header(results).map(escaped)
    let lines = results.cells.map { fields($0, trainings[$0.training], results) }
    return table([head] + lines)
  }

  /// One line per training arm × inference arm × scenario × domain; nil where no scenario has domains.
  public static func renderDomains(_ results: ExperimentResults) -> String? {
    guard results.cells.contains(where: { !$0.domains.isEmpty }) else { return nil }
    let head =
      ["training", "inference", "scenario", "domain", "rows", "metric", "mean", "low", "high"]
      + results.seeds.map { "seed_\($0)" }
    let lines = results.cells.flatMap { cell in
      cell.domains.map { domain -> [String] in
        [
          text(cell.training), text(cell.inference), text(cell.scenario), text(domain.name), number(domain.rows),
          text(results.metric.rawValue),
        ] + estimate(domain.quality)
          + results.seeds.indices.map { domain.perSeed.indices.contains($0) ? number(domain.perSeed[$0]) : "" }
      }
    }
    return table([head] + lines)
  }

  private static func header(_ results: ExperimentResults) -> [String] {
    let figures =
      ["training", "inference", "scenario", "metric", "mean", "low", "high"]
      + results.seeds.map { "seed_\($0)" } + [
        "difference_mean", "difference_low", "difference_high", "verdict",
        "flops_per_sample", "single_queries", "single_p50_us", "single_p99_us",
        "batch_rows", "batch_queries", "batch_p50_us", "batch_p99_us",
        "model_bytes", "training_seconds", "training_seconds_low", "training_seconds_high", "training_flops",
        "preparation_seconds", "preparation_flops", "domain_mean", "domain_low", "domain_high", "adapted_share",
        "chosen_by", "state_bytes",
      ]
    let further = metrics(results).flatMap { ["\($0)_mean", "\($0)_low", "\($0)_high"] }
    return figures + CellProtocol.columns + comparisonColumns + further + ["events", "failures"]
  }

  /// The names of the further figures that a cell has, those that are known first.
  private static func metrics(_ results: ExperimentResults) -> [String] {
    let found = Set(results.cells.flatMap { ($0.metrics ?? [:]).keys }), known = StreamMetric.allCases.map(\.rawValue)
    return known.filter(found.contains) + found.subtracting(known).sorted()
  }

  /// One line per training arm × inference arm × scenario × budget; nil where no arm has budgets.
  public static func renderCurves(_ results: ExperimentResults) -> String? {
    guard results.cells.contains(where: { $0.curve != nil }) else { return nil }
    let points = results.cells.flatMap { $0.curve ?? [] }
    let found = Set(points.flatMap(\.metrics.keys)).sorted()
    let head =
      ["training", "inference", "scenario", "budget", "features", "metric", "mean", "low", "high"]
      + found.flatMap { ["\($0)_mean", "\($0)_low", "\($0)_high"] }
    let lines = results.cells.flatMap { cell in
      (cell.curve ?? []).map { point -> [String] in
        [
          text(cell.training), text(cell.inference), text(cell.scenario), number(point.budget), number(point.features),
          text(results.metric.rawValue),
        ] + estimate(point.quality) + found.flatMap { estimate(point.metrics[$0]) }
      }
    }
    return table([head] + lines)
  }

  private static func fields(
    _ cell: ResultCell, _ training: TrainingArmSummary?, _ results: ExperimentResults
  ) -> [String] {
    let names = [cell.training, cell.inference, cell.scenario, results.metric.rawValue].map(text)
    // As many seed fields as the header has, whatever the cell holds.
    let seeds = results.seeds.indices.map { cell.perSeed.indices.contains($0) ? number(cell.perSeed[$0]) : "" }
    let cost = cell.cost, arm = results.inferenceArms.first { $0.name == cell.inference }
    let rules = results.scenarios.first { $0.name == cell.scenario }?.rules
    var fields = names + estimate(cell.quality) + seeds + estimate(cell.difference)
    fields += [
      text(cell.verdict.rawValue),
      number(cost.flopsPerSample), number(cost.single?.queries), number(cost.single?.p50), number(cost.single?.p99),
      number(cost.batch?.batchSize), number(cost.batch?.queries), number(cost.batch?.p50), number(cost.batch?.p99),
      number(cost.modelBytes),
    ]
    fields += estimate(training?.seconds)
    fields += [number(training?.flops), number(cost.preparationSeconds), number(cost.preparationFlops)]
    fields += estimate(cell.domainMean)
    fields += [
      number(cell.adaptedShare), text(arm?.chosenBy ?? ""), number(cost.stateBytes),
    ]
    fields += CellProtocol(cell, arm, rules).fields.map(text) + comparisonFields(cell)
    fields += metrics(results).flatMap { estimate(cell.metrics?[$0]) }
    return fields + [
      number(cell.events.reduce(0) { $0 + $1.log.events.count + $1.log.more }),
      text(cell.failures.joined(separator: " | ")),
    ]
  }

  static func estimate(_ estimate: Estimate?) -> [String] {
    [number(estimate?.mean), number(estimate?.low), number(estimate?.high)]
  }

  static func number(_ value: (some CustomStringConvertible & Numeric)?) -> String {
    value?.description ?? ""
  }

  /// Lines of fields that are escaped already.
  static func table(_ lines: [[String]]) -> String {
    lines.map { $0.joined(separator: ",") + "\r\n" }.joined()
  }

  /// Text that a spreadsheet would take for a formula gets a leading apostrophe.
  static func text(_ text: String) -> String {
    guard let first = text.unicodeScalars.first, "=+-@\t\r\n".unicodeScalars.contains(first) else {
      return escaped(text)
    }
    return escaped("'" + text)
  }

  static func escaped(_ field: String) -> String {
    // Scalars, not characters: a carriage return with its line feed is one character.
    guard field.unicodeScalars.contains(where: { ",\"\r\n".unicodeScalars.contains($0) }) else { return field }
    return "\"" + field.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\""
  }
}
