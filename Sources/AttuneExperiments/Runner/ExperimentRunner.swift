internal import AttuneCore
internal import AttuneData
internal import AttuneInference
internal import AttuneTraining
internal import Foundation

/// Runs an experiment: trains, shifts, adapts, compares.
public struct ExperimentRunner: Sendable {
  /// What happens while an experiment runs.
  public enum Event: Sendable {
    /// A unit (training arm × seed) is done: how many of how many. The first event counts those of an earlier,
    /// stopped run.
    case unit(done: Int, of: Int, name: String)
    /// How far training and adaptation are, after each piece of work.
    case progress(WorkProgress)
    /// So many trainings were not done, because their models were there: another arm or run had trained them.
    case reused(Int)
    /// Latencies were measured: how many of how many.
    case latency(done: Int, of: Int)
    /// Something that a reader of the run should know, in a sentence.
    case notice(String)
  }

  /// The experiment.
  public let experiment: ExperimentConfiguration
  /// The folder of the config file.
  public let configFolder: String
  /// Where the run keeps its files.
  public let folder: RunFolder
  /// The command line, for the provenance.
  public let arguments: [String]
  /// Models that were trained before, and where those of this run are kept for others; nil trains each anew.
  public var trainings: TrainingCache?
  /// The path of the store that the run is entered in; nil enters it nowhere.
  public var store: String?
  /// How latencies are measured.
  var latencyMeasurement = LatencyMeasurement()
  /// Seconds between two checkpoints of a training.
  var checkpointInterval = 30.0

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
  ///   - jobs: arms and trainings that run at the same time.
  ///   - progress: called from any thread, first with the units that the folder holds already.
  /// - Throws: `CancellationError` after `Cancellation.request()` or when the task is cancelled; `RunFolderMismatch`
  ///   where the folder holds something else, `RunFolderBusy` where another process runs in it; what loading the data
  ///   and applying the shifts throws.
  public func run(jobs: Int, progress: @escaping @Sendable (Event) -> Void = { _ in }) async throws -> ExperimentResults
  {
    let started = Date()
    let config = try ConfigWriter.yaml(from: experiment)
    guard !folder.holdsOtherFiles else { throw RunFolderMismatch(path: folder.path, content: .otherFiles) }
    let lock = try RunLock(folder)
    defer { withExtendedLifetime(lock) {} }
    // Paths as given are the run's identity; those that the folder keeps must lead to the data from there.
    let kept = try ConfigWriter.yaml(from: experiment.withAbsolutePaths(folder: configFolder))
    try folder.checkConfig(given: config, kept: kept)
    let data = try ExperimentData(experiment.data, folder: configFolder) { progress(.notice("\($0)")) }
    try PlanCheck(experiment, data: data).checkScenarios()
    var provenance = try Provenance.current(
      config: config, dataFiles: ExperimentData.files(of: experiment, folder: configFolder), arguments: arguments,
      folder: configFolder, started: started)
    try folder.checkData(provenance)
    provenance.goOn(from: folder)
    var unjudged = experiment
    unjudged.expect = []
    let identity = provenance.runIdentity(config: try ConfigWriter.yaml(from: unjudged))
    provenance.identity = identity
    try folder.makeSubfolders()
    try folder.write(kept, to: "config.yaml")
    try folder.write(try RunFolder.json(provenance), to: "provenance.json")
    let recorder = store.map { RunRecorder(store: $0, folder: folder) { progress(.notice($0)) } }
    recorder?.begin()
    do {
      let results = try await self.results(of: data, &provenance, since: started, identity, jobs, recorder, progress)
      recorder?.end(.finished)
      return results
    } catch {
      recorder?.end(error is CancellationError ? .stopped : .failed)
      throw error
    }
  }

  private func results(
    of data: ExperimentData, _ provenance: inout Provenance, since began: Date, _ identity: String, _ jobs: Int,
    _ recorder: RunRecorder?,
    _ progress: @escaping @Sendable (Event) -> Void
  ) async throws -> ExperimentResults {
    let run = UnitRun(
      experiment: experiment, data: data, folder: folder, cache: PreparationCache(keeping: experiment.seeds.first),
      trainings: trainings, checkpointInterval: checkpointInterval,
      notice: { progress(.notice($0)) })
    let units = try await UnitsRun(
      run: run, identity: identity, jobs: max(1, jobs), recorder: recorder, progress: progress
    ).outcomes()
    let reused = units.count { $0.isReused == true }
    if reused > 0 {
      provenance.reusedTrainings = reused
      progress(.reused(reused))
    }
    var measurement = latencyMeasurement
    (measurement.limit, measurement.warmUpLimit) = (experiment.latencySeconds, experiment.latencySeconds / 3)
    let latencies = try LatencyPhase(run: run, measurement: measurement).measure {
      progress(.latency(done: $0, of: $1))
    }
    provenance.seconds += Date().timeIntervalSince(began)
    var results = ResultsAssembly(experiment, units: units, latencies: latencies).results(provenance)
    results.add(try ScenarioViews(experiment: experiment, data: data, seed: experiment.seeds[0]).all())
    try folder.write(try RunFolder.json(provenance), to: "provenance.json")
    try folder.write(try RunFolder.json(results), to: "results.json")
    try folder.write(ResultsCSV.render(results), to: "results.csv")
    if let domains = ResultsCSV.renderDomains(results) { try folder.write(domains, to: "domains.csv") }
    if let curves = ResultsCSV.renderCurves(results) { try folder.write(curves, to: "curves.csv") }
    try folder.write(ResultsCSV.renderSeeds(results), to: "seeds.csv")
    try folder.write(BreakEvenCSV.render(results), to: "break-even.csv")
    try folder.write(BreakEvenCSV.renderFronts(results), to: "total-cost.csv")
    try folder.write(HTMLReport.render(results), to: "report.html")
    folder.linkLatest()
    return results
  }
}
