internal import AttuneCore
internal import AttuneInference
internal import AttuneTraining
internal import Foundation

/// Runs an experiment: trains, shifts, adapts, compares.
public struct ExperimentRunner: Sendable {
  /// What happens while an experiment runs.
  public enum Event: Sendable {
    /// A unit (training arm × seed) is done: how many of how many.
    case unit(done: Int, of: Int, name: String)
    /// A latency was measured: how many of how many.
    case latency(done: Int, of: Int)
  }

  /// The experiment.
  public let experiment: ExperimentConfiguration
  /// The folder of the config file.
  public let configFolder: String
  /// Where the run keeps its files.
  public let folder: RunFolder
  /// The command line, for the provenance.
  public let arguments: [String]

  /// A runner of an experiment.
  public init(
    _ experiment: ExperimentConfiguration, configFolder: String, folder: RunFolder,
    arguments: [String] = CommandLine.arguments
  ) {
    self.experiment = experiment
    self.configFolder = configFolder
    self.folder = folder
    self.arguments = arguments
  }

  /// Runs what the folder does not hold yet, and writes results and report.
  ///
  /// Quality figures depend on config and seeds only, not on the number of jobs.
  ///
  /// - Parameters:
  ///   - jobs: units that run at the same time.
  ///   - progress: called from any thread.
  /// - Throws: `CancellationError` after `Cancellation.request()`; `RunFolderMismatch` where the folder holds a run of
  ///   another config; what loading the data throws.
  public func run(jobs: Int, progress: @escaping @Sendable (Event) -> Void = { _ in }) async throws -> ExperimentResults
  {
    let started = Date()
    let config = try ConfigWriter.yaml(from: experiment)
    if let before = folder.read("config.yaml"), before != config { throw RunFolderMismatch(path: folder.path) }
    let data = try ExperimentData(experiment.data, folder: configFolder)
    try folder.write(config, to: "config.yaml")
    var provenance = try Provenance.current(
      config: config, dataFiles: ExperimentData.files(of: experiment, folder: configFolder), arguments: arguments,
      folder: configFolder, started: started)
    try folder.write(try RunFolder.json(provenance), to: "provenance.json")
    let units = try await runUnits(UnitRun(experiment: experiment, data: data, folder: folder), jobs, progress)
    let latencies = try measureLatencies(UnitRun(experiment: experiment, data: data, folder: folder), progress)
    provenance.seconds = Date().timeIntervalSince(started)
    let results = ResultsAssembly(experiment, units: units, latencies: latencies).results(provenance)
    try folder.write(try RunFolder.json(provenance), to: "provenance.json")
    try folder.write(try RunFolder.json(results), to: "results.json")
    try folder.write(ResultsCSV.render(results), to: "results.csv")
    try folder.write(HTMLReport.render(results), to: "report.html")
    folder.linkLatest()
    return results
  }

  private func runUnits(
    _ run: UnitRun, _ jobs: Int, _ progress: @escaping @Sendable (Event) -> Void
  ) async throws -> [UnitOutcome] {
    let all = experiment.training.flatMap { arm in experiment.seeds.map { (arm: arm, seed: $0) } }
    var outcomes: [UnitOutcome?] = all.map { folder.unit(training: $0.arm.name, seed: $0.seed) }
    let missing = all.indices.filter { outcomes[$0] == nil }
    var done = all.count - missing.count
    try await withThrowingTaskGroup(of: (Int, UnitOutcome).self) { group in
      var next = missing.makeIterator()
      func startNext() {
        guard let index = next.next() else { return }
        let (arm, seed) = all[index]
        group.addTask {
          try Cancellation.check()
          let outcome = try run.run(arm, seed: seed)
          try run.folder.save(outcome)
          return (index, outcome)
        }
      }
      for _ in 0..<max(1, jobs) { startNext() }
      while let (index, outcome) = try await group.next() {
        outcomes[index] = outcome
        done += 1
        progress(.unit(done: done, of: all.count, name: "\(outcome.training), seed \(outcome.seed)"))
        startNext()
      }
    }
    return outcomes.compactMap { $0 }
  }

  /// Latencies with nothing beside them, on the models of the first seed; models of equal architecture share a figure.
  private func measureLatencies(
    _ run: UnitRun, _ progress: (Event) -> Void
  ) throws -> [LatencyKey: LatencySummary] {
    guard let seed = experiment.seeds.first else { return [:] }
    let (train, test) = try run.data.split(seed: seed)
    let sizes = Set([1] + experiment.scenarios.map(\.batchSize)).sorted()
    var measured: [String: LatencySummary] = [:], result: [LatencyKey: LatencySummary] = [:]
    let total = experiment.training.count * experiment.inference.count
    for (armIndex, arm) in experiment.training.enumerated() {
      for (index, inference) in experiment.inference.enumerated() {
        try Cancellation.check()
        let student = inference.student == nil ? nil : inference.name
        guard let model = try? Model(contentsOf: folder.modelPath(training: arm.name, seed: seed, student: student)),
          let scenario = experiment.scenarios.first
        else { continue }
        let stream = try run.prepare(scenario, model, train: train, test: test, seed: seed)
        for size in sizes {
          let shared = "\(model.network.architecture)\(index)/\(size)"
          if measured[shared] == nil {
            let context = UnitRun.context(model, arm.name, inference.name, scenario.name, seed: seed)
            measured[shared] = try? LatencyMeasurement().measure(
              inference.strategy.strategy, model, inputs: stream.inputs, batchSize: size, context: context)
          }
          result[LatencyKey(training: arm.name, inference: inference.name, batchSize: size)] = measured[shared]
        }
        progress(.latency(done: armIndex * experiment.inference.count + index + 1, of: total))
      }
    }
    return result
  }
}

/// Which latency a figure is.
struct LatencyKey: Hashable, Sendable {
  let training: String
  let inference: String
  let batchSize: Int
}

/// A run folder holds a run of another config.
public struct RunFolderMismatch: Error, Equatable, CustomStringConvertible {
  /// Path of the folder.
  public let path: String

  /// What is wrong and what to do.
  public var description: String {
    "\(path) holds a run of another config (see its config.yaml); choose another --output folder"
  }
}
