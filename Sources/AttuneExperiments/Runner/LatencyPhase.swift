internal import AttuneCore
internal import AttuneData
internal import AttuneInference
internal import AttuneTraining

/// Which latency a figure is.
struct LatencyKey: Hashable, Sendable {
  let training: String
  let inference: String
  let batchSize: Int
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
    let batchSize: Int
    var keys: [LatencyKey]
  }

  /// Measures; an arm that fails has no latency, and its failure stands in its outcome.
  ///
  /// - Parameter progress: called with the measurements that are done, from 0, and their number.
  func measure(_ progress: (_ done: Int, _ total: Int) -> Void) throws -> [LatencyKey: LatencySummary] {
    guard let seed = run.experiment.seeds.first, let scenario = run.experiment.scenarios.first else { return [:] }
    let jobs = jobs(seed: seed)
    guard !jobs.isEmpty else { return [:] }
    let (train, test) = try run.data.split(seed: seed)
    let rows = try run.data.stream(of: scenario, train: train, test: test, seed: seed).features
    var result: [LatencyKey: LatencySummary] = [:]
    for (index, job) in jobs.enumerated() {
      progress(index, jobs.count)
      let context = UnitRun.context(job.model, job.training, job.inference.name, scenario.name, seed: seed)
      do {
        let summary = try measurement.measure(
          job.inference.strategy.strategy, job.model, inputs: try job.model.preprocessing.apply(rows),
          batchSize: job.batchSize, context: context)
        for key in job.keys { result[key] = summary }
      } catch let error where !(error is CancellationError) {
        continue
      }
    }
    progress(jobs.count, jobs.count)
    return result
  }

  private func jobs(seed: UInt64) -> [Job] {
    let experiment = run.experiment
    let sizes = Set([1] + experiment.scenarios.map(\.batchSize)).sorted()
    var jobs: [Job] = [], positions: [String: Int] = [:]
    for arm in experiment.training {
      for (index, inference) in experiment.inference.enumerated() {
        let student = inference.student == nil ? nil : inference.name
        let path = run.folder.modelPath(training: arm.name, seed: seed, student: student)
        // Where training failed there is no model.
        guard let model = try? Model(contentsOf: path) else { continue }
        for size in sizes {
          let key = LatencyKey(training: arm.name, inference: inference.name, batchSize: size)
          let shared = "\(model.network.architecture) \(index) \(size)"
          if let position = positions[shared] {
            jobs[position].keys.append(key)
          } else {
            positions[shared] = jobs.count
            jobs.append(Job(model: model, training: arm.name, inference: inference, batchSize: size, keys: [key]))
          }
        }
      }
    }
    return jobs
  }
}
