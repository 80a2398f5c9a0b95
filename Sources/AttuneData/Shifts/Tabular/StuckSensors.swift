public import AttuneCore

/// Some sensors stop: from some row on they repeat the value that they had before.
public struct StuckSensors: SeverityShift, Codable, Equatable {
  /// `stuck-sensors`.
  public static let name = "stuck-sensors"
  /// From 1 to 5: 10, 20, 30, 40 and 50 % of the features.
  public var severity: Int
  /// The share of the features, rounded to whole features, at least one unless it is 0; nil for that of the severity.
  public var fraction: Double?
  /// The share of the stream after which they stop; at 0 the value of the first row holds.
  public var start: Double

  /// Sensors that stop, by severity or by their share.
  public init(severity: Int = 3, fraction: Double? = nil, start: Double = 0.25) {
    self.severity = severity
    self.fraction = fraction
    self.start = start
  }

  /// Decodes the shift; what is left out has its default.
  ///
  /// - Throws: `ParameterError` if a value is out of range.
  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self), standard = StuckSensors()
    self.init(
      severity: try values.decodeIfPresent(Int.self, forKey: .severity) ?? standard.severity,
      fraction: try values.decodeIfPresent(Double.self, forKey: .fraction),
      start: try values.decodeIfPresent(Double.self, forKey: .start) ?? standard.start)
    try validate()
  }

  /// For example `30.0 % of the features stuck after 25.0 % of the stream`.
  public var summary: String { "\(share * 100) % of the features stuck after \(start * 100) % of the stream" }

  /// Whether the severity says how many sensors stop.
  public var hasSeverities: Bool { fraction == nil }

  /// The same failure at another severity.
  public func atSeverity(_ severity: Int) -> StuckSensors {
    StuckSensors(severity: severity, fraction: fraction, start: start)
  }

  /// The features of a whole stream.
  public func apply(to features: Matrix, in context: ShiftContext, using generator: inout Philox) throws -> Matrix {
    try validate()
    let first = Int((start * Double(features.rows)).rounded(.down))
    var result = features
    for column in generator.chosen(share, of: features.columns) where features.rows > 0 {
      let value = features[max(first - 1, 0), column]
      for row in min(first, features.rows)..<features.rows { result[row, column] = value }
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
