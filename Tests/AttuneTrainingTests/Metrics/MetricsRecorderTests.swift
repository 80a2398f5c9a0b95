import AttuneCore
import Foundation
import Testing

@testable import AttuneTraining

@Suite struct MetricsRecorderTests {
  /// Stops a training in its tracks, as a kill does.
  private struct Killed: Error {}

  private func train(_ folder: String, from state: TrainingRun, killedAfter limit: Int = .max) throws -> TrainingRun? {
    var run = state, events = 0
    let recorder = MetricsRecorder(folder: folder, interval: 2, quality: "error/validation") { 5 }
    do {
      let validation = ValidationSet(rows) { _ in 0.25 }
      _ = try run.complete(
        on: rows, validation: validation,
        observer: { event in
          try recorder.note(event.withoutSpeed)
          events += 1
          if events > limit { throw Killed() }
        })
      return run
    } catch is Killed {
      return nil
    }
  }

  private var rows: MatrixRows {
    var generator = Philox(seed: 1)
    return MatrixRows(
      features: generator.normal(rows: 20, columns: 3), targets: generator.normal(rows: 20, columns: 1))
  }

  private func start() throws -> TrainingRun {
    var generator = Philox(seed: 2)
    let network = Network.mlp(inputDimension: 3, hidden: [4], outputDimension: 1, using: &generator)
    let trainer = Trainer(
      optimizer: try SGD(learningRate: 0.01), loss: .meanSquaredError, epochs: 3, batchSize: 4, clipping: .norm(100))
    return try TrainingRun(trainer, network, rows: rows, using: generator)
  }

  private func contents(_ folder: String) throws -> [[UInt8]] {
    try FileManager.default.contentsOfDirectory(atPath: folder).sorted().map { try bytes(of: folder + "/" + $0) }
  }

  @Test func `a training leaves a record every few steps and at the end of each epoch`() throws {
    try withTemporaryFolder { folder in
      _ = try train(folder, from: start())
      let log = String(decoding: try bytes(of: folder + "/metrics.jsonl"), as: UTF8.self)
      let records = try log.split(separator: "\n").map { try #require(StrictJSON.parse(Array($0.utf8)).asObject) }
      // 15 steps in 3 epochs.
      #expect(records.map { $0["step"]?.asInt } == [2, 4, 5, 6, 8, 10, 10, 12, 14, 15])
      #expect(records.compactMap { $0["epoch"]?.asInt } == [1, 2, 3])
      #expect(records[0]["metrics"]?.asObject?.keys == ["gradient_norm", "learning_rate", "loss/batch"])
      #expect(
        records[2]["metrics"]?.asObject?.keys
          == ["error/validation", "learning_rate", "loss/train", "loss/validation"])
    }
  }

  @Test func `killed anywhere, it leaves the same files once it went on`() throws {
    try withTemporaryFolder { parent in
      _ = try train(parent + "/whole", from: start())
      let expected = try contents(parent + "/whole")
      var state = try start(), states = [state]
      while !state.isFinished {
        if state.isEpochComplete {
          _ = try state.finishEpoch(validation: ValidationSet(rows) { _ in 0.25 })
        } else {
          _ = try state.step(on: rows)
        }
        states.append(state)
      }
      // Killed after some more events than the checkpoint had seen; the first one is the start.
      for (index, state) in states.enumerated() where index > 0 {
        for more in [0, 1, 2, 5] {
          let folder = "\(parent)/\(index)-\(more)"
          _ = try train(folder, from: start(), killedAfter: index + more)
          _ = try train(folder, from: state)
          #expect(try contents(folder) == expected, "checkpoint after \(index) events, killed \(more) later")
        }
      }
    }
  }
}

extension TrainingEvent {
  /// The event with a speed that does not depend on the clock.
  fileprivate var withoutSpeed: TrainingEvent {
    switch self {
    case .step(let record, _): return .step(record, samplesPerSecond: 100)
    case .epoch(var record):
      record.samplesPerSecond = 100
      return .epoch(record)
    case .started, .checkpointing: return self
    }
  }
}
