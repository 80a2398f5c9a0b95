public import AttuneCore
public import AttuneData

/// One of several domains of a scenario: the same rows under shifts of its own, or rows of its own.
public struct DomainConfiguration: Codable, Sendable {
  /// Name in tables.
  public var name: String
  /// The shifts, in the order in which they change the rows.
  public var shifts: [ShiftConfiguration]
  /// Rows of the domain's own; nil for those of the scenario.
  public var data: DataSourceConfiguration?

  private enum CodingKeys: String, CodingKey { case name, shifts, data }

  /// Decodes from a config or model file; a value that does not fit is an error with its place.
  public init(from decoder: any Decoder) throws {
    let keys = try decoder.container(keyedBy: CodingKeys.self)
    name = try keys.decode(String.self, forKey: .name)
    shifts = try keys.decodeIfPresent([ShiftConfiguration].self, forKey: .shifts) ?? []
    data = try keys.decodeIfPresent(DataSourceConfiguration.self, forKey: .data)
  }

  /// The shifts with every severity set to a number; those without severities stay as they are.
  func shifts(atSeverity severity: Int?) -> [ShiftConfiguration] {
    guard let severity else { return shifts }
    return shifts.map { configuration in
      guard let graded = configuration.graded else { return configuration }
      return Self.at(severity, graded)
    }
  }

  /// Whether a shift of the domain has severities.
  var hasSeverities: Bool { shifts.contains { $0.graded != nil } }

  private static func at(_ severity: Int, _ shift: some SeverityShift & Codable) -> ShiftConfiguration {
    ShiftConfiguration(shift.atSeverity(severity))
  }
}

extension ShiftConfiguration {
  /// The shift where it has severities that change it; nil for others.
  fileprivate var graded: (any SeverityShift & Codable)? {
    guard let graded = shift as? any SeverityShift & Codable, graded.hasSeverities else { return nil }
    return graded
  }
}

/// How the domains of a scenario follow each other.
public enum DomainMix: String, Codable, Sendable, CaseIterable {
  /// One after the other, in the order of the config.
  case sequence
  /// All rows of all domains in one order.
  case mixed
}

/// When a strategy starts anew from the source model.
public enum ResetRule: String, Codable, Sendable, CaseIterable {
  /// Never: what it learned stays for the whole stream.
  case never
  /// Where a domain begins.
  case domain
  /// Before every batch.
  case batch
}

/// Whether the stream waits for a strategy.
///
/// `computation-aware`: batches arrive one by one, and the time between two is `budget` times that of plain inference.
/// A strategy whose answer to a batch takes longer adapts on every k-th batch only; the others are answered by the model
/// as it was adapted last. Time is counted in floating-point operations, so that the same seeds give the same results.
///
/// - Source: Alfarra et al. (2023), Evaluation of test-time adaptation under computational time constraints,
///   arXiv:2304.04795.
/// - Note: Differs from the source, which measures seconds.
public enum PaceConfiguration: Codable, Sendable, Equatable {
  /// The stream does not wait.
  case computationAware(ComputationAware)

  /// The settings of a stream that does not wait.
  public struct ComputationAware: Codable, Sendable, Equatable, DefaultInitializable, ValidatedConfiguration {
    /// Time between two batches in that of plain inference, above 0.
    public var budget = 1.0

    /// The time of plain inference.
    public init() {}

    /// Throws a `ConfigValueError` for the first setting out of its range.
    public func validate() throws {
      try ConfigCheck.require(budget > 0 && budget.isFinite, "budget", "must be a number above 0")
    }
  }

  /// Decodes from a config or model file; a value that does not fit is an error with its place.
  public init(from decoder: any Decoder) throws {
    _ = try ChoiceCoding.kind(from: decoder, known: ["computation-aware"])
    self = .computationAware(try ChoiceCoding.settings(ComputationAware.self, from: decoder))
  }

  /// Encodes so that decoding gives an equal value.
  public func encode(to encoder: any Encoder) throws {
    switch self {
    case .computationAware(let settings):
      try ChoiceCoding.encode(kind: "computation-aware", settings, to: encoder)
    }
  }

  /// Time between two batches in that of plain inference.
  var budget: Double {
    switch self {
    case .computationAware(let settings): settings.budget
    }
  }
}
