import AttuneCore
import AttuneData
import AttuneTraining
import Foundation
import Testing

@testable import AttuneExperiments

/// Training on a streamed file against training on the same file in memory.
@Suite struct StreamedTrainingTests {
  /// A file of more rows than a block has, with categories and holes.
  private static func rows(_ count: Int, classes: Bool) -> String {
    var generator = Philox(seed: 9), text = "n,m,c,y\n"
    for _ in 0..<count {
      let x = generator.nextNormal(), category = ["red", "green", "", "blue"][generator.nextIndex(below: 4)]
      let hole = generator.nextIndex(below: 9) == 0 ? "" : "\(generator.nextIndex(below: 40))"
      let target = classes ? ["no", "yes", "maybe"][x > 0.4 ? 1 : generator.nextIndex(below: 2) * 2] : "\(x * 3 + 1)"
      text += "\(x),\(hole),\(category),\(target)\n"
    }
    return text
  }

  private func load(_ folder: String, task: String, arm: String, data: String, streaming: Bool) throws
    -> ExperimentConfiguration
  {
    let text = """
      name: streamed
      seeds: [3]
      data:
        source: {kind: csv, path: x.csv, target: y, missing: [""], categorical: [c], streaming: \(streaming)}
        task: \(task)
        imputation: {numeric: median, categorical: category, indicators: true}
        \(data)
      network: {kind: mlp, hidden: [8], batchNorm: true, dropout: 0.2}
      training: [{name: a, batchSize: 64, \(arm)}]
      """
    return try .load(bytes: Array(text.utf8), file: "x.yaml")
  }

  static let settings: [(task: String, arm: String, data: String)] = [
    ("regression", "epochs: 2", "split: {kind: random, trainFraction: 0.8}"),
    (
      "classification", "epochs: 3, validation: {fraction: 0.2}, earlyStopping: {patience: 2}",
      "split: {kind: random, trainFraction: 0.6}"
    ),
    (
      "regression",
      "epochs: 2, validation: {fraction: 0.2}, augmentation: [{kind: gaussian-noise, standardDeviation: 0.5}]",
      "split: {kind: time, trainFraction: 0.75}"
    ),
    (
      "classification", "epochs: 2, mixup: 0.2, averaging: {kind: swa, start: 0.5}",
      "test: {kind: csv, path: test.csv, target: y, missing: [\"\"], categorical: [c]}"
    ),
  ]

  @Test(arguments: settings.indices) func `a streamed training ends with the same bits`(index: Int) throws {
    let (task, arm, data) = Self.settings[index]
    let folder = FileManager.default.temporaryDirectory.appending(path: "attune-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let text = Self.rows(6000, classes: task == "classification")
    try text.write(toFile: folder + "/x.csv", atomically: true, encoding: .utf8)
    let some = text.split(separator: "\n").prefix(1500).joined(separator: "\n")
    try some.write(toFile: folder + "/test.csv", atomically: true, encoding: .utf8)

    let plain = try load(folder, task: task, arm: arm, data: data, streaming: false)
    let (train, test) = try ExperimentData(plain.data, folder: folder).split(seed: 3)
    let expected = try ModelTraining(plain.training[0], in: plain).train(on: train, seed: 3)

    let experiment = try load(folder, task: task, arm: arm, data: data, streaming: true)
    let streamed = try StreamedData(experiment.data, folder: folder, scratchFolder: folder)
    let (rows, rest) = try streamed.split(seed: 3)
    let training = ModelTraining(experiment.training[0], in: experiment)
    let found = try training.train(on: rows, seed: 3)
    #expect(found.model == expected.model && found.model.source == expected.model.source)
    #expect(found.report.losses == expected.report.losses && !found.report.losses.isEmpty)
    #expect(found.report.epochs.map(\.validationLoss) == expected.report.epochs.map(\.validationLoss))
    #expect(found.report.epochs.map(\.validationQuality) == expected.report.epochs.map(\.validationQuality))
    #expect(try found.model.quality(on: rest) == expected.model.quality(on: test))
    // Where the rows are does not matter to a checkpoint.
    #expect(
      try training.identity(of: rows, seed: 3)
        == ModelTraining(plain.training[0], in: plain).identity(of: train, seed: 3))
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder).sorted() == ["test.csv", "x.csv"])
  }

  @Test(arguments: [
    ("split: {kind: group, column: c}", "a streamed file is split at random or in time, or has a test file"),
    ("split: {kind: time, column: n}", "a streamed file is split in time in the order of its rows, without a column"),
    ("test: {kind: npy, features: a, targets: b}", "the test part of a streamed file is a CSV file"),
  ]) func `what cannot be streamed is refused before anything is read`(data: String, problem: String) throws {
    let experiment = try load("", task: "regression", arm: "epochs: 1", data: data, streaming: true)
    let error = #expect(throws: ConfigValueError.self) {
      try StreamedData(experiment.data, folder: "/nowhere", scratchFolder: "/nowhere")
    }
    #expect("\(error.map { "\($0)" } ?? "")".contains(problem))
  }

  @Test func `an experiment that needs its rows in memory refuses a streamed file, and a solver streamed rows`() throws
  {
    let experiment = try load("", task: "regression", arm: "epochs: 1", data: "range: [0, 1]", streaming: true)
    let error = #expect(throws: ConfigValueError.self) { try ExperimentData(experiment.data, folder: "/nowhere") }
    #expect("\(error.map { "\($0)" } ?? "")".contains("is for the data.source of 'attune train'"))
    #expect("\(ModelTraining.solverRefusal)".contains("a solver needs all rows in memory"))
  }
}
