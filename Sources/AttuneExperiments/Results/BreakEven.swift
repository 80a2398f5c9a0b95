/// Which of two combinations of arms costs less in total, and from how many predictions on.
public struct BreakEven: Codable, Sendable, Equatable {
  /// How the totals of two combinations relate.
  public enum Relation: String, Codable, Sendable {
    /// The first costs less for any number of predictions.
    case firstAlways = "first-always"
    /// The second costs less for any number of predictions.
    case secondAlways = "second-always"
    /// The second costs more before it predicts, and less in total after a number of predictions.
    case secondLater = "second-later"
    /// The first costs more before it predicts, and less in total after a number of predictions.
    case firstLater = "first-later"
    /// Both always cost the same.
    case same
  }

  /// What the cost is counted in.
  public var unit: CostUnit
  /// One combination.
  public var first: CombinationFigures
  /// The other one.
  public var second: CombinationFigures
  /// How their totals relate.
  public var relation: Relation
  /// The number of predictions from which the order of the totals is turned; nil where one costs less for any number.
  public var predictions: Double?

  /// Compares two combinations; nil where a cost was not measured.
  ///
  /// With fixed costs `F` and costs per prediction `v`, the totals `F₁ + N v₁` and `F₂ + N v₂` meet at
  /// `N = (F₂ − F₁) / (v₁ − v₂)`.
  public init?(_ first: CombinationFigures, _ second: CombinationFigures, _ unit: CostUnit) {
    guard let (fixedFirst, slopeFirst) = first.line(unit), let (fixedSecond, slopeSecond) = second.line(unit) else {
      return nil
    }
    (self.unit, self.first, self.second) = (unit, first, second)
    let (extra, saved) = (fixedSecond - fixedFirst, slopeFirst - slopeSecond)
    if extra == 0, saved == 0 {
      relation = .same
    } else if extra >= 0, saved <= 0 {
      relation = .firstAlways
    } else if extra <= 0, saved >= 0 {
      relation = .secondAlways
    } else {
      relation = saved > 0 ? .secondLater : .firstLater
      predictions = extra / saved
    }
  }
}

extension CombinationFigures {
  /// What is spent beforehand and per prediction; nil where it was not measured.
  func line(_ unit: CostUnit) -> (fixed: Double, slope: Double)? {
    switch unit {
    case .flops: (fixedFlops, flopsPerPrediction)
    case .seconds: secondsPerPrediction.map { (fixedSeconds, $0) }
    }
  }
}

/// All combinations of an experiment by what they cost in total for many predictions.
public struct BreakEvenAnalysis: Sendable {
  /// Numbers of predictions for which fronts are found: 10³ to 10⁹.
  public static let predictions: [Double] = [1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9]
  /// Up to so many combinations all pairs are listed; of more, those that are on a front somewhere.
  static let pairLimit = 64

  /// Combinations that finished in all scenarios.
  public let combinations: [CombinationFigures]

  /// The analysis over some scenarios; nil for all.
  public init(_ results: ExperimentResults, over scenarios: [String]? = nil) {
    combinations = results.combinations(over: scenarios)
  }

  /// The combinations that no other one beats in quality at about the same total cost, from cheap to dear; those that see
  /// labels play under other rules and are left out. Measured seconds within 5 % of each other count as equal.
  public func front(_ unit: CostUnit, predictions: Double) -> [CombinationFigures] {
    let candidates = combinations.filter { !$0.seesLabels && $0.line(unit) != nil }
    let points = candidates.map { (x: $0.total(unit, predictions: predictions) ?? 0, y: $0.quality) }
    return ParetoFront.indices(points, tolerance: unit == .seconds ? ParetoFront.tolerance : 0).map { candidates[$0] }
  }

  /// The combinations that are on a front for some number of predictions, in the order of the config.
  public func leading(_ unit: CostUnit) -> [CombinationFigures] {
    let fronts = Self.predictions.flatMap { front(unit, predictions: $0) }
    return combinations.filter(fronts.contains)
  }

  /// All pairs, the earlier of the config first; of more than 64 combinations those on a front.
  public func pairs(_ unit: CostUnit) -> [BreakEven] {
    let listed = combinations.count > Self.pairLimit ? leading(unit) : combinations
    return listed.indices.flatMap { index in
      listed[(index + 1)...].compactMap { BreakEven(listed[index], $0, unit) }
    }
  }
}
