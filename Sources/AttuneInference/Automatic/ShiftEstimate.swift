internal import AttuneCore
internal import Foundation

/// What batch norm should use at a layer, given what was seen of the stream and of the source.
struct ShiftEstimate {
  /// Mean and variance to normalize with.
  let mean: [Double]
  let variance: [Double]
  /// The weight of the stream against the source, from 0 to 1.
  let weight: Double
  /// The mean squared distance of the stream from the source, in the source's deviations, with half the squared log ratio of
  /// the variances.
  let distance: Double

  /// - Parameters:
  ///   - seen: recent rows of the stream.
  ///   - norm: the layer, with the source's statistics.
  ///   - source: the source, class by class; nil to leave the classes out of account.
  ///   - shares: share of each class in the source.
  ///   - shrinks: whether the source counts where chance explains the difference.
  init(
    _ seen: DecayingMoments, norm: BatchNorm, source: ClassMoments?, shares: [Double], shrinks: Bool
  ) {
    let sourceMean = norm.runningMean.elements.map(Double.init)
    let sourceVariance = norm.runningVariance.elements.map(Double.init)
    let mean = seen.mean, variance = seen.variance
    let floor = sourceVariance.floorOfVariances
    func distance(_ otherMean: [Double], _ otherVariance: [Double]) -> Double {
      var sum = 0.0
      for j in mean.indices {
        let difference = mean[j] - otherMean[j], ratio = log((variance[j] + floor) / (otherVariance[j] + floor))
        sum += difference * difference / (sourceVariance[j] + floor) + ratio * ratio / 2
      }
      return sum / Double(max(1, mean.count))
    }
    var centre = sourceMean, spread = sourceVariance
    var unexplained = distance(sourceMean, sourceVariance)
    self.distance = unexplained
    // Without a shift the distance is about 2 / rows, half of it from the means.
    var chance = 2 / seen.rows
    if let source {
      let present = source.mixture(seen.shares), usual = source.mixture(shares).mean
      let expected = mean.indices.map { sourceMean[$0] + present.mean[$0] - usual[$0] }
      let rest = distance(expected, present.variance)
      // Wrong predictions explain a part of any shift; right ones explain most of a mixture.
      if rest < unexplained / 4 {
        // Class means of the source are themselves means of few rows.
        (centre, spread, unexplained, chance) = (expected, present.variance, rest, chance + 2 / source.rowsPerClass)
      }
    }
    let shrunk = min(max(0, 1 - 2 * chance / max(unexplained, 1e-12)), seen.rows / (seen.rows + 4))
    let weight = shrinks ? shrunk : 1
    self.weight = weight
    self.mean = mean.indices.map { sourceMean[$0] + weight * (mean[$0] - centre[$0]) }
    self.variance = mean.indices.map { j in
      sourceVariance[j] * (1 + weight * ((variance[j] + floor) / (spread[j] + floor) - 1))
    }
  }
}

extension [Double] {
  /// What is added to each of some variances before they are divided by or compared: a unit that hardly varies must not look
  /// as if its variance had changed a hundredfold.
  var floorOfVariances: Double { 1e-3 * reduce(0, +) / Double(Swift.max(1, count)) + 1e-12 }
}
