internal import AttuneCore
internal import AttuneInference
internal import AttuneTraining

/// A strategy that serves along a stream, under the rules of the scenario: resets, late labels, window and pace.
struct StreamServing {
  private let strategy: any AdaptationStrategy
  private let model: Model
  private let stream: PreparedStream
  private let context: AdaptationContext
  private var running: any RunningStrategy
  /// Rows whose labels were learned from, or forgotten at a reset.
  private var labeled = 0
  /// The first row since the strategy started.
  private var start = 0
  private var restarts = 0
  /// The first batch by which the strategy is done with the one that it adapts to.
  private var freeFrom = 0
  private var plainOperations: [Int: Int] = [:]  // by the rows of a batch
  /// Operations so far: answers, adaptation, learning, starting anew.
  private(set) var operations = 0
  /// Batches that the strategy adapted to, and all batches.
  private(set) var adapted = 0, batches = 0
  /// Intervals about the answers as they began, as they are now, and about the last answer; nil where the arm has none.
  private let freshIntervals: ConformalIntervals?
  private var intervals: ConformalIntervals?, given: PredictionIntervals?
  /// Rows whose labels the intervals have learned from, or that came before a restart.
  private var intervalLabels = 0
  /// What watches the answers; its operations are not the strategy's.
  private var watch: StreamWatch?

  init(
    _ strategy: any AdaptationStrategy, _ model: Model, _ stream: PreparedStream, in context: AdaptationContext,
    watch: StreamWatch? = nil, intervals: ConformalIntervals? = nil
  ) throws {
    (self.strategy, self.model, self.stream, self.context) = (strategy, model, stream, context)
    (self.watch, freshIntervals, self.intervals) = (watch, intervals, intervals)
    let counted = try OperationCounter.count { try strategy.run(model.network, in: context) }
    running = counted.result
    // A pass over the whole stream before the first answer is a cost of the stream.
    if strategy.conventions?.seesTarget == true { operations = counted.operations }
  }

  /// The answers to the rows of the next batch, `[b, k]`.
  ///
  /// - Parameter targets: the targets of rows on the network's scale, for labels that have come.
  mutating func answer(_ rows: Range<Int>, targets: (Range<Int>) -> Matrix) throws -> Matrix {
    if stream.restarts(before: rows) { try restart(at: rows.lowerBound) }
    learnIntervals(before: rows.lowerBound, targets)
    let output = try answerUnwatched(rows, targets)
    given = intervals?.intervals(about: output)
    if var watch = watch.take() {
      watch.observe(stream.inputs.rows(rows), output, serving: running.serving(rows: rows.count))
      self.watch = watch
    }
    return output
  }

  private mutating func answerUnwatched(_ rows: Range<Int>, _ targets: (Range<Int>) -> Matrix) throws -> Matrix {
    defer { batches += 1 }
    if let window = stream.window { return try answer(rows.lowerBound, in: window, targets) }
    let batch = stream.inputs.rows(rows)
    guard let budget = stream.budget else {
      _ = try learn(before: rows.lowerBound, targets)
      return try adapt(to: batch).output
    }
    guard batches >= freeFrom else { return try answerOnly(batch) }
    let learning = try learn(before: rows.lowerBound, targets)
    let (output, used) = try adapt(to: batch)
    let time = Double(learning + used) / (Double(try plain(batch)) * budget)
    // A quotient that is a whole number but for rounding is one.
    freeFrom = batches + max(1, Int((min(time, 1e9) - 1e-9).rounded(.up)))
    return output
  }

  /// What the strategy and the monitors told since the last call.
  mutating func takeEvents() -> [AdaptationEvent] { running.takeEvents() + (watch?.takeEvents() ?? []) }

  /// Bytes that the strategy holds now besides the network that it serves with, as encoded; nil where they cannot be encoded.
  ///
  /// A state holds the network that answers, which is that of the model file; further copies count.
  var stateBytes: Int? {
    guard let state = try? StateSize.bytes(of: running.encodableState),
      let network = try? StateSize.bytes(of: model.network)
    else { return nil }
    return state >= network ? state - network : state
  }

  /// What the strategy says of its last answer besides the values.
  mutating func takeDetails() -> AnswerDetails {
    var details = running.takeDetails()
    if let given = given.take() { details.intervals = given }
    return details
  }

  /// The answers to some rows at each of the strategy's budgets; not counted among its operations.
  func curve(_ rows: Range<Int>) throws -> [CurveAnswer] { try running.curve(stream.inputs.rows(rows)) }

  private mutating func restart(at row: Int) throws {
    restarts += 1
    var fresh = context
    fresh.generator = context.generator.fork("restart").fork(restarts)
    let counted = try OperationCounter.count { try strategy.run(model.network, in: fresh) }
    operations += counted.operations
    (running, start, labeled) = (counted.result, row, row)
    (intervals, intervalLabels) = (freshIntervals, row)
    watch?.restart()
  }

  /// Answers with an adaptation.
  private mutating func adapt(to batch: Matrix) throws -> (output: Matrix, operations: Int) {
    let (output, used) = try OperationCounter.count { try running.predict(batch) }
    operations += used
    adapted += 1
    return (output, used)
  }

  private mutating func answerOnly(_ batch: Matrix) throws -> Matrix {
    let (output, used) = try OperationCounter.count { try running.answer(batch) }
    operations += used
    return output
  }

  /// A label arrives when `labelDelay` further rows were answered: with 0 as soon as its own row was.
  private mutating func learn(before row: Int, _ targets: (Range<Int>) -> Matrix) throws -> Int {
    guard let delay = stream.labelDelay, type(of: strategy).usesLabels else { return 0 }
    let known = max(labeled, row - delay)
    guard known > labeled else { return 0 }
    let feedback = Feedback(inputs: stream.inputs.rows(labeled..<known), targets: targets(labeled..<known))
    let used = try OperationCounter.count { try running.learn(from: feedback) }.operations
    operations += used
    labeled = known
    return used
  }

  /// Labels reach the intervals when they come, whether the strategy learns from them or is still busy.
  private mutating func learnIntervals(before row: Int, _ targets: (Range<Int>) -> Matrix) {
    guard let delay = stream.labelDelay, intervals != nil else { return }
    let known = max(intervalLabels, row - delay)
    guard known > intervalLabels else { return }
    let labels = targets(intervalLabels..<known)
    intervals?.learn((0..<labels.rows).map { Double(labels[$0, 0]) })
    intervalLabels = known
  }

  /// One row, answered among the rows before it. The strategy adapts when all rows of the window are new to it.
  private mutating func answer(_ row: Int, in window: Int, _ targets: (Range<Int>) -> Matrix) throws -> Matrix {
    _ = try learn(before: row, targets)
    let seen = stream.inputs.rows(max(start, row - window + 1)..<row + 1)
    let isNew = (row - start) % window == window - 1
    let output = isNew ? try adapt(to: seen).output : try answerOnly(seen)
    return output.rows(output.rows - 1..<output.rows)
  }

  private mutating func plain(_ batch: Matrix) throws -> Int {
    if let known = plainOperations[batch.rows] { return known }
    let used = max(1, try OperationCounter.count { try model.network.predict(batch) }.operations)
    plainOperations[batch.rows] = used
    return used
  }
}
