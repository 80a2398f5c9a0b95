public import AttuneCore
internal import Foundation

/// ADWIN: a window of recent values that is cut where its older part has another mean than its newer part.
///
/// Values are kept in buckets of 1, 2, 4, … of them, at most `bucketsPerSize` of each size: their sum and their sum of
/// squared deviations. Every `interval` values, for each cut between two buckets with at least `shortestPart` values on
/// either side, n₀ and n₁ of them, the means are compared with
/// `ε = √(2 m σ² ln(2 ln n / δ)) + ⅔ m ln(2 ln n / δ)`, `m = 1 / (n₀ − shortestPart + 1) + 1 / (n₁ − shortestPart + 1)`,
/// where σ² is the variance in the window and n its length. Where they differ by more, the oldest bucket is dropped and the
/// test repeated: a drift.
///
/// - Complexity: memory O(log n) for n values in the window; time O(1) a value, O(log² n) at a test.
/// - Source: Bifet, Gavaldà (2007), Learning from Time-Changing Data with Adaptive Windowing, SIAM International Conference
///   on Data Mining, doi:10.1137/1.9781611972771.42 (ADWIN2), with the defaults and the tested cuts of river 0.26.1, whose
///   detections it equals.
/// - Note: Differs from the source: after a drift the window is empty, as in river; with `keepsNewerPart` it is what was
///   not cut. `m` uses the lengths less the shortest part, which a bound of the source does not.
public struct AdaptiveWindowing: DriftDetector, Equatable {
  /// `adwin` in config files.
  public static let name = "adwin"
  /// What tables and help say.
  public static let summary = "a window that is cut where its older part has another mean"
  /// It takes any numbers.
  public static let takesErrorsOnly = false

  /// The settings in a config file.
  public struct Configuration: Codable, Sendable, Equatable, DefaultInitializable {
    /// Chance of a false alarm in a test, above 0 and below 1.
    public var delta = 0.002
    /// Values from one test to the next.
    public var interval = 32
    /// Buckets of one size.
    public var bucketsPerSize = 5
    /// Values that either part must have.
    public var shortestPart = 5
    /// Values before the first test.
    public var warmup = 10
    /// Whether the window goes on after a drift with what was not cut.
    public var keepsNewerPart = false

    /// All defaults.
    public init() {}
  }

  private struct Bucket: Sendable, Codable, Equatable {
    var total: Double, deviation: Double
  }

  /// The settings.
  public let configuration: Configuration
  /// Buckets of 2ⁱ values each, the oldest first.
  private var levels: [[Bucket]] = [[]]
  /// Values in the window.
  public private(set) var width = 0
  /// Their sum.
  public private(set) var total = 0.0
  /// The sum of their squared distances from their mean.
  public private(set) var deviation = 0.0
  /// Drifts so far.
  public private(set) var drifts = 0
  private var values = 0
  private var startsOver = false

  /// A detector that has seen nothing.
  ///
  /// - Throws: `HyperparameterError` where a setting is out of its range.
  public init(_ configuration: Configuration = Configuration()) throws(HyperparameterError) {
    let check = HyperparameterCheck(method: Self.name)
    try check.isPositive(configuration.delta, "delta")
    guard configuration.delta < 1 else {
      throw HyperparameterError(
        method: Self.name, problem: "delta is \(configuration.delta)", advice: "give a number above 0 and below 1")
    }
    try check.isPositive(configuration.interval, "interval")
    try check.isPositive(configuration.bucketsPerSize, "bucketsPerSize")
    try check.isPositive(configuration.shortestPart, "shortestPart")
    try check.isPositive(configuration.warmup, "warmup")
    self.configuration = configuration
  }

  /// The mean of the values in the window, 0 of none.
  public var mean: Double { width == 0 ? 0 : total / Double(width) }

  /// Takes the next value.
  public mutating func update(_ value: Double) -> DriftSignal {
    if startsOver {
      (levels, width, total, deviation, values, startsOver) = ([[]], 0, 0, 0, 0, false)
    }
    append(value)
    values += 1
    guard values % configuration.interval == 0, width > configuration.warmup else { return .none }
    var isDrift = false
    while hasCut() {
      isDrift = true
      dropOldest()
    }
    guard isDrift else { return .none }
    drifts += 1
    startsOver = !configuration.keepsNewerPart
    return .drift
  }

  private mutating func append(_ value: Double) {
    levels[0].append(Bucket(total: value, deviation: 0))
    if width > 0 {
      let n = Double(width), distance = value - total / n
      deviation += n * distance * distance / (n + 1)
    }
    width += 1
    total += value
    var level = 0
    while level < levels.count, levels[level].count > configuration.bucketsPerSize {
      merge(level)
      level += 1
    }
  }

  /// Makes one bucket of the next size of the two oldest of a size.
  private mutating func merge(_ level: Int) {
    if level + 1 == levels.count { levels.append([]) }
    let size = Double(1 << level), first = levels[level][0], second = levels[level][1]
    let distance = first.total / size - second.total / size
    levels[level + 1].append(
      Bucket(
        total: first.total + second.total,
        deviation: first.deviation + second.deviation + size * size * distance * distance / (size + size)))
    levels[level].removeFirst(2)
  }

  private mutating func dropOldest() {
    let last = levels.count - 1, size = Double(1 << last), bucket = levels[last].removeFirst()
    width -= 1 << last
    total -= bucket.total
    let n = Double(width), distance = bucket.total / size - total / n
    deviation -= bucket.deviation + size * n * distance * distance / (size + n)
    while levels.count > 1, levels[levels.count - 1].isEmpty { levels.removeLast() }
  }

  /// Whether the two parts of some cut have means that differ too much.
  private func hasCut() -> Bool {
    let shortest = Double(configuration.shortestPart), n = Double(width)
    let variance = deviation / n, logarithm = log(2 * log(n) / configuration.delta)
    var older = 0.0, newer = n, olderTotal = 0.0, newerTotal = total
    for level in levels.indices.reversed() {
      let size = Double(1 << level)
      for (place, bucket) in levels[level].enumerated() {
        if level == 0, place == levels[0].count - 1 { return false }
        older += size
        newer -= size
        olderTotal += bucket.total
        newerTotal -= bucket.total
        guard older >= shortest, newer >= shortest else { continue }
        let share = 1 / (older - shortest + 1) + 1 / (newer - shortest + 1)
        let bound = (2 * share * variance * logarithm).squareRoot() + 2 / 3 * logarithm * share
        if abs(olderTotal / older - newerTotal / newer) > bound { return true }
      }
    }
    return false
  }
}
