public import AttuneCore
public import AttuneInference
internal import AttuneTraining

/// An experiment: training arms × inference arms × scenarios × seeds over one data set.
public struct ExperimentConfiguration: Codable, Sendable {
  /// Name of the experiment; letters, digits, `-` and `_`, because run folders carry it.
  public var name: String
  /// What the experiment asks, for the report.
  public var description: String
  /// Every arm runs once with each seed.
  public var seeds: [UInt64]
  /// Where rows come from and how they reach the network.
  public var data: DataConfiguration
  /// The network that all training arms train, unless an arm has its own.
  public var network: NetworkConfiguration
  /// The training arms.
  public var training: [TrainingArmConfiguration]
  /// The inference arms.
  public var inference: [InferenceArmConfiguration]
  /// The streams of shifted data.
  public var scenarios: [ScenarioConfiguration]
  /// Name of the inference arm that the others are compared with; by default the first with strategy `none`.
  public var baseline: String?
  /// Seconds that a latency figure is measured for at most, besides a third of that to warm up; 0 measures none. The 99th
  /// percentile needs 662 calls in that time.
  public var latencySeconds: Double
  /// What watches every arm and tells of alarms; by default `collapse` for classification, nothing for regression.
  public var monitors: [PartChoice<MonitorPlace>]
  /// Figures that the run is expected to reach.
  public var expect: [ExpectedFigure]
  /// How figures over seeds become intervals and verdicts.
  public var statistics: StatisticsConfiguration

  /// Decodes from a config or model file; a value that does not fit is an error with its place.
  public init(from decoder: any Decoder) throws {
    let keys = try decoder.container(keyedBy: CodingKeys.self)
    name = try keys.decode(String.self, forKey: .name)
    description = try keys.decodeIfPresent(String.self, forKey: .description) ?? ""
    seeds = try keys.decodeIfPresent([UInt64].self, forKey: .seeds) ?? [0]
    data = try keys.decode(DataConfiguration.self, forKey: .data)
    network = try keys.decodeIfPresent(NetworkConfiguration.self, forKey: .network) ?? NetworkConfiguration()
    training = try keys.decode([TrainingArmConfiguration].self, forKey: .training)
    inference = try keys.decodeIfPresent([InferenceArmConfiguration].self, forKey: .inference) ?? []
    let shared = try keys.decodeIfPresent([DomainConfiguration].self, forKey: .domains)
    scenarios = try (try keys.decodeIfPresent([ScenarioConfiguration].self, forKey: .scenarios) ?? []).map {
      try $0.withDomains(shared)
    }
    baseline = try keys.decodeIfPresent(String.self, forKey: .baseline)
    latencySeconds = try keys.decodeIfPresent(Double.self, forKey: .latencySeconds) ?? 1.5
    monitors =
      try keys.decodeIfPresent([PartChoice<MonitorPlace>].self, forKey: .monitors)
      ?? (data.task == .classification ? [.part(CollapseMonitor.self)] : [])
    expect = try keys.decodeIfPresent([ExpectedFigure].self, forKey: .expect) ?? []
    statistics =
      try keys.decodeIfPresent(StatisticsConfiguration.self, forKey: .statistics) ?? StatisticsConfiguration()
  }
}

extension ExperimentConfiguration {
  private enum CodingKeys: String, CodingKey {
    case name, description, seeds, data, network, training, inference, scenarios, baseline, latencySeconds
    case monitors, expect, statistics
    /// Domains that several scenarios go through: each says `domains: shared`.
    case domains
  }

  /// Encodes so that decoding gives an equal value; shared domains stand in each scenario.
  public func encode(to encoder: any Encoder) throws {
    var keys = encoder.container(keyedBy: CodingKeys.self)
    try keys.encode(name, forKey: .name)
    try keys.encode(description, forKey: .description)
    try keys.encode(seeds, forKey: .seeds)
    try keys.encode(data, forKey: .data)
    try keys.encode(network, forKey: .network)
    try keys.encode(training, forKey: .training)
    try keys.encode(inference, forKey: .inference)
    try keys.encode(scenarios, forKey: .scenarios)
    try keys.encodeIfPresent(baseline, forKey: .baseline)
    try keys.encode(latencySeconds, forKey: .latencySeconds)
    try keys.encode(monitors, forKey: .monitors)
    if !expect.isEmpty { try keys.encode(expect, forKey: .expect) }
    try keys.encode(statistics, forKey: .statistics)
  }
}

extension ExperimentConfiguration: ValidatedConfiguration {
  /// Throws a `ConfigValueError` for the first setting out of its range.
  public func validate() throws {
    let allowed = name.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-" || $0 == "_") }
    try ConfigCheck.require(
      !name.isEmpty && allowed, "name", "must be letters, digits, '-' and '_', because folders carry it")
    try ConfigCheck.require(!seeds.isEmpty, "seeds", "must be at least one seed")
    try ConfigCheck.require(Set(seeds).count == seeds.count, "seeds", "must be different seeds")
    try ConfigCheck.require(!training.isEmpty, "training", "must be at least one training arm")
    try ConfigCheck.require(
      latencySeconds >= 0 && latencySeconds.isFinite, "latencySeconds", "must be a finite number of at least 0")
    try Self.requireDistinct(training.map(\.name), "training")
    try Self.requireDistinct(inference.map(\.name), "inference")
    try Self.requireDistinct(scenarios.map(\.name), "scenarios")
    if let baseline {
      let names = inference.map(\.name)
      guard names.contains(baseline) else {
        throw ConfigValueError("no inference arm has this name", key: "baseline", given: baseline, known: names)
      }
    }
    for arm in training {
      guard let solver = arm.solver else { continue }
      guard (arm.network ?? network).kind == .linear else {
        throw ConfigValueError(
          "arm '\(arm.name)' has the solver \(solver.kind), which needs network.kind: linear", key: "training")
      }
      guard data.task == solver.task else {
        throw ConfigValueError(
          "arm '\(arm.name)' has the solver \(solver.kind), which needs data.task: \(solver.task.rawValue)",
          key: "training")
      }
      try ConfigCheck.require(
        (arm.network ?? network).inputDropout == 0, "training",
        "arm '\(arm.name)' has the solver \(solver.kind), beside which network.inputDropout does nothing; remove one")
    }
    for arm in training { try checkGroups(of: arm) }
    for arm in inference { try checkIntervals(of: arm) }
    try expect.check(
      { figure in
        [
          ("training", figure.training, training.map(\.name), true),
          ("inference", figure.inference, inference.map(\.name), false),
          ("scenario", figure.scenario, scenarios.map(\.name), false),
        ]
      }, foreign: { [("stream", $0.stream), ("learner", $0.learner)] },
      metrics: [QualityMetric.error.rawValue, OnlineResults.rootMeanSquaredError]
        + StreamMetric.allCases.map(\.rawValue))
  }

  /// Throws where an arm's intervals have nothing to be made from.
  private func checkIntervals(of arm: InferenceArmConfiguration) throws {
    guard let intervals = arm.intervals else { return }
    let start = "arm '\(arm.name)' has intervals of kind \(intervals.kind), which need"
    try ConfigCheck.require(data.task == .regression, "inference", "\(start) data.task: regression")
    guard intervals.usesLabels else {
      return try ConfigCheck.require(
        data.heldOut != nil, "inference",
        "\(start) labeled rows that no model was trained on; add data.heldOut, for example heldOut: {fraction: 0.2}")
    }
    guard let scenario = scenarios.first(where: { $0.labelDelay == nil }) else { return }
    throw ConfigValueError(
      "\(start) late labels in every scenario, and scenario '\(scenario.name)' has none; add labelDelay, for example "
        + "labelDelay: 0", key: "inference")
  }

  /// Throws where a group of an arm names a layer without parameters.
  private func checkGroups(of arm: TrainingArmConfiguration) throws {
    let network = (arm.network ?? network).outline
    for (index, group) in arm.groups.enumerated() {
      guard let missing = group.layersWithoutParameters(in: network).first else { continue }
      let layers = Set(network.parameterIDs.map(\.layer)).sorted().map { layer in
        if case .linear = network.layers[layer] { "\(layer) (linear)" } else { "\(layer) (batch norm)" }
      }
      throw ConfigValueError(
        "groups[\(index)] of arm '\(arm.name)' names layer \(missing), which has no parameters; layers with parameters: "
          + layers.joined(separator: ", "), key: "training")
    }
  }

  private static func requireDistinct(_ names: [String], _ key: String) throws {
    for (index, name) in names.enumerated() where names[..<index].contains(name) {
      throw ConfigValueError("two arms have the same name", key: key, given: name)
    }
  }

  /// The inference arm that the others are compared with; nil where there is none.
  public var baselineName: String? {
    baseline ?? inference.first { $0.strategy.name == NoAdaptation.name && $0.student == nil }?.name
      ?? inference.first?.name
  }
}

/// The architecture of a network.
public struct NetworkConfiguration: Codable, Sendable, Equatable, DefaultInitializable, ValidatedConfiguration {
  /// Kinds of network.
  public enum Kind: String, Codable, CaseIterable, Sendable {
    /// One linear layer.
    case linear
    /// A multilayer perceptron.
    case mlp
  }

  /// The kind of network; `hidden` to `dropout` and `hiddenBias` count for `mlp` only.
  public var kind = Kind.mlp
  /// Widths of the hidden layers.
  public var hidden = [128, 64]
  /// The function between the layers.
  public var activation = ActivationFunction.relu
  /// Whether each hidden layer has batch norm.
  public var batchNorm = true
  /// Probability with which a hidden unit is dropped in training, from 0 to below 1.
  public var dropout = 0.0
  /// Probability with which an input is dropped in training, from 0 to below 1; for `linear` too.
  public var inputDropout = 0.0
  /// Whether hidden linear layers have a bias. Batch norm takes it away in training; what adapts at inference, by the running
  /// statistics, moves it like the shift of batch norm.
  public var hiddenBias = true

  /// A perceptron 128-64 with ReLU and batch norm.
  public init() {}

  /// Throws a `ConfigValueError` for the first setting out of its range.
  public func validate() throws {
    try ConfigCheck.require(hidden.allSatisfy { $0 > 0 }, "hidden", "must be widths above 0")
    try ConfigCheck.require(dropout >= 0 && dropout < 1, "dropout", "must be a number of at least 0 and below 1")
    try ConfigCheck.require(
      inputDropout >= 0 && inputDropout < 1, "inputDropout", "must be a number of at least 0 and below 1")
  }

  /// A network with fresh parameters.
  public func make(inputDimension: Int, outputDimension: Int, using generator: inout Philox) -> Network {
    switch kind {
    case .linear:
      .linear(
        inputDimension: inputDimension, outputDimension: outputDimension, inputDropout: Float(inputDropout),
        using: &generator)
    case .mlp:
      .mlp(
        inputDimension: inputDimension, hidden: hidden, outputDimension: outputDimension, activation: activation,
        batchNorm: batchNorm, dropout: Float(dropout), inputDropout: Float(inputDropout), hiddenBias: hiddenBias,
        using: &generator)
    }
  }

  /// A network with the layers of the real one, all of them one unit wide.
  var outline: Network {
    var thin = self, generator = Philox(seed: 0)
    thin.hidden = hidden.map { _ in 1 }
    return thin.make(inputDimension: 1, outputDimension: 1, using: &generator)
  }
}
