internal import AttuneCore
internal import AttuneData
internal import AttuneTraining

/// One unit of an online experiment: one stream with one seed, read once for all its learners.
struct OnlineUnitRun: Sendable {
  let source: OnlineStreamSource
  let arms: [OnlineLearnerArmConfiguration]
  let seed: UInt64

  /// Rows that are read before the learners go on.
  static let blockSize = 256

  /// Runs the learners along the stream.
  ///
  /// - Parameter progress: told the share of the stream that was read, now and then.
  /// - Throws: what reading the stream throws; `EmptyStream`; `CancellationError`. What goes wrong with a learner is in the
  ///   outcome.
  func run(progress: (Double) -> Void) throws -> OnlineUnitOutcome {
    let started = ThreadClock.now, configuration = source.configuration
    let stream = try source.open(seed: seed)
    let width = stream.inputNames.count, classes = stream.classNames.count
    var runs = arms.map { LearnerRun($0, on: configuration, features: width, classes: classes, seed: seed) }
    var recent = RecentRows(width: width, capacity: max(1, configuration.labels.delay) + Self.blockSize)
    var withheld = Philox(seed: seed).fork("online").fork(configuration.name).fork("missing labels")
    var row = [Double](repeating: 0, count: width)
    var rows = 0, unlabeled = 0, unknown = 0
    let limit = configuration.maximumRows ?? .max, missing = configuration.labels.missing
    var isAtEnd = false
    while !isAtEnd {
      try Cancellation.check()
      let first = rows
      while rows < min(limit, first + Self.blockSize) {
        guard let label = try stream.next(into: &row) else { break }
        // Drawn for every row, so that a row's lot does not depend on the labels before it.
        let isWithheld = missing > 0 && withheld.nextUniformDouble() < missing
        switch label {
        case .known(let target): recent.set(rows, row, target: target, label: isWithheld ? .withheld : .comes)
        case .missing:
          recent.set(rows, row, target: 0, label: .unknown)
          unknown += 1
        }
        if isWithheld || label == .missing { unlabeled += 1 }
        rows += 1
      }
      isAtEnd = rows < first + Self.blockSize || rows == limit
      guard rows > first else { break }
      for index in runs.indices { try runs[index].run(first..<rows, of: recent) }
      if let count = stream.count { progress(Double(rows) / Double(max(1, min(count, limit)))) }
    }
    for index in runs.indices { runs[index].finish(rows: rows, of: recent) }
    guard rows - unknown > 0, rows > configuration.warmUp else {
      throw EmptyStream(stream: configuration.name, rows: rows, unknown: unknown, warmUp: configuration.warmUp)
    }
    return OnlineUnitOutcome(
      stream: configuration.name, seed: seed, rows: rows, unlabeled: unlabeled, unknown: unknown, inputs: width,
      classes: stream.classNames,
      skipped: stream.skipped.map {
        SkippedSummary(count: $0.count, rows: $0.rows, first: $0.problems.first?.description ?? "")
      }, seconds: ThreadClock.now - started, arms: runs.map { $0.outcome(features: width) })
  }
}

/// A stream of which no row can be scored.
public struct EmptyStream: Error, Equatable, CustomStringConvertible {
  /// Name of the stream.
  public let stream: String
  /// Rows that were read.
  public let rows: Int
  /// Rows without a label.
  public let unknown: Int
  /// Rows that are not scored.
  public let warmUp: Int

  /// What there is, and what to do.
  public var description: String {
    let found =
      rows == 0
      ? "has no rows"
      : rows == unknown
        ? "has \(rows) rows, and none has a label" : "has \(rows) rows, which warmUp \(warmUp) leaves unscored"
    return "stream '\(stream)' \(found); check its source" + (rows > unknown ? ", or lower warmUp" : "")
  }
}
