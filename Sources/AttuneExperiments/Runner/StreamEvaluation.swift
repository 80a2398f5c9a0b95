internal import AttuneCore
public import AttuneData
internal import AttuneInference
public import AttuneTraining

/// Runs a strategy over a stream, prequentially: predict first, score, learn later.
struct StreamEvaluation {
  let model: Model
  let stream: PreparedStream

  /// The quality over the stream, of each batch and of each domain, and the operations per row.
  ///
  /// - Parameters:
  ///   - watch: monitors, whose alarms are among the events and whose operations are counted nowhere.
  ///   - intervals: intervals about the answers, before the first; nil for those that the strategy gives, if any.
  func run(
    _ strategy: any AdaptationStrategy, in context: AdaptationContext, watch: StreamWatch? = nil,
    intervals: ConformalIntervals? = nil
  ) throws -> ArmOutcome {
    var serving = try StreamServing(strategy, model, stream, in: context, watch: watch, intervals: intervals)
    var scores = Scores(model: model, targets: stream.targets, domains: stream.domains), log = EventLog()
    var figures = StreamFigures(model: model, targets: stream.targets), curve = CurveFigures(model, stream.targets)
    var answers = AnswerCollection(stream.targets)
    for (number, range) in stream.batches.enumerated() {
      try Cancellation.check()
      let output = try serving.answer(range) { scores.networkTargets($0) }
      log.add(serving.takeEvents(), row: range.lowerBound, batch: number)
      guard output.isFinite else { throw NonFiniteOutput(firstRow: range.lowerBound) }
      let predicted = model.output(output)
      scores.add(predicted, rows: range)
      answers.add(output, predicted: predicted, rows: range)
      figures.add(output, rows: range, details: serving.takeDetails())
      curve.add(try serving.curve(range), rows: range)
    }
    return ArmOutcome(
      inference: "", scenario: "", quality: scores.total, trace: scores.trace, rows: stream.inputs.rows,
      operationsPerSample: Double(serving.operations) / Double(max(1, stream.inputs.rows)), preparation: nil,
      failure: nil, events: log.isEmpty ? nil : log, domains: domains(scores),
      adaptedShare: stream.budget.map { _ in Double(serving.adapted) / Double(max(1, serving.batches)) },
      metrics: figures.metrics, inputUse: figures.inputUse, curve: curve.points,
      coverage: figures.coverage.isEmpty ? nil : figures.coverage, answers: answers.record,
      stateBytes: serving.stateBytes)
  }

  private func domains(_ scores: Scores) -> [DomainOutcome]? {
    guard !stream.domainNames.isEmpty else { return nil }
    return stream.domainNames.enumerated().map { number, name in
      let score = scores.byDomain[number]
      return DomainOutcome(name: name, rows: score?.rows ?? 0, quality: score.flatMap { scores.finished($0) })
    }
  }
}

/// A strategy answered with NaN or infinity.
struct NonFiniteOutput: Error, Equatable, CustomStringConvertible {
  let firstRow: Int
  var description: String {
    "the strategy's output is not finite in the batch that starts at row \(firstRow); lower its learning rate"
  }
}

/// Counts errors or squared differences along a stream.
struct Scores {
  /// A sum of errors or squared differences over some rows.
  struct Sum {
    var sum = 0.0, rows = 0
  }

  let model: Model
  let targets: Targets
  /// The number of each row's domain; empty where there is one only.
  var domains: [Int] = []
  private(set) var trace: [Double] = []
  private(set) var byDomain: [Int: Sum] = [:]
  private var all = Sum()

  init(model: Model, targets: Targets, domains: [Int] = []) {
    (self.model, self.targets, self.domains) = (model, targets, domains)
  }

  /// The quality over all rows so far; nil without rows.
  var total: Double? { finished(all) }

  mutating func add(_ output: Matrix, rows range: Range<Int>) {
    let penalties = penalties(output, range)
    guard penalties.count == range.count else { return }
    var batch = Sum()
    for (row, penalty) in zip(range, penalties) {
      batch.sum += penalty
      if !domains.isEmpty {
        byDomain[domains[row], default: Sum()].sum += penalty
        byDomain[domains[row], default: Sum()].rows += 1
      }
    }
    batch.rows = range.count
    all.sum += batch.sum
    all.rows += batch.rows
    if let quality = finished(batch) { trace.append(quality) }
  }

  /// What each row adds to the sum: 1 for a wrong class, the squared difference of a value; empty without targets.
  private func penalties(_ output: Matrix, _ range: Range<Int>) -> [Double] {
    switch targets {
    case .classes(let labels, _):
      return output.rowArgmax.enumerated().map { $1 == labels[range.lowerBound + $0] ? 0 : 1 }
    case .values(let values):
      return (0..<output.rows).map { row in
        let difference = Double(output[row, 0]) - Double(values[range.lowerBound + row, 0])
        return difference * difference
      }
    case .none: return []
    }
  }

  /// The quality of a sum; nil without rows.
  func finished(_ score: Sum) -> Double? {
    guard score.rows > 0 else { return nil }
    if case .values = targets { return (score.sum / Double(score.rows)).squareRoot() }
    return score.sum / Double(score.rows)
  }

  /// The targets of some rows on the network's scale.
  func networkTargets(_ range: Range<Int>) -> Matrix { model.networkTargets(targets, rows: range) }
}

extension Model {
  /// The quality figure on labeled rows, in memory or in a file, without adaptation; nil without targets.
  ///
  /// - Throws: what `predict` throws; `FileError` where rows cannot be read.
  public func quality(on rows: some TableRows) throws -> Double? {
    var sum = QualitySum()
    try rows.forEachBlock { block, _ in sum.add(try predict(block.features), block.targets) }
    return sum.quality
  }

  /// Targets on the network's scale: one-hot rows, or standardized values.
  func networkTargets(_ targets: Targets, rows: Range<Int>) -> Matrix {
    switch targets {
    case .classes(let labels, _): Matrix.oneHot(Array(labels[rows]), classes: network.outputDimension)
    case .values(let values): preprocessing.targetScaling?.apply(values.rows(rows)) ?? values.rows(rows)
    case .none: Matrix(rows: rows.count, columns: 0)
    }
  }
}

/// The quality of predictions that come in blocks: the sums run from row to row, so that blocks do not change a bit.
struct QualitySum {
  private var sum = 0.0, rows = 0, hasValues = false

  /// Takes predictions for rows with some targets.
  mutating func add(_ predicted: Matrix, _ targets: Targets) {
    switch targets {
    case .classes(let labels, _):
      for (label, found) in zip(labels, predicted.rowArgmax) where found != label { sum += 1 }
    case .values(let values):
      hasValues = true
      for row in 0..<predicted.rows {
        let difference = Double(predicted[row, 0]) - Double(values[row, 0])
        sum += difference * difference
      }
    case .none: return
    }
    rows += predicted.rows
  }

  /// The error rate or the root of the mean square; nil without rows.
  var quality: Double? {
    guard rows > 0 else { return nil }
    return hasValues ? (sum / Double(rows)).squareRoot() : sum / Double(rows)
  }
}
