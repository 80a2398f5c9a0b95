public import AttuneCore

/// Changes the contrast of each row about its own mean: `mean + c · (x − mean)`.
public struct Contrast: Shift, Codable, Equatable {
  /// `contrast`.
  public static let name = "contrast"
  /// The factor c: 0 is plain gray, 1 changes nothing, more is stronger contrast.
  public var factor: Float

  /// A contrast of `factor` times the original.
  public init(factor: Float = 0.4) {
    self.factor = factor
  }

  /// Decodes the shift; what is left out has its default.
  ///
  /// - Throws: `ParameterError` if a value is out of range.
  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    self.init(factor: try values.decodeIfPresent(Float.self, forKey: .factor) ?? Contrast().factor)
    try validate()
  }

  /// For example `contrast × 0.4`.
  public var summary: String { "contrast × \(factor)" }

  /// The features with changed contrast, clipped to the context's range.
  public func apply(to features: Matrix, in context: ShiftContext, using generator: inout Philox) throws -> Matrix {
    try validate()
    let d = features.columns
    return Matrix(rows: features.rows, columns: d) { out in
      features.withElements { x in
        for start in stride(from: 0, to: x.count, by: max(1, d)) {
          let present = x[start..<start + d].reduce(into: (sum: 0.0, count: 0)) {
            if !$1.isNaN { $0 = ($0.sum + Double($1), $0.count + 1) }
          }
          let mean = Float(present.sum / Double(present.count))
          for i in start..<start + d { out[i] = context.clipped(mean + factor * (x[i] - mean)) }
        }
      }
    }
  }

  private func validate() throws(ParameterError) {
    try ParameterError.check(
      factor >= 0 && factor.isFinite, Self.name, "factor", factor, "a finite number of 0 or more")
  }
}
