/// How the interval of a mean over seeds was found.
public enum IntervalMethod: String, Codable, Sendable, CaseIterable {
  /// Student's t.
  case t
  /// Quantiles of the means of resamples.
  case percentile
  /// Bias-corrected and accelerated quantiles of the means of resamples.
  case bca

  /// The name in sentences.
  public var title: String {
    switch self {
    case .t: "Student's t"
    case .percentile: "percentile bootstrap"
    case .bca: "BCa bootstrap"
    }
  }
}
