internal import AttuneCore
internal import AttuneInference
internal import AttuneTraining
internal import Foundation

/// Latency of an inference arm: the time of a call of `predict`, one call at a time, on a quiet machine.
///
/// MLPerf-style single stream, not an MLPerf result: the next query starts when the last one ends. A percentile is the
/// largest time that remains after as many of the slowest are dropped as leave 99 % confidence.
struct LatencyMeasurement {
  /// Timed calls; the 99th percentile needs 662.
  var queries = 1000
  /// Calls before the first timed one.
  var warmUp = 50
  /// Seconds after which no further call is timed.
  var limit = 5.0

  /// Times a strategy on the batches of a stream, over and over, from a fresh start.
  func measure(
    _ strategy: any AdaptationStrategy, _ model: Model, inputs: Matrix, batchSize: Int, context: AdaptationContext
  ) throws -> LatencySummary {
    var running = try strategy.run(model.network, in: context)
    let size = min(batchSize, inputs.rows)
    // Whole batches only, made before the clock starts.
    let batches = stride(from: 0, through: inputs.rows - size, by: size).prefix(512).map { inputs.rows($0..<$0 + size) }
    var times: [Double] = []
    let clock = ContinuousClock(), started = clock.now
    for query in 0..<(warmUp + queries) {
      let batch = batches[query % batches.count]
      let begin = clock.now
      _ = try running.predict(batch)
      if query >= warmUp { times.append((clock.now - begin) / .microseconds(1)) }
      if times.count > 10, (clock.now - started) / .seconds(1) > limit { break }
    }
    times.sort()
    return LatencySummary(
      batchSize: size, queries: times.count, p50: times[times.count / 2], p99: Self.percentile(0.99, of: times))
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
