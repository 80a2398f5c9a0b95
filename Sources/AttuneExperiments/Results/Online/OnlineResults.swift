/// Everything an online experiment found: what `results.json` holds and the report draws.
public struct OnlineResults: Codable, Sendable, Equatable {
  /// The name of the root of the mean squared error in `expect`.
  static let rootMeanSquaredError = "rmse"

  /// Name of the experiment, from its config.
  public var name: String
  /// What the experiment asks, from its config; may be empty.
  public var description: String
  /// The seeds; what depends on chance ran once with each.
  public var seeds: [UInt64]
  /// Name of the baseline that the others are compared with.
  public var baseline: String
  /// The streams, in the order of the config.
  public var streams: [OnlineStreamSummary]
  /// One cell per stream × learner, the baselines first.
  public var cells: [OnlineCell]
  /// The figures that were expected, with what was found; empty where none were.
  public var expected: [ExpectedOutcome]
  /// What the machine, the build and the inputs were.
  public var provenance: Provenance

  /// Results of one experiment.
  public init(
    name: String, description: String, seeds: [UInt64], baseline: String, streams: [OnlineStreamSummary],
    cells: [OnlineCell], expected: [ExpectedOutcome], provenance: Provenance
  ) {
    self.name = name
    self.description = description
    self.seeds = seeds
    self.baseline = baseline
    self.streams = streams
    self.cells = cells
    self.expected = expected
    self.provenance = provenance
  }

  /// The cells of a stream, by name.
  public func cells(of stream: String) -> [OnlineCell] { cells.filter { $0.stream == stream } }
}

/// A stream of an online experiment.
public struct OnlineStreamSummary: Codable, Sendable, Equatable {
  /// Name in the config.
  public var name: String
  /// One line: where the rows come from.
  public var summary: String
  /// What the quality figure is.
  public var metric: QualityMetric
  /// Rows that were answered.
  public var rows: Int
  /// Rows at the start that were not scored.
  public var warmUp: Int
  /// Rows whose label never came to a learner.
  public var unlabeled: Int
  /// Rows whose label is not in the data, which are not scored.
  public var unknown: Int
  /// Number of inputs.
  public var inputs: Int
  /// The classes; empty for regression.
  public var classes: [String]
  /// When labels came, in words.
  public var labels: String
  /// Rows that were left out because they could not be used; nil where none were.
  public var skipped: SkippedSummary?

  /// A stream and its size.
  public init(
    name: String, summary: String, metric: QualityMetric, rows: Int, warmUp: Int, unlabeled: Int, unknown: Int,
    inputs: Int, classes: [String], labels: String, skipped: SkippedSummary?
  ) {
    self.name = name
    self.summary = summary
    self.metric = metric
    self.rows = rows
    self.warmUp = warmUp
    self.unlabeled = unlabeled
    self.unknown = unknown
    self.inputs = inputs
    self.classes = classes
    self.labels = labels
    self.skipped = skipped
  }
}

/// Quality and cost of one learner on one stream, over the seeds.
public struct OnlineCell: Codable, Sendable, Equatable {
  /// Name of the stream.
  public var stream: String
  /// Name of the learner.
  public var learner: String
  /// One line: its kind and settings.
  public var summary: String
  /// Whether it is one of the baselines that are in every table.
  public var isBaseline: Bool
  /// The seeds that it ran with: the first only where nothing depends on chance.
  public var seeds: [UInt64]
  /// The quality figure; nil where no seed finished.
  public var quality: Estimate?
  /// The quality figure of each of its seeds; nil where it failed.
  public var perSeed: [Double?]
  /// Paired difference to the last label; nil for that itself and where either failed.
  public var difference: Estimate?
  /// What the difference says; one seed shows nothing.
  public var verdict: Verdict
  /// Further figures over the whole stream, by their names (`StreamMetric`).
  public var metrics: [String: Estimate]
  /// The quality figure of each window of the stream, mean over the seeds; nil where no row of it was scored.
  public var trace: [Double?]
  /// Rows of a window.
  public var rowsPerWindow: Int
  /// What a row costs; nil where no seed finished.
  public var cost: OnlineCost?
  /// Rows that the learner refused, mean over the seeds.
  public var refused: Double
  /// Alarms of the detector, mean over the seeds; nil without a detector.
  public var alarms: Double?
  /// How often the learner changed its own state to stay sound, by reason, mean over the seeds.
  public var regularizations: [String: Double]
  /// What happened, of the seeds with which anything did.
  public var events: [SeedEvents]
  /// Error of each seed that failed, with its text.
  public var failures: [String]
}
