internal import AttuneCore
public import AttuneData
internal import AttuneInference
public import AttuneTraining

/// A stream made ready for one model: preprocessed inputs, and targets for scoring.
struct PreparedStream: Sendable {
  /// Network inputs, `[n, d]`.
  let inputs: Matrix
  /// What the rows really are; strategies never see it but through late labels.
  let targets: Targets
  let batchSize: Int
  let labelDelay: Int?

  var batches: [Range<Int>] {
    stride(from: 0, to: inputs.rows, by: batchSize).map { $0..<min($0 + batchSize, inputs.rows) }
  }
}

/// Runs a strategy over a stream, prequentially: predict first, score, learn later.
struct StreamEvaluation {
  let model: Model
  let stream: PreparedStream

  /// The quality over the stream and of each batch, and the operations per row.
  func run(_ strategy: any AdaptationStrategy, in context: AdaptationContext) throws -> ArmOutcome {
    var running = try strategy.run(model.network, in: context)
    var scores = Scores(model: model, targets: stream.targets)
    var operations = 0, labeled = 0, log = EventLog()
    for (batchNumber, range) in stream.batches.enumerated() {
      try Cancellation.check()
      if let delay = stream.labelDelay, type(of: strategy).usesLabels {
        // A label arrives when `delay` further rows were answered: with 0 as soon as its own row was.
        let known = max(labeled, range.lowerBound - delay)
        if known > labeled {
          let feedback = Feedback(
            inputs: stream.inputs.rows(labeled..<known), targets: scores.networkTargets(labeled..<known))
          operations += try OperationCounter.count { try running.learn(from: feedback) }.operations
          labeled = known
        }
      }
      let batch = stream.inputs.rows(range)
      let (output, used) = try OperationCounter.count { try running.predict(batch) }
      operations += used
      log.add(running.takeEvents(), row: range.lowerBound, batch: batchNumber)
      guard output.isFinite else { throw NonFiniteOutput(firstRow: range.lowerBound) }
      scores.add(model.output(output), rows: range)
    }
    return ArmOutcome(
      inference: "", scenario: "", quality: scores.total, trace: scores.trace, rows: stream.inputs.rows,
      operationsPerSample: Double(operations) / Double(max(1, stream.inputs.rows)), preparation: nil, failure: nil,
      events: log.isEmpty ? nil : log)
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
  let model: Model
  let targets: Targets
  private(set) var trace: [Double] = []
  private var sum = 0.0, rows = 0

  init(model: Model, targets: Targets) {
    self.model = model
    self.targets = targets
  }

  /// The quality over all rows so far; nil without rows.
  var total: Double? { rows == 0 ? nil : finished(sum, rows) }

  mutating func add(_ output: Matrix, rows range: Range<Int>) {
    var batch = 0.0
    switch targets {
    case .classes(let labels, _):
      for (row, predicted) in output.rowArgmax.enumerated() where predicted != labels[range.lowerBound + row] {
        batch += 1
      }
    case .values(let values):
      for row in 0..<output.rows {
        let difference = Double(output[row, 0]) - Double(values[range.lowerBound + row, 0])
        batch += difference * difference
      }
    case .none: return
    }
    sum += batch
    rows += range.count
    trace.append(finished(batch, range.count))
  }

  private func finished(_ sum: Double, _ rows: Int) -> Double {
    if case .values = targets { return (sum / Double(rows)).squareRoot() }
    return sum / Double(rows)
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
