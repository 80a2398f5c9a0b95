/// A test of single features: do recent rows come from where the source's rows came from?
public enum DriftTest: String, Codable, Sendable, CaseIterable {
  /// Kolmogorov-Smirnov, two samples: the largest difference of the empirical distribution functions. The p-value is the
  /// asymptotic one with Stephens' correction for few rows.
  ///
  /// - Source: Stephens (1970), Use of the Kolmogorov-Smirnov … statistics without extensive tables, JRSS B 32.
  case ks
  /// The area between the empirical distribution functions, in source deviations. Under no drift it is nearly the area below
  /// the modulus of a Brownian bridge, whose mean and variance a gamma distribution is given; see `WassersteinNull`.
  case wasserstein
  /// The population stability index `Σ (q − p)·ln(q/p)` over the source's tenths, half a row added to each. Under no drift it
  /// is nearly `(1/n + 1/m)·χ²`.
  ///
  /// - Source: Yurdakul (2018), Statistical properties of population stability index, Western Michigan University.
  case psi
  /// Mean and logarithm of the variance against their standard errors for Gaussian rows; twice the smaller p-value. Needs no
  /// source rows.
  case moments

  /// Whether it needs values of source rows besides mean and variance.
  public var needsSample: Bool { self != .moments }
}

/// What a drift test found, feature by feature.
public struct DriftReport: Sendable, Equatable {
  /// The test.
  public let test: DriftTest
  /// The values of each feature that are finite: what was tested.
  public let counts: [Int]
  /// Mean less source mean, in source deviations.
  public let meanShift: [Double]
  /// Variance over source variance.
  public let varianceRatio: [Double]
  /// The test's statistic; of `moments` the larger of both standardized distances. NaN where no value is finite.
  public let statistic: [Double]
  /// How likely chance alone gives as large a statistic. NaN where no value is finite.
  public let pValue: [Double]

  /// The features whose adjusted p-value is at most `rate`.
  public func drifted(falseDiscoveryRate rate: Double, control: FalseDiscovery = .benjaminiHochberg) -> [Int] {
    control.adjusted(pValue).enumerated().filter { $0.element <= rate }.map(\.offset)
  }
}

/// A drift test needs values of source rows, and there are only means and variances.
public struct MissingSourceSample: Error, Equatable, CustomStringConvertible {
  /// Who asked.
  public let user: String
  /// The test that was asked for.
  public let test: DriftTest
  /// The number of inputs where that is why there are none.
  public let inputs: Int?

  /// `user` asked for a test.
  public init(user: String, test: DriftTest, inputs: Int? = nil) {
    (self.user, self.test, self.inputs) = (user, test, inputs)
  }

  /// What is missing and what to do.
  public var description: String {
    let reason =
      inputs.map { "which models keep for up to \(SourceStatistics.covarianceLimit) inputs, and this one has \($0)" }
      ?? "and the model's source statistics hold none (files written before they did, or made of moments only)"
    return "\(user) with test: \(test.rawValue) needs values of the training inputs, \(reason); "
      + (inputs == nil ? "train the model again, or " : "") + "set test: moments"
  }
}
