internal import AttuneCore
internal import AttuneData
internal import AttuneInference
internal import AttuneTraining

/// A strategy at work on a stream of raw rows: answers, scores and costs, batch by batch.
struct AdaptedStream<Strategy: AdaptationStrategy> {
  private let strategy: Strategy
  private let identity: AdaptationIdentity
  private let model: Model
  private let labels: StreamLabels?
  private let data: String
  private var state: Strategy.State
  /// Rows and batches before this stream, which a resumed state has seen.
  private let before: (rows: Int, batches: Int)
  private var totals = AdaptationTotals()
  private var plainOperations: [Int: Int] = [:]  // by the rows of a batch

  /// A strategy at its start, or at a state that was kept.
  ///
  /// - Throws: `SourceNeeded` and what else the strategy's start throws; `StateMismatch` and what reading a state throws.
  init(
    _ strategy: Strategy, _ identity: AdaptationIdentity, _ model: Model, _ context: AdaptationContext,
    labels: StreamLabels?, data: String, resuming path: String?
  ) throws {
    (self.strategy, self.identity, self.model, self.labels, self.data) = (strategy, identity, model, labels, data)
    do {
      guard let path else {
        state = try strategy.start(model.network, in: context)
        before = (0, 0)
        return
      }
      let file = try AdaptedStateFile(contentsOf: path)
      let differences = file.identity.differences(to: identity)
      guard differences.isEmpty else { throw StateMismatch(path: path, differences: differences) }
      state = try file.restored(for: strategy, model.network, in: context, path: path)
      before = (file.rows, file.batches)
    } catch {
      throw SourceNeeded(error) ?? error
    }
  }

  /// The answers to a batch of raw rows, as the user sees them, and what there is to say of it.
  mutating func answer(_ rows: Matrix) throws -> (answers: Matrix, report: BatchReport) {
    let first = totals.rows, inputs = try model.preprocessing.apply(rows)
    guard inputs.isFinite else {
      throw notFinite(first, inputs, "values that reach the network as finite numbers")
    }
    let clock = ContinuousClock(), start = clock.now
    let (logits, operations) = try OperationCounter.count { try strategy.predict(inputs, &state) }
    totals.seconds += (clock.now - start) / .seconds(1)
    guard logits.isFinite else {
      throw notFinite(first, logits, "values that strategy '\(Strategy.name)' answers with finite numbers")
    }
    let answers = model.output(logits)
    let entropy: Double? =
      model.task == .classification
      ? logits.rowEntropies().elements.reduce(0) { $0 + Double($1) } / Double(logits.rows) : nil
    let penalty = try labels?.penalty(of: answers, from: first)
    let events = strategy.takeEvents(&state)
    totals.add(
      rows: rows.rows, operations: operations, plain: try plain(inputs), entropy: entropy, penalty: penalty, events)
    let report = BatchReport(
      batch: before.batches + totals.batches - 1, firstRow: before.rows + first, rows: rows.rows, meanEntropy: entropy,
      quality: penalty.map { Quality($0, rows: rows.rows, model.task) },
      operationsPerRow: Double(operations) / Double(rows.rows),
      events: events)
    return (answers, report)
  }

  /// What there is to say of the whole stream.
  ///
  /// - Throws: `DataError` where there are more labels than rows.
  func summary(output: String, state: String?) throws -> StreamSummary {
    try labels?.checkCount(rows: totals.rows)
    return StreamSummary(
      strategy: Strategy.name, totals: totals,
      quality: labels == nil ? nil : Quality(totals.penalty, rows: totals.rows, model.task),
      sourceAccess: strategy.sourceAccess, output: output, state: state)
  }

  /// The state as a file of its own.
  func stateFile() throws -> AdaptedStateFile {
    try AdaptedStateFile(
      state, identity, rows: before.rows + totals.rows, batches: before.batches + totals.batches)
  }

  /// The operations of a batch without adaptation.
  private mutating func plain(_ inputs: Matrix) throws -> Int {
    if let known = plainOperations[inputs.rows] { return known }
    let used = try OperationCounter.count { try model.network.predict(inputs) }.operations
    plainOperations[inputs.rows] = used
    return used
  }

  private func notFinite(_ first: Int, _ values: Matrix, _ expected: String) -> DataError {
    let row = values.elements.firstIndex { !$0.isFinite }.map { first + $0 / max(1, values.columns) + 1 }
    return DataError(
      path: data, problems: [.init(row: row, expected: expected)], advice: "check the units of the columns")
  }
}
