internal import AttuneCore
internal import Foundation

/// A finished run, for other programs: tables and one JSON document, from the files of its folder.
public struct RunExport: Sendable {
  /// The tables that there are.
  public enum Table: String, CaseIterable, Sendable {
    /// One row per training arm × inference arm × scenario, or stream × learner: the figures over all seeds.
    case cells
    /// One row per cell and seed.
    case seeds
    /// One row per cell, seed and batch (online: window) of the stream.
    case batches
    /// One row per event that a strategy, a monitor or a learner told.
    case events
    /// One row per cell: what training, preparing and serving cost.
    case costs
    /// One row per setting of the resolved config.
    case settings
  }

  /// The name of the run folder.
  public let name: String
  /// Path of the run folder.
  public let folder: String
  /// What the run found.
  public let run: FinishedRun

  /// The run of a folder.
  ///
  /// - Throws: `FileError` and `ResultsFileError` where it has no results that can be read.
  public init(folder: String) throws {
    self.folder = folder
    // `latest` is a link: the export carries the name of the run that it stands for.
    name = URL(fileURLWithPath: folder).resolvingSymlinksInPath().lastPathComponent
    run = try FinishedRun(folder: folder)
  }

  /// A table of the run.
  ///
  /// - Throws: `FileError`, `ConfigError` and `UnitFileError` where a file of the run folder cannot be read.
  public func table(_ table: Table) throws -> ExportTable {
    let rows: [ExportRow], columns: [String]
    switch (table, run) {
    case (.settings, _): (rows, columns) = (try settingRows(), ["section", "arm", "key", "value"])
    case (.cells, .experiment(let results)): (rows, columns) = (ExperimentRows(results).cells, [])
    case (.costs, .experiment(let results)): (rows, columns) = (ExperimentRows(results).costs, [])
    case (.events, .experiment(let results)): (rows, columns) = (ExperimentRows(results).events, EventRows.columns)
    case (.seeds, .experiment(let results)): (rows, columns) = (ExperimentRows(results).seeds(try units()), [])
    case (.batches, .experiment(let results)): (rows, columns) = (try batchRows(results), [])
    case (.cells, .online(let results)): (rows, columns) = (OnlineRows(results).cells, [])
    case (.costs, .online(let results)): (rows, columns) = (OnlineRows(results).costs, [])
    case (.events, .online(let results)): (rows, columns) = (OnlineRows(results).events, EventRows.onlineColumns)
    case (.seeds, .online(let results)): (rows, columns) = (OnlineRows(results).seeds(try onlineUnits()), [])
    case (.batches, .online): (rows, columns) = (OnlineRows.windows(try onlineUnits()), [])
    }
    let named = rows.map { row -> ExportRow in
      var full = ExportRow()
      full.add("run", .text(name))
      full.add("experiment", .text(run.name))
      for (column, value) in row.values { full.add(column, value) }
      return full
    }
    return ExportTable(named, columns: ["run", "experiment"] + columns)
  }

  /// The whole run as one JSON document: `run`, `results` as in results.json, `config`, and what each unit found.
  ///
  /// - Throws: `FileError`, `ConfigError` and `UnitFileError` where a file of the run folder cannot be read.
  public func json() throws -> String {
    let config = try ConfigParser.parse(bytes: try InputFile.bytes(at: folder + "/config.yaml"), file: "config.yaml")
    let results: JSONValue
    do {
      results = try StrictJSON.parse(try InputFile.bytes(at: folder + "/results.json"))
    } catch is JSONError {
      throw ResultsFileError(path: folder + "/results.json")
    }
    let units = try RunUnits.all(in: folder).map(\.outcome)
    let document: JSONObject = [
      "format": .string("attune-run"), "version": .number(JSONNumber(1)), "run": .string(name),
      "kind": .string(run.kind), "config": config.json, "results": results, "units": .array(units),
    ]
    return JSONValue.object(document).text + "\n"
  }

  /// The settings of the run.
  ///
  /// - Throws: `FileError` and `ConfigError` where the config cannot be read.
  public func settings() throws -> [RunSetting] { try RunSetting.all(inConfig: folder + "/config.yaml") }

  /// What each training arm with each seed found; those whose file is gone are missing.
  ///
  /// - Throws: `UnitFileError` where a file is damaged.
  public func units() throws -> [UnitOutcome] { try RunUnits.decoded(UnitOutcome.self, in: folder) }

  func onlineUnits() throws -> [OnlineUnitOutcome] { try RunUnits.decoded(OnlineUnitOutcome.self, in: folder) }

  private func settingRows() throws -> [ExportRow] {
    try settings().map { setting in
      var row = ExportRow()
      row.add("section", .text(setting.section))
      row.add("arm", ExportValue(setting.arm))
      row.add("key", .text(setting.key))
      row.add("value", ExportValue(setting.value))
      return row
    }
  }

  private func batchRows(_ results: ExperimentResults) throws -> [ExportRow] {
    let units = try units()
    for arm in results.trainingArms {
      for seed in results.seeds where !units.contains(where: { $0.training == arm.name && $0.seed == seed }) {
        throw UnitFileError(
          path: folder + "/units", problem: "there is no unit of \(arm.name), seed \(seed), which holds its batches")
      }
    }
    return ExperimentRows(results).batches(units)
  }
}

extension FinishedRun {
  /// `experiment` or `online`.
  var kind: String {
    switch self {
    case .experiment: "experiment"
    case .online: "online"
    }
  }
}

/// A file with what a unit found that cannot be used.
public struct UnitFileError: Error, Equatable, CustomStringConvertible {
  /// Path of the file, or of the folder that it should be in.
  public let path: String
  /// What is wrong.
  public let problem: String

  /// Which file, what is wrong and what to do.
  public var description: String {
    "\(path): \(problem); run the experiment again with --output and its folder, which runs what is missing"
  }
}

/// The files of a run folder that hold what each unit found.
enum RunUnits {
  /// The outcomes as JSON, in the order of the file names.
  static func all(in folder: String) throws -> [(path: String, outcome: JSONValue)] {
    try paths(in: folder).map { path in
      guard let value = try? StrictJSON.parse(try InputFile.bytes(at: path)), let object = value.asObject,
        let outcome = object["outcome"]
      else { throw UnitFileError(path: path, problem: "it is damaged") }
      return (path, outcome)
    }
  }

  static func decoded<Outcome: Codable>(_ type: Outcome.Type, in folder: String) throws -> [Outcome] {
    try paths(in: folder).map { path in
      guard let stored = try? JSONDecoder().decode(StoredUnit<Outcome>.self, from: Data(try InputFile.bytes(at: path))),
        stored.isIntact
      else { throw UnitFileError(path: path, problem: "it is damaged") }
      return stored.outcome
    }
  }

  private static func paths(in folder: String) throws -> [String] {
    let units = folder + "/units"
    let names = (try? FileManager.default.contentsOfDirectory(atPath: units)) ?? []
    return names.filter { $0.hasSuffix(".json") && !$0.hasPrefix(".") }.sorted().map { "\(units)/\($0)" }
  }
}
