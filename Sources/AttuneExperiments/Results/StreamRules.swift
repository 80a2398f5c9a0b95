internal import AttuneData

/// The rules under which a stream ran, so that the protocol travels with the numbers.
public struct StreamRules: Codable, Sendable, Equatable {
  /// The order of the rows, in words.
  public var order: String
  /// The domains, in the order of the config; empty where there is one only.
  public var domains: [String]
  /// How the domains follow each other.
  public var mix: DomainMix
  /// Whether each domain went through the severities.
  public var gradual: Bool
  /// When a strategy started anew.
  public var reset: ResetRule
  /// Rows after which a label was known; nil where labels never came.
  public var labelDelay: Int?
  /// Rows that a strategy saw at once where rows came one by one; nil where it saw a batch.
  public var window: Int?
  /// Time between two batches in that of plain inference; nil where the stream waited.
  public var budget: Double?

  /// The rules of a scenario.
  ///
  /// - Parameter keepsTime: whether the test part is in the order of time.
  public init(_ scenario: ScenarioConfiguration, keepsTime: Bool) {
    let isGiven = keepsTime || !scenario.sources.isEmpty
    let standard: StreamOrdering = isGiven && scenario.mix == .sequence ? .asGiven : .shuffled
    order = (scenario.order ?? standard).summary
    domains = scenario.domains.map(\.name)
    (mix, gradual, reset) = (scenario.mix, scenario.gradual, scenario.reset)
    (labelDelay, window, budget) = (scenario.labelDelay, scenario.window, scenario.pace?.budget)
  }
}

/// The quality of a cell on one domain of its stream, over the seeds.
public struct DomainResult: Codable, Sendable, Equatable {
  /// Name in the config.
  public var name: String
  /// Rows of the domain.
  public var rows: Int
  /// The quality figure; nil where no seed finished.
  public var quality: Estimate?
  /// The quality figure of each seed, in the order of the seeds; nil where the arm failed.
  public var perSeed: [Double?]

  /// A domain of a cell.
  public init(name: String, rows: Int, quality: Estimate?, perSeed: [Double?]) {
    self.name = name
    self.rows = rows
    self.quality = quality
    self.perSeed = perSeed
  }
}
