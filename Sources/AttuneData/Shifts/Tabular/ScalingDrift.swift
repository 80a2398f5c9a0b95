public import AttuneCore

/// Amplifiers that go out of calibration along the stream: `mean + (1 + (gain − 1) · t) · (x − mean)`, about the mean of
/// the source, with t from `1/n` in the first row to 1 in the last of n.
public struct ScalingDrift: SeverityShift, Codable, Equatable {
  /// `scaling-drift`.
  public static let name = "scaling-drift"
  /// From 1 to 5: a gain of 1.1, 1.25, 1.5, 2 and 3 in the last row.
  public var severity: Int
  /// The gain in the last row; nil for that of the severity.
  public var gain: Double?

  /// A drift of a severity, or to a gain.
  public init(severity: Int = 3, gain: Double? = nil) {
    self.severity = severity
    self.gain = gain
  }

  /// Decodes the shift; what is left out has its default.
  ///
  /// - Throws: `ParameterError` if a value is out of range.
  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    self.init(
      severity: try values.decodeIfPresent(Int.self, forKey: .severity) ?? ScalingDrift().severity,
      gain: try values.decodeIfPresent(Double.self, forKey: .gain))
    try validate()
  }

  /// For example `gain drifting to × 1.5`.
  public var summary: String { "gain drifting to × \(last)" }

  /// Whether the severity says how far the gain drifts.
  public var hasSeverities: Bool { gain == nil }

  /// The same drift at another severity.
  public func atSeverity(_ severity: Int) -> ScalingDrift { ScalingDrift(severity: severity, gain: gain) }

  /// The features of a whole stream, clipped to the context's range.
  public func apply(to features: Matrix, in context: ShiftContext, using generator: inout Philox) throws -> Matrix {
    try validate()
    let d = features.columns, means = try context.featureMeans(for: Self.name, columns: d), n = Float(features.rows)
    let growth = Float(last) - 1
    return Matrix(rows: features.rows, columns: d) { out in
      features.withElements { x in
        for i in x.indices {
          let mean = means[i % d], gain = 1 + growth * Float(i / d + 1) / n
          out[i] = context.clipped(mean + gain * (x[i] - mean))
        }
      }
    }
  }

  private var last: Double { gain ?? severityEntry([1.1, 1.25, 1.5, 2, 3]) }

  private func validate() throws(ParameterError) {
    try checkSeverity()
    if let gain { try ParameterError.check(gain.isFinite, Self.name, "gain", gain, "a finite number") }
  }
}
