public import AttuneCore

/// Adds independent normal noise to every feature: `x + sd · N`.
public struct GaussianNoise: Shift, Codable, Equatable {
  /// `gaussian-noise`.
  public static let name = "gaussian-noise"
  /// Deviation of the noise, in `unit`.
  public var standardDeviation: Float
  /// What the deviation is measured in.
  public var unit: ShiftUnit

  /// Noise of a deviation.
  public init(standardDeviation: Float = 1, unit: ShiftUnit = .raw) {
    self.standardDeviation = standardDeviation
    self.unit = unit
  }

  /// Decodes the shift; what is left out has its default.
  ///
  /// - Throws: `ParameterError` if a value is out of range.
  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self), standard = GaussianNoise()
    self.init(
      standardDeviation: try values.decodeIfPresent(Float.self, forKey: .standardDeviation)
        ?? standard.standardDeviation,
      unit: try values.decodeIfPresent(ShiftUnit.self, forKey: .unit) ?? standard.unit)
    try validate()
  }

  /// For example `gaussian noise, sd 1.0`.
  public var summary: String { "gaussian noise, sd \(standardDeviation)\(unit.suffix)" }

  /// The features with noise, clipped to the context's range.
  public func apply(to features: Matrix, in context: ShiftContext, using generator: inout Philox) throws -> Matrix {
    try validate()
    let sizes = try context.unitSizes(unit, for: Self.name, columns: features.columns)
    let d = features.columns
    return Matrix(rows: features.rows, columns: d) { out in
      features.withElements { x in
        for i in x.indices {
          out[i] = context.clipped(x[i] + standardDeviation * sizes[i % d] * Float(generator.nextNormal()))
        }
      }
    }
  }

  private func validate() throws(ParameterError) {
    try ParameterError.check(
      standardDeviation >= 0 && standardDeviation.isFinite, Self.name, "standardDeviation", standardDeviation,
      "a finite number of 0 or more")
  }
}
