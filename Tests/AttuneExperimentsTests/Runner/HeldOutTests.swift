import AttuneCore
import AttuneData
import AttuneInference
import AttuneTraining
import Foundation
import Testing

@testable import AttuneExperiments

@Suite struct HeldOutTests {
  private func failure(_ body: () throws -> some Any) -> String {
    do { _ = try body() } catch { return "\(error)" }
    Issue.record("nothing was thrown")
    return ""
  }

  /// Sales of two regions, 20 each, in turn; the number of each row is its value.
  private func withSales(_ body: (String) throws -> Void) throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "attune-sales-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let rows = (0..<40).map { "\($0),\($0 + 1),\($0 % 2 == 0 ? "coast" : "inland"),\(($0 + 1) * ($0 + 1))" }
    try (["number,size,region,price"] + rows).joined(separator: "\n")
      .write(toFile: folder + "/sales.csv", atomically: true, encoding: .utf8)
    try body(folder)
  }

  private func data(_ source: String, _ rest: String = "split: time", folder: String) throws -> ExperimentData {
    let text = "{source: {kind: csv, path: sales.csv, target: price, \(source)}, task: regression, \(rest)}"
    return try ExperimentData(try decode(DataConfiguration.self, text), folder: folder)
  }

  private func numbers(_ table: Table?) -> [Int] { (table?.features.columns(at: [0]).elements ?? []).map { Int($0) } }

  @Test func `a share of the training part is held out: its last rows in time, else rows at random`() throws {
    try withSales { folder in
      let inTime = try data(
        "ignore: [region]", "split: time, heldOut: {fraction: 0.25}", folder: folder
      ).parts(seed: 1)
      #expect(numbers(inTime.train) == Array(0..<15) && numbers(inTime.heldOut) == Array(15..<20))
      #expect(numbers(inTime.test) == Array(20..<40))
      let random = try data("ignore: [region]", "heldOut: {fraction: 0.25}", folder: folder)
      let (first, second) = (try random.parts(seed: 1), try random.parts(seed: 2))
      #expect(first.heldOut?.count == 5 && first.train.count == 15)
      #expect(Set(numbers(first.heldOut) + numbers(first.train) + numbers(first.test)) == Set(0..<40))
      #expect(numbers(first.heldOut) != numbers(second.heldOut))
      #expect(
        failure {
          try data("ignore: [region]", "split: time, heldOut: {fraction: 0.001}", folder: folder).parts(seed: 1)
        }
        .contains("20 training rows leave none to train on or none to hold out"))
    }
  }

  @Test func `a bootstrap draws as many training rows as are fitted, anew for each seed, and no row that is set aside`()
    throws
  {
    try withSales { folder in
      let text = """
        name: bootstrap
        data:
          source: {kind: csv, path: sales.csv, target: price, ignore: [region]}
          task: regression
          split: time
          heldOut: {fraction: 0.25}
          bootstrap: true
        training: [{name: sgd, optimizer: sgd, epochs: 1, validation: {fraction: 0.2}}]
        """
      let experiment = try ExperimentConfiguration.load(bytes: Array(text.utf8), file: "bootstrap.yaml")
      let parts = try ExperimentData(experiment.data, folder: folder).parts(seed: 1)
      #expect(numbers(parts.train) == Array(0..<15) && numbers(parts.heldOut) == Array(15..<20))
      let training = ModelTraining(experiment.training[0], in: experiment)
      let (fitted, validated) = try training.parts(of: parts.train, seed: 1)
      #expect(numbers(validated) == [12, 13, 14])
      #expect(fitted.count == 12 && Set(numbers(fitted)).isSubset(of: 0..<12) && Set(numbers(fitted)).count < 12)
      #expect(numbers(fitted) == numbers(try training.parts(of: parts.train, seed: 1).fitted))
      #expect(numbers(fitted) != numbers(try training.parts(of: parts.train, seed: 2).fitted))
    }
  }

  @Test func `a list of rows is held out beside lists that train and test, and no row is in two of them`() throws {
    try withSales { folder in
      for (name, rows) in [("train", [0, 1]), ("test", [2]), ("held", [5, 3]), ("bad", [7, 1])] {
        try rows.map(String.init).joined(separator: "\n")
          .write(toFile: "\(folder)/\(name).txt", atomically: true, encoding: .utf8)
      }
      func parts(_ list: String) throws -> ExperimentData.Parts {
        try data(
          "ignore: [region]",
          "split: {kind: rows, train: train.txt, test: test.txt}, heldOut: {kind: rows, path: \(list).txt}",
          folder: folder
        ).parts(seed: 0)
      }
      #expect(numbers(try parts("held").heldOut) == [5, 3])
      #expect(failure { try parts("bad") }.contains("row 1 of '\(folder)/bad.txt' is in '\(folder)/train.txt' too"))
      #expect(
        failure { try data("ignore: [region]", "heldOut: {kind: rows, path: held.txt}", folder: folder) }
          .contains("a list of rows goes with split.kind: rows"))
    }
  }

  @Test func `only rows with given texts are read, and numbers go through a function`() throws {
    try withSales { folder in
      let coast = try data(
        "where: {region: [coast]}, ignore: [region], transforms: {price: sqrt, size: log}", folder: folder
      ).parts(seed: 0)
      #expect(numbers(coast.train) + numbers(coast.test) == Array(stride(from: 0, to: 40, by: 2)))
      #expect(coast.train.features[1, 1] == Float(log(3.0)))
      #expect(coast.train.targets.rows(at: [1]) == .values(Matrix(row: [3])))
      let none = failure { try data("where: {region: [moon]}", folder: folder) }
      #expect(none.contains("column \"region\": expected a row with \"moon\", but none is left"), "\(none)")
      let negative = failure { try data("ignore: [region], transforms: {number: log}", folder: folder) }
      #expect(
        negative.contains("line 2 (row 1), column \"number\": found \"0\", expected a number above 0"), "\(negative)")
      #expect(negative.contains("take the column out of 'transforms'"))
    }
  }

  @Test func `a training arm sees the columns that it names, and a model file keeps them`() throws {
    try withSales { folder in
      let text = """
        name: columns
        data: {source: {kind: csv, path: sales.csv, target: price, categorical: [region]}, task: regression}
        network: {kind: linear}
        training: [{name: size, solver: least-squares, features: [size]}, {name: all, solver: {kind: ridge}}]
        """
      let experiment = try ExperimentConfiguration.load(bytes: Array(text.utf8), file: "columns.yaml")
      let rows = try ExperimentData(experiment.data, folder: folder).split(seed: 0).train
      let model = try ModelTraining(experiment.training[0], in: experiment).train(on: rows, seed: 0).model
      #expect(model.network.inputDimension == 1 && model.preprocessing.inputNames == ["size"])
      #expect(experiment.training[0].summary.hasPrefix("1 column: "))
      let copy = try JSONDecoder().decode(Preprocessing.self, from: JSONEncoder().encode(model.preprocessing))
      #expect(copy == model.preprocessing)
      let full = try ModelTraining(experiment.training[1], in: experiment).train(on: rows, seed: 0).model
      #expect(full.preprocessing.inputNames == ["number", "size", "region=coast", "region=inland"])
      var arm = experiment.training[0]
      arm.features = ["sise"]
      #expect(
        failure { try ModelTraining(arm, in: experiment).train(on: rows, seed: 0) }
          .contains("no column has this name"))
    }
  }
}

@Suite struct StreamFiguresTests {
  @Test func `the area under the curve counts ties by half and needs both classes`() {
    #expect(RankStatistic.areaUnderCurve([(0.1, false), (0.4, false), (0.35, true), (0.8, true)]) == 0.75)
    #expect(RankStatistic.areaUnderCurve([(1, false), (1, true), (1, true), (0, false)]) == 0.75)
    #expect(RankStatistic.areaUnderCurve([(1, true)]) == nil)
  }

  @Test func `regression figures are those of their definitions`() throws {
    var generator = Philox(seed: 1)
    let model = Model(
      network: .linear(inputDimension: 1, outputDimension: 1, using: &generator), task: .regression,
      preprocessing: Preprocessing(scale: 1, columnNames: ["x"]), classes: [], source: nil)
    let targets = Targets.values(Matrix([[1], [2], [4]]))
    var figures = StreamFigures(model: model, targets: targets)
    let details = AnswerDetails(
      selection: InputSelection(rows: 3, kept: [true, false], replacement: .mean, savedOperations: 6),
      intervals: PredictionIntervals(level: 0.9, lower: [0, 2.5, -.infinity], upper: [2, 3.5, .infinity]),
      predictive: PredictiveMixture(means: Matrix([[1, 1], [1, 3], [4, 4]]), precision: 4))
    figures.add(Matrix([[1], [2], [3]]), rows: 0..<3, details: details)
    let found = figures.metrics
    #expect(found["mae"] == 1.0 / 3)
    let explained: Double = 1 - 1 / (21 - 49.0 / 3)
    let r2 = try #require(found["r2"])
    #expect(abs(r2 - explained) < 1e-12)
    #expect(found["coverage"] == 2.0 / 3 && found["intervalWidth"] == 1.5)
    #expect(abs(try #require(found["infiniteIntervals"]) - 1.0 / 3) < 1e-15)
    #expect(found["features"] == 1 && found["savedOperations"] == 2)
    // The second row: components at 1 and 3 about a target of 2, with precision 4.
    let peak: Double = 0.5 * log(4.0) - 0.5 * log(2 * Double.pi)
    let likelihood = try #require(found["logLikelihood"])
    #expect(abs(likelihood - (3 * peak - 2) / 3) < 1e-12)
    #expect(figures.coverage == [2.0 / 3])
  }

  @Test func `classification figures are those of their definitions`() throws {
    var generator = Philox(seed: 1)
    let model = Model(
      network: .linear(inputDimension: 1, outputDimension: 2, using: &generator), task: .classification,
      preprocessing: Preprocessing(scale: 1, columnNames: ["x"]), classes: ["a", "b"], source: nil)
    var figures = StreamFigures(model: model, targets: .classes(labels: [0, 1, 1, 0], names: ["a", "b"]))
    figures.add(Matrix([[1, 0], [0, 1]]), rows: 0..<2)
    figures.add(Matrix([[2, 0], [0, 3]]), rows: 2..<4)
    let found = figures.metrics
    #expect(found["f1"] == 0.5 && found["auroc"] == 0.25)
    let margins: [Double] = [1, 1, -2, -3]
    let expected = margins.map { log(1 + exp(-$0)) }.reduce(0, +) / 4
    let logLoss = try #require(found["logLoss"])
    #expect(abs(logLoss - expected) < 1e-9)
  }
}
