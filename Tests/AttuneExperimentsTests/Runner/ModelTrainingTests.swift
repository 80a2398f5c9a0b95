import AttuneCore
import AttuneData
import AttuneTraining
import Foundation
import Testing

@testable import AttuneExperiments

@Suite struct ModelTrainingTests {
  private typealias Small = SmallExperiment

  private func load(_ settings: String, data: String = Small.data) throws -> (ModelTraining, Table) {
    let experiment = try Small.load(training: ["{name: a, \(settings)}"], data: data)
    let rows = try ExperimentData(experiment.data, folder: "").split(seed: 0).train
    return (ModelTraining(experiment.training[0], in: experiment), rows)
  }

  @Test func `preprocessing, statistics and network see only the rows that do not validate`() throws {
    let data = Small.data.replacing("{kind: scale, factor: 0.0625}", with: "standardize")
    let (training, rows) = try load("epochs: 2, validation: {fraction: 0.25}", data: data)
    let (fitted, validated) = try training.parts(of: rows, seed: 5)
    let held = try #require(validated)
    #expect(fitted.count + held.count == rows.count && abs(held.count - rows.count / 4) <= 5)
    guard case .classes(let labels, let names) = held.targets else { throw WrongTargets() }
    #expect(Set(labels).count == names.count, "classes keep their shares")
    let (model, report) = try training.train(on: rows, seed: 5)
    let preprocessing = try training.data.fitPreprocessing(to: fitted)
    #expect(model.preprocessing == preprocessing)
    #expect(model.source?.rows == fitted.count)
    // What the report tells is what the model does on those rows.
    let quality = try model.quality(on: held)
    #expect(report.epochs.count == 2 && report.epochs[1].validationQuality == quality)
    // The rows that validate do not reach the network: others in their place change nothing but what is measured.
    let (plain, _) = try load("epochs: 2", data: data)
    let alone = try plain.train(on: fitted, seed: 5).model, others = try training.parts(of: rows, seed: 6).validated
    #expect(alone.network == model.network)
    #expect(others != held, "another seed chooses others")
  }

  @Test func `under a time split the last rows validate`() throws {
    let data = Small.data.replacing("kind: random", with: "kind: time")
    let (training, rows) = try load("epochs: 1, validation: {fraction: 0.1}", data: data)
    let (fitted, validated) = try training.parts(of: rows, seed: 5)
    #expect(fitted == rows.rows(at: Array(0..<fitted.count)))
    #expect(validated == rows.rows(at: Array(fitted.count..<rows.count)) && fitted.count == 323)
  }

  @Test func `early stopping ends a training with the best model`() throws {
    let (training, rows) = try load(
      "optimizer: {kind: adam, learningRate: 0.1}, epochs: 200, validation: {fraction: 0.3}, earlyStopping: {patience: 3}"
    )
    let (model, report) = try training.train(on: rows, seed: 1)
    let best = try #require(report.bestEpoch)
    #expect(report.stoppedEarly && report.epochs.count == best + 3 && report.losses.count == best + 3)
    let held = try #require(try training.parts(of: rows, seed: 1).validated)
    let quality = try model.quality(on: held)
    #expect(quality == report.epochs[best - 1].validationQuality)
  }

  @Test func `a training goes on from its checkpoint, and only its own`() throws {
    let path = FileManager.default.temporaryDirectory.appending(path: "attune-\(UUID().uuidString).checkpoint").path
    defer { try? FileManager.default.removeItem(atPath: path) }
    let plan = CheckpointPlan(path: path), settings = "epochs: 3, batchSize: 16"
    let (training, rows) = try load(settings + ", augmentation: [{kind: gaussian-noise, standardDeviation: 1}]")
    let whole = try training.train(on: rows, seed: 1)
    #expect(throws: CancellationError.self) {
      try training.train(on: rows, seed: 1, checkpoints: plan) { event in
        if case .step(let record, _) = event, record.globalStep == 30 { throw CancellationError() }
      }
    }
    func differences(_ body: () throws -> Void) -> [String] {
      do {
        try body()
        return []
      } catch let error as CheckpointError {
        guard case .different(let all) = error.problem else { return ["\(error)"] }
        return all.map(\.name)
      } catch { return ["\(error)"] }
    }
    let (other, _) = try load(settings + ", augmentation: [{kind: gaussian-noise, standardDeviation: 2}]")
    #expect(
      differences { _ = try other.train(on: rows, seed: 1, checkpoints: plan) } == [
        "arm.augmentation.0.standardDeviation"
      ])
    #expect(differences { _ = try training.train(on: rows, seed: 2, checkpoints: plan) } == ["seed"])
    var changed = rows
    changed.features[7, 3] += 1
    #expect(
      differences { _ = try training.train(on: changed, seed: 1, checkpoints: plan) } == ["contents of the rows"])
    var first: TrainingPosition?
    let resumed = try training.train(on: rows, seed: 1, checkpoints: plan) { event in
      if case .started(let position, _, _) = event { first = position }
    }
    #expect(first?.globalStep == 30 && resumed.model == whole.model && resumed.report.losses == whole.report.losses)
    #expect(resumed.report.operations == whole.report.operations)
  }

  struct WrongTargets: Error {}
}
