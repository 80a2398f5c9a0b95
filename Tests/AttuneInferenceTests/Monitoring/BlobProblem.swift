import AttuneCore
import AttuneInference
import AttuneTraining

/// Clouds of five classes in eight dimensions, and a perceptron with batch norm that was trained to tell them apart.
struct BlobProblem {
  static let classes = 5
  let network: Network
  let centers: Matrix
  let context: AdaptationContext

  init(seed: UInt64 = 71) throws {
    var generator = Philox(seed: seed)
    centers = generator.normal(rows: Self.classes, columns: 8).scaled(by: 1.3)
    var network = Network.mlp(
      inputDimension: 8, hidden: [16], outputDimension: Self.classes, batchNorm: true, using: &generator)
    let ids = network.parameterIDs
    var states = try OptimizerConfiguration.adam(Adam.Configuration(learningRate: 0.01)).make().states(
      for: ids, of: network)
    for _ in 0..<200 {
      let (rows, labels) = Self.draw(128, centers, &generator)
      let tape = Tape()
      let pass = try network.trainingForward(rows, on: tape, differentiating: ids, using: &generator)
      let loss = pass.output.crossEntropy(targets: Matrix.oneHot(labels, classes: Self.classes))
      states.step(&network, along: tape.gradients(of: loss, withRespectTo: pass.parameters.map(\.variable)))
      network.updateRunningStatistics(pass.statistics, rows: rows.rows)
    }
    self.network = network
    let (samples, labels) = Self.draw(1000, centers, &generator)
    context = AdaptationContext(
      task: .classification, source: SourceStatistics(inputs: samples),
      samples: SourceSamples(inputs: samples, labels: labels), generator: Philox(seed: 5))
  }

  private static func draw(
    _ count: Int, _ centers: Matrix, _ generator: inout Philox
  ) -> (rows: Matrix, labels: [Int]) {
    let labels = (0..<count).map { _ in generator.nextIndex(below: classes) }
    return (centers.rows(at: labels) + generator.normal(rows: count, columns: 8), labels)
  }

  /// A stream in random order, or class by class.
  func stream(rows: Int = 1600, seed: UInt64, sorted: Bool = false, shift: Float = 0) -> Stream {
    var generator = Philox(seed: seed).fork("stream")
    var (inputs, labels) = Self.draw(rows, centers, &generator)
    if sorted {
      let order = labels.indices.sorted { (labels[$0], $0) < (labels[$1], $1) }
      (inputs, labels) = (inputs.rows(at: order), order.map { labels[$0] })
    }
    return Stream(inputs: inputs.map { $0 + shift }, labels: labels)
  }

  /// Rows and their classes.
  struct Stream {
    let inputs: Matrix
    let labels: [Int]
  }

  /// What a strategy does on a stream.
  struct Outcome {
    let error: Double
    /// What the strategy told, and what the monitors that watched it told.
    let own: [AdaptationEvent], watched: [AdaptationEvent]
  }

  /// Runs a strategy over a stream in batches of 32, watched by monitors.
  func run(
    _ strategy: any AdaptationStrategy, on stream: Stream, _ monitors: [PartChoice<MonitorPlace>] = []
  ) throws -> Outcome {
    var running = try strategy.run(network, in: context), watch = StreamWatch(monitors, of: "any", network, in: context)
    var wrong = 0, own: [AdaptationEvent] = [], watched: [AdaptationEvent] = []
    for start in Swift.stride(from: 0, to: stream.labels.count, by: 32) {
      let range = start..<min(start + 32, stream.labels.count), rows = stream.inputs.rows(range)
      let logits = try running.predict(rows)
      wrong += zip(logits.rowArgmax, stream.labels[range]).count { $0 != $1 }
      watch.observe(rows, logits, serving: running.serving(rows: rows.rows))
      own += running.takeEvents()
      watched += watch.takeEvents()
    }
    return Outcome(error: Double(wrong) / Double(stream.labels.count), own: own, watched: watched)
  }

  /// Tent at a learning rate, with recovery. On batch statistics a batch of one class is spread over all of them; it is on
  /// the source's statistics that entropy minimization collapses.
  static func tent(
    _ rate: Double, _ recovery: [PartChoice<RecoveryPlace>] = [],
    statistics: PartChoice<StatisticsPlace> = .part(BatchNormalization.self)
  ) throws -> Recipe<Tent> {
    try Recipe {
      $0.statistics = statistics
      $0.optimizer = .adam(Adam.Configuration(learningRate: rate))
      $0.recovery = recovery
    }
  }
}
