internal import AttuneCore
internal import AttuneInference
internal import AttuneTraining
internal import Foundation

/// Latency of an inference arm: the time of a query, one at a time, on a quiet machine: a call of `predict`, and
/// where labels come late the learning from them before it.
///
/// MLPerf-style single stream, not an MLPerf result: the next query starts when the last one ends. A percentile is the
/// largest time that remains after as many of the slowest are dropped as leave 99 % confidence.
struct LatencyMeasurement {
  /// Timed calls; the 99th percentile needs 662.
  var queries = 1000
  /// Seconds after which no further call is timed, unless fewer than 10 were.
  var limit = 1.5
  /// Calls of a window of the warm-up.
  var window = 20
  /// Windows of the warm-up at most.
  var windowLimit = 20
  /// Seconds after which no further window of the warm-up begins.
  var warmUpLimit = 0.5

  /// Times a strategy on the batches of a stream, over and over, from a fresh start.
  ///
  /// With targets, which come one batch late, a query learns from the batch before and then answers its own.
  ///
  /// - Parameters:
  ///   - strategy: the strategy.
  ///   - model: the model that serves.
  ///   - inputs: network inputs, `[n, d]`.
  ///   - targets: the rows' targets on the network's scale for a strategy that learns from labels; nil for others.
  ///   - batchSize: rows of a query.
  ///   - serving: whether the strategy starts anew before each query, and how many rows it sees for one.
  ///   - context: what the strategy is told.
  /// - Throws: what the strategy throws; `CancellationError` when a stop was asked for.
  func measure(
    _ strategy: any AdaptationStrategy, _ model: Model, inputs: Matrix, targets: Matrix? = nil, batchSize: Int,
    serving: LatencyKey.Serving = LatencyKey.Serving(), context: AdaptationContext
  ) throws -> LatencySummary {
    var running = try strategy.run(model.network, in: context)
    let size = min(serving.window ?? batchSize, inputs.rows)
    // Whole batches only, made before the clock starts.
    let starts = stride(from: 0, through: inputs.rows - size, by: size).prefix(512)
    let batches = starts.map { inputs.rows($0..<$0 + size) }
    let labeled = targets.map { targets in
      zip(starts, batches).map { Feedback(inputs: $1, targets: targets.rows($0..<$0 + size)) }
    }
    let clock = ContinuousClock()
    var calls = 0
    func time() throws -> Double {
      try Cancellation.check()
      let batch = batches[calls % batches.count]
      let feedback = calls == 0 ? nil : labeled?[(calls - 1) % batches.count]
      calls += 1
      let begin = clock.now
      if serving.restarts { running = try strategy.run(model.network, in: context) }
      if let feedback { try running.learn(from: feedback) }
      // A window is adapted to when all its rows are new.
      _ = calls % (serving.window ?? 1) == 0 ? try running.predict(batch) : try running.answer(batch)
      let end = clock.now
      _ = running.takeEvents()
      return (end - begin) / .microseconds(1)
    }
    try warmUp(time)
    var times: [Double] = []
    let started = clock.now
    while times.count < queries, times.count < 10 || (clock.now - started) / .seconds(1) < limit {
      times.append(try time())
    }
    times.sort()
    return LatencySummary(
      batchSize: serving.window == nil ? size : 1, queries: times.count, p50: times[times.count / 2],
      p99: Self.percentile(0.99, of: times))
  }

  /// Calls until the medians of three windows in a row agree within 5 %, or a limit is met.
  ///
  /// - Returns: the number of windows.
  @discardableResult
  func warmUp(_ time: () throws -> Double) rethrows -> Int {
    let clock = ContinuousClock(), started = clock.now
    var medians: [Double] = []
    while medians.count < windowLimit, medians.isEmpty || (clock.now - started) / .seconds(1) < warmUpLimit {
      var times: [Double] = []
      for _ in 0..<window { times.append(try time()) }
      times.sort()
      medians.append(times[times.count / 2])
      let last = medians.suffix(3)
      if last.count == 3, let low = last.min(), let high = last.max(), high <= low * 1.05 { break }
    }
    return medians.count
  }

  /// The percentile with 99 % confidence; nil where there are too few times.
  ///
  /// With q times, t is the largest number with `P[Binomial(q, 1 − p) ≤ t] ≤ 0.01`; the t − 1 slowest are dropped and the
  /// maximum of the rest is the answer.
  static func percentile(_ p: Double, of sorted: [Double]) -> Double? {
    let q = Double(sorted.count)
    var t = -1, cumulative = 0.0
    var logTerm = q * log(p)  // P[X = 0]
    while t < sorted.count {
      let next = t + 1
      if next > 0 { logTerm += log((q - Double(next) + 1) / Double(next)) + log((1 - p) / p) }
      cumulative += exp(logTerm)
      guard cumulative <= 0.01 else { break }
      t = next
    }
    return t >= 1 ? sorted[sorted.count - t] : nil
  }
}
