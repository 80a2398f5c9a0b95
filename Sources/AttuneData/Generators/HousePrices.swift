internal import AttuneCore

/// Settings of a made-up housing market whose prices drift and whose region changes.
///
/// With t in 0..<1 the row's place in time, m = months · t the months since the start, and s the strength reached by
/// the region's change (see `regionShare(at:)`), U uniform in 0..<1 and N standard normal, independent of each other:
///
/// | column | equation | unit |
/// | --- | --- | --- |
/// | distance | (20 + 8 s) · √U | km from the center |
/// | squareFeet | 1500 + 20 · distance + 400 s + 450 N, within 400...6000 | square feet |
/// | bedrooms | squareFeet / 600 + 0.6 N, rounded, within 1...8 | count |
/// | age | (50 + 20 s) · U | years |
/// | seasonSine, seasonCosine | sin and cos of 2π m / 12 | month 0 is the turn of the year |
///
/// price = (1 + marketDrift)^m · [60 + 12 bedrooms + (0.12 + 0.06 s) squareFeet − 0.8 age − (3 − 2 s) distance
/// + 8 seasonSine − 5 seasonCosine] + noise · N, in thousands of dollars.
///
/// The region's change is a concept shift (the coefficients of squareFeet and distance move) together with a covariate
/// shift (houses become bigger, older and farther out).
public struct HousePrices: Codable, Sendable, Equatable {
  /// Number of houses, in the order of their sale.
  public var rows: Int
  /// Length of the time that the rows cover evenly, in months.
  public var months: Double
  /// Relative growth of all coefficients a month: 0.01 is one percent.
  public var marketDrift: Double
  /// When the region begins to change, as a fraction of the time, in `0...1`.
  public var regionChangeTime: Double
  /// How far the region changes: 0 not at all, 1 as in the table above, at most 2.
  public var regionChangeStrength: Double
  /// How long the change takes, as a fraction of the time; 0 is sudden.
  public var regionChangeSpan: Double
  /// Deviation of what the equation does not explain, in thousands of dollars.
  public var noise: Double

  /// The names of the generated columns, in order.
  public static let columnNames = [
    "bedrooms", "squareFeet", "age", "distance", "seasonSine", "seasonCosine",
  ]

  /// A market; the defaults grow by one percent a month over two years and change no region.
  public init(
    rows: Int = 2400, months: Double = 24, marketDrift: Double = 0.01, regionChangeTime: Double = 0.5,
    regionChangeStrength: Double = 0, regionChangeSpan: Double = 0, noise: Double = 15
  ) {
    self.rows = rows
    self.months = months
    self.marketDrift = marketDrift
    self.regionChangeTime = regionChangeTime
    self.regionChangeStrength = regionChangeStrength
    self.regionChangeSpan = regionChangeSpan
    self.noise = noise
  }

  /// Decodes a market; what is left out has its default.
  ///
  /// - Throws: `ParameterError` if a value is out of range.
  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self), standard = HousePrices()
    func number(_ key: CodingKeys, _ fallback: Double) throws -> Double {
      try values.decodeIfPresent(Double.self, forKey: key) ?? fallback
    }
    self.init(
      rows: try values.decodeIfPresent(Int.self, forKey: .rows) ?? standard.rows,
      months: try number(.months, standard.months), marketDrift: try number(.marketDrift, standard.marketDrift),
      regionChangeTime: try number(.regionChangeTime, standard.regionChangeTime),
      regionChangeStrength: try number(.regionChangeStrength, standard.regionChangeStrength),
      regionChangeSpan: try number(.regionChangeSpan, standard.regionChangeSpan),
      noise: try number(.noise, standard.noise))
    try validate()
  }

  /// Checks the settings.
  ///
  /// - Throws: `ParameterError` for the first one that is out of range.
  public func validate() throws(ParameterError) {
    let owner = "house-prices"
    try ParameterError.check((1...10_000_000).contains(rows), owner, "rows", rows, "1 to 10000000")
    try ParameterError.check((0...1200).contains(months), owner, "months", months, "0 to 1200")
    try ParameterError.check(
      (-0.05...0.05).contains(marketDrift), owner, "marketDrift", marketDrift, "-0.05 to 0.05 a month")
    try ParameterError.check(
      (0...1).contains(regionChangeTime), owner, "regionChangeTime", regionChangeTime, "a fraction in 0...1")
    try ParameterError.check(
      (0...2).contains(regionChangeStrength), owner, "regionChangeStrength", regionChangeStrength, "0 to 2")
    try ParameterError.check(
      (0...1).contains(regionChangeSpan), owner, "regionChangeSpan", regionChangeSpan, "a fraction in 0...1")
    try ParameterError.check((0...1e6).contains(noise), owner, "noise", noise, "0 to 1000000")
  }

  /// The strength that the region's change has reached at `time` in `0...1`: 0 before it begins, then growing in a
  /// straight line over its span.
  public func regionShare(at time: Double) -> Double {
    guard time >= regionChangeTime else { return 0 }
    guard regionChangeSpan > 0 else { return regionChangeStrength }
    return regionChangeStrength * min(1, (time - regionChangeTime) / regionChangeSpan)
  }
}
