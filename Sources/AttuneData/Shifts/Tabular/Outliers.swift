public import AttuneCore

/// Moves single values far off: `x ± size · sd`, each with a probability, up or down with equal chances.
public struct Outliers: SeverityShift, Codable, Equatable {
  /// `outliers`.
  public static let name = "outliers"
  /// From 1 to 5: 1, 2, 5, 10 and 20 % of the values, by 3, 4, 5, 7 and 10 deviations of the source.
  public var severity: Int
  /// How likely each value of each row is moved; nil for that of the severity.
  public var probability: Double?
  /// How far, in deviations of the source; nil for that of the severity.
  public var size: Double?

  /// Outliers, by severity or by how many and how far.
  public init(severity: Int = 3, probability: Double? = nil, size: Double? = nil) {
    self.severity = severity
    self.probability = probability
    self.size = size
  }

  /// Decodes the shift; what is left out has its default.
  ///
  /// - Throws: `ParameterError` if a value is out of range.
  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    self.init(
      severity: try values.decodeIfPresent(Int.self, forKey: .severity) ?? Outliers().severity,
      probability: try values.decodeIfPresent(Double.self, forKey: .probability),
      size: try values.decodeIfPresent(Double.self, forKey: .size))
    try validate()
  }

  /// For example `outliers of 5.0 deviations with probability 0.05`.
  public var summary: String { "outliers of \(distance) deviations with probability \(chance)" }

  /// Whether the severity says how many or how far.
  public var hasSeverities: Bool { probability == nil || size == nil }

  /// The same outliers at another severity.
  public func atSeverity(_ severity: Int) -> Outliers {
    Outliers(severity: severity, probability: probability, size: size)
  }

  /// The features with outliers, clipped to the context's range.
  public func apply(to features: Matrix, in context: ShiftContext, using generator: inout Philox) throws -> Matrix {
    try validate()
    let d = features.columns, sizes = try context.deviations(for: Self.name, columns: d)
    let (chance, distance) = (chance, Float(distance))
    return Matrix(rows: features.rows, columns: d) { out in
      features.withElements { x in
        for i in x.indices {
          let isMoved = generator.nextUniformDouble() < chance, sign: Float = generator.next() & 1 == 0 ? 1 : -1
          out[i] = context.clipped(isMoved ? x[i] + sign * distance * sizes[i % d] : x[i])
        }
      }
    }
  }

  private var chance: Double { probability ?? severityEntry([0.01, 0.02, 0.05, 0.1, 0.2]) }
  private var distance: Double { size ?? severityEntry([3, 4, 5, 7, 10]) }

  private func validate() throws(ParameterError) {
    try checkSeverity()
    try checkShare(probability, "probability", "a probability in 0...1")
    try checkAmount(size, "size")
  }
}
