internal import AttuneCore
internal import AttuneData
internal import Foundation
internal import Synchronization

/// Runs an online experiment: every row of every stream is answered, scored, and then learned.
public struct OnlineRunner: Sendable {
  /// What happens while an experiment runs.
  public enum Event: Sendable {
    /// How much of all streams is done, in hundredths of a stream; the name is that of the stream that moved.
    case progress(done: Int, of: Int, name: String)
    /// Something that a reader of the run should know, in a sentence.
    case notice(String)
  }

  /// The experiment.
  public let experiment: OnlineExperimentConfiguration
  /// The folder of the config file.
  public let configFolder: String
  /// Where the run keeps its files.
  public let folder: RunFolder
  /// The command line, for the provenance.
  public let arguments: [String]
  /// The path of the store that the run is entered in; nil enters it nowhere.
  public var store: String?

  /// A runner of an experiment.
  public init(
    _ experiment: OnlineExperimentConfiguration, configFolder: String, folder: RunFolder,
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
  ///   - jobs: streams that run at the same time.
  ///   - progress: called from any thread, first with the streams that the folder holds already.
  /// - Throws: as `ExperimentRunner.run`; what reading the streams throws.
  public func run(jobs: Int, progress: @escaping @Sendable (Event) -> Void = { _ in }) async throws -> OnlineResults {
    let started = Date()
    let config = try ConfigWriter.yaml(from: experiment)
    guard !folder.holdsOtherFiles else { throw RunFolderMismatch(path: folder.path, content: .otherFiles) }
    let lock = try RunLock(folder)
    defer { withExtendedLifetime(lock) {} }
    let kept = try ConfigWriter.yaml(from: experiment.withAbsolutePaths(folder: configFolder))
    try folder.checkConfig(given: config, kept: kept)
    let sources = try experiment.streams.map { try OnlineStreamSource($0, folder: configFolder) }
    let paths = Set(experiment.streams.flatMap(\.source.paths))
    var provenance = try Provenance.current(
      config: config,
      dataFiles: Dictionary(uniqueKeysWithValues: paths.map { ($0, DataPath.resolve($0, folder: configFolder)) }),
      arguments: arguments, folder: configFolder, started: started)
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
      let results = try await self.results(of: sources, &provenance, since: started, identity, jobs, recorder, progress)
      recorder?.end(.finished)
      return results
    } catch {
      recorder?.end(error is CancellationError ? .stopped : .failed)
      throw error
    }
  }

  private func results(
    of sources: [OnlineStreamSource], _ provenance: inout Provenance, since began: Date, _ identity: String,
    _ jobs: Int,
    _ recorder: RunRecorder?,
    _ progress: @escaping @Sendable (Event) -> Void
  ) async throws -> OnlineResults {
    let units = try await runUnits(sources, identity, jobs, recorder, progress)
    provenance.seconds += Date().timeIntervalSince(began)
    let results = OnlineAssembly(experiment: experiment, units: units).results(provenance)
    try folder.write(try RunFolder.json(provenance), to: "provenance.json")
    try folder.write(try RunFolder.json(results), to: "results.json")
    try folder.write(OnlineCSV.render(results), to: "results.csv")
    try folder.write(OnlineReport.render(results), to: "report.html")
    folder.linkLatest()
    return results
  }

  /// The units of an experiment.
  private func units(_ sources: [OnlineStreamSource]) -> [OnlineUnitRun] {
    sources.flatMap { source in
      experiment.seeds.enumerated().compactMap { index, seed -> OnlineUnitRun? in
        let arms = experiment.arms(on: source.configuration, isFirstSeed: index == 0)
        return arms.isEmpty ? nil : OnlineUnitRun(source: source, arms: arms, seed: seed)
      }
    }
  }

  private func runUnits(
    _ sources: [OnlineStreamSource], _ identity: String, _ jobs: Int, _ recorder: RunRecorder?,
    _ progress: @escaping @Sendable (Event) -> Void
  ) async throws -> [OnlineUnitOutcome] {
    let all = units(sources)
    var outcomes: [OnlineUnitOutcome?] = all.map {
      folder.onlineUnit(stream: $0.source.configuration.name, seed: $0.seed, run: identity) { progress(.notice($0)) }
    }
    let missing = all.indices.filter { outcomes[$0] == nil }
    let display = StreamProgress(units: all.count, done: all.indices.filter { outcomes[$0] != nil }, tell: progress)
    display.show(name: "")
    try await withThrowingTaskGroup(of: (Int, OnlineUnitOutcome).self) { group in
      var next = missing.makeIterator()
      func startNext() {
        guard let index = next.next() else { return }
        let unit = all[index], folder = folder
        group.addTask {
          try Cancellation.check()
          let name = unit.source.configuration.name
          let outcome = try unit.run { display.set(index, to: $0, name: name) }
          try folder.save(outcome, run: identity)
          recorder?.onlineUnit(outcome)
          display.set(index, to: 1, name: name)
          return (index, outcome)
        }
      }
      for _ in 0..<max(1, jobs) { startNext() }
      while let (index, outcome) = try await group.next() {
        outcomes[index] = outcome
        if let skipped = outcome.skipped {
          progress(
            .notice(
              "stream '\(outcome.stream)': \(skipped.count) of \(skipped.rows) rows left out, the first: \(skipped.first)"
            ))
        }
        startNext()
      }
    }
    return outcomes.compactMap { $0 }
  }
}

/// How much of each stream is done.
private final class StreamProgress: Sendable {
  private let shares: Mutex<[Int]>
  private let tell: @Sendable (OnlineRunner.Event) -> Void

  init(units: Int, done: [Int], tell: @escaping @Sendable (OnlineRunner.Event) -> Void) {
    var shares = [Int](repeating: 0, count: units)
    for unit in done { shares[unit] = 100 }
    self.shares = Mutex(shares)
    self.tell = tell
  }

  func set(_ unit: Int, to share: Double, name: String) {
    // A stream is done once it is kept.
    let hundredths = share >= 1 ? 100 : min(99, Int(share * 100))
    let isNew = shares.withLock { shares in
      defer { shares[unit] = hundredths }
      return shares[unit] != hundredths
    }
    if isNew { show(name: name) }
  }

  func show(name: String) {
    let (done, count) = shares.withLock { ($0.reduce(0, +), $0.count) }
    tell(.progress(done: done, of: 100 * count, name: name))
  }
}

extension RunFolder {
  private func onlineUnitName(_ stream: String, _ seed: UInt64) -> String {
    "units/" + Self.fileName("\(stream)-seed\(seed)") + ".json"
  }

  /// A finished stream of a run from before; nil where there is none, or where its file is not believed, which is said.
  func onlineUnit(stream: String, seed: UInt64, run: String, notice: (String) -> Void) -> OnlineUnitOutcome? {
    let name = onlineUnitName(stream, seed)
    guard let text = read(name) else { return nil }
    guard let stored = try? JSONDecoder().decode(StoredUnit<OnlineUnitOutcome>.self, from: Data(text.utf8)),
      stored.isIntact
    else {
      notice("\(stream), seed \(seed) runs anew: \(path)/\(name) is damaged")
      return nil
    }
    guard stored.run == run, stored.outcome.stream == stream, stored.outcome.seed == seed else {
      notice(
        "\(stream), seed \(seed) runs anew: \(path)/\(name) is of another version of Attune, config, data or stream")
      return nil
    }
    return stored.outcome
  }

  func save(_ unit: OnlineUnitOutcome, run: String) throws {
    try write(try Self.json(StoredUnit(unit, run: run)), to: onlineUnitName(unit.stream, unit.seed))
  }
}
