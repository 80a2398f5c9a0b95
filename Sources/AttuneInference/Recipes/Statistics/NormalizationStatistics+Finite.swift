internal import AttuneCore

extension NormalizationStatistics {
  /// Whether mean and variance are finite.
  var isFinite: Bool { mean.isFinite && variance.isFinite }
}
