import AttuneCore
import AttuneData
import AttuneTraining
import Foundation
import Testing

@testable import AttuneExperiments

@Suite struct PrequentialTests {
  /// The errors of "the last label that has come" on targets 1, 2, 4, 8, … tell which label that was.
  @Test(arguments: [0, 1, 2, 3, 20]) func `before row i the labels up to i minus the delay have come`(delay: Int)
    async throws
  {
    let targets = (0..<12).map { Double(1 << $0) }
    let text = "x,y\n" + targets.map { "0,\($0)\n" }.joined()
    try await OnlineExperiment.withFile(text) { path in
      let results = try await OnlineExperiment.run(
        try OnlineExperiment.load(
          stream: "task: regression, source: {kind: csv, path: \(path), target: y}, labels: {delay: \(delay)}",
          learners: "{learner: linear-regression}"))
      let wait = max(1, delay)
      let expected: [Double] = targets.indices.map { i in
        let answer: Double = i >= wait ? targets[i - wait] : 0
        return abs(targets[i] - answer)
      }
      let found = try #require(try results.cell("last-label").metrics["mae"]?.mean)
      #expect(abs(found - expected.reduce(0, +) / 12) < 1e-9)
    }
  }

  @Test func `labels on the way at the end are learned`() throws {
    let stream = try OnlineExperiment.load(
      stream: "task: regression, source: {kind: hyperplane, rows: 10, features: 1}, labels: {delay: 4}",
      learners: "{learner: linear-regression}")
    let source = try OnlineStreamSource(stream.streams[0], folder: "")
    let unit = OnlineUnitRun(source: source, arms: stream.arms(on: stream.streams[0]), seed: 0)
    let outcome = try unit.run { _ in }
    #expect(outcome.arms.map(\.learned) == [10, 10, 10] && outcome.arms.map(\.scored) == [10, 10, 10])
  }

  @Test func `withheld labels are scored and not learned, and rows of a warm-up are learned and not scored`() throws {
    let experiment = try OnlineExperiment.load(
      stream: """
        task: classification, source: {kind: hyperplane, rows: 4000, features: 2}, labels: {missing: 0.75}, warmUp: 100, \
        maximumRows: 3000
        """, learners: "{learner: logistic-regression}")
    let source = try OnlineStreamSource(experiment.streams[0], folder: "")
    func outcome(_ seed: UInt64) throws -> OnlineUnitOutcome {
      try OnlineUnitRun(source: source, arms: experiment.arms(on: experiment.streams[0]), seed: seed).run { _ in }
    }
    let first = try outcome(0)
    #expect(first.rows == 3000 && first.unknown == 0)
    #expect((650...850).contains(3000 - first.unlabeled))
    for arm in first.arms { #expect(arm.scored == 2900 && arm.learned == 3000 - first.unlabeled) }
    #expect(try outcome(0).arms.map(\.quality) == first.arms.map(\.quality))
    #expect(try outcome(1).unlabeled != first.unlabeled)
  }

  @Test(arguments: ["{kind: house-prices, rows: 60}", "{kind: gaussian-linear, rows: 60, weights: [1, 2]}"])
  func `generated rows are a stream, each seed with its own`(source: String) async throws {
    let results = try await OnlineExperiment.run(
      try OnlineExperiment.load(
        stream: "task: regression, source: \(source)", learners: "{learner: recursive-least-squares}", seeds: "[0, 1]"))
    let cell = try results.cell("recursive-least-squares")
    #expect(results.streams[0].rows == 60 && cell.failures.isEmpty && Set(cell.perSeed).count == 2)
  }

  @Test func `rows without a label in the file are neither scored nor learned`() async throws {
    try await OnlineExperiment.withFile("x,y\n1,a\n2,?\n3,b\n4,?\n5,a\n") { path in
      let results = try await OnlineExperiment.run(
        try OnlineExperiment.load(
          stream: "task: classification, source: {kind: csv, path: \(path), target: y, missing: [\"?\"]}",
          learners: "{learner: logistic-regression}"))
      #expect(results.streams[0].rows == 5 && results.streams[0].unknown == 2)
      // Of a, b, a the last label answers a (a tie), a, b.
      #expect(try results.cell("last-label").metrics["accuracy"]?.mean == 1.0 / 3)
    }
  }

  @Test func `a learner that a task does not fit fails alone`() async throws {
    let text = "x,y\n" + (0..<30).map { "\($0),\("abc".dropFirst($0 % 3).first ?? "a")\n" }.joined()
    try await OnlineExperiment.withFile(text) { path in
      let results = try await OnlineExperiment.run(
        try OnlineExperiment.load(
          stream: "task: classification, source: {kind: csv, path: \(path), target: y}",
          learners: "{learner: perceptron}, {learner: softmax-regression}"))
      let failed = try results.cell("perceptron")
      #expect(failed.quality == nil && failed.failures.count == 1)
      #expect(
        failed.failures[0].hasPrefix(
          "seed 0: learner 'perceptron' does not do classification of 3 classes; choose one of "))
      #expect(try results.cell("softmax-regression").quality != nil)
      #expect(results.streams[0].classes == ["a", "b", "c"])
    }
  }

  @Test func `a stream without a row that can be scored is an error`() async throws {
    func text(_ stream: String, learner: String = "linear-regression") async -> String {
      do {
        _ = try await OnlineExperiment.run(
          try OnlineExperiment.load(stream: stream, learners: "{learner: \(learner)}"))
        return ""
      } catch { return "\(error)" }
    }
    #expect(
      await text("task: regression, source: {kind: hyperplane, rows: 5}, warmUp: 5")
        == "stream 's' has 5 rows, which warmUp 5 leaves unscored; check its source, or lower warmUp")
    try await OnlineExperiment.withFile("x,y\n1,?\n") { path in
      #expect(
        await text("task: regression, source: {kind: csv, path: \(path), target: y, missing: [\"?\"]}")
          == "stream 's' has 1 rows, and none has a label; check its source")
    }
    try await OnlineExperiment.withFile("x,y\n1,a\n2,a\n") { path in
      #expect(
        await text(
          "task: classification, source: {kind: csv, path: \(path), target: y}", learner: "perceptron"
        ).hasSuffix(
          "column \"y\": expected two classes or more, but there is 1; check the target, or name the classes under 'classes'"
        ))
    }
  }

  @Test func `windows merge, so that a stream of any length has at most 200, and what is kept does not grow`() throws {
    var trace = WindowTrace(), scores = PrequentialScores(task: .regression, classes: 0)
    for row in 0..<1_000_000 {
      let loss = [Double(row % 2)].withUnsafeBufferPointer { scores.add($0, target: 0) }
      trace.add(row % 1000 == 0 ? nil : loss, row: row)
    }
    let values = trace.values(task: .regression)
    #expect(values.count <= 200 && values.count > 100 && trace.size == 8192)
    #expect(values.allSatisfy { abs(($0 ?? 0) - 0.5.squareRoot()) < 0.01 })
    #expect(scores.rows == 1_000_000 && scores.quality == 0.5.squareRoot())
  }
}
