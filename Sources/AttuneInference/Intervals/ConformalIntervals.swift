public import AttuneCore

/// Intervals about the answers to a stream: each answer plus and minus a threshold of absolute residuals.
///
/// Split conformal prediction keeps the threshold of the calibration rows. Adaptive conformal inference takes it from the
/// last residuals of the stream, the calibration's before there are enough, at a miscoverage that each label moves:
/// `α ← α + rate · (1 − level − missed)`, where `missed` is 1 if the interval that was given missed the target. With α at or
/// below 0 intervals are infinite, with α at or above 1 they are empty. Of T labeled rows, whatever the targets, the share
/// that was missed differs from `1 − level` by at most `(max(level, 1 − level) + D · rate) / (T · rate)`, with D the most rows
/// that were answered and not yet labeled at a time, the answered one included; 1 where each label comes at once.
///
/// - Source: Gibbs, Candès (2021), Adaptive conformal inference under distribution shift, arXiv:2106.00170, eq. (2) and
///   proposition 4.1.
/// - Note: Differs from the source in the threshold, which is that of `ConformalThreshold` and not the empirical quantile, in
///   its window, and in labels that may come late.
public struct ConformalIntervals: Sendable {
  /// What the intervals are.
  public let configuration: IntervalConfiguration
  /// The share of targets that may presently lie outside, as the thresholds are asked for it.
  public private(set) var miscoverage: Double
  /// Scores that the threshold is taken from, in the order of arrival and ascending.
  private var recent: [Double], sorted: [Double]
  /// Answers whose label has not come, with the thresholds that they were given.
  private var pending: [(answer: Double, threshold: Double)] = []
  private let limit: Int

  /// Intervals before the first answer.
  ///
  /// - Parameters:
  ///   - configuration: what the intervals are.
  ///   - calibration: absolute residuals of rows that no model was trained on, on the network's scale, in their order; not a
  ///     number counts as infinite.
  public init(_ configuration: IntervalConfiguration, calibration: [Double] = []) {
    self.configuration = configuration
    miscoverage = 1 - configuration.level
    limit = if case .adaptiveConformal(let settings) = configuration { settings.window } else { calibration.count }
    recent = calibration.suffix(limit).map { $0.isNaN ? .infinity : $0 }
    sorted = recent.sorted()
  }

  /// The half width that the next answer is given; −1 where its interval holds nothing.
  public var threshold: Double { ConformalThreshold.threshold(of: sorted, miscoverage: miscoverage) }

  /// Intervals about the first output of each row.
  ///
  /// ## Shapes
  /// - output: `[n, k]`, k ≥ 1
  public mutating func intervals(about output: Matrix) -> PredictionIntervals {
    let threshold = threshold
    let answers = (0..<output.rows).map { Double(output[$0, 0]) }
    if configuration.usesLabels { pending += answers.map { ($0, threshold) } }
    let ends = answers.map { Self.ends(about: $0, threshold: threshold) }
    return PredictionIntervals(level: configuration.level, lower: ends.map(\.lower), upper: ends.map(\.upper))
  }

  /// The ends of an interval, outwards by what rounding in float32 can move a target: a target at the threshold lies within,
  /// as its score does.
  private static func ends(about answer: Double, threshold: Double) -> (lower: Double, upper: Double) {
    guard threshold >= 0 else { return (answer - threshold, answer + threshold) }
    let reach = threshold + 4 * Double(Float.ulpOfOne) * (abs(answer) + threshold)
    return (answer - reach, answer + reach)
  }

  /// Learns from the targets of the rows that were answered first of those without a label, on the network's scale. A row
  /// whose target is not finite is passed by. Split conformal intervals do not learn.
  ///
  /// - Precondition: there are as many rows without a label.
  public mutating func learn(_ targets: [Double]) {
    guard case .adaptiveConformal(let settings) = configuration else { return }
    precondition(targets.count <= pending.count, "\(targets.count) labels for \(pending.count) answers")
    for (given, target) in zip(pending, targets) where target.isFinite {
      let residual = abs(target - given.answer), score = residual.isNaN ? .infinity : residual
      let ends = Self.ends(about: given.answer, threshold: given.threshold)
      let isHeld = score.isFinite ? ends.lower <= target && target <= ends.upper : given.threshold == .infinity
      miscoverage += settings.rate * (1 - settings.level - (isHeld ? 0 : 1))
      add(score)
    }
    pending.removeFirst(targets.count)
  }

  private mutating func add(_ score: Double) {
    if recent.count == limit { sorted.remove(at: place(of: recent.removeFirst())) }
    recent.append(score)
    sorted.insert(score, at: place(of: score))
  }

  /// The first place of a score that is not below another.
  private func place(of score: Double) -> Int {
    var low = 0, high = sorted.count
    while low < high {
      let middle = (low + high) / 2
      if sorted[middle] < score { low = middle + 1 } else { high = middle }
    }
    return low
  }
}
