internal import AttuneCore
internal import AttuneData
internal import AttuneInference
internal import AttuneTraining
internal import Foundation

/// What a run is likely to cost, from a few batches of each of its parts.
public struct RunEstimate: Sendable, Encodable, Equatable {
  /// Seconds of all trainings, students among them, if they ran one after another.
  public var trainingSeconds = 0.0
  /// Seconds of all streams, if they ran one after another.
  public var streamSeconds = 0.0
  /// Seconds of the latency figures, which are measured one after another.
  public var latencySeconds = 0.0
  /// Seconds from start to end.
  public var seconds = 0.0
  /// Floating-point operations of all trainings: 6 for each weight, row and epoch.
  public var trainingOperations = 0.0
  /// Bytes of memory at the most.
  public var bytes = 0.0
  /// Parts of the run that are not in the figures, and why.
  public var missing: [String] = []

  /// Two lines for a plan.
  public var text: String {
    let parts = [
      ("trainings", trainingSeconds), ("streams", streamSeconds), ("latency figures", latencySeconds),
    ].filter { $0.1 > 0 }.map { "\($0.0) \(Self.duration($0.1))" }.joined(separator: ", ")
    let lines = [
      "about \(Self.duration(seconds)) (work of one core: \(parts)) and \(Self.size(bytes)) of memory; trainings about "
        + String(format: "%.2g FLOPs", trainingOperations)
    ]
    return (lines + missing.map { "not counted: \($0)" }).joined(separator: "\n")
  }

  /// Seconds, minutes or hours, of two digits.
  static func duration(_ seconds: Double) -> String {
    switch seconds {
    case ..<0.95: String(format: "%.1f s", seconds)
    case ..<100: String(format: "%.0f s", seconds)
    case ..<6000: String(format: "%.0f min", seconds / 60)
    default: String(format: "%.1f h", seconds / 3600)
    }
  }

  /// Megabytes, or gigabytes from 1000 on.
  static func size(_ bytes: Double) -> String {
    bytes < 1e9 ? String(format: "%.0f MB", bytes / 1e6) : String(format: "%.1f GB", bytes / 1e9)
  }
}

extension PlanCheck {
  /// What a run of the experiment is likely to cost: each kind of training is tried for a few batches, and each strategy for
  /// a few batches of each scenario, on untrained networks.
  ///
  /// - Parameter jobs: units that run at the same time.
  /// - Throws: what splitting the data throws.
  public func estimate(jobs: Int) throws -> RunEstimate {
    var estimator = try RunEstimator(self)
    for arm in experiment.training { estimator.add(arm) }
    return estimator.estimate(jobs: jobs)
  }
}

/// Adds up the parts of a run.
struct RunEstimator {
  /// Batches that are timed.
  static let batches = 24
  /// Seconds that a measurement may take before fewer batches must do.
  static let limit = 0.25

  private let experiment: ExperimentConfiguration
  private let data: ExperimentData
  private let train: Table
  private let test: Table
  private let seed: UInt64
  private var result = RunEstimate()
  /// Seconds of each unit.
  private var units: [Double] = []
  private var largestUnit = 0.0
  private var shared = Shared()

  /// What arms with the same shapes have in common.
  private struct Shared {
    /// Seconds a row, and seconds before the first.
    var training: [String: (perRow: Double, start: Double)] = [:]
    var answers: [String: (perRow: Double, start: Double)] = [:]
    var latencies: [String: Double] = [:]
  }

  init(_ check: PlanCheck) throws {
    (experiment, data) = (check.experiment, check.data)
    seed = experiment.seeds.first ?? 0
    (train, test) = try data.split(seed: seed)
  }

  /// Adds the units of a training arm.
  mutating func add(_ arm: TrainingArmConfiguration) {
    let seeds = Double(experiment.seeds.count)
    do {
      let training = ModelTraining(arm, in: experiment)
      let model = try training.untrained(for: train, seed: seed)
      let weights = Double(model.network.parameterCount), rows = Double(train.count)
      let seconds = try trainingSeconds(of: arm, training)
      if arm.solver == nil { result.trainingOperations += 6 * weights * rows * Double(arm.epochs) * seeds }
      var unit = seconds, streams = 0.0
      for inference in experiment.inference {
        let (preparation, answers) = self.seconds(of: inference, arm, model)
        unit += preparation
        streams += answers
      }
      result.trainingSeconds += unit * seeds
      result.streamSeconds += streams * seeds
      units += experiment.seeds.map { _ in unit + streams }
      // Parameters, their gradients, up to two moments, and as much again for what adapts.
      largestUnit = max(largestUnit, weights * 4 * 8)
    } catch {
      result.missing.append("training arm '\(arm.name)', which fails")
    }
  }

  func estimate(jobs: Int) -> RunEstimate {
    var result = result
    // Units start as cores get free; what is left at the end waits for the longest.
    var cores = [Double](repeating: 0, count: max(1, min(jobs, units.count)))
    for unit in units {
      let next = cores.indices.min { cores[$0] < cores[$1] } ?? 0
      cores[next] += unit
    }
    let processors = Double(max(1, ProcessInfo.processInfo.activeProcessorCount))
    result.latencySeconds = shared.latencies.values.reduce(0, +)
    result.seconds = max(cores.max() ?? 0, units.reduce(0, +) / processors) + result.latencySeconds
    let rows = Double(train.count + test.count) * Double(train.features.columns) * 4
    let scenarios = Double(experiment.scenarios.count)
    // The rows as read; for each job its two parts, the network's inputs and the streams.
    let perJob = 2 * rows + scenarios * Double(test.count * train.features.columns) * 4 + largestUnit
    result.bytes = 40e6 + rows + perJob * Double(cores.count)
    return result
  }

  /// Seconds that the processor spent on a body, at best of two: what else runs on the machine does not count.
  private func time(_ body: () throws -> Void) rethrows -> Double {
    var best = Double.infinity
    for _ in 0..<2 {
      let start = Self.processorSeconds
      try body()
      let seconds = Self.processorSeconds - start
      best = min(best, seconds)
      if seconds > Self.limit { break }
    }
    return best
  }

  private static var processorSeconds: Double {
    var time = timespec()
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }

  private mutating func trainingSeconds(
    of arm: TrainingArmConfiguration, _ training: ModelTraining
  ) throws -> Double {
    var short = arm
    (short.epochs, short.validation, short.earlyStopping, short.schedule) = (1, nil, nil, nil)
    let key =
      "\(training.network) \(short.optimizer) \(arm.batchSize) \(short.augmentation.map(\.shift.summary)) "
      + "\(arm.solver?.kind ?? "") \(arm.features ?? [])"
    let count = min(train.count, max(arm.batchSize * Self.batches, 64))
    let known: (perRow: Double, start: Double)
    if let measured = shared.training[key] {
      known = measured
    } else {
      let sample = train.rows(at: Array(0..<count))
      func seconds(epochs: Int) throws -> Double {
        var some = short
        some.epochs = epochs
        return try time { _ = try ModelTraining(some, in: experiment).train(on: sample, seed: seed) }
      }
      // What comes before the first step comes once, however many epochs follow.
      let one = try seconds(epochs: 1), steps = arm.solver == nil ? max(0, try seconds(epochs: 3) - one) / 2 : one
      known = (steps / Double(count), max(0, one - steps) / Double(count) * Double(train.count))
      shared.training[key] = known
    }
    let rows = Double(train.count), perRow = known.perRow
    guard arm.solver == nil else { return known.start + perRow * rows }
    let fitted = rows * (1 - (arm.validation?.fraction ?? 0))
    let validated = (rows - fitted) / 3
    return known.start + perRow * (fitted + validated) * Double(arm.epochs)
  }

  /// Seconds before an arm serves, and while it does.
  private mutating func seconds(
    of inference: InferenceArmConfiguration, _ arm: TrainingArmConfiguration, _ model: Model
  ) -> (preparation: Double, answers: Double) {
    do {
      var served = model, preparation = 0.0
      if let student = inference.student {
        (preparation, served.network) = try distillation(of: student, model)
      }
      if inference.strategy.strategy is any PreparedStrategy {
        let text = "preparing the strategy of inference arm '\(inference.name)', and its streams"
        if !result.missing.contains(text) { result.missing.append(text) }
        return (preparation, 0)
      }
      let key = "\(served.network.architecture) \(inference.name) "
      var answers = 0.0
      for scenario in experiment.scenarios {
        let own = key + scenario.name
        let known = try shared.answers[own] ?? self.answering(inference, arm, served, scenario, key)
        shared.answers[own] = known
        answers += known.start + known.perRow * rows(of: scenario)
      }
      return (preparation, answers)
    } catch {
      return (0, 0)
    }
  }

  private func distillation(of student: Student, _ model: Model) throws -> (Double, Network) {
    var short = student
    short.epochs = 1
    let count = min(train.count, max(student.batchSize * Self.batches, 64))
    let inputs = try model.preprocessing.apply(train.features.rows(0..<count))
    var network = model.network
    let seconds = try time {
      network = try short.distill(model.network, task: model.task, inputs: inputs, using: Philox(seed: seed)).network
    }
    return (seconds / Double(count) * Double(train.count * student.epochs), network)
  }

  /// The rows of a scenario's stream.
  private func rows(of scenario: ScenarioConfiguration) -> Double {
    let all = Double(min(scenario.rows ?? .max, test.count))
    return all * Double(max(1, scenario.domains.count)) * (scenario.gradual ? 9 : 1)
  }

  /// Seconds a row of a strategy on a scenario's stream, and those before the first. What latency figures will take is noted on the way.
  private mutating func answering(
    _ inference: InferenceArmConfiguration, _ arm: TrainingArmConfiguration, _ model: Model,
    _ scenario: ScenarioConfiguration, _ key: String
  ) throws -> (perRow: Double, start: Double) {
    let stream = try PreparedStream(
      try data.scenarioStream(of: scenario, train: train, test: test, seed: seed), of: scenario, for: model)
    let strategy = inference.strategy.strategy, samples = try SourceSamples(of: model, train, seed: seed)
    let context = UnitRun.context(model, arm.name, inference.name, scenario.name, seed: seed).declared(
      by: strategy, samples: samples, target: stream.inputs, image: experiment.data.image ?? train.image)
    let whole = PreparedStream(
      inputs: stream.inputs.rows(0..<min(stream.inputs.rows, max(scenario.batchSize * Self.batches, 64))),
      targets: stream.targets, batchSize: scenario.batchSize, labelDelay: scenario.labelDelay,
      reset: scenario.reset == .domain ? .never : scenario.reset, window: scenario.window, budget: stream.budget)
    var serving = try StreamServing(strategy, model, whole, in: context, watch: nil, intervals: nil)
    let start = try time {
      serving = try StreamServing(strategy, model, whole, in: context, watch: nil, intervals: nil)
    }
    // The first batch makes what later ones use again.
    var rows = 0, seconds = 0.0
    let first = whole.batches.first?.upperBound ?? 0
    for (number, batch) in whole.batches.enumerated() {
      let begin = Self.processorSeconds
      _ = try serving.answer(batch) { model.networkTargets(stream.targets, rows: $0) }
      _ = serving.takeEvents()
      if number > 0 || whole.batches.count == 1 { seconds += Self.processorSeconds - begin }
      rows = batch.upperBound
      if number > 0, seconds > Self.limit { break }
    }
    let perRow = seconds / Double(max(1, whole.batches.count == 1 ? rows : rows - first))
    noteLatencies(perRow, scenario, key)
    guard let choice = inference.choice else { return (perRow, start) }
    let looks = choice.criterion == .entropy || choice.criterion == .consistency ? choice.prefix : 1
    let factor = 1 + Double(choice.alternatives.count) * looks
    return (perRow * factor, start * factor)
  }

  /// Single rows and batches are timed by up to 1000 calls each, besides a warm-up, as long as there is time.
  private mutating func noteLatencies(_ perRow: Double, _ scenario: ScenarioConfiguration, _ key: String) {
    let limit = experiment.latencySeconds * 4 / 3
    for size in Set([1, scenario.batchSize]) {
      let query = key + "\(size) \(scenario.labelDelay != nil) \(scenario.serving)"
      let calls = 1100 * perRow * Double(max(size, 4))
      shared.latencies[query] = min(limit, calls)
    }
  }
}
