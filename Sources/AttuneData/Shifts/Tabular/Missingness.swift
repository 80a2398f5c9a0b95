public import AttuneCore

/// Takes out values, numbers and categories, completely at random; the preprocessing has to impute them.
public struct Missingness: RowShift, SeverityShift, Codable, Equatable {
  /// `missingness`.
  public static let name = "missingness"
  /// From 1 to 5: 2, 5, 10, 20 and 40 % of the values.
  public var severity: Int
  /// How likely each value of each row is taken out; nil for that of the severity.
  public var probability: Double?

  /// Missing values, by severity or by their share.
  public init(severity: Int = 3, probability: Double? = nil) {
    self.severity = severity
    self.probability = probability
  }

  /// Decodes the shift; what is left out has its default.
  ///
  /// - Throws: `ParameterError` if a value is out of range.
  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    self.init(
      severity: try values.decodeIfPresent(Int.self, forKey: .severity) ?? Missingness().severity,
      probability: try values.decodeIfPresent(Double.self, forKey: .probability))
    try validate()
  }

  /// For example `values missing with probability 0.1`.
  public var summary: String { "values missing with probability \(chance)" }

  /// Whether the severity says how many values are taken out.
  public var hasSeverities: Bool { probability == nil }

  /// The same holes at another severity.
  public func atSeverity(_ severity: Int) -> Missingness { Missingness(severity: severity, probability: probability) }

  /// The rows with holes.
  public func apply(to features: Matrix, in context: ShiftContext, using generator: inout Philox) throws -> Matrix {
    try validate()
    let chance = chance
    return features.map { generator.nextUniformDouble() < chance ? .nan : $0 }
  }

  private var chance: Double { probability ?? severityEntry([0.02, 0.05, 0.1, 0.2, 0.4]) }

  private func validate() throws(ParameterError) {
    try checkSeverity()
    try checkShare(probability, "probability", "a probability in 0...1")
  }
}
