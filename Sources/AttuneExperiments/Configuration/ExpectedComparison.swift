public import AttuneCore

/// What a figure is expected to be compared with the same figure of another arm: `below:` and `above:` in `expect`.
///
/// The two are paired by seed. Names that are left out are those of the figure itself.
public struct ExpectedComparison: Codable, Sendable, Equatable, ValidatedConfiguration {
  /// Name of the other training arm. Ordinary experiments only.
  public var training: String?
  /// Name of the other inference arm. Ordinary experiments only.
  public var inference: String?
  /// Name of the other scenario. Ordinary experiments only.
  public var scenario: String?
  /// Name of the other learner. Online experiments only.
  public var learner: String?
  /// How far below or above the figure must be; nil for any distance above 0.
  public var margin: Double?
  /// With how many seeds it must be so; nil where the mean over the seeds decides.
  public var seeds: Int?

  /// Throws a `ConfigValueError` for the first setting that is missing or out of its range.
  public func validate() throws {
    try ConfigCheck.require(
      training != nil || inference != nil || scenario != nil || learner != nil, "inference",
      "must be there, or 'training', 'scenario' or 'learner': the other figure")
    if let margin { try ConfigCheck.range("margin", margin, atLeast: 0, below: .infinity) }
    if let seeds { try ConfigCheck.require(seeds >= 1, "seeds", "must be an integer of at least 1") }
  }

  /// Whether a distance, positive where the figure lies on the side that is expected, is as large as it must be.
  func isMet(by distance: Double) -> Bool {
    guard let margin, margin > 0 else { return distance > 0 }
    // Rounding of a decimal that stands exactly on the edge is no miss.
    return distance >= margin * (1 - 1e-9)
  }

  /// The other figure in words: `none by 0.15 or more, in 4 seeds or more`.
  var text: String {
    let names = [scenario, training, inference, learner].compactMap(\.self).joined(separator: ", ")
    let distance = margin.map { $0 > 0 ? " by \(NumberText.short($0)) or more" : "" } ?? ""
    return names + distance + (seeds.map { ", in \($0) or more seeds" } ?? "")
  }
}

extension ExpectedFigure {
  /// What the figure is compared with, and whether it must be below that; nil where it is not compared.
  public var comparison: (other: ExpectedComparison, isBelow: Bool)? {
    below.map { ($0, true) } ?? above.map { ($0, false) }
  }

  /// The same figure of the arm that this one is compared with; nil where it is not compared.
  var other: ExpectedFigure? {
    guard let other = comparison?.other else { return nil }
    var figure = self
    figure.training = other.training ?? training
    figure.inference = other.inference ?? inference
    figure.scenario = other.scenario ?? scenario
    figure.learner = other.learner ?? learner
    return figure
  }
}
