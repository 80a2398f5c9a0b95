import Foundation
import GRDB
import Synchronization

@testable import AttuneExperiments

/// Runs with a store beside their folders.
enum StoreFixture {
  /// Runs an experiment in a folder below `runs`.
  @discardableResult
  static func run(
    _ experiment: ExperimentConfiguration, in runs: String, _ name: String,
    progress: @escaping @Sendable (ExperimentRunner.Event) -> Void = { _ in }
  ) async throws -> (results: ExperimentResults, notices: [String]) {
    let notices = Mutex<[String]>([])
    var runner = ExperimentRunner(
      experiment, configFolder: "", folder: try RunFolder("\(runs)/\(name)"), arguments: ["attune", "run", "x.yaml"])
    runner.latencyMeasurement.queries = 20
    runner.latencyMeasurement.windowLimit = 1
    runner.store = runs + "/" + AttuneStore.fileName
    let results = try await runner.run(jobs: 2) { event in
      if case .notice(let text) = event { notices.withLock { $0.append(text) } }
      progress(event)
    }
    return (results, notices.withLock { $0 })
  }

  /// Runs an online experiment in a folder below `runs`.
  static func run(_ experiment: OnlineExperimentConfiguration, in runs: String, _ name: String) async throws {
    var runner = OnlineRunner(
      experiment, configFolder: "", folder: try RunFolder("\(runs)/\(name)"), arguments: ["attune"])
    runner.store = runs + "/" + AttuneStore.fileName
    _ = try await runner.run(jobs: 2)
  }

  /// An experiment with something in every table: events, coverage, a failing arm, a failing training, a student.
  static func rich() throws -> ExperimentConfiguration {
    try SmallExperiment.load(
      training: [SmallExperiment.sgd, "{name: wild, optimizer: {kind: sgd, learningRate: 1e30}, epochs: 2}"],
      inference: [
        SmallExperiment.none, SmallExperiment.tent, SmallExperiment.student, "{name: ftat, strategy: ftat}",
      ])
  }

  /// All rows of all tables, as texts in an order of their own, without the numbers that only link them.
  static func dump(_ store: AttuneStore) throws -> [String: [String]] {
    let linked = """
      (SELECT run || '/' || training || '/' || inference || '/' || scenario || '/' || seed FROM arms WHERE id = arm) AS arm
      """
    let statements = [
      "runs": "SELECT * FROM runs", "settings": "SELECT * FROM settings", "data_files": "SELECT * FROM data_files",
      "provenance": "SELECT * FROM provenance",
      "trainings": """
      SELECT run, arm, seed, seconds, flops, model_bytes, parameters, epochs, best_epoch, model_sha256, reused, failure
      FROM trainings
      """,
      "arms": """
      SELECT run, training, inference, scenario, seed, quality, failure, rows, flops_per_sample, preparation_seconds,
        preparation_flops, model_bytes, adapted_share FROM arms
      """,
      "metrics": "SELECT \(linked), name, value FROM metrics",
      "batches": "SELECT \(linked), metric, batch, value FROM batches",
      "domains": "SELECT \(linked), name, rows, quality FROM domains",
      "events": "SELECT \(linked), \"row\", batch, kind, message FROM events",
      "cells": "SELECT * FROM cells", "latencies": "SELECT * FROM latencies", "results": "SELECT * FROM results",
      "progress": "SELECT * FROM progress",
    ]
    return try statements.mapValues { statement in
      try store.read { database in try Row.fetchAll(database, sql: statement).map(\.description).sorted() }
    }
  }
}
