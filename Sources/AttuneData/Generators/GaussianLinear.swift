public import AttuneCore

/// Settings of made-up rows whose target is linear in normal inputs, for methods with a closed form:
/// `x_j = means_j + √variances_j · N`, `y = weights · x + intercept + noise · N`, all N standard normal and independent.
public struct GaussianLinear: Codable, Sendable, Equatable {
  /// Number of rows.
  public var rows: Int
  /// The weight of each input.
  public var weights: [Double]
  /// The variance of each input.
  public var variances: [Double]
  /// The mean of each input; 0 where they are left out.
  public var means: [Double]
  /// The target at inputs of 0.
  public var intercept: Double
  /// Deviation of what the inputs do not explain.
  public var noise: Double

  /// Rows with given weights.
  public init(
    rows: Int = 1000, weights: [Double], variances: [Double]? = nil, means: [Double]? = nil, intercept: Double = 0,
    noise: Double = 0
  ) {
    (self.rows, self.weights, self.intercept, self.noise) = (rows, weights, intercept, noise)
    self.variances = variances ?? weights.map { _ in 1 }
    self.means = means ?? weights.map { _ in 0 }
  }

  /// Decodes settings; all but the weights may be left out.
  ///
  /// - Throws: `ParameterError` if a value is out of range.
  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    self.init(
      rows: try values.decodeIfPresent(Int.self, forKey: .rows) ?? 1000,
      weights: try values.decode([Double].self, forKey: .weights),
      variances: try values.decodeIfPresent([Double].self, forKey: .variances),
      means: try values.decodeIfPresent([Double].self, forKey: .means),
      intercept: try values.decodeIfPresent(Double.self, forKey: .intercept) ?? 0,
      noise: try values.decodeIfPresent(Double.self, forKey: .noise) ?? 0)
    try validate()
  }

  /// Checks the settings.
  ///
  /// - Throws: `ParameterError` for the first one that is out of range.
  public func validate() throws(ParameterError) {
    let owner = "gaussian-linear"
    try ParameterError.check((1...10_000_000).contains(rows), owner, "rows", rows, "1 to 10000000")
    try ParameterError.check(
      !weights.isEmpty && weights.allSatisfy(\.isFinite), owner, "weights", weights, "one finite number or more")
    try ParameterError.check(
      variances.count == weights.count && variances.allSatisfy { $0 >= 0 && $0.isFinite }, owner, "variances",
      variances,
      "\(weights.count) finite numbers of at least 0, one a weight")
    try ParameterError.check(
      means.count == weights.count && means.allSatisfy(\.isFinite), owner, "means", means,
      "\(weights.count) finite numbers, one a weight")
    try ParameterError.check(intercept.isFinite, owner, "intercept", intercept, "a finite number")
    try ParameterError.check(noise >= 0 && noise.isFinite, owner, "noise", noise, "a finite number of at least 0")
  }

  /// The names of the columns: `x1`, `x2`, ….
  public var columnNames: [String] { weights.indices.map { "x\($0 + 1)" } }

  /// The rows in a few words, for reports.
  public var summary: String { "\(rows) normal rows of \(weights.count) inputs" }

  /// The rows. The target is that of the inputs as they are rounded to single precision.
  ///
  /// Each input and the noise draw from streams of their own, so that other weights or noise do not change the inputs.
  ///
  /// ## Shapes
  /// - features: `[rows, d]`, targets: `[rows, 1]`
  ///
  /// - Precondition: `validate()` passes.
  public func generate(using generator: Philox) -> Table {
    do { try validate() } catch { preconditionFailure("\(error)") }
    var streams = columnNames.map { generator.fork($0) }, noises = generator.fork("noise")
    let deviations = variances.map { $0.squareRoot() }, width = weights.count
    var targets: [Float] = []
    targets.reserveCapacity(rows)
    let features = Matrix(rows: rows, columns: width) { out in
      for row in 0..<rows {
        var target = intercept + noise * noises.nextNormal()
        for column in 0..<width {
          let value = Float(means[column] + deviations[column] * streams[column].nextNormal())
          out[row * width + column] = value
          target += weights[column] * Double(value)
        }
        targets.append(Float(target))
      }
    }
    return Table(
      features: features, targets: .values(Matrix(rows: rows, columns: 1, targets)), columnNames: columnNames)
  }
}
