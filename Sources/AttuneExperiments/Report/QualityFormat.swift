/// How the report writes the quality figure and changes of it.
///
/// An error is written in percent with one decimal, its changes in percentage points; a root mean squared error with
/// three significant digits.
struct QualityFormat: Sendable {
  let metric: QualityMetric
  /// Digits after the point that all cells of a table have; nil where each figure has its own.
  var decimals: Int?

  init(metric: QualityMetric) { self.metric = metric }

  /// The format of a table with these figures: all with as many digits as the middle one of them calls for.
  func shared(by values: [Double]) -> QualityFormat {
    var format = self
    format.decimals = metric == .error ? 1 : NumberFormat.sharedDecimals(values)
    return format
  }

  /// Name and unit for captions and axes: `error in %`.
  var title: String {
    switch metric {
    case .error: "error in %"
    case .rootMeanSquaredError: "RMSE"
    }
  }

  /// The figure without its unit, as tables show it.
  func bare(_ value: Double) -> String {
    switch metric {
    case .error: NumberFormat.fixed(value * 100, 1)
    case .rootMeanSquaredError: decimals.map { NumberFormat.fixed(value, $0) } ?? NumberFormat.significant(value)
    }
  }

  /// The figure with its unit.
  func full(_ value: Double) -> String {
    switch metric {
    case .error: bare(value) + " %"
    case .rootMeanSquaredError: bare(value)
    }
  }

  /// Half of the interval, `±0.4`; nil where there is no interval because one seed only finished.
  func half(_ estimate: Estimate) -> String? {
    let half = (estimate.high - estimate.low) / 2
    guard half > 0, half.isFinite else { return nil }
    guard let decimals else { return "±" + magnitude(half, beside: estimate.mean) }
    let text = NumberFormat.fixed(metric == .error ? half * 100 : half, decimals)
    // What is too small for the digits of the table is not nothing.
    let vanishes = text.allSatisfy { $0 == "0" || $0 == "." }
    return vanishes ? "±<" + NumberFormat.fixed(NumberFormat.unit(decimals), decimals) : "±" + text
  }

  /// A change, with its sign: `−3.2 points`.
  func change(_ value: Double) -> String {
    switch metric {
    case .error: "\(signed(value)) points"
    case .rootMeanSquaredError: signed(value)
    }
  }

  /// A change with its interval: `−3.2 points [−4.0, −2.4]`.
  func change(_ estimate: Estimate) -> String {
    guard estimate.low < estimate.high else { return change(estimate.mean) }
    // All three with the same number of digits, as many as the width of the interval calls for.
    let half = (estimate.high - estimate.low) / 2
    let parts = [estimate.mean, estimate.low, estimate.high].map { signed($0, beside: half) }
    return "\(parts[0])\(metric == .error ? " points" : "") [\(parts[1]), \(parts[2])]"
  }

  /// The label of an axis tick at `value` where ticks are `step` apart.
  func tick(_ value: Double, step: Double) -> String {
    let factor = metric == .error ? 100.0 : 1
    return Axis.label(value * factor, step: step * factor)
  }

  /// A change with its sign and as many digits as `scale` calls for, which is its own size where nothing is given.
  private func signed(_ value: Double, beside scale: Double? = nil) -> String {
    let text: String
    switch (metric, scale) {
    case (.error, let scale?): text = NumberFormat.fixed(abs(value) * 100, scale < 0.00195 ? 2 : 1)
    case (.rootMeanSquaredError, let scale?) where (1e-6..<1e6).contains(max(scale, abs(value))):
      text = NumberFormat.fixed(abs(value), NumberFormat.decimals(scale, significant: 2))
    default: text = magnitude(abs(value), beside: value)
    }
    if text.allSatisfy({ $0 == "0" || $0 == "." }) { return "0" }
    return (value < 0 ? "−" : "+") + text
  }

  /// A size without its sign; a small one gets a digit more rather than being shown as zero.
  private func magnitude(_ value: Double, beside mean: Double) -> String {
    switch metric {
    case .error:
      return NumberFormat.fixed(value * 100, value < 0.00095 ? 2 : 1)
    case .rootMeanSquaredError:
      let decimals = NumberFormat.decimals(mean, significant: 3)
      let text = NumberFormat.fixed(value, decimals)
      let vanishes = text.allSatisfy { $0 == "0" || $0 == "." }
      return vanishes || abs(mean) >= 1e6 || abs(mean) < 1e-4 ? NumberFormat.significant(value, 2) : text
    }
  }
}
