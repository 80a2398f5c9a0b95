public import AttuneInference
public import Foundation

/// Everything an experiment found: what `results.json` holds and the report draws.
public struct ExperimentResults: Codable, Sendable, Equatable {
  /// Name of the experiment, from its config.
  public var name: String
  /// What the experiment asks, from its config; may be empty.
  public var description: String
  /// What is predicted, and what the quality figure therefore is.
  public var metric: QualityMetric
  /// The seeds; every arm ran once with each.
  public var seeds: [UInt64]
  /// Name of the inference arm that the others are compared with.
  public var baseline: String
  /// Training arms, in the order of the config.
  public var trainingArms: [TrainingArmSummary]
  /// Inference arms, in the order of the config.
  public var inferenceArms: [InferenceArmSummary]
  /// Scenarios, in the order of the config.
  public var scenarios: [ScenarioSummary]
  /// One cell per training arm × inference arm × scenario.
  public var cells: [ResultCell]
  /// What the machine, the build and the inputs were.
  public var provenance: Provenance
  /// The figures that were expected, with what was found; nil where none were.
  public var expected: [ExpectedOutcome]?
  /// How figures over seeds became intervals and verdicts; nil in results of earlier versions.
  public var statistics: StatisticsConfiguration?

  /// Results of one experiment.
  public init(
    name: String, description: String, metric: QualityMetric, seeds: [UInt64], baseline: String,
    trainingArms: [TrainingArmSummary], inferenceArms: [InferenceArmSummary], scenarios: [ScenarioSummary],
    cells: [ResultCell], provenance: Provenance
  ) {
    self.name = name
    self.description = description
    self.metric = metric
    self.seeds = seeds
    self.baseline = baseline
    self.trainingArms = trainingArms
    self.inferenceArms = inferenceArms
    self.scenarios = scenarios
    self.cells = cells
    self.provenance = provenance
  }

  /// The cell of a training arm, an inference arm and a scenario, by name.
  public func cell(training: String, inference: String, scenario: String) -> ResultCell? {
    cells.first { $0.training == training && $0.inference == inference && $0.scenario == scenario }
  }
}

/// The figure that says how good an arm is. Lower is better for every metric.
public enum QualityMetric: String, Codable, Sendable {
  /// Share of rows with the wrong class, in `0...1`; reports print it in percent.
  case error
  /// Root of the mean squared error, in the target's unit.
  case rootMeanSquaredError

  /// The name that tables print.
  public var title: String {
    switch self {
    case .error: "error"
    case .rootMeanSquaredError: "RMSE"
    }
  }
}

/// A mean over seeds with its 95 % confidence interval.
public struct Estimate: Codable, Sendable, Equatable {
  /// Mean over the seeds.
  public var mean: Double
  /// Lower end of the interval; the mean where there is one seed only.
  public var low: Double
  /// Upper end of the interval; the mean where there is one seed only.
  public var high: Double

  /// A mean with the ends of its interval.
  public init(mean: Double, low: Double, high: Double) {
    self.mean = mean
    self.low = low
    self.high = high
  }
}

/// What an inference arm does compared with the baseline arm on the same model, stream and seeds.
public enum Verdict: String, Codable, Sendable {
  /// The arm is the baseline.
  case baseline
  /// The paired difference is negative, and the corrected probability of its test is at most the level.
  case helps
  /// The paired difference is positive, and the corrected probability of its test is at most the level.
  case hurts
  /// The test does not show a difference, or there is one seed only.
  case noDifferenceShown
}

/// A training arm: what was optimized before deployment, and what it cost.
public struct TrainingArmSummary: Codable, Sendable, Equatable {
  /// Name in the config.
  public var name: String
  /// One line: optimizer, epochs, augmentation.
  public var summary: String
  /// Wall-clock seconds of one training run.
  public var seconds: Estimate
  /// Floating-point operations of one training run.
  public var flops: Double
  /// Bytes of the model file.
  public var modelBytes: Int
  /// Number of trained parameters.
  public var parameters: Int
  /// Where the training with each seed ended; empty for closed-form solvers and where training failed.
  public var epochs: [SeedEpochs]

  /// A training arm and its cost.
  public init(
    name: String, summary: String, seconds: Estimate, flops: Double, modelBytes: Int, parameters: Int,
    epochs: [SeedEpochs] = []
  ) {
    self.name = name
    self.summary = summary
    self.seconds = seconds
    self.flops = flops
    self.modelBytes = modelBytes
    self.parameters = parameters
    self.epochs = epochs
  }
}

/// An inference arm: what happens while the model serves, and under which protocol.
public struct InferenceArmSummary: Codable, Sendable, Equatable {
  /// Name in the config.
  public var name: String
  /// Registered name of the strategy.
  public var strategy: String
  /// One line: the strategy and its settings, and the student if there is one.
  public var summary: String
  /// What it needs of the source besides the weights: `none`, `statistics` or `samples`.
  public var sourceAccess: String
  /// Whether it learns from labels that arrive after the prediction.
  public var usesLabels: Bool
  /// What decides whether its numbers can be compared with others; nil where the strategy has nothing to say.
  public var conventions: StrategyConventions?
  /// Intervals about its answers; nil where it gives none.
  public var intervals: IntervalConfiguration?
  /// What chose its settings: `synthetic-shifts`, `entropy`, `consistency` or `oracle`; nil where they were given.
  public var chosenBy: String?
  /// Whether labels of the stream chose its settings, so that its figure is a bound and not a result.
  public var isOracle: Bool { chosenBy == SettingChoiceConfiguration.Criterion.oracle.rawValue }

  /// An inference arm and its protocol.
  public init(
    name: String, strategy: String, summary: String, sourceAccess: String, usesLabels: Bool,
    conventions: StrategyConventions? = nil, chosenBy: String? = nil
  ) {
    self.conventions = conventions
    self.chosenBy = chosenBy
    self.name = name
    self.strategy = strategy
    self.summary = summary
    self.sourceAccess = sourceAccess
    self.usesLabels = usesLabels
  }
}

/// A stream of shifted data.
public struct ScenarioSummary: Codable, Sendable, Equatable {
  /// Name in the config.
  public var name: String
  /// One line: the shifts and their strength.
  public var summary: String
  /// Rows of the stream.
  public var rows: Int
  /// Rows of a batch.
  public var batchSize: Int
  /// The rules of the stream; nil in results of earlier versions.
  public var rules: StreamRules?
  /// What the stream looks like; nil in results of earlier versions.
  public var view: ScenarioView?

  /// A scenario and its size.
  public init(name: String, summary: String, rows: Int, batchSize: Int, rules: StreamRules? = nil) {
    self.rules = rules
    self.name = name
    self.summary = summary
    self.rows = rows
    self.batchSize = batchSize
  }
}

/// Quality and cost of one training arm × inference arm × scenario, over the seeds.
public struct ResultCell: Codable, Sendable, Equatable {
  /// Name of the training arm.
  public var training: String
  /// Name of the inference arm.
  public var inference: String
  /// Name of the scenario.
  public var scenario: String
  /// The quality figure; nil where no seed finished.
  public var quality: Estimate?
  /// The quality figure of each seed, in the order of the seeds; nil where the arm failed.
  public var perSeed: [Double?]
  /// Paired difference to the baseline arm over the seeds; nil for the baseline itself and where either failed.
  public var difference: Estimate?
  /// What the difference says.
  public var verdict: Verdict
  /// The quality figure of each batch of the stream, mean over the seeds.
  public var trace: [Double]
  /// What a prediction costs.
  public var cost: InferenceCost
  /// Error of each seed that failed, with its text.
  public var failures: [String]
  /// What the strategy told while it ran, of the seeds with which it told anything.
  public var events: [SeedEvents]
  /// The domains of the stream; empty where it has one only.
  public var domains: [DomainResult]
  /// The unweighted mean of the quality figure over the domains; nil where there is one only.
  public var domainMean: Estimate?
  /// The share of batches that the strategy adapted to, mean over the seeds; nil where the stream waits.
  public var adaptedShare: Double?
  /// How the settings were found, of the seeds with which they were; nil where they were given.
  public var choices: [SeedChoice]?
  /// Further figures over the whole stream, by their names (`StreamMetric`); nil in results of earlier versions.
  public var metrics: [String: Estimate]?
  /// The share of rows in which each input was used, by its name, mean over the seeds; nil where the strategy selects
  /// none.
  public var inputUse: [String: Double]?
  /// Quality against the number of inputs; nil where the strategy has no budgets.
  public var curve: [CurveResult]?
  /// The share of targets of each batch that lay in their intervals, mean over the seeds; nil where the arm gives none.
  public var coverage: [Double]?
  /// What its answers were like, over all seeds; nil in results of earlier versions.
  public var answers: AnswerRecord?
  /// The comparison with the baseline arm; nil for the baseline itself, where nothing was to compare, and in results of earlier
  /// versions.
  public var comparison: Comparison?
  /// Under the baseline arm, the comparison with the first training arm; nil for that itself and for other inference arms.
  public var trainingComparison: Comparison?

  /// A cell of the table.
  public init(
    training: String, inference: String, scenario: String, quality: Estimate?, perSeed: [Double?],
    difference: Estimate?, verdict: Verdict, trace: [Double], cost: InferenceCost, failures: [String],
    events: [SeedEvents] = [], domains: [DomainResult] = [], domainMean: Estimate? = nil, adaptedShare: Double? = nil,
    choices: [SeedChoice]? = nil
  ) {
    self.choices = choices
    self.training = training
    self.inference = inference
    self.scenario = scenario
    self.quality = quality
    self.perSeed = perSeed
    self.difference = difference
    self.verdict = verdict
    self.trace = trace
    self.cost = cost
    self.failures = failures
    self.events = events
    self.domains = domains
    self.domainMean = domainMean
    self.adaptedShare = adaptedShare
  }
}

/// A point of the curve of quality against the number of inputs, over the seeds.
public struct CurveResult: Codable, Sendable, Equatable {
  /// The budget, in the unit of the strategy's costs.
  public var budget: Double
  /// Inputs used, mean over the rows and the seeds.
  public var features: Double
  /// The quality figure.
  public var quality: Estimate
  /// Further figures, by their names.
  public var metrics: [String: Estimate]
}

/// What a prediction costs, adaptation included.
public struct InferenceCost: Codable, Sendable, Equatable {
  /// Floating-point operations per row, adaptation included (counted, not measured).
  public var flopsPerSample: Double
  /// Latency of a batch of one row; nil where it was not measured.
  public var single: LatencySummary?
  /// Latency of a batch of the stream's size; nil where it was not measured.
  public var batch: LatencySummary?
  /// Bytes of the model file that serves (the student's where there is one).
  public var modelBytes: Int
  /// Seconds spent between training and serving (distilling a student); 0 for most arms.
  public var preparationSeconds: Double
  /// Floating-point operations between training and serving; 0 for most arms.
  public var preparationFlops: Double
  /// Bytes that the strategy holds besides the network that it serves with, at the end of the stream, the most over the seeds;
  /// nil where they were not counted.
  public var stateBytes: Int?

  /// The cost of an inference arm.
  public init(
    flopsPerSample: Double, single: LatencySummary?, batch: LatencySummary?, modelBytes: Int,
    preparationSeconds: Double, preparationFlops: Double
  ) {
    self.flopsPerSample = flopsPerSample
    self.single = single
    self.batch = batch
    self.modelBytes = modelBytes
    self.preparationSeconds = preparationSeconds
    self.preparationFlops = preparationFlops
  }
}

/// Latency percentiles, in microseconds per call of `predict`.
public struct LatencySummary: Codable, Sendable, Equatable {
  /// Rows of a call.
  public var batchSize: Int
  /// Number of timed calls.
  public var queries: Int
  /// Median.
  public var p50: Double
  /// 99th percentile; nil where there were too few calls to state it (662 at 99 % confidence).
  public var p99: Double?

  /// Percentiles of `queries` calls.
  public init(batchSize: Int, queries: Int, p50: Double, p99: Double?) {
    self.batchSize = batchSize
    self.queries = queries
    self.p50 = p50
    self.p99 = p99
  }
}

/// Where a result comes from.
public struct Provenance: Codable, Sendable, Equatable {
  /// Version of Attune.
  public var version: String
  /// Commit of the working directory; nil outside a repository. `+changes` is appended where files differ from it.
  public var commit: String?
  /// Version of the Swift compiler that built the program.
  public var swift: String
  /// Operating system and kernel.
  public var system: String
  /// Name of the processor.
  public var processor: String
  /// Number of processor cores.
  public var cores: Int
  /// OpenBLAS version and kernels.
  public var blas: String
  /// Instruction set of Attune's own kernels.
  public var kernels: String
  /// Command line.
  public var arguments: [String]
  /// SHA-256 of the resolved config.
  public var configHash: String
  /// SHA-256 of each data file by path.
  public var dataHashes: [String: String]
  /// Start of the run.
  public var started: Date
  /// Seconds from start to end.
  public var seconds: Double
  /// What names the run wherever its folder is; nil in runs of earlier versions.
  public var run: String?
  /// What the stored units of the run belong to: version, config without expectations, data; nil in earlier versions.
  public var identity: String?
  /// Trainings whose models were there before; nil where there were none.
  public var reusedTrainings: Int?

  /// The provenance of a run.
  public init(
    version: String, commit: String?, swift: String, system: String, processor: String, cores: Int, blas: String,
    kernels: String, arguments: [String], configHash: String, dataHashes: [String: String], started: Date,
    seconds: Double
  ) {
    self.version = version
    self.commit = commit
    self.swift = swift
    self.system = system
    self.processor = processor
    self.cores = cores
    self.blas = blas
    self.kernels = kernels
    self.arguments = arguments
    self.configHash = configHash
    self.dataHashes = dataHashes
    self.started = started
    self.seconds = seconds
  }
}
