import AttuneInference
import Foundation
import Testing

@testable import AttuneExperiments

/// A small experiment on the shipped digits, which runs within a second.
enum SmallExperiment {
  /// The folder of the package.
  static let repository = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()

  static let data = """
    data:
      source: {kind: csv, path: \(repository.path)/datasets/digits.csv, target: target}
      task: classification
      split: {kind: random, trainFraction: 0.2}
      preprocessing: {kind: scale, factor: 0.0625}
      range: [0, 16]
    network: {kind: mlp, hidden: [8], batchNorm: true}

    """
  static let sgd = "{name: sgd, optimizer: {kind: sgd, learningRate: 0.05}, epochs: 1}"
  static let adam = "{name: adam, optimizer: {kind: adam, learningRate: 0.01}, epochs: 1}"
  static let none = "{name: none, strategy: none}"
  static let batch = "{name: bn, strategy: bn-batch}"
  static let tent = "{name: tent, strategy: tent}"
  static let student = "{name: student, strategy: none, student: {hidden: [4], epochs: 1}}"
  static let clean = "{name: clean}"
  static let noise = "{name: noise, shifts: [{kind: gaussian-noise, standardDeviation: 4}]}"

  static func load(
    training: [String] = [sgd, adam], inference: [String] = [none, batch, tent, student],
    scenarios: [String] = [clean, noise], data: String = data, registry: StrategyRegistry = .builtIn
  ) throws -> ExperimentConfiguration {
    let text = """
      name: small
      seeds: [3, 4]
      \(data)
      training: [\(training.joined(separator: ", "))]
      inference: [\(inference.joined(separator: ", "))]
      scenarios: [\(scenarios.joined(separator: ", "))]
      """
    return try .load(bytes: Array(text.utf8), file: "small.yaml", registry: registry)
  }

  /// The data and network sections of rows that tell where they are: 0 to 49, of the class row modulo 3, in a file
  /// beside the folder. The first ten train, 10 to 49 are the stream.
  static func numberedRows(in folder: String) throws -> String {
    let lines = (0..<50).map { "\($0),\($0 % 3)" }
    try (["number,target"] + lines).joined(separator: "\n")
      .write(toFile: folder + ".csv", atomically: true, encoding: .utf8)
    return """
      data:
        source: {kind: csv, path: \(folder).csv, target: target}
        task: classification
        split: {kind: time, trainFraction: 0.2}
        preprocessing: none
      network: {kind: linear}
      """
  }

  /// Runs an experiment in a folder.
  @discardableResult
  static func run(
    _ experiment: ExperimentConfiguration, in folder: String, jobs: Int = 2,
    progress: @escaping @Sendable (ExperimentRunner.Event) -> Void = { _ in }
  ) async throws -> ExperimentResults {
    var runner = ExperimentRunner(experiment, configFolder: "", folder: try RunFolder(folder), arguments: ["attune"])
    // The clock's figures are not compared; a few calls do.
    runner.latencyMeasurement.queries = 20
    runner.latencyMeasurement.windowLimit = 1
    return try await runner.run(jobs: jobs, progress: progress)
  }

  /// Runs an experiment in a folder that is removed afterwards.
  static func run(_ experiment: ExperimentConfiguration, jobs: Int = 2) async throws -> ExperimentResults {
    try await inFolder { try await run(experiment, in: $0, jobs: jobs) }
  }

  /// Calls `body` with the path of a folder that does not exist yet, and removes it afterwards.
  static func inFolder<Result>(_ body: (String) async throws -> Result) async throws -> Result {
    let parent = FileManager.default.temporaryDirectory.appending(path: "attune-run-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: parent, withIntermediateDirectories: false)
    defer { try? FileManager.default.removeItem(atPath: parent) }
    return try await body(parent + "/run")
  }
}

/// What of a cell depends on config and seeds alone, without clock and machine.
struct Figures: Equatable {
  let perSeed: [Double?]
  let trace: [Double]
  let flopsPerSample: Double
  let failures: [String]

  static func all(_ results: ExperimentResults) -> [String: Figures] {
    let pairs = results.cells.map { cell in
      (
        "\(cell.training)/\(cell.inference)/\(cell.scenario)",
        Figures(
          perSeed: cell.perSeed, trace: cell.trace, flopsPerSample: cell.cost.flopsPerSample, failures: cell.failures)
      )
    }
    return Dictionary(uniqueKeysWithValues: pairs)
  }
}
