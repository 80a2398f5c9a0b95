import Foundation

@testable import AttuneExperiments

/// Files of a config in a folder of their own.
enum ComposedFiles {
  /// What stands around the sections that a test is about.
  static let rest = """
    data:
      source: {kind: house-prices}
      task: regression
    inference: [{strategy: none}]
    scenarios: [{name: clean}]
    """

  /// Writes files by their names and loads `main.yaml`; messages have the names relative to the folder.
  static func load(
    _ files: [String: String], overrides: [String] = [], sweeps: [String] = []
  ) throws -> ExperimentConfiguration {
    try inFolder(files) { folder in
      try translated(folder) {
        try ExperimentConfiguration.load(path: folder + "/main.yaml", overrides: overrides, sweeps: sweeps)
      }
    }
  }

  /// A config of one file.
  static func load(
    _ text: String, overrides: [String] = [], sweeps: [String] = []
  ) throws -> ExperimentConfiguration {
    try ExperimentConfiguration.load(
      bytes: Array((text + "\n" + rest).utf8), file: "x.yaml", overrides: overrides, sweeps: sweeps)
  }

  static func inFolder<Result>(_ files: [String: String], _ body: (String) throws -> Result) throws -> Result {
    let folder = FileManager.default.temporaryDirectory.appending(path: "attune-config-\(UUID().uuidString)").path
    defer { try? FileManager.default.removeItem(atPath: folder) }
    for (name, text) in files {
      let url = URL(filePath: folder + "/" + name)
      try FileManager.default.createDirectory(
        at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
      try text.write(to: url, atomically: true, encoding: .utf8)
    }
    return try body(folder)
  }

  private static func translated<Result>(_ folder: String, _ body: () throws -> Result) throws -> Result {
    do {
      return try body()
    } catch let error as ConfigError {
      throw ConfigError(
        error.problems.map { problem in
          var problem = problem
          problem.location.source = problem.location.source.replacing(folder + "/", with: "")
          problem.message = problem.message.replacing(folder + "/", with: "")
          return problem
        })
    }
  }
}
