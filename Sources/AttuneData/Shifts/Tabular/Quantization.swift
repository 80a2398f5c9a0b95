public import AttuneCore

/// Rounds to coarse steps about the mean of the source, as a cheap converter does: `mean + step · round((x − mean) / step)`.
public struct Quantization: SeverityShift, Codable, Equatable {
  /// `quantization`.
  public static let name = "quantization"
  /// From 1 to 5: steps of 0.1, 0.25, 0.5, 1 and 2 deviations of the source.
  public var severity: Int
  /// The step in deviations of the source; nil for that of the severity.
  public var step: Double?

  /// Rounding, by severity or by its step.
  public init(severity: Int = 3, step: Double? = nil) {
    self.severity = severity
    self.step = step
  }

  /// Decodes the shift; what is left out has its default.
  ///
  /// - Throws: `ParameterError` if a value is out of range.
  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    self.init(
      severity: try values.decodeIfPresent(Int.self, forKey: .severity) ?? Quantization().severity,
      step: try values.decodeIfPresent(Double.self, forKey: .step))
    try validate()
  }

  /// For example `steps of 0.5 deviations`.
  public var summary: String { "steps of \(size) deviations" }

  /// Whether the severity says how large the steps are.
  public var hasSeverities: Bool { step == nil }

  /// The same rounding at another severity.
  public func atSeverity(_ severity: Int) -> Quantization { Quantization(severity: severity, step: step) }

  /// The rounded features, clipped to the context's range; a feature that does not vary in the source stays as it is.
  public func apply(to features: Matrix, in context: ShiftContext, using generator: inout Philox) throws -> Matrix {
    try validate()
    let d = features.columns, means = try context.featureMeans(for: Self.name, columns: d)
    let steps = try context.deviations(for: Self.name, columns: d).map { $0 * Float(size) }
    return Matrix(rows: features.rows, columns: d) { out in
      features.withElements { x in
        for i in x.indices {
          let mean = means[i % d], step = steps[i % d]
          let value = step > 0 ? mean + step * ((x[i] - mean) / step).rounded(.toNearestOrEven) : x[i]
          out[i] = context.clipped(value)
        }
      }
    }
  }

  private var size: Double { step ?? severityEntry([0.1, 0.25, 0.5, 1, 2]) }

  private func validate() throws(ParameterError) {
    try checkSeverity()
    try checkAmount(step, "step")
  }
}
