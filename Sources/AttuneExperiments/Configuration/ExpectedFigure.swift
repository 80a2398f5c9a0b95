public import AttuneCore

/// A figure that a run is expected to reach, for example one that was published: `expect:` in a config.
///
/// A run says for each whether it was met; one that was missed fails nothing.
public struct ExpectedFigure: Codable, Sendable, Equatable, ValidatedConfiguration {
  /// Name of the training arm; nil for the first. Ordinary experiments only.
  public var training: String?
  /// Name of the inference arm. Ordinary experiments only.
  public var inference: String?
  /// Name of the scenario. Ordinary experiments only.
  public var scenario: String?
  /// Name of the learner. Online experiments only.
  public var learner: String?
  /// Name of the stream. Online experiments only.
  public var stream: String?
  /// Name of the figure, such as `mae`, `accuracy` or `f1`; nil for the quality figure: the error or the RMSE.
  public var metric: String?
  /// Points of the curve of quality against the number of inputs, by their budgets: the figure is the mean over them.
  /// Nil for the figure of the whole stream. Ordinary experiments only.
  public var features: [Double]?
  /// The figure that is expected; nil where bounds are.
  public var value: Double?
  /// How far from `value` the run's figure may be; 0 where it must be the same.
  public var tolerance: Double?
  /// What the figure must not be below; nil for no bound.
  public var minimum: Double?
  /// What the figure must not be above; nil for no bound.
  public var maximum: Double?
  /// What the figure must be below.
  public var below: ExpectedComparison?
  /// What the figure must be above.
  public var above: ExpectedComparison?
  /// What the source states, where that is not `value`: the figure beside its bounds, or the difference to the figure
  /// that it is compared with. For the report.
  public var published: Double?
  /// Where the figure comes from, for the report; nil where nothing is said.
  public var source: String?

  /// Throws a `ConfigValueError` for the first setting that does not fit the others.
  public func validate() throws {
    let isBounded = minimum != nil || maximum != nil
    let ways = [value != nil, isBounded, below != nil, above != nil].count { $0 }
    try ConfigCheck.require(ways > 0, "value", "must be there, or 'minimum', 'maximum', 'below' or 'above'")
    try ConfigCheck.require(
      ways == 1, "value", "cannot stand beside bounds or a comparison; keep one of 'value', bounds, 'below' and 'above'"
    )
    for (key, number) in [
      ("value", value), ("minimum", minimum), ("maximum", maximum), ("published", published),
    ] {
      try ConfigCheck.require(number?.isFinite ?? true, key, "must be a finite number")
    }
    try ConfigCheck.require(features?.isEmpty != true, "features", "must be at least one number of inputs")
    try ConfigCheck.require(published == nil || value == nil, "published", "says what 'value' says; remove it")
    if let tolerance {
      try ConfigCheck.require(value != nil, "tolerance", "does nothing without 'value'; remove it")
      try ConfigCheck.range("tolerance", tolerance, atLeast: 0, below: .infinity)
    }
    if let minimum, let maximum {
      try ConfigCheck.require(minimum <= maximum, "minimum", "must not be above 'maximum'")
    }
  }

  /// Whether a figure is as expected; of a comparison, the difference to the other figure.
  public func isMet(by found: Double) -> Bool {
    if let (other, isBelow) = comparison { return other.isMet(by: isBelow ? -found : found) }
    // Rounding of a decimal that stands exactly on the edge is no miss.
    if let value { return abs(found - value) <= (tolerance ?? 0) * (1 + 1e-9) }
    return found >= minimum ?? -.infinity && found <= maximum ?? .infinity
  }

  /// What is expected, in words: `0.8896 ± 0.00005`, `at least 0.9`, `below none`.
  public var text: String {
    if let (other, isBelow) = comparison { return (isBelow ? "below " : "above ") + other.text }
    if let value {
      return NumberText.short(value) + (tolerance.map { $0 > 0 ? " ± \(NumberText.short($0))" : "" } ?? "")
    }
    return [minimum.map { "at least \(NumberText.short($0))" }, maximum.map { "at most \(NumberText.short($0))" }]
      .compactMap(\.self).joined(separator: ", ")
  }
}

/// Numbers as people write them.
enum NumberText {
  /// The shortest text that reads back the same, without a needless `.0`.
  static func short(_ value: Double) -> String {
    let text = "\(value)"
    return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
  }
}

extension [ExpectedFigure] {
  /// Throws for the first figure whose keys are not those of the experiment, or that names something unknown.
  ///
  /// - Parameters:
  ///   - places: for each key that must name something: what the figure gives, what is known, and whether it may be left
  ///     out.
  ///   - foreign: keys that belong to the other kind of experiment.
  func check(
    _ places: (ExpectedFigure) -> [(key: String, given: String?, known: [String], mayBeMissing: Bool)],
    foreign: (ExpectedFigure) -> [(key: String, given: String?)], metrics: [String]
  ) throws {
    for (index, figure) in enumerated() {
      for (key, given) in foreign(figure) + (figure.other.map(foreign) ?? []) where given != nil {
        throw ConfigValueError(
          "[\(index)] has the key '\(key)', which is for another kind of experiment", key: "expect")
      }
      for (key, given, known, mayBeMissing) in places(figure) + (figure.other.map(places) ?? []) {
        guard let given else {
          if mayBeMissing { continue }
          throw ConfigValueError("[\(index)] must name \(key == "inference" ? "an" : "a") \(key)", key: "expect")
        }
        guard known.contains(given) else {
          throw ConfigValueError("[\(index)]: no \(key) has this name", key: "expect", given: given, known: known)
        }
      }
      if let other = figure.other {
        let isSame = zip(places(figure), places(other)).allSatisfy { $0.given == $1.given }
        try ConfigCheck.require(!isSame, "expect", "[\(index)] compares a figure with itself; name another arm")
      }
      if let metric = figure.metric, !metrics.contains(metric) {
        throw ConfigValueError("[\(index)]: no such metric", key: "expect", given: metric, known: metrics)
      }
    }
  }
}
