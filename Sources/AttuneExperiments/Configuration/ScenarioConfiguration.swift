public import AttuneCore
public import AttuneData

/// A scenario: a stream of shifted data.
public struct ScenarioConfiguration: Codable, Sendable, ValidatedConfiguration {
  /// Name in tables.
  public var name: String
  /// The shifts, in the order in which they change the rows.
  public var shifts: [ShiftConfiguration]
  /// Rows of a batch.
  public var batchSize: Int
  /// Rows of the scenario's own; nil for the test part of the experiment's data.
  public var data: DataSourceConfiguration?
  /// The order of the rows; by default as given for rows of the scenario's own or split by time, else shuffled.
  public var order: StreamOrdering?
  /// The most rows of the stream, or of each of its domains; nil for all.
  public var rows: Int?
  /// The domains that the stream goes through; empty where it has one only.
  public var domains: [DomainConfiguration]
  /// Whether the domains are those of the experiment, `domains: shared`; false once they have been put in.
  var sharesDomains = false
  /// How the domains follow each other.
  public var mix: DomainMix
  /// Whether each domain comes with severities from 1 up to 5 and down to 1 again.
  public var gradual: Bool
  /// When a strategy starts anew.
  public var reset: ResetRule
  /// Rows that a strategy sees at once where rows come one by one; nil where it sees a batch.
  public var window: Int?
  /// Whether the stream waits for a strategy; nil where it does.
  public var pace: PaceConfiguration?
  /// Rows after which the label of a row is known; nil where labels never come.
  public var labelDelay: Int?

  private enum CodingKeys: String, CodingKey {
    case name, shifts, batchSize, data, order, rows, domains, mix, gradual, reset, window, pace, labelDelay
  }

  /// Decodes from a config or model file; a value that does not fit is an error with its place.
  public init(from decoder: any Decoder) throws {
    let keys = try decoder.container(keyedBy: CodingKeys.self)
    name = try keys.decode(String.self, forKey: .name)
    shifts = try keys.decodeIfPresent([ShiftConfiguration].self, forKey: .shifts) ?? []
    window = try keys.decodeIfPresent(Int.self, forKey: .window)
    batchSize = try keys.decodeIfPresent(Int.self, forKey: .batchSize) ?? (window == nil ? 64 : 1)
    data = try keys.decodeIfPresent(DataSourceConfiguration.self, forKey: .data)
    order = try keys.decodeIfPresent(StreamOrdering.self, forKey: .order)
    rows = try keys.decodeIfPresent(Int.self, forKey: .rows)
    sharesDomains = (try? keys.decodeIfPresent(String.self, forKey: .domains)) == "shared"
    domains = sharesDomains ? [] : try keys.decodeIfPresent([DomainConfiguration].self, forKey: .domains) ?? []
    mix = try keys.decodeIfPresent(DomainMix.self, forKey: .mix) ?? .sequence
    gradual = try keys.decodeIfPresent(Bool.self, forKey: .gradual) ?? false
    reset = try keys.decodeIfPresent(ResetRule.self, forKey: .reset) ?? .never
    pace = try keys.decodeIfPresent(PaceConfiguration.self, forKey: .pace)
    labelDelay = try keys.decodeIfPresent(Int.self, forKey: .labelDelay)
    if !hasDomains, let key = [CodingKeys.domains, .mix, .gradual].first(where: keys.contains) {
      throw ConfigValueError(
        key == .domains ? "must be one domain or more" : "does nothing without 'domains'", key: key.rawValue)
    }
  }

  /// Encodes so that decoding gives an equal value.
  public func encode(to encoder: any Encoder) throws {
    var keys = encoder.container(keyedBy: CodingKeys.self)
    try keys.encode(name, forKey: .name)
    if domains.isEmpty { try keys.encode(shifts, forKey: .shifts) }
    try keys.encode(batchSize, forKey: .batchSize)
    try keys.encodeIfPresent(data, forKey: .data)
    try keys.encodeIfPresent(order, forKey: .order)
    try keys.encodeIfPresent(rows, forKey: .rows)
    if !domains.isEmpty {
      try keys.encode(domains, forKey: .domains)
      try keys.encode(mix, forKey: .mix)
      try keys.encode(gradual, forKey: .gradual)
    }
    try keys.encode(reset, forKey: .reset)
    try keys.encodeIfPresent(window, forKey: .window)
    try keys.encodeIfPresent(pace, forKey: .pace)
    try keys.encodeIfPresent(labelDelay, forKey: .labelDelay)
  }

  /// Throws a `ConfigValueError` for the first setting out of its range.
  public func validate() throws {
    try ConfigCheck.require(batchSize >= 1, "batchSize", "must be an integer of at least 1")
    try ConfigCheck.require(rows ?? 1 >= 1, "rows", "must be an integer of at least 1")
    if let labelDelay {
      try ConfigCheck.require(labelDelay >= 0, "labelDelay", "must be a number of rows of at least 0")
    }
    try validateDomains()
    try validateServing()
  }

  private var hasDomains: Bool { sharesDomains || !domains.isEmpty }

  private func validateDomains() throws {
    guard hasDomains else { return }
    try ConfigCheck.require(
      shifts.isEmpty, "shifts", "must be left out beside 'domains', which have shifts of their own")
    for (index, domain) in domains.enumerated() where domains[..<index].contains(where: { $0.name == domain.name }) {
      throw ConfigValueError("two domains have the same name", key: "domains", given: domain.name)
    }
    if mix == .mixed {
      try ConfigCheck.require(!gradual, "gradual", "must be false where domains are mixed: it needs a sequence")
      try ConfigCheck.require(
        order != .asGiven, "order", "must be another one where domains are mixed, which come in no order of their own")
    }
    if gradual, let domain = domains.first(where: { !$0.hasSeverities }) {
      throw ConfigValueError("needs a shift with severities in every domain", key: "gradual", given: domain.name)
    }
  }

  private func validateServing() throws {
    if reset == .domain {
      try ConfigCheck.require(
        hasDomains && mix == .sequence, "reset", "must be 'never' or 'batch' without 'domains' in sequence")
    }
    if reset == .batch {
      try ConfigCheck.require(
        labelDelay == nil, "labelDelay", "does nothing where a reset before every batch forgets; remove one")
    }
    guard let window else { return }
    try ConfigCheck.require(window >= 2, "window", "must be an integer of at least 2")
    try ConfigCheck.require(batchSize == 1, "batchSize", "must be 1 beside 'window', where rows come one by one")
    try ConfigCheck.require(reset != .batch, "reset", "must be 'never' or 'domain' beside 'window'")
    try ConfigCheck.require(pace == nil, "pace", "must be left out beside 'window'")
  }

  /// One line for tables.
  public var summary: String {
    var parts = domains.isEmpty ? shifts.map(\.shift.summary) : [domainSummary]
    switch data {
    case .housePrices(let houses): parts.insert(houses.summary, at: 0)
    case .gaussianLinear(let rows): parts.insert(rows.summary, at: 0)
    default: break
    }
    if parts.isEmpty { parts = ["no shift"] }
    if let labelDelay { parts.append("labels after \(labelDelay) rows") }
    return parts.joined(separator: ", ")
  }

  private var domainSummary: String {
    let names = domains.map(\.name), shown = names.prefix(6).joined(separator: ", ")
    let list = names.count > 6 ? "\(shown) and \(names.count - 6) more" : shown
    return (mix == .mixed ? "mixed domains: " : gradual ? "gradual domains: " : "domains: ") + list
  }
}

extension ScenarioConfiguration {
  /// The scenario with the experiment's domains, where it shares them.
  ///
  /// - Throws: a `ConfigValueError` where the experiment has none, or they do not fit the scenario.
  func withDomains(_ shared: [DomainConfiguration]?) throws -> ScenarioConfiguration {
    guard sharesDomains else { return self }
    guard let shared, !shared.isEmpty else {
      throw ConfigValueError("must be there, as scenario '\(name)' shares them", key: "domains")
    }
    var scenario = self
    (scenario.domains, scenario.sharesDomains) = (shared, false)
    try scenario.validate()
    return scenario
  }
}
