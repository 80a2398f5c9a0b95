internal import Foundation

/// An axis of a plot: which values it spans, where its ticks are, and where a value lies on it.
struct Axis: Sendable, Equatable {
  /// Whether positions are proportional to the logarithm.
  let isLogarithmic: Bool
  /// The first and last value drawn.
  let low: Double
  let high: Double
  /// Values with a label.
  let ticks: [Double]
  /// Distance of the ticks; 0 on a logarithmic axis.
  let step: Double

  /// A linear axis with given ends and ticks.
  init(low: Double, high: Double, ticks: [Double], step: Double) {
    isLogarithmic = false
    self.low = low
    self.high = high
    self.ticks = ticks
    self.step = step
  }

  /// An axis over `values` that begins and ends at a tick, with about `count` steps of 1, 2, 2.5 or 5 times a power of
  /// ten.
  init(linear values: [Double], count: Int = 5) {
    var low = values.min() ?? 0
    var high = values.max() ?? 1
    if !(low < high) {
      let margin = low == 0 ? 1 : abs(low) * 0.1
      (low, high) = (low - margin, high + margin)
    }
    let rough = (high - low) / Double(max(1, count))
    let power = pow(10, log10(rough).rounded(.down))
    let candidates = [1, 2, 2.5, 5, 10].map { $0 * power }
    // The nearest step in ratio, so that 2.4 gives 2.5 and not 1.
    let step = candidates.min { abs(log($0 / rough)) < abs(log($1 / rough)) } ?? power
    let first = (low / step + 1e-9).rounded(.down)
    let last = (high / step - 1e-9).rounded(.up)
    isLogarithmic = false
    self.step = step
    ticks = stride(from: first, through: last, by: 1).map { $0 * step }
    self.low = first * step
    self.high = last * step
  }

  /// A logarithmic axis over positive `values`, with a margin on both sides and ticks at 1, 2, 5 or at powers of ten.
  init(logarithmic values: [Double], margin: (low: Double, high: Double) = (0.06, 0.06)) {
    let positive = values.filter { $0 > 0 && $0.isFinite }
    var first = log10(positive.min() ?? 1)
    var last = log10(positive.max() ?? 10)
    if last - first < 0.3 {
      let middle = (first + last) / 2
      (first, last) = (middle - 0.25, middle + 0.25)
    }
    let span = last - first
    first -= span * margin.low
    last += span * margin.high
    let decades = last - first
    let digits: [Double] = decades < 2.5 ? [1, 2, 5] : [1]
    let every = max(1, Int((decades / 7).rounded(.up)))
    var ticks: [Double] = []
    for exponent in Int(first.rounded(.down))...Int(last.rounded(.up)) where exponent % every == 0 {
      ticks += digits.map { $0 * pow(10, Double(exponent)) }.filter { log10($0) >= first && log10($0) <= last }
    }
    isLogarithmic = true
    step = 0
    low = pow(10, first)
    high = pow(10, last)
    self.ticks = ticks
  }

  /// The position of `value` between 0 (`low`) and 1 (`high`).
  func position(_ value: Double) -> Double {
    isLogarithmic ? log(value / low) / log(high / low) : (value - low) / (high - low)
  }

  /// A tick's label with as many digits as `step` needs.
  static func label(_ value: Double, step: Double) -> String {
    guard step > 0, abs(value) < 1e6, step >= 1e-4 else { return NumberFormat.significant(value, 2) }
    var decimals = 0
    var scaled = step
    while decimals < 6, abs(scaled - scaled.rounded()) > 1e-6 * scaled {
      scaled *= 10
      decimals += 1
    }
    return NumberFormat.fixed(value, decimals)
  }
}
