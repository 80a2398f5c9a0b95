public import AttuneCore

/// Some sensors fall out from some row on.
public struct MissingSensors: SeverityShift, Codable, Equatable {
  /// What stands in the place of a value.
  public enum Fill: String, Codable, Sendable, CaseIterable {
    /// The mean of the column in the source data.
    case mean
    /// Nothing: NaN, which the preprocessing has to impute.
    case missing
  }

  /// `missing-sensors`.
  public static let name = "missing-sensors"
  /// From 1 to 5: 10, 20, 30, 40 and 50 % of the features.
  public var severity: Int
  /// The share of the features, rounded to whole features, at least one unless it is 0; nil for that of the severity.
  public var fraction: Double?
  /// The share of the stream after which they fall out.
  public var start: Double
  /// What stands in the place of their values.
  public var fill: Fill

  /// Sensors that fall out, by severity or by their share.
  public init(severity: Int = 3, fraction: Double? = nil, start: Double = 0, fill: Fill = .mean) {
    self.severity = severity
    self.fraction = fraction
    self.start = start
    self.fill = fill
  }

  /// Decodes the shift; what is left out has its default.
  ///
  /// - Throws: `ParameterError` if a value is out of range.
  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self), standard = MissingSensors()
    self.init(
      severity: try values.decodeIfPresent(Int.self, forKey: .severity) ?? standard.severity,
      fraction: try values.decodeIfPresent(Double.self, forKey: .fraction),
      start: try values.decodeIfPresent(Double.self, forKey: .start) ?? standard.start,
      fill: try values.decodeIfPresent(Fill.self, forKey: .fill) ?? standard.fill)
    try validate()
  }

  /// For example `30.0 % of the features gone after 0.0 % of the stream, filled with the mean`.
  public var summary: String {
    "\(share * 100) % of the features gone after \(start * 100) % of the stream"
      + (fill == .mean ? ", filled with the mean" : ", missing")
  }

  /// Whether the severity says how many sensors fall out.
  public var hasSeverities: Bool { fraction == nil }

  /// The same failure at another severity.
  public func atSeverity(_ severity: Int) -> MissingSensors {
    MissingSensors(severity: severity, fraction: fraction, start: start, fill: fill)
  }

  /// The features of a whole stream.
  public func apply(to features: Matrix, in context: ShiftContext, using generator: inout Philox) throws -> Matrix {
    try validate()
    let first = Int((start * Double(features.rows)).rounded(.down))
    let means = fill == .mean ? try context.featureMeans(for: Self.name, columns: features.columns) : []
    var result = features
    for column in generator.chosen(share, of: features.columns) {
      let value = fill == .mean ? context.clipped(means[column]) : Float.nan
      for row in first..<features.rows { result[row, column] = value }
    }
    return result
  }

  private var share: Double { fraction ?? severityEntry([0.1, 0.2, 0.3, 0.4, 0.5]) }

  private func validate() throws(ParameterError) {
    try checkSeverity()
    try checkShare(fraction, "fraction")
    try checkShare(start, "start")
  }
}
