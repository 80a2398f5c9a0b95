internal import AttuneCore
internal import Foundation
internal import GRDB

/// All that a run folder says of its run but the figures of single batches.
public struct RunDetails: Codable, Sendable, Equatable {
  /// A cell: the mean over the seeds that are done, with its interval where the run is finished.
  public struct Cell: Codable, Sendable, Equatable {
    /// Name of the training arm; empty in online experiments.
    public var training: String
    /// Name of the inference arm or the learner.
    public var inference: String
    /// Name of the scenario or the stream.
    public var scenario: String
    /// The figure, mean over the seeds; nil where none finished.
    public var mean: Double?
    /// The ends of its interval; nil where the run is not finished.
    public var low: Double?
    /// The upper end of its interval.
    public var high: Double?
    /// What the comparison with the baseline says; nil where the run is not finished.
    public var verdict: String?
    /// Seeds that are done, failed ones included.
    public var seeds: Int
  }

  /// A training or an arm that failed.
  public struct Failure: Codable, Sendable, Equatable {
    /// Training arm, inference arm and scenario, or the training arm alone.
    public var place: [String]
    /// The seed.
    public var seed: Int64
    /// Why it failed.
    public var reason: String
  }

  /// The run as a list shows it.
  public var summary: RunSummary
  /// Path of the folder.
  public var path: String
  /// The settings of the resolved config, by path.
  public var settings: [String: String]
  /// The names of the arms, by section of the config.
  public var arms: [String: [String]]
  /// The cells, in the order of their names.
  public var cells: [Cell]
  /// What failed.
  public var failures: [Failure]
  /// Version, machine and command line, by name.
  public var provenance: [String: String]
  /// SHA-256 of each data file by path.
  public var data: [String: String]

  /// Reads a run folder.
  ///
  /// - Throws: `RunFolderMismatch` where the folder holds no run that can be read; `StoreError`.
  public init(folder path: String) throws {
    let folder = try RunFolder(path)
    let store = try AttuneStore.inMemory(runs: folder.parent)
    guard try store.enter(folder, status: folder.status) != nil, let summary = try store.summaries().first,
      let facts = RunFacts(folder)
    else { throw RunFolderMismatch(path: path, content: .otherFiles) }
    (self.summary, self.path, data) = (summary, path, facts.provenance.dataHashes)
    settings = Dictionary(facts.settings.map { ($0.path, $0.value) }, uniquingKeysWith: { $1 })
    arms = Self.arms(facts.settings)
    cells = try store.read(Self.cells)
    failures = try store.read(Self.failures)
    provenance = [
      "version": facts.provenance.version, "commit": facts.provenance.commit ?? "none",
      "swift": facts.provenance.swift, "system": facts.provenance.system, "processor": facts.provenance.processor,
      "blas": facts.provenance.blas, "kernels": facts.provenance.kernels,
      "command": facts.provenance.arguments.joined(separator: " "), "config": facts.provenance.configHash,
    ]
  }

  private static func arms(_ settings: [(path: String, value: String)]) -> [String: [String]] {
    settings.reduce(into: [:]) { names, setting in
      guard let match = setting.path.wholeMatch(of: #/(training|inference|scenarios|streams|learners)\[\d+\]\.name/#)
      else { return }
      names[String(match.1), default: []].append(setting.value)
    }
  }

  private static func cells(_ database: Database) throws -> [Cell] {
    try Row.fetchAll(
      database,
      sql: """
        SELECT arms.training, arms.inference, arms.scenario, count(*) AS seeds, cells.low, cells.high, cells.verdict,
          coalesce(cells.mean, avg(arms.quality)) AS mean
        FROM arms LEFT JOIN cells USING (run, training, inference, scenario)
        GROUP BY arms.training, arms.inference, arms.scenario
        ORDER BY arms.scenario, arms.training, mean
        """
    ).map {
      Cell(
        training: $0["training"], inference: $0["inference"], scenario: $0["scenario"], mean: $0["mean"],
        low: $0["low"], high: $0["high"], verdict: $0["verdict"], seeds: $0["seeds"])
    }
  }

  private static func failures(_ database: Database) throws -> [Failure] {
    let trainings = try Row.fetchAll(
      database, sql: "SELECT arm, seed, failure FROM trainings WHERE failure IS NOT NULL ORDER BY arm, seed")
    let arms = try Row.fetchAll(
      database,
      sql: """
        SELECT training, inference, scenario, seed, failure FROM arms WHERE failure IS NOT NULL
        ORDER BY training, inference, scenario, seed
        """)
    return trainings.map { Failure(place: [$0["arm"]], seed: $0["seed"], reason: $0["failure"]) }
      + arms.map {
        let names: [String] = [$0["training"], $0["inference"], $0["scenario"]]
        return Failure(place: names.filter { !$0.isEmpty }, seed: $0["seed"], reason: $0["failure"])
      }
  }
}
