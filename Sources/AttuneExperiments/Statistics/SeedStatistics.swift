/// Intervals and comparisons over seeds, as an experiment's `statistics` say.
struct SeedStatistics: Sendable {
  /// As online experiments and results of earlier versions are compared: by the t-test alone, uncorrected, which is whether
  /// the interval of t excludes zero.
  static let byIntervals = SeedStatistics(.uncorrected, test: .t)

  let configuration: StatisticsConfiguration
  /// The test that decides wherever it says something; nil for that which the number of seeds asks for.
  private let test: Comparison.Test?

  init(_ configuration: StatisticsConfiguration = StatisticsConfiguration(), test: Comparison.Test? = nil) {
    (self.configuration, self.test) = (configuration, test)
  }

  /// The kind of interval for so many values; nil for one, which has none.
  func method(count: Int) -> IntervalMethod? {
    guard count > 1 else { return nil }
    switch configuration.interval {
    case .auto: return count < StatisticsConfiguration.bootstrapSeeds ? .t : .bca
    case .t: return .t
    case .percentile: return .percentile
    case .bca: return .bca
    }
  }

  /// The mean of `values` with its 95 % interval; nil without values.
  func estimate(_ values: [Double]) -> Estimate? {
    guard let method = method(count: values.count), method != .t, values.allSatisfy(\.isFinite),
      !PairedTest.isConstant(values), let mean = ReportData.mean(values)
    else { return Estimate(values) }
    let means = Bootstrap.means(of: values, resamples: configuration.resamples)
    let interval =
      method == .bca ? Bootstrap.bca(values, means, level: 0.05) : Bootstrap.percentile(means, level: 0.05)
    return Estimate(mean: mean, low: interval.low, high: interval.high)
  }

  /// The comparison of values with references, paired by their places; nil without a pair, and where a difference is not
  /// finite.
  func comparison(_ values: [Double?], with references: [Double?]) -> Comparison? {
    let pairs = zip(values, references).compactMap { value, reference -> (value: Double, reference: Double)? in
      guard let value, let reference else { return nil }
      return (value, reference)
    }
    var comparison = comparison(of: pairs.map { $0.value - $0.reference })
    comparison?.missing = max(values.count, references.count) - pairs.count
    comparison?.errorReduction = EffectSize.reduction(pairs.map(\.value), of: pairs.map(\.reference))
    return comparison
  }

  /// The comparison that differences show by themselves, as the only one of its family; nil without one, and where one is
  /// not finite.
  func comparison(of differences: [Double]) -> Comparison? {
    guard differences.allSatisfy(\.isFinite), let estimate = estimate(differences) else { return nil }
    let comparison = Comparison(
      difference: estimate, method: method(count: differences.count), pairs: differences.count, missing: 0,
      student: PairedTest.student(differences), permutation: PairedTest.permutation(differences),
      smallestPermutation: PairedTest.smallestPermutation(pairs: differences.count), test: .permutation, adjusted: 1,
      family: 1, effectSize: EffectSize.hedges(differences), errorReduction: nil, verdict: .noDifferenceShown)
    return corrected([comparison]).first
  }

  /// The comparisons of a family with corrected probabilities and the verdicts from them.
  func corrected(_ family: [Comparison]) -> [Comparison] {
    var family = family
    for index in family.indices {
      // Corrected, the surest of the differences stands against all comparisons: a test that cannot reach that far
      // would show less with more seeds.
      let factor = configuration.correction == .none ? 1 : Double(family.count)
      let reaches = family[index].smallestPermutation * factor <= configuration.level
      let wanted = test ?? (reaches ? .permutation : .t)
      family[index].test = family[index].student == nil ? .permutation : wanted
      family[index].family = family.count
    }
    let adjusted = configuration.correction.adjusted(family.map(\.probability))
    for index in family.indices {
      family[index].adjusted = adjusted[index]
      let mean = family[index].difference.mean
      let isShown = family[index].pairs > 1 && adjusted[index] <= configuration.level
      family[index].verdict = !isShown || mean == 0 ? .noDifferenceShown : mean < 0 ? .helps : .hurts
    }
    return family
  }
}
