public import AttuneCore

/// Adds a constant to each feature, as a sensor out of calibration does: `x + amount`.
public struct SensorOffset: Shift, Codable, Equatable {
  /// `offset`.
  public static let name = "offset"
  /// What is added, in `unit`: one number for all features, or one for each.
  public var amounts: [Float]
  /// What the amounts are measured in.
  public var unit: ShiftUnit

  private enum CodingKeys: String, CodingKey {
    case amounts, unit
  }

  /// An offset of one amount for all features, or one for each.
  public init(amounts: [Float] = [1], unit: ShiftUnit = .raw) {
    self.amounts = amounts
    self.unit = unit
  }

  /// Decodes the shift; what is left out has its default, and `amounts` may be a single number.
  ///
  /// - Throws: `ParameterError` if a value is out of range.
  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self), standard = SensorOffset()
    let single = try? values.decodeIfPresent(Float.self, forKey: .amounts)
    self.init(
      amounts: try single.map { [$0] } ?? values.decodeIfPresent([Float].self, forKey: .amounts) ?? standard.amounts,
      unit: try values.decodeIfPresent(ShiftUnit.self, forKey: .unit) ?? standard.unit)
    try validate()
  }

  /// For example `offset by 1.0`.
  public var summary: String {
    let text = amounts.prefix(3).map { "\($0)" }.joined(separator: ", ")
    return "offset by \(text)\(amounts.count > 3 ? ", …" : "")\(unit.suffix)"
  }

  /// The features with their offsets, clipped to the context's range.
  public func apply(to features: Matrix, in context: ShiftContext, using generator: inout Philox) throws -> Matrix {
    try validate()
    let d = features.columns
    guard amounts.count == 1 || amounts.count == d else {
      throw ShiftError(
        shift: Self.name, problem: "\(amounts.count) amounts do not fit \(d) features",
        advice: "give one amount for all features, or one for each")
    }
    let sizes = try context.unitSizes(unit, for: Self.name, columns: d)
    let offsets = sizes.enumerated().map { $1 * amounts[amounts.count == 1 ? 0 : $0] }
    return Matrix(rows: features.rows, columns: d) { out in
      features.withElements { x in for i in x.indices { out[i] = context.clipped(x[i] + offsets[i % d]) } }
    }
  }

  private func validate() throws(ParameterError) {
    try ParameterError.check(
      !amounts.isEmpty && amounts.allSatisfy(\.isFinite), Self.name, "amounts", amounts, "finite numbers")
  }
}
