public import AttuneCore
internal import Foundation

/// Changes how frequent the categories of each column are.
///
/// Each column of categories gets new frequencies for the whole stream, all being equally likely (a Dirichlet
/// distribution of ones), and a share of its values is drawn from them anew. A missing category stays missing.
public struct CategoryDrift: RowShift, SeverityShift, Codable, Equatable {
  /// `category-drift`.
  public static let name = "category-drift"
  /// From 1 to 5: 10, 20, 35, 50 and 70 % of the values.
  public var severity: Int
  /// The share of the values that are drawn anew; nil for that of the severity.
  public var fraction: Double?

  /// New frequencies, by severity or by the share of values that follow them.
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
      severity: try values.decodeIfPresent(Int.self, forKey: .severity) ?? CategoryDrift().severity,
      fraction: try values.decodeIfPresent(Double.self, forKey: .fraction))
    try validate()
  }

  /// For example `35.0 % of the categories drawn anew`.
  public var summary: String { "\(share * 100) % of the categories drawn anew" }

  /// Whether the severity says how many values are drawn anew.
  public var hasSeverities: Bool { fraction == nil }

  /// The same drift at another severity.
  public func atSeverity(_ severity: Int) -> CategoryDrift { CategoryDrift(severity: severity, fraction: fraction) }

  /// The rows with some of their categories drawn anew.
  public func apply(to features: Matrix, in context: ShiftContext, using generator: inout Philox) throws -> Matrix {
    try validate()
    let counts = context.levelCounts ?? []
    let categorical = counts.indices.filter { counts[$0] > 0 && $0 < features.columns }
    guard !categorical.isEmpty else {
      throw ShiftError(
        shift: Self.name, problem: "no column holds categories, and it changes nothing else",
        advice: "leave the shift out, or name the columns of categories as 'categorical'")
    }
    let stream = Philox(seed: generator.next())
    var result = features
    for column in categorical {
      var generator = stream.fork(column)
      // The share of each level up to and with its own.
      let weights = (0..<counts[column]).map { _ in -log(1 - generator.nextUniformDouble()) }
      let sum = weights.reduce(0, +)
      let bounds = weights.reduce(into: [Double]()) { $0.append(($0.last ?? 0) + $1 / sum) }
      for row in 0..<features.rows {
        let isDrawn = generator.nextUniformDouble() < share, place = generator.nextUniformDouble()
        guard isDrawn, !features[row, column].isNaN else { continue }
        result[row, column] = Float(bounds.firstIndex { place < $0 } ?? counts[column] - 1)
      }
    }
    return result
  }

  private var share: Double { fraction ?? severityEntry([0.1, 0.2, 0.35, 0.5, 0.7]) }

  private func validate() throws(ParameterError) {
    try checkSeverity()
    try checkShare(fraction, "fraction")
  }
}
