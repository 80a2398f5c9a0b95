import AttuneData
import Foundation
import Testing

@testable import AttuneExperiments

/// Small online experiments.
enum OnlineExperiment {
  static func load(_ text: String) throws -> OnlineExperimentConfiguration {
    guard case .online(let experiment) = try RunConfiguration.load(bytes: Array(text.utf8), file: "x.yaml") else {
      Issue.record("no online experiment")
      throw CancellationError()
    }
    return experiment
  }

  /// One stream with some learners.
  static func load(stream: String, learners: String, seeds: String = "[0]") throws -> OnlineExperimentConfiguration {
    try load("name: small\nseeds: \(seeds)\nstreams: [{name: s, \(stream)}]\nlearners: [\(learners)]\n")
  }

  @discardableResult
  static func run(
    _ experiment: OnlineExperimentConfiguration, in folder: String, jobs: Int = 2,
    progress: @escaping @Sendable (OnlineRunner.Event) -> Void = { _ in }
  ) async throws -> OnlineResults {
    try await OnlineRunner(experiment, configFolder: "", folder: try RunFolder(folder), arguments: ["attune"])
      .run(jobs: jobs, progress: progress)
  }

  /// Runs an experiment in a folder that is removed afterwards.
  static func run(_ experiment: OnlineExperimentConfiguration) async throws -> OnlineResults {
    try await SmallExperiment.inFolder { try await run(experiment, in: $0) }
  }

  /// Calls `body` with the path of a CSV file that is removed afterwards.
  static func withFile<Result>(_ text: String, _ body: (String) async throws -> Result) async throws -> Result {
    let path = FileManager.default.temporaryDirectory.appending(path: "attune-stream-\(UUID().uuidString).csv").path
    try text.write(toFile: path, atomically: true, encoding: .utf8)
    defer { try? FileManager.default.removeItem(atPath: path) }
    return try await body(path)
  }
}

extension OnlineResults {
  func cell(_ learner: String, _ stream: String = "s") throws -> OnlineCell {
    try #require(cells.first { $0.learner == learner && $0.stream == stream }, "no \(learner) on \(stream)")
  }
}
