public import AttuneCore

/// Adds independent normal noise in deviations of the source: `x + s · sd · N`.
public struct SensorNoise: SeverityShift, Codable, Equatable {
  /// `sensor-noise`.
  public static let name = "sensor-noise"
  /// From 1 to 5: a deviation of 0.1, 0.2, 0.4, 0.7 and 1 times that of the source.
  public var severity: Int
  /// The deviation of the noise in deviations of the source; nil for that of the severity.
  public var standardDeviation: Double?

  /// Noise of a severity, or of a deviation.
  public init(severity: Int = 3, standardDeviation: Double? = nil) {
    self.severity = severity
    self.standardDeviation = standardDeviation
  }

  /// Decodes the shift; what is left out has its default.
  ///
  /// - Throws: `ParameterError` if a value is out of range.
  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    self.init(
      severity: try values.decodeIfPresent(Int.self, forKey: .severity) ?? SensorNoise().severity,
      standardDeviation: try values.decodeIfPresent(Double.self, forKey: .standardDeviation))
    try validate()
  }

  /// For example `sensor noise of 0.4 deviations`.
  public var summary: String { "sensor noise of \(size) deviations" }

  /// Whether the severity says how strong the noise is.
  public var hasSeverities: Bool { standardDeviation == nil }

  /// The same noise at another severity.
  public func atSeverity(_ severity: Int) -> SensorNoise {
    SensorNoise(severity: severity, standardDeviation: standardDeviation)
  }

  /// The features with noise, clipped to the context's range.
  public func apply(to features: Matrix, in context: ShiftContext, using generator: inout Philox) throws -> Matrix {
    try validate()
    let d = features.columns, sizes = try context.deviations(for: Self.name, columns: d), size = Float(size)
    return Matrix(rows: features.rows, columns: d) { out in
      features.withElements { x in
        for i in x.indices { out[i] = context.clipped(x[i] + size * sizes[i % d] * Float(generator.nextNormal())) }
      }
    }
  }

  private var size: Double { standardDeviation ?? severityEntry([0.1, 0.2, 0.4, 0.7, 1]) }

  private func validate() throws(ParameterError) {
    try checkSeverity()
    try checkAmount(standardDeviation, "standardDeviation")
  }
}
