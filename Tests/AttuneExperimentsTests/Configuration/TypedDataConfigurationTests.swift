import AttuneCore
import AttuneData
import AttuneInference
import AttuneTraining
import Foundation
import Testing

@testable import AttuneExperiments

/// The keys of `data` about columns: what they decode to, what is refused, and what the rows become.
@Suite struct TypedDataConfigurationTests {
  static let rows = SmallExperiment.repository.path + "/Tests/Fixtures/preprocessing/mixed.csv"

  static func experiment(
    source: String = "categorical: [age_group, sex]",
    data: String = "imputation: {numeric: mean, categorical: category}",
    scenario: String = ""
  ) throws -> ExperimentConfiguration {
    let yaml = """
      name: mixed
      seeds: [0, 1]
      data:
        source: {kind: csv, path: \(rows), target: target, separator: ";", decimalComma: true, missing: ["", NA, "?"], \(source)}
        task: regression
        split: {kind: time, trainFraction: 0.75}
        \(data)
      network: {kind: linear}
      training: [{name: ridge, solver: ridge}]
      inference: [{name: none, strategy: none}]
      scenarios: [{name: clean}\(scenario)]
      """
    return try decode(ExperimentConfiguration.self, yaml, userInfo: [.strategies: StrategyRegistry.builtIn])
  }

  /// The text of the error that `body` throws, whatever its type.
  private func message(_ body: () throws -> Void) -> String {
    do {
      try body()
      return "nothing was thrown"
    } catch {
      return "\(error)"
    }
  }

  @Test func `all keys of a CSV file decode, and survive writing`() throws {
    let text = """
      {kind: csv, path: a.csv, target: y, separator: tab, decimalComma: true, header: false, columns: [a, b, c, y], \
      missing: ["", "-200"], trim: true, categorical: [b], ignore: [c], onError: skip}
      """
    let source = try decode(DataSourceConfiguration.self, text)
    guard case .csv(let csv) = source else {
      Issue.record("no CSV source")
      return
    }
    #expect(
      csv.dialect
        == CSVDialect(
          separator: "tab", decimalComma: true, hasHeader: false, columnNames: ["a", "b", "c", "y"],
          missing: ["", "-200"], trimsBlanks: true))
    #expect(csv.categorical == ["b"] && csv.ignore == ["c"] && csv.onError == .skip)
    #expect(try decode(DataSourceConfiguration.self, try ConfigWriter.yaml(from: source)) == source)
    let plain = try decode(DataSourceConfiguration.self, "{kind: csv, path: a.csv, target: y}")
    guard case .csv(let standard) = plain else { return }
    #expect(standard.dialect == CSVDialect() && standard.onError == .fail && standard.categorical.isEmpty)
    #expect(try decode(DataSourceConfiguration.self, try ConfigWriter.yaml(from: plain)) == plain)
  }

  @Test func `imputation and encoding decode, and survive writing`() throws {
    let imputation = try decode(
      ImputationSettings.self,
      "{numeric: median, categorical: most-frequent, indicators: true, columns: {a: {kind: constant, value: -1}, b: mean}}"
    )
    #expect(imputation.numeric == .median && imputation.categorical == .mostFrequent && imputation.indicators)
    #expect(imputation.imputation(of: "b", isCategorical: false) == .mean)
    #expect(imputation.missingRule.allows("x", isCategorical: true))
    #expect(try decode(ImputationSettings.self, try ConfigWriter.yaml(from: imputation)) == imputation)
    let encoding = try decode(
      EncodingSettings.self, "{kind: ordinal, unknown: ignore, levels: {size: [S, M]}, columns: {k: one-hot}}")
    #expect(encoding.kind == .ordinal && encoding.unknown == .ignore && encoding.levels == ["size": ["S", "M"]])
    #expect(encoding.columns == ["k": .oneHot])
    #expect(try decode(EncodingSettings.self, try ConfigWriter.yaml(from: encoding)) == encoding)
  }

  @Test(arguments: [
    ("separator: comma", "expected one ASCII character such as ',' or ';', or tab, or space"),
    ("columns: [a, b]", "must be left out, or header be false: names stand there"),
    ("ignore: [a, a]", "must name each column once"),
    ("categorical: [y]", "must not name the target 'y'"),
    ("categorical: [a], ignore: [a]", "must not name a column that is ignored"),
    ("onError: drop", "onError"), ("mising: [NA]", "did you mean 'missing'?"), ("missing: NA", "missing"),
  ])
  func `a wrong key of a CSV file is an error`(key: String, text: String) {
    let found = errorText { try decode(DataSourceConfiguration.self, "{kind: csv, path: a.csv, target: y, \(key)}") }
    #expect(found.contains(text), "\(found)")
  }

  @Test(arguments: [
    ("imputation: {numeric: category}", "must be none, mean, median, constant or most-frequent"),
    ("imputation: {categorical: mean}", "must be none, most-frequent or category"),
    ("imputation: {numeric: average}", "unknown kind"),
    ("imputation: {columns: {bmi: guess}}", "unknown kind"),
    ("encoding: {kind: onehot}", "one-hot"),
    ("encoding: {dropFirst: true, unknown: ignore}", "an unknown category would look like the first one"),
    ("encoding: {levels: {sex: [s1, s1]}}", "must be different texts"),
  ])
  func `a wrong imputation or encoding is an error`(data: String, text: String) {
    let found = errorText { try Self.experiment(data: data) }
    #expect(found.contains(text), "\(found)")
  }

  @Test(arguments: [
    (
      "imputation: {numeric: mean, categorical: category, columns: {bmj: mean}}", "no column has this name, found 'bmj'"
    ),
    ("imputation: {numeric: mean, categorical: category, columns: {sex: mean}}", "does not fit column 'sex'"),
    (
      "imputation: {numeric: mean, categorical: category}\n  encoding: {columns: {bmi: ordinal}}",
      "no column of categories"
    ),
    ("imputation: {numeric: mean, categorical: category}\n  encoding: {levels: {bmi: [a]}}", "no column of categories"),
    ("imputation: {numeric: mean}", "line 14 (row 13), column \"age_group\": found \"?\", expected a category"),
  ])
  func `settings that do not fit the file stop an experiment before it trains`(data: String, text: String) throws {
    let experiment = try Self.experiment(data: data)
    let found = message { try PlanCheck(experiment, configFolder: "").checkScenarios() }
    #expect(found.contains(text), "\(found)")
  }

  @Test func `the network is as wide as the encoded rows, and shifts leave categories alone`() throws {
    let experiment = try Self.experiment(
      scenario: ", {name: shifted, shifts: [{kind: scaling, gain: 2}, {kind: broken-features, columns: [0]}]}")
    let data = try ExperimentData(experiment.data, folder: "")
    let (train, test) = try data.split(seed: 0)
    let model = try ModelTraining(experiment.training[0], in: experiment).train(on: train, seed: 0).model
    #expect(model.network.inputDimension == 11 && model.preprocessing.inputCount == 11)
    #expect(model.dialect?.separator == ";")
    let clean = try data.stream(of: experiment.scenarios[0], train: train, test: test, seed: 0)
    let shifted = try data.stream(of: experiment.scenarios[1], train: train, test: test, seed: 0)
    // age_group, bmi, sex, s5, bp: the numbers are columns 1, 3 and 4, and the first of them is stuck.
    for row in 0..<clean.count {
      let (before, after) = (clean.features.row(row), shifted.features.row(row))
      #expect(after[2] == before[2] && (after[0] == before[0] || before[0].isNaN))
      #expect(after[4] == 2 * before[4] && after[1] == shifted.features[0, 1] && !after[1].isNaN)
    }
    #expect(try model.predict(shifted.features).isFinite)
  }

  @Test func `augmentation sees numbers only`() throws {
    var experiment = try Self.experiment()
    experiment.training = [
      try decode(
        TrainingArmConfiguration.self,
        "{name: noisy, epochs: 2, augmentation: [{kind: gaussian-noise, standardDeviation: 0.5, unit: deviations}]}")
    ]
    let (train, _) = try ExperimentData(experiment.data, folder: "").split(seed: 0)
    let (model, report) = try ModelTraining(experiment.training[0], in: experiment).train(on: train, seed: 0)
    #expect(report.losses.allSatisfy(\.isFinite) && model.network.inputDimension == 11)
  }

  /// Four rows, of which a split by time leaves `blue` to the test part.
  private func rare(_ encoding: String) throws -> ExperimentConfiguration {
    let path = FileManager.default.temporaryDirectory.appending(path: "attune-rare-\(UUID().uuidString).csv").path
    try "k,x,y\nred,1,1\ngreen,2,2\nred,3,3\nblue,4,4\n".write(toFile: path, atomically: true, encoding: .utf8)
    var experiment = try Self.experiment(data: encoding)
    experiment.data.source = try decode(
      DataSourceConfiguration.self, "{kind: csv, path: \(path), target: y, categorical: [k]}")
    return experiment
  }

  @Test func `a category that only the test part has is an error, or ignored, or listed`() throws {
    let strict = try rare("preprocessing: none")
    #expect(
      message { try PlanCheck(strict, configFolder: "").checkScenarios() }.contains(
        "row 1 of the test part, column \"k\": found \"blue\", expected one of the categories of the training part: "
          + "\"green\", \"red\"; list the category in data.encoding.levels, or set data.encoding.unknown to ignore"))
    let ignoring = try rare("encoding: {unknown: ignore}")
    let (train, test) = try ExperimentData(ignoring.data, folder: "").split(seed: 0)
    #expect(train.columns[0].levels == ["green", "red"] && test.columns[0].levels == ["green", "red", "blue"])
    let model = try ModelTraining(ignoring.training[0], in: ignoring).train(on: train, seed: 0).model
    #expect(try model.preprocessing.apply(test.features).row(0).prefix(2) == [0, 0])
    let listing = try rare("encoding: {levels: {k: [red, green, blue]}}")
    #expect(try ExperimentData(listing.data, folder: "").split(seed: 0).test.features[0, 0] == 2)
  }

  @Test func `rows of a scenario's own have the codes of the training part`() throws {
    let own =
      "data: {kind: csv, path: \(Self.rows), target: target, separator: \";\", decimalComma: true, missing: [\"\", NA, \"?\"]}"
    let experiment = try Self.experiment(scenario: ", {name: own, \(own)}")
    let data = try ExperimentData(experiment.data, folder: "")
    let (train, test) = try data.split(seed: 0)
    let stream = try data.stream(of: experiment.scenarios[1], train: train, test: test, seed: 0)
    #expect(stream.count == 160 && stream.columns == train.columns)
    #expect(stream.features.columns(at: [2]).rows(0..<120) == train.features.columns(at: [2]))
  }

  @Test func `a run tells once of rows that were left out`() throws {
    let experiment = try Self.experiment(
      source: "categorical: [age_group, sex], onError: skip", data: "preprocessing: none")
    let told = Told()
    let data = try ExperimentData(experiment.data, folder: "") { told.add($0) }
    _ = try data.split(seed: 0)
    #expect(told.all.map(\.count) == [34] && told.all.map(\.rows) == [160])
  }

  private final class Told: @unchecked Sendable {
    private(set) var all: [SkippedRows] = []
    func add(_ skipped: SkippedRows) { all.append(skipped) }
  }
}
