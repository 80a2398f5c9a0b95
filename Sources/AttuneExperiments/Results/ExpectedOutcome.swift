/// A figure that was expected, and what was found.
public struct ExpectedOutcome: Codable, Sendable, Equatable {
  /// What was expected.
  public var figure: ExpectedFigure
  /// What it is about: the names of stream and learner, or of scenario, training and inference arm.
  public var place: [String]
  /// Name of the figure.
  public var metric: String
  /// What the run found, mean over the seeds; of a comparison, the mean difference to the other figure. Nil where it
  /// failed or has no such figure.
  public var found: Double?
  /// The 95 % interval of `found` over the seeds; nil for one seed, and in results of earlier versions.
  public var interval: Estimate?
  /// What was found with each seed, or the difference with each; nil in results of earlier versions.
  public var perSeed: [Double]?
  /// The mean of the figure itself, where it is compared with another; nil where it is not.
  public var own: Double?
  /// The mean of the other figure, where it is compared with one; nil where it is not.
  public var other: Double?
  /// Whether it is as expected.
  public var isMet: Bool

  /// A figure with what was found.
  public init(_ figure: ExpectedFigure, place: [String], metric: String, found: Double?) {
    self.figure = figure
    self.place = place
    self.metric = metric
    self.found = found
    isMet = found.map(figure.isMet) ?? false
  }

  /// A figure with what was found by seed.
  ///
  /// - Parameters:
  ///   - values: the figure with each seed; nil where the run failed or has no such figure.
  ///   - others: the figure that it is compared with, with each of the same seeds.
  init(_ figure: ExpectedFigure, place: [String], metric: String, values: [Double?], others: [Double?] = []) {
    let pairs: [(own: Double, other: Double)]
    if figure.comparison == nil {
      pairs = values.compactMap(\.self).map { ($0, 0) }
    } else {
      pairs = zip(values, others).compactMap { own, other in
        guard let own, let other else { return nil }
        return (own, other)
      }
    }
    let found = pairs.map { $0.own - $0.other }
    let estimate = Estimate(found)
    self.init(figure, place: place, metric: metric, found: estimate?.mean)
    perSeed = found
    interval = found.count > 1 ? estimate : nil
    guard let (comparison, isBelow) = figure.comparison else { return }
    (own, other) = (Estimate(pairs.map(\.own))?.mean, Estimate(pairs.map(\.other))?.mean)
    if let seeds = comparison.seeds {
      isMet = found.count { comparison.isMet(by: isBelow ? -$0 : $0) } >= seeds
    }
  }
}
