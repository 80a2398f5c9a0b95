public import AttuneCore

/// Breaks some features for the whole stream: each is stuck at one value.
///
/// The value lies within the context's range, or, where there is none, within the values of that feature in the stream.
public struct BrokenFeatures: Shift, Codable, Equatable {
  /// Where a broken feature is stuck.
  public enum Value: String, Codable, Sendable, CaseIterable {
    /// The lowest value of the range.
    case low
    /// The highest value of the range.
    case high
    /// A value uniform in the range, another for each feature.
    case random
  }

  /// `broken-features`.
  public static let name = "broken-features"
  /// Share of the features that break, rounded to whole features, at least one unless it is 0; `count` and `columns`
  /// override it.
  public var fraction: Double
  /// Number of features that break; nil breaks `fraction` of them.
  public var count: Int?
  /// Numbers of the features that break, from 0; nil chooses at random.
  public var columns: [Int]?
  /// Where they are stuck.
  public var stuckAt: Value

  /// Broken features: a share, a number of them, or given ones.
  public init(fraction: Double = 0.1, count: Int? = nil, columns: [Int]? = nil, stuckAt: Value = .low) {
    self.fraction = fraction
    self.count = count
    self.columns = columns
    self.stuckAt = stuckAt
  }

  /// Decodes the shift; what is left out has its default.
  ///
  /// - Throws: `ParameterError` if a value is out of range.
  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self), standard = BrokenFeatures()
    self.init(
      fraction: try values.decodeIfPresent(Double.self, forKey: .fraction) ?? standard.fraction,
      count: try values.decodeIfPresent(Int.self, forKey: .count),
      columns: try values.decodeIfPresent([Int].self, forKey: .columns),
      stuckAt: try values.decodeIfPresent(Value.self, forKey: .stuckAt) ?? standard.stuckAt)
    try validate()
  }

  /// For example `10.0 % of the features stuck low`.
  public var summary: String {
    let position = stuckAt == .random ? "at random values" : stuckAt.rawValue
    if let columns { return "features \(columns.map(String.init).joined(separator: ", ")) stuck \(position)" }
    return "\(count.map { "\($0)" } ?? "\(fraction * 100) %") of the features stuck \(position)"
  }

  /// The features of a whole stream, some of them stuck.
  public func apply(to features: Matrix, in context: ShiftContext, using generator: inout Philox) throws -> Matrix {
    try validate()
    let d = features.columns
    if let count, count > d {
      throw ShiftError(
        shift: Self.name, problem: "\(count) of \(d) features cannot break", advice: "give a count of at most \(d)")
    }
    if let column = columns?.first(where: { $0 >= d }) {
      throw ShiftError(
        shift: Self.name, problem: "there is no feature \(column) among \(d)", advice: "give numbers below \(d)")
    }
    let share = Int((fraction * Double(d)).rounded())
    let chosen = generator.permutation(d).prefix(count ?? (fraction > 0 ? max(1, min(share, d)) : 0))
    let broken = columns ?? Array(chosen)
    guard features.rows > 0 else { return features }
    var result = features
    for column in broken {
      let range = context.range ?? BrokenFeatures.range(of: column, in: features)
      let position: Float
      switch stuckAt {
      case .low: position = 0
      case .high: position = 1
      case .random: position = generator.nextUniform()
      }
      // Weighing both ends keeps the ends exact and cannot overflow.
      let value = (1 - position) * range.lowerBound + position * range.upperBound
      for row in 0..<features.rows { result[row, column] = value }
    }
    return result
  }

  private static func range(of column: Int, in features: Matrix) -> ClosedRange<Float> {
    let values = (0..<features.rows).map { features[$0, column] }.filter { !$0.isNaN }
    return (values.min() ?? 0)...(values.max() ?? 0)
  }

  private func validate() throws(ParameterError) {
    try ParameterError.check((0...1).contains(fraction), Self.name, "fraction", fraction, "a fraction in 0...1")
    if let columns {
      try ParameterError.check(columns.allSatisfy { $0 >= 0 }, Self.name, "columns", columns, "numbers of at least 0")
    }
    if let count { try ParameterError.check(count >= 0, Self.name, "count", count, "0 or more") }
  }
}
