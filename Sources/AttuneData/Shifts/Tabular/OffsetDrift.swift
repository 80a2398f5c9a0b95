public import AttuneCore

/// Sensors that drift off along the stream: `x ± amount · sd · t`, with t from `1/n` in the first row to 1 in the last of
/// n, each feature up or down for the whole stream.
public struct OffsetDrift: SeverityShift, Codable, Equatable {
  /// `offset-drift`.
  public static let name = "offset-drift"
  /// From 1 to 5: 0.25, 0.5, 1, 1.5 and 2 deviations of the source in the last row.
  public var severity: Int
  /// The offset in the last row, in deviations of the source; nil for that of the severity.
  public var amount: Double?

  /// A drift of a severity, or by an amount.
  public init(severity: Int = 3, amount: Double? = nil) {
    self.severity = severity
    self.amount = amount
  }

  /// Decodes the shift; what is left out has its default.
  ///
  /// - Throws: `ParameterError` if a value is out of range.
  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    self.init(
      severity: try values.decodeIfPresent(Int.self, forKey: .severity) ?? OffsetDrift().severity,
      amount: try values.decodeIfPresent(Double.self, forKey: .amount))
    try validate()
  }

  /// For example `offset drifting to 1.0 deviations`.
  public var summary: String { "offset drifting to \(last) deviations" }

  /// Whether the severity says how far the offset drifts.
  public var hasSeverities: Bool { amount == nil }

  /// The same drift at another severity.
  public func atSeverity(_ severity: Int) -> OffsetDrift { OffsetDrift(severity: severity, amount: amount) }

  /// The features of a whole stream, clipped to the context's range.
  public func apply(to features: Matrix, in context: ShiftContext, using generator: inout Philox) throws -> Matrix {
    try validate()
    let d = features.columns, n = Float(features.rows)
    let ends = try context.deviations(for: Self.name, columns: d).map {
      $0 * Float(last) * (generator.next() & 1 == 0 ? 1 : -1)
    }
    return Matrix(rows: features.rows, columns: d) { out in
      features.withElements { x in
        for i in x.indices { out[i] = context.clipped(x[i] + ends[i % d] * (Float(i / d + 1) / n)) }
      }
    }
  }

  private var last: Double { amount ?? severityEntry([0.25, 0.5, 1, 1.5, 2]) }

  private func validate() throws(ParameterError) {
    try checkSeverity()
    try checkAmount(amount, "amount")
  }
}
