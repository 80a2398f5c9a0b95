public import AttuneCore

/// One of several shifts, chosen at random: corruption augmentation, where it is applied to training batches.
///
/// All shifts of the list are equally likely, beside the share that stays unchanged.
public struct OneOf: RowShift, Codable {
  /// What a choice is made for.
  public enum Unit: String, Codable, Sendable, CaseIterable {
    /// One choice for all rows that are given: a batch of training, the whole stream of a scenario.
    case batch
    /// Another choice for each row.
    case row
  }

  /// `one-of`.
  public static let name = "one-of"
  /// The shifts, at least one.
  public var shifts: [ShiftConfiguration]
  /// Probability that nothing is changed, `0...1`.
  public var unchanged: Double
  /// What a choice is made for.
  public var per: Unit

  /// A choice among shifts.
  public init(_ shifts: [any Shift & Codable], unchanged: Double = 0, per: Unit = .batch) {
    self.shifts = shifts.map { ShiftConfiguration($0) }
    self.unchanged = unchanged
    self.per = per
  }

  /// Decodes the shift; `shifts` is required, what else is left out has its default.
  ///
  /// - Throws: `ParameterError` if a value is out of range.
  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    shifts = try values.decode([ShiftConfiguration].self, forKey: .shifts)
    unchanged = try values.decodeIfPresent(Double.self, forKey: .unchanged) ?? 0
    per = try values.decodeIfPresent(Unit.self, forKey: .per) ?? .batch
    try validate()
  }

  /// For example `one of (gain × 1.5, contrast × 0.4) per row, unchanged with probability 0.2`.
  public var summary: String {
    "one of (\(shifts.map(\.shift.summary).joined(separator: ", "))) per \(per.rawValue)"
      + (unchanged > 0 ? ", unchanged with probability \(unchanged)" : "")
  }

  /// The features, each row through one of the shifts or through none.
  ///
  /// Rows that get the same shift go through it together, in their order: what a shift chooses once for a stream
  /// (which features break) it chooses once for them.
  public func apply(to features: Matrix, in context: ShiftContext, using generator: inout Philox) throws -> Matrix {
    try validate()
    guard per == .row else {
      guard let choice = choose(using: &generator) else { return features }
      return try shifts[choice].shift.applyToRows(of: features, in: context, using: &generator)
    }
    var members: [[Int]] = Array(repeating: [], count: shifts.count)
    for row in 0..<features.rows {
      if let choice = choose(using: &generator) { members[choice].append(row) }
    }
    var result = features
    for (choice, rows) in members.enumerated() where !rows.isEmpty {
      let part = features.rows(at: rows)
      let shifted = try shifts[choice].shift.applyToRows(of: part, in: context, using: &generator)
      let d = features.columns
      result.withMutableElements { out in
        shifted.withElements { x in
          for (position, row) in rows.enumerated() {
            for j in 0..<d { out[row * d + j] = x[position * d + j] }
          }
        }
      }
    }
    return result
  }

  private func choose(using generator: inout Philox) -> Int? {
    generator.nextUniformDouble() < unchanged ? nil : generator.nextIndex(below: shifts.count)
  }

  private func validate() throws(ParameterError) {
    try ParameterError.check(!shifts.isEmpty, Self.name, "shifts", "[]", "at least one shift")
    try ParameterError.check(
      (0...1).contains(unchanged), Self.name, "unchanged", unchanged, "a probability in 0...1")
  }
}
