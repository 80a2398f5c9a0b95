import AttuneCore
import AttuneData
import AttuneInference
import AttuneTraining
import Foundation
import Testing

@testable import AttuneExperiments

/// Texts as a source of data: keys, splits without leaks, scenarios of other files.
@Suite struct TextSourceTests {
  private static let place = "{kind: text, path: a.txt, format: label-text"

  private func data(_ source: String, _ rest: String = "split: time") throws -> DataConfiguration {
    try decode(DataConfiguration.self, "{source: \(source), task: classification, \(rest)}")
  }

  private func message(_ source: String, _ rest: String = "split: time") -> String {
    do { _ = try data(source, rest) } catch { return "\(error)" }
    return ""
  }

  @Test func `all keys decode, and survive writing`() throws {
    let full = try data(
      "{kind: text, files: [{path: p.txt, label: good}, {path: n.txt, label: bad}], encoding: latin-1, deduplicate: true, "
        + "vocabulary: {size: 50, minimumCount: 3}, weighting: tf-idf}")
    guard case .text(let text) = full.source else { Issue.record("\(full.source)"); return }
    #expect(text.files.map(\.path) == ["p.txt", "n.txt"] && text.files.map(\.label) == ["good", "bad"])
    #expect(text.encoding == .latin1 && text.deduplicate && text.vocabulary?.size == 50)
    #expect(
      text.vocabulary?.minimumCount == 3 && text.weighting == .tfIDF
        && text.columns == .vocabulary(size: 50, minimumCount: 3))
    for source in [full.source, try data(Self.place + ", hashing: 64}").source] {
      #expect(try JSONDecoder().decode(DataSourceConfiguration.self, from: JSONEncoder().encode(source)) == source)
    }
    guard case .text(let plain) = try data(Self.place + "}").source else { return }
    #expect(plain.columns == .vocabulary(size: 2000, minimumCount: 2) && !plain.deduplicate && plain.encoding == .utf8)
    #expect(full.source.mappingPaths { "x/" + $0 }.paths == ["x/p.txt", "x/n.txt"])
  }

  @Test func `settings that do not fit each other are refused`() {
    #expect(
      message("{kind: text, path: a.txt}").contains(
        "format: must be label-text or text-label, or each file have a 'label'"))
    #expect(message(Self.place + ", files: [{path: b}]}").contains("files: does nothing beside 'path'; remove one"))
    #expect(message("{kind: text, files: []}").contains("files: must be one file or more"))
    #expect(
      message("{kind: text, files: [{path: a, label: b}, {path: c}]}").contains(
        "files: must have a label each, or none"))
    #expect(
      message("{kind: text, files: [{path: a, label: b}], format: label-text}")
        .contains("format: does nothing where each file has a 'label'; remove it"))
    #expect(
      message(Self.place + ", hashing: 9, vocabulary: {size: 2}}").contains("vocabulary: does nothing beside 'hashing'")
    )
    #expect(message(Self.place + ", hashing: 0}").contains("hashing: must be at least 1"))
    #expect(message(Self.place + ", vocabulary: {size: 0}}").contains("size: must be at least 1"))
    #expect(message(Self.place + ", encoding: utf-16}").contains("utf-8"))
    #expect(message(Self.place + ", target: x}").contains("target"))
    #expect(message(Self.place + "}", "split: {kind: group, column: a}").contains("must go by no column"))
    #expect(
      message(Self.place + ", deduplicate: true}", "split: {kind: rows, train: a, test: b}")
        .contains("lists of rows count all texts of the files"))
    #expect(message(Self.place + "}", "test: {kind: csv, path: a, target: b}").contains("must be of kind text"))
    #expect(
      message("{kind: csv, path: a, target: b}", "test: \(Self.place)}").contains("texts need a 'source' of kind text"))
    do {
      _ = try decode(DataConfiguration.self, "{source: \(Self.place)}, task: regression, split: time}")
      Issue.record("a regression on texts was accepted")
    } catch {
      #expect("\(error)".contains("must be classification: texts have classes"))
    }
  }

  private func withTexts(_ body: (String) throws -> Void) throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "attune-texts-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    // The later half has words of its own.
    let lines = (0..<20).map { "\($0 % 2 == 0 ? "bad" : "good")\t\($0 < 10 ? "early" : "late late") word\($0 % 4)" }
    for (name, text) in [
      ("all.txt", lines.joined(separator: "\n")), ("other.txt", "fine words early\tgood\nworse word1\tbad\n"),
      ("strange.txt", "early\tugly"),
    ] {
      try text.write(toFile: folder + "/" + name, atomically: true, encoding: .utf8)
    }
    try body(folder)
  }

  @Test(arguments: ["", ", weighting: tf-idf", ", weighting: count"])
  func `the columns are the words of the training part, for test, held-out rows and scenarios too`(keys: String) throws
  {
    try withTexts { folder in
      let source = "{kind: text, path: all.txt, format: label-text, vocabulary: {minimumCount: 1}\(keys)}"
      let data = try ExperimentData(try data(source, "split: time, heldOut: {fraction: 0.2}"), folder: folder)
      let parts = try data.parts(seed: 1)
      #expect(parts.train.columnNames == ["early", "word0", "word1", "word2", "word3"])
      #expect(parts.test.columns == parts.train.columns && parts.heldOut?.columns == parts.train.columns)
      #expect(parts.train.count == 8 && parts.heldOut?.count == 2 && parts.test.count == 10)
      #expect(parts.train.features.columns(at: [0]).elements.allSatisfy { $0 > 0 })
      #expect(parts.test.features.columns(at: [0]).elements.allSatisfy { $0 == 0 })
      #expect(parts.train.targets == .classes(labels: (0..<8).map { $0 % 2 }, names: ["bad", "good"]))
      let scenario = try decode(
        ScenarioConfiguration.self, "{name: other, data: {kind: text, path: other.txt, format: text-label}}")
      let stream = try data.stream(of: scenario, train: parts.train, test: parts.test, seed: 1)
      #expect(
        stream.columns == parts.train.columns && stream.targets == .classes(labels: [1, 0], names: ["bad", "good"]))
      #expect(
        stream.features.elements.map { $0 > 0 } == [true, false, false, false, false, false, false, true, false, false])
      func failure(_ keys: String) throws -> String {
        let wrong = try decode(
          ScenarioConfiguration.self, "{name: wrong, data: {kind: text, format: text-label, \(keys)}}")
        do { _ = try data.stream(of: wrong, train: parts.train, test: parts.test, seed: 1) } catch { return "\(error)" }
        return ""
      }
      #expect(try failure("path: strange.txt").contains("found \"ugly\", expected one of bad, good"))
      #expect(
        try failure("path: other.txt, hashing: 3").contains(
          "hashing: does nothing in a scenario: the columns are those"))
      #expect(try failure("path: none.txt").contains("none.txt"))
    }
  }

  @Test func `an official test part has the words of the training part, and a bootstrap counts what it drew`() throws {
    try withTexts { folder in
      let source = "{kind: text, path: all.txt, format: label-text, vocabulary: {minimumCount: 1}}"
      let test = "test: {kind: text, path: other.txt, format: text-label}"
      let parts = try ExperimentData(try data(source, test), folder: folder).parts(seed: 1)
      #expect(parts.train.count == 20 && parts.test.count == 2 && parts.test.columns == parts.train.columns)
      let hashed = "{kind: text, path: all.txt, format: label-text, hashing: 16}"
      let drawn = try ExperimentData(try data(hashed, "split: time, bootstrap: true"), folder: folder).parts(seed: 1)
      #expect(
        drawn.train.count == 10 && drawn.train.columnNames.count == 16 && drawn.test.columns == drawn.train.columns)
    }
  }

  @Test func `the strategy's keys decode`() throws {
    let arm = try decode(
      InferenceArmConfiguration.self,
      "{name: words, strategy: input-selection, method: integrated-gradients, count: 5, replacement: zero, steps: 8, "
        + "rule: trapezoid, shrinkage: 0.1, curve: [1, 5]}", userInfo: [.strategies: StrategyRegistry.builtIn])
    let found = try #require(arm.strategy.strategy as? SaliencySelection).configuration
    #expect(
      found.method == .integratedGradients && found.count == 5 && found.share == nil && found.replacement == .zero)
    #expect(found.steps == 8 && found.rule == .trapezoid && found.shrinkage == 0.1 && found.curve == [1, 5])
  }

  @Test func `the shipped experiment loads`() throws {
    let experiment = try ExperimentConfiguration.load(
      path: SmallExperiment.repository.path + "/experiments/text-selection.yaml")
    #expect(experiment.name == "text-selection" && experiment.baselineName == "none")
  }

  private static let dataFolder = ProcessInfo.processInfo.environment["ATTUNE_DATA"]

  @Test(.enabled(if: dataFolder != nil, "set ATTUNE_DATA to the folder of public data sets"))
  func `a model of one site's sentences is streamed those of another`() throws {
    let source = "{kind: text, path: $ATTUNE_DATA/sentiment-sentences/amazon_cells_labelled.txt, format: text-label}"
    let data = try ExperimentData(try data(source), folder: "")
    let parts = try data.parts(seed: 0)
    let scenario = try decode(
      ScenarioConfiguration.self,
      "{name: yelp, data: {kind: text, path: $ATTUNE_DATA/sentiment-sentences/yelp_labelled.txt, format: text-label}}")
    let stream = try data.stream(of: scenario, train: parts.train, test: parts.test, seed: 0)
    #expect(
      stream.count == 1000 && stream.columns == parts.train.columns
        && parts.train.columns.contains { $0.name == "great" })
  }
}
