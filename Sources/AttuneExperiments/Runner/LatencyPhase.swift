internal import AttuneCore
internal import AttuneData
internal import AttuneInference
internal import AttuneTraining

/// Which latency a figure is.
struct LatencyKey: Hashable, Sendable {
  /// What a scenario asks of a query besides an answer.
  struct Serving: Hashable, Sendable {
    /// Whether the strategy starts anew before each.
    var restarts = false
    /// The rows that a strategy sees to answer one; nil where it sees those that it answers.
    var window: Int?
  }

  let training: String
  let inference: String
  let batchSize: Int
  /// Whether labels come late in the scenario: a strategy that learns from them spends time on it.
  var isLabeled = false
  /// What the scenario asks of a query besides an answer.
  var serving = Serving()
}

extension ScenarioConfiguration {
  /// What the scenario asks of a query besides an answer.
  var serving: LatencyKey.Serving { LatencyKey.Serving(restarts: reset == .batch, window: window) }
}

/// Latencies of all inference arms with nothing beside them, on the models of the first seed.
///
/// The time of a call depends on the architecture and not on the weights: models of equal architecture share a figure.
struct LatencyPhase {
  let run: UnitRun
  let measurement: LatencyMeasurement

  /// One measurement, and whose figure it is.
  private struct Job {
    let model: Model
    let training: String
    let inference: InferenceArmConfiguration
    let query: Query
    /// Whether the strategy learns between its answers.
    let learns: Bool
    var keys: [LatencyKey]
  }

  /// Measures; an arm that fails has no latency, and its failure stands in its outcome.
  ///
  /// - Parameter progress: called with the measurements that are done, from 0, and their number.
  func measure(_ progress: (_ done: Int, _ total: Int) -> Void) throws -> [LatencyKey: LatencySummary] {
    guard let seed = run.experiment.seeds.first, let scenario = run.experiment.scenarios.first else { return [:] }
    let jobs = jobs(seed: seed)
    guard !jobs.isEmpty, measurement.limit > 0 else { return [:] }
    let (train, test) = try run.data.split(seed: seed)
    let rows = try run.data.stream(of: scenario, train: train, test: test, seed: seed)
    var result: [LatencyKey: LatencySummary] = [:]
    for (index, job) in jobs.enumerated() {
      progress(index, jobs.count)
      do {
        let inputs = try job.model.preprocessing.apply(rows.features)
        let strategy = try strategy(of: job, seed: seed)
        let context = try UnitRun.context(job.model, job.training, job.inference.name, scenario.name, seed: seed)
          .declared(
            by: strategy, samples: try SourceSamples(of: job.model, train, seed: seed),
            target: inputs, image: run.experiment.data.image ?? train.image)
        let summary = try measurement.measure(
          strategy, job.model, inputs: inputs,
          targets: job.learns ? job.model.networkTargets(rows.targets, rows: 0..<rows.count) : nil,
          batchSize: job.query.size, serving: job.query.serving, context: context)
        for key in job.keys { result[key] = summary }
      } catch let error where !(error is CancellationError) {
        continue
      }
    }
    progress(jobs.count, jobs.count)
    return result
  }

  /// The strategy as the unit of the first seed prepared it; a run that goes on may have to prepare it again.
  private func strategy(of job: Job, seed: UInt64) throws -> any AdaptationStrategy {
    if let prepared = run.cache[job.training, job.inference.name, seed] { return prepared }
    guard let arm = run.experiment.training.first(where: { $0.name == job.training }) else {
      return job.inference.strategy.strategy
    }
    return try run.prepare(job.inference, job.model, arm, seed: seed).strategy
  }

  /// What is timed: rows of a query, and what comes with it.
  private struct Query: Hashable {
    let size: Int
    let isLabeled: Bool
    let serving: LatencyKey.Serving
  }

  /// Batch sizes of the scenarios and single rows, with late labels, restarts and windows as the scenarios have them.
  private var queries: [Query] {
    let all = run.experiment.scenarios.flatMap { scenario in
      [1, scenario.batchSize].map {
        Query(size: $0, isLabeled: scenario.labelDelay != nil, serving: scenario.serving)
      }
    }
    return Set(all).sorted { left, right in
      func rank(_ query: Query) -> (Int, Int, Int, Int) {
        (query.serving.restarts ? 1 : 0, query.serving.window ?? 0, query.isLabeled ? 1 : 0, query.size)
      }
      return rank(left) < rank(right)
    }
  }

  private func jobs(seed: UInt64) -> [Job] {
    let experiment = run.experiment
    let queries = queries
    var jobs: [Job] = [], positions: [String: Int] = [:]
    for arm in experiment.training {
      for (index, inference) in experiment.inference.enumerated() {
        let student = inference.student == nil ? nil : inference.name
        let path = run.folder.modelPath(training: arm.name, seed: seed, student: student)
        // Where training failed there is no model.
        guard let model = try? Model(contentsOf: path) else { continue }
        let usesLabels = type(of: inference.strategy.strategy).usesLabels
        for query in queries {
          let key = LatencyKey(
            training: arm.name, inference: inference.name, batchSize: query.size, isLabeled: query.isLabeled,
            serving: query.serving)
          let learns = query.isLabeled && usesLabels
          let shared = "\(model.network.architecture) \(index) \(query.size) \(learns) \(query.serving)"
          if let position = positions[shared] {
            jobs[position].keys.append(key)
          } else {
            positions[shared] = jobs.count
            jobs.append(
              Job(
                model: model, training: arm.name, inference: inference, query: query, learns: learns, keys: [key]))
          }
        }
      }
    }
    return jobs
  }
}
