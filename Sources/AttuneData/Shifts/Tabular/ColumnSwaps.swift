public import AttuneCore

/// Swaps pairs of features for the whole stream, as cables in the wrong sockets do.
public struct ColumnSwaps: SeverityShift, Codable, Equatable {
  /// `column-swaps`.
  public static let name = "column-swaps"
  /// From 1 to 5: 10, 20, 40, 60 and 100 % of the features are in a pair.
  public var severity: Int
  /// The share of the features that are in a pair, at least one pair unless it is 0; nil for that of the severity.
  public var fraction: Double?

  /// Swaps, by severity or by the share of features that take part.
  public init(severity: Int = 3, fraction: Double? = nil) {
    self.severity = severity
    self.fraction = fraction
  }

  /// Decodes the shift; what is left out has its default.
  ///
  /// - Throws: `ParameterError` if a value is out of range.
  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    self.init(
      severity: try values.decodeIfPresent(Int.self, forKey: .severity) ?? ColumnSwaps().severity,
      fraction: try values.decodeIfPresent(Double.self, forKey: .fraction))
    try validate()
  }

  /// For example `40.0 % of the features swapped`.
  public var summary: String { "\(share * 100) % of the features swapped" }

  /// Whether the severity says how many features are swapped.
  public var hasSeverities: Bool { fraction == nil }

  /// The same swaps at another severity.
  public func atSeverity(_ severity: Int) -> ColumnSwaps { ColumnSwaps(severity: severity, fraction: fraction) }

  /// The features of a whole stream.
  public func apply(to features: Matrix, in context: ShiftContext, using generator: inout Philox) throws -> Matrix {
    try validate()
    let d = features.columns
    guard d >= 2 else {
      throw ShiftError(
        shift: Self.name, problem: "there is nothing to swap: the data has \(d) column\(d == 1 ? "" : "s") of numbers",
        advice: "leave the shift out, or add a column of numbers")
    }
    let pairs = Int((share * Double(d) / 2).rounded())
    let chosen = generator.permutation(d).prefix(share > 0 ? 2 * min(max(pairs, 1), d / 2) : 0)
    var sources = Array(0..<d)
    for first in stride(from: 0, to: chosen.count, by: 2) { sources.swapAt(chosen[first], chosen[first + 1]) }
    return features.columns(at: sources)
  }

  private var share: Double { fraction ?? severityEntry([0.1, 0.2, 0.4, 0.6, 1]) }

  private func validate() throws(ParameterError) {
    try checkSeverity()
    try checkShare(fraction, "fraction")
  }
}
