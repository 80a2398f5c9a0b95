internal import AttuneInference
internal import Foundation
internal import GRDB

/// The rows of a run. A figure that is no number is NULL.
struct StoreRows {
  let database: Database
  let run: String

  private func insert(_ sql: String, _ values: [(any DatabaseValueConvertible)?]) throws {
    let marks = values.map { _ in "?" }.joined(separator: ", ")
    try database.cachedStatement(sql: "INSERT OR REPLACE INTO \(sql) VALUES (\(marks))")
      .execute(arguments: StatementArguments(values))
  }

  /// Enters a run in place of what was known of it.
  func enter(_ facts: RunFacts, folder: String, status: RunStatus) throws {
    try database.execute(sql: "DELETE FROM runs WHERE id = ? OR folder = ?", arguments: [run, folder])
    let provenance = facts.provenance
    try insert(
      "runs (id, name, kind, folder, status, started, seconds, arms_total, config_hash, version, \"commit\", metric)",
      [
        run, facts.name, facts.isOnline ? "online" : "experiment", folder, status.rawValue,
        provenance.started.ISO8601Format(), status == .finished ? provenance.seconds : nil, facts.arms,
        provenance.configHash, provenance.version, provenance.commit, facts.metric,
      ])
    for (path, value) in facts.settings { try insert("settings", [run, path, value]) }
    for (path, hash) in provenance.dataHashes { try insert("data_files", [run, path, hash]) }
    let named: [(String, String?)] = [
      ("swift", provenance.swift), ("system", provenance.system), ("processor", provenance.processor),
      ("cores", "\(provenance.cores)"), ("blas", provenance.blas), ("kernels", provenance.kernels),
      ("arguments", try String(decoding: JSONEncoder().encode(provenance.arguments), as: UTF8.self)),
    ]
    for (name, value) in named { if let value { try insert("provenance", [run, name, value]) } }
  }

  /// Notes what became of the run.
  func set(_ status: RunStatus, seconds: Double?) throws {
    try database.execute(
      sql: "UPDATE runs SET status = ?, seconds = ? WHERE id = ?", arguments: [status.rawValue, seconds, run])
  }

  /// Enters a training.
  func enter(_ record: TrainingRecord, arm: String, seed: UInt64) throws {
    let cost = record.cost
    try insert(
      """
      trainings (run, arm, seed, seconds, flops, model_bytes, parameters, epochs, best_epoch, model_sha256, reused,
        failure)
      """,
      [
        run, arm, Self.number(seed), cost?.seconds, cost?.operations, cost?.modelBytes, cost?.parameters, cost?.epochs,
        cost?.bestEpoch, record.modelHash, record.isReused == true ? 1 : 0, record.failure,
      ])
  }

  /// Enters an inference arm with all that belongs to it.
  func enter(_ arm: ArmOutcome, training: String, seed: UInt64) throws {
    let id = try insertArm(
      training, arm.inference, arm.scenario, seed, quality: arm.quality, failure: arm.failure, rows: arm.rows,
      flops: arm.failure == nil ? arm.operationsPerSample : nil, preparation: arm.preparation,
      adaptedShare: arm.adaptedShare)
    try enter(arm.metrics ?? [:], of: id)
    try enter(arm.trace, "quality", of: id)
    try enter(arm.coverage ?? [], "coverage", of: id)
    for domain in arm.domains ?? [] { try insert("domains", [id, domain.name, domain.rows, domain.quality]) }
    try enter(arm.events, of: id)
  }

  /// Enters a learner on a stream with all that belongs to it.
  func enter(_ arm: OnlineArmOutcome, stream: String, rows: Int, seed: UInt64) throws {
    let id = try insertArm(
      "", arm.learner, stream, seed, quality: arm.quality, failure: arm.failure, rows: rows,
      flops: arm.cost.map { $0.predictOperations + $0.learnOperations }, modelBytes: arm.cost?.stateBytes)
    var metrics = arm.metrics
    metrics["alarms"] = Double(arm.alarms)
    metrics["refused"] = Double(arm.refused)
    for (name, count) in arm.regularizations { metrics["regularizations.\(name)"] = Double(count) }
    try enter(metrics, of: id)
    try enter(arm.trace, "quality", of: id)
    try enter(arm.events, of: id)
  }

  private func insertArm(
    _ training: String, _ inference: String, _ scenario: String, _ seed: UInt64, quality: Double?, failure: String?,
    rows: Int, flops: Double?, preparation: TrainingCost? = nil, modelBytes: Int? = nil, adaptedShare: Double? = nil
  ) throws -> Int64 {
    try insert(
      """
      arms (run, training, inference, scenario, seed, quality, failure, rows, flops_per_sample, preparation_seconds,
        preparation_flops, model_bytes, adapted_share)
      """,
      [
        run, training, inference, scenario, Self.number(seed), quality, failure, rows, flops, preparation?.seconds,
        preparation.map { Double($0.operations) }, preparation?.modelBytes ?? modelBytes, adaptedShare,
      ])
    return database.lastInsertedRowID
  }

  private func enter(_ metrics: [String: Double], of arm: Int64) throws {
    for (name, value) in metrics { try insert("metrics", [arm, name, value]) }
  }

  private func enter(_ trace: [Double?], _ metric: String, of arm: Int64) throws {
    for (batch, value) in trace.enumerated() { try insert("batches", [arm, metric, batch, value]) }
  }

  private func enter(_ log: EventLog?, of arm: Int64) throws {
    for event in log?.events ?? [] {
      try insert(
        "events (arm, \"row\", batch, kind, message)",
        [arm, event.row, event.batch, event.kind.rawValue, event.message])
    }
  }

  /// Enters the cells of a finished run.
  func enter(_ results: FinishedRun) throws {
    try database.execute(sql: "DELETE FROM cells WHERE run = ?", arguments: [run])
    try database.execute(sql: "DELETE FROM latencies WHERE run = ?", arguments: [run])
    let baseline: String
    switch results {
    case .experiment(let results):
      baseline = results.baseline
      let oracles = Set(results.inferenceArms.filter(\.isOracle).map(\.name))
      for cell in results.cells {
        try enter(
          cell, results.trainingArms.first { $0.name == cell.training }, isOracle: oracles.contains(cell.inference))
      }
    case .online(let results):
      baseline = results.baseline
      for cell in results.cells { try enter(cell) }
    }
    try database.execute(sql: "UPDATE runs SET baseline = ? WHERE id = ?", arguments: [baseline, run])
  }

  private func enter(_ cell: ResultCell, _ training: TrainingArmSummary?, isOracle: Bool) throws {
    let names: [(any DatabaseValueConvertible)?] = [run, cell.training, cell.inference, cell.scenario]
    let cost = cell.cost
    try insert(
      "cells",
      names + [
        cell.quality?.mean, cell.quality?.low, cell.quality?.high, cell.difference?.mean, cell.difference?.low,
        cell.difference?.high, cell.verdict.rawValue, isOracle ? 1 : 0, cell.failures.count, training?.seconds.mean,
        training?.flops,
        cost.flopsPerSample, cost.modelBytes, cost.preparationSeconds, cost.preparationFlops,
      ])
    for (call, latency) in [("single", cost.single), ("batch", cost.batch)] {
      guard let latency else { continue }
      try insert("latencies", names + [call, latency.batchSize, latency.queries, latency.p50, latency.p99])
    }
  }

  private func enter(_ cell: OnlineCell) throws {
    let names: [(any DatabaseValueConvertible)?] = [run, "", cell.learner, cell.stream]
    let cost = cell.cost
    try insert(
      "cells",
      names + [
        cell.quality?.mean, cell.quality?.low, cell.quality?.high, cell.difference?.mean, cell.difference?.low,
        cell.difference?.high, cell.verdict.rawValue, 0, cell.failures.count, nil, nil,
        cost.map { $0.predictOperations + $0.learnOperations }, cost?.stateBytes, nil, nil,
      ])
    guard let cost else { return }
    for (call, nanoseconds) in [("predict", cost.predictNanoseconds), ("learn", cost.learnNanoseconds)] {
      try insert("latencies", names + [call, 1, nil, nanoseconds / 1000, nil])
    }
  }

  /// A seed as SQLite's integer: one above 2⁶³ − 1 is shown less 2⁶⁴.
  static func number(_ seed: UInt64) -> Int64 { Int64(bitPattern: seed) }
}
