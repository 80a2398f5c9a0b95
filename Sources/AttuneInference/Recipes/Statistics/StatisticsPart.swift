public import AttuneCore

/// Which statistics batch norm uses for a batch, and what it keeps of them.
public protocol StatisticsPart: RecipePart {
  /// Whether a pass moves statistics that stay: further passes over the same batch use them as they are.
  static var isKept: Bool { get }

  /// The policy of the forward pass over some rows. What must happen before that pass happens here.
  mutating func prepare(_ network: inout Network, for rows: Matrix) throws -> NormalizationPolicy

  /// Keeps what a forward pass used, where something is kept. Called with finite statistics only.
  mutating func keep(_ used: [Int: NormalizationStatistics], rows: Int, in network: inout Network)

  /// The policy of a pass that keeps nothing, for answers without adaptation.
  func policy(rows: Int) -> NormalizationPolicy
}

extension StatisticsPart {
  /// Nothing stays.
  public static var isKept: Bool { false }
  /// The policy of a pass that keeps nothing.
  public mutating func prepare(_ network: inout Network, for rows: Matrix) throws -> NormalizationPolicy {
    policy(rows: rows.rows)
  }
  /// Keeps nothing.
  public mutating func keep(_ used: [Int: NormalizationStatistics], rows: Int, in network: inout Network) {}
}

/// The place of the statistics.
public enum StatisticsPlace: RecipePlace {
  /// `statistics` in config files.
  public static let name = "statistics"
  /// The kinds that config files can name.
  public static var kinds: [PartKind<any StatisticsPart>] {
    [
      PartKind(SourceNormalization.self) { $0 }, PartKind(BatchNormalization.self) { $0 },
      PartKind(PriorNormalization.self) { $0 }, PartKind(BlendedNormalization.self) { $0 },
      PartKind(MovingNormalization.self) { $0 }, PartKind(CumulativeNormalization.self) { $0 },
      PartKind(TargetNormalization.self) { $0 },
    ]
  }
}

extension PartChoice where Place == StatisticsPlace {
  /// A part with its settings.
  public static func part<P: StatisticsPart>(_ type: P.Type, _ settings: P.Configuration = P.Configuration()) -> Self {
    Self(PartKind(type) { $0 }, settings)
  }
}

extension Network {
  /// Puts statistics that a pass used in place of the running ones.
  mutating func takeRunningStatistics(_ used: [Int: NormalizationStatistics]) {
    for (index, statistics) in used {
      self[normalization: index].runningMean = statistics.mean
      self[normalization: index].runningVariance = statistics.variance
    }
  }
}
