public import AttuneCore

/// Multiplies every feature by one gain, as an amplifier out of calibration does: `x · gain`.
public struct Scaling: Shift, Codable, Equatable {
  /// `scaling`.
  public static let name = "scaling"
  /// The factor; 1 changes nothing.
  public var gain: Float

  /// A gain.
  public init(gain: Float = 1.5) {
    self.gain = gain
  }

  /// Decodes the shift; what is left out has its default.
  ///
  /// - Throws: `ParameterError` if a value is out of range.
  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    self.init(gain: try values.decodeIfPresent(Float.self, forKey: .gain) ?? Scaling().gain)
    try validate()
  }

  /// For example `gain × 1.5`.
  public var summary: String { "gain × \(gain)" }

  /// The scaled features, clipped to the context's range.
  public func apply(to features: Matrix, in context: ShiftContext, using generator: inout Philox) throws -> Matrix {
    try validate()
    return features.map { context.clipped($0 * gain) }
  }

  private func validate() throws(ParameterError) {
    try ParameterError.check(gain.isFinite, Self.name, "gain", gain, "a finite number")
  }
}
