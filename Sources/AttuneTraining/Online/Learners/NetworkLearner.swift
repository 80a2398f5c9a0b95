public import AttuneCore

/// A small network that learns row by row, with a memory of rows that it goes on learning.
///
/// Each row is one step of the optimizer on the mean loss of that row and `replay` rows drawn, with replacement, from the
/// memory, a uniform sample of `memory` of all rows before. Cross-entropy for classes; squared error for regression, of
/// targets that are standardized by their running mean and deviation. Single precision.
///
/// - Complexity: `1 + replay` rows forward and backward; memory for `memory` rows. Unlike the linear learners it allocates
///   with each row.
/// - Source: the sample is algorithm R of Vitter (1985), Random sampling with a reservoir, doi:10.1145/3147.3165; replay as
///   in Chaudhry et al. (2019), On Tiny Episodic Memories in Continual Learning, arXiv:1902.10486.
public enum NetworkLearner {
  /// The settings in a config file.
  public struct Configuration: Codable, Sendable, Equatable, DefaultInitializable, ValidatedConfiguration {
    /// Widths of the hidden layers; not looked at where a network is given.
    public var hidden = [32]
    /// What follows each of them; not looked at where a network is given.
    public var activation = ActivationFunction.relu
    /// The rule of the parameters.
    public var optimizer = OptimizerConfiguration.adam(.init())
    /// Rows that the memory holds; 0 for none.
    public var memory = 500
    /// Rows of the memory in each step.
    public var replay = 16
    /// Whether targets of a regression are standardized; a given network may answer in the targets' own unit.
    public var standardizesTargets = true
    /// How features are scaled.
    public var scaler = OnlineScaler.standard

    /// All defaults.
    public init() {}

    /// Throws a `ConfigValueError` for the first setting out of its range.
    public func validate() throws {
      try ConfigCheck.require(hidden.allSatisfy { $0 >= 1 }, "hidden", "must be a list of integers of at least 1")
      try optimizer.validate()
      try ConfigCheck.range("memory", memory, atLeast: 0)
      try ConfigCheck.range("replay", replay, atLeast: 0, atMost: 4096)
    }
  }
}

/// The network, its optimizer and its memory.
struct NetworkModel: OnlineModel {
  static let name = "mlp"
  static let summary = "a small network with a replay memory"
  let outputCount: Int
  let task: PredictionTask
  private let configuration: NetworkLearner.Configuration
  private(set) var network: Network
  private var optimizer: any SteppingOptimizer
  private(set) var memory: ReplayMemory
  private var generator: Philox
  private var targetMoments = RunningMoments(features: 1)
  private var engine = TrainingEngine()

  private enum Key: String, CodingKey {
    case outputs, task, configuration, network, optimizer, memory, generator, targetMoments
  }

  init(
    features: Int, task: PredictionTask, outputs: Int, _ configuration: NetworkLearner.Configuration,
    network given: Network? = nil, seed: UInt64
  ) throws {
    var generator = Philox(seed: seed).fork("online-network")
    let network =
      given
      ?? Network.mlp(
        inputDimension: features, hidden: configuration.hidden, outputDimension: outputs,
        activation: configuration.activation, using: &generator)
    guard network.inputDimension == features, network.outputDimension == outputs else {
      throw ShapeError(
        operation: Self.name, expected: "a network from \(features) features to \(outputs) outputs",
        found: "\(network.inputDimension) to \(network.outputDimension)")
    }
    guard network.normalizationLayers.isEmpty else {
      throw HyperparameterError(
        method: Self.name, problem: "the network has batch norm, which cannot normalize a single row",
        advice: "give a network without it")
    }
    (self.task, self.configuration, self.network, outputCount) = (task, configuration, network, outputs)
    optimizer = try configuration.optimizer.make().states(for: network.parameterIDs, of: network)
    memory = ReplayMemory(capacity: configuration.memory, features: features)
    self.generator = generator
  }

  init(from decoder: any Decoder) throws {
    let keys = try decoder.container(keyedBy: Key.self)
    outputCount = try keys.decode(Int.self, forKey: .outputs)
    task = try keys.decode(PredictionTask.self, forKey: .task)
    configuration = try keys.decode(NetworkLearner.Configuration.self, forKey: .configuration)
    network = try keys.decode(Network.self, forKey: .network)
    memory = try keys.decode(ReplayMemory.self, forKey: .memory)
    generator = try keys.decode(Philox.self, forKey: .generator)
    targetMoments = try keys.decode(RunningMoments.self, forKey: .targetMoments)
    optimizer = try configuration.optimizer.make().states(for: network.parameterIDs, of: network)
    try optimizer.restore(try keys.decode(StoredOptimizerStates.self, forKey: .optimizer), for: network)
  }

  func encode(to encoder: any Encoder) throws {
    var keys = encoder.container(keyedBy: Key.self)
    try keys.encode(outputCount, forKey: .outputs)
    try keys.encode(task, forKey: .task)
    try keys.encode(configuration, forKey: .configuration)
    try keys.encode(network, forKey: .network)
    try keys.encode(memory, forKey: .memory)
    try keys.encode(generator, forKey: .generator)
    try keys.encode(targetMoments, forKey: .targetMoments)
    try keys.encode(optimizer.stored, forKey: .optimizer)
  }

  var featureCount: Int { network.inputDimension }
  var isClassifier: Bool { task == .classification }

  func predict(_ row: UnsafeBufferPointer<Double>, into output: UnsafeMutableBufferPointer<Double>) {
    let input = Matrix(rows: 1, columns: row.count) { out in
      for j in row.indices { out[j] = Float(row[j]) }
    }
    guard let answer = try? network.predict(input) else { preconditionFailure("\(row.count) features of a row") }
    let scores = isClassifier ? answer.softmax() : answer
    for c in output.indices { output[c] = Double(scores[0, c]) }
    if !isClassifier { output[0] = output[0] * unit.scale + unit.center }
  }

  /// What one unit of the network's output is in the unit of the targets.
  private var unit: (center: Double, scale: Double) {
    guard configuration.standardizesTargets, targetMoments.count > 0 else { return (0, 1) }
    let deviation = targetMoments.variances[0].squareRoot()
    return (targetMoments.means[0], deviation > 0 ? deviation : 1)
  }

  mutating func learn(_ row: UnsafeBufferPointer<Double>, target: Double) -> Bool {
    var learned = self.targetMoments, draws = generator
    if !isClassifier {
      let isFinite = withUnsafeTemporaryAllocation(of: Double.self, capacity: 3) { moments in
        withUnsafePointer(to: target) {
          learned.standardizeAfterwards(UnsafeBufferPointer(start: $0, count: 1), into: moments)
        }
        learned.commit(UnsafeBufferPointer(moments))
        return moments[1].isFinite && moments[2].isFinite
      }
      guard isFinite else { return false }
    }
    let before = targetMoments
    targetMoments = learned
    guard step(row, target, using: &draws) else {
      targetMoments = before
      return false
    }
    memory.add(row, target: target, using: &draws)
    generator = draws
    return true
  }

  /// One step on the row and some of the memory; false, and the network stays, where the loss is not finite.
  private mutating func step(_ row: UnsafeBufferPointer<Double>, _ target: Double, using draws: inout Philox) -> Bool {
    let replayed = memory.count == 0 ? 0 : configuration.replay, d = row.count, k = outputCount
    let places = (0..<replayed).map { _ in draws.nextIndex(below: memory.count) }, unit = unit
    let batch = Matrix(rows: 1 + replayed, columns: d) { out in
      for j in 0..<d { out[j] = Float(row[j]) }
      for (i, place) in places.enumerated() {
        for j in 0..<d { out[(i + 1) * d + j] = memory.features[place * d + j] }
      }
    }
    let answers = [target] + places.map { memory.targets[$0] }
    let targets = Matrix(rows: 1 + replayed, columns: k) { out in
      for (i, answer) in answers.enumerated() {
        for c in 0..<k {
          out[i * k + c] = isClassifier ? (c == Int(answer) ? 1 : 0) : Float((answer - unit.center) / unit.scale)
        }
      }
    }
    engine.prepare(network, differentiating: network.parameterIDs, rows: 1 + configuration.replay, compiling: true)
    let loss: Loss = isClassifier ? .crossEntropy(labelSmoothing: 0) : .meanSquaredError
    guard let value = try? engine.loss(network, batch, targets: targets, loss, using: &draws), value.isFinite else {
      return false
    }
    _ = engine.update(&network, with: &optimizer, clipping: nil)
    return true
  }
}

/// A uniform sample of fixed size of all rows so far.
struct ReplayMemory: Sendable, Codable, Equatable {
  let capacity: Int
  let width: Int
  private(set) var features: [Float] = []
  private(set) var targets: [Double] = []
  private(set) var seen = 0

  init(capacity: Int, features: Int) { (self.capacity, width) = (capacity, features) }

  var count: Int { targets.count }

  /// Keeps a row with the chance that all rows so far have.
  mutating func add(_ row: UnsafeBufferPointer<Double>, target: Double, using generator: inout Philox) {
    seen += 1
    if count < capacity {
      features.append(contentsOf: row.lazy.map { Float($0) })
      targets.append(target)
    } else if capacity > 0 {
      let place = generator.nextIndex(below: seen)
      guard place < capacity else { return }
      for j in 0..<width { features[place * width + j] = Float(row[j]) }
      targets[place] = target
    }
  }
}
