/// The columns of the table of a stream, the same for terminal and report.
struct OnlineColumns {
  let stream: OnlineStreamSummary
  let cells: [OnlineCell]
  let format: QualityFormat
  let baseline: String
  private let metrics: [StreamMetric]
  /// Digits after the point of the figures of a column, where they are no percentages.
  private let changeDecimals: Int?, qualityDecimals: Int?
  private let hasAlarms: Bool
  private let hasRefused: Bool

  init(_ stream: OnlineStreamSummary, in results: OnlineResults) {
    self.stream = stream
    cells = results.cells(of: stream.name)
    format = QualityFormat(metric: stream.metric)
    let differences = cells.compactMap(\.difference?.mean)
    changeDecimals = stream.metric == .error ? nil : NumberFormat.sharedDecimals(differences)
    let qualities = cells.compactMap(\.quality?.mean)
    qualityDecimals = stream.metric == .error ? 2 : NumberFormat.sharedDecimals(qualities, significant: 4)
    baseline = results.baseline
    let found = Set(cells.flatMap(\.metrics.keys))
    // Of two classes F1 says what macro F1 would say again; the accuracy is the error's complement.
    let order: [StreamMetric] = [.accuracy, .f1, .macroF1, .logLoss, .meanAbsoluteError, .r2]
    metrics = order.filter { found.contains($0.rawValue) && !($0 == .macroF1 && found.contains("f1")) }
    hasAlarms = cells.contains { $0.alarms != nil }
    hasRefused = cells.contains { $0.refused > 0 }
  }

  /// The lowest quality figure of all that finished.
  var best: Double? { cells.compactMap(\.quality?.mean).min() }

  var heads: [String] {
    [format.title, "against \(baseline)"]
      + metrics.map { $0 == .accuracy || $0 == .f1 || $0 == .macroF1 ? "\($0.title) in %" : $0.title }
      + ["FLOPs to predict", "FLOPs to learn", "predict", "learn", "state"]
      + (hasAlarms ? ["alarms"] : []) + (hasRefused ? ["rows refused"] : [])
  }

  func fields(_ cell: OnlineCell) -> [String] {
    guard let quality = cell.quality, let cost = cell.cost else {
      return ["failed"] + Array(repeating: "—", count: heads.count - 1)
    }
    let figure = [figure(quality.mean), format.half(quality) ?? ""].filter { !$0.isEmpty }.joined(
      separator: " ")
    let change = cell.difference.map { difference in
      let sign = cell.seeds.count > 1 ? " " + Wording.sign(cell.verdict) : ""
      guard let changeDecimals else { return format.change(difference.mean) + sign }
      let text = NumberFormat.fixed(difference.mean, changeDecimals)
      return (difference.mean > 0 ? "+" : "") + text + sign
    }
    let further = metrics.map { metric -> String in
      guard let value = cell.metrics[metric.rawValue]?.mean else { return "—" }
      switch metric {
      case .accuracy, .f1, .macroF1: return NumberFormat.fixed(value * 100, 2)
      case .logLoss, .r2: return NumberFormat.fixed(value, 4)
      default: return NumberFormat.significant(value, 6)
      }
    }
    let costs = [
      NumberFormat.count(cost.predictOperations), NumberFormat.count(cost.learnOperations),
      Self.nanoseconds(cost.predictNanoseconds), Self.nanoseconds(cost.learnNanoseconds),
      NumberFormat.bytes(cost.stateBytes),
    ]
    return [figure, change ?? "baseline"] + further + costs
      + (hasAlarms ? [cell.alarms.map { NumberFormat.count($0) } ?? "—"] : [])
      + (hasRefused ? [NumberFormat.count(cell.refused)] : [])
  }

  /// Streams are long, and learners close: a digit more than for scenarios.
  private func figure(_ value: Double) -> String {
    let scaled = format.metric == .error ? value * 100 : value
    return qualityDecimals.map { NumberFormat.fixed(scaled, $0) } ?? NumberFormat.significant(scaled, 4)
  }

  private static func nanoseconds(_ value: Double) -> String {
    guard value > 0 else { return "—" }
    return value < 1000 ? "\(NumberFormat.significant(value, 2)) ns" : NumberFormat.microseconds(value / 1000)
  }

  /// What should be known of the stream, in words.
  var facts: [String] {
    var facts = [
      Wording.counted(stream.rows, "row"), Wording.counted(stream.inputs, "input"),
    ]
    if !stream.classes.isEmpty { facts.append("\(stream.classes.count) classes") }
    facts.append(stream.labels)
    if stream.warmUp > 0 { facts.append("the first \(stream.warmUp) not scored") }
    if stream.unknown > 0 { facts.append("\(Wording.counted(stream.unknown, "row")) without a label not scored") }
    if let skipped = stream.skipped { facts.append("\(skipped.count) of \(skipped.rows) rows left out") }
    return facts
  }
}
