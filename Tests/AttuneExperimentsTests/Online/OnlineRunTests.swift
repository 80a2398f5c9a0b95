import Foundation
import Synchronization
import Testing

@testable import AttuneExperiments

@Suite struct OnlineRunTests {
  private func small(_ learning: Double = 0.01) throws -> OnlineExperimentConfiguration {
    try OnlineExperiment.load(
      """
      name: small
      seeds: [1, 2]
      streams:
        - {name: a, task: regression, source: {kind: hyperplane, rows: 600}}
        - {name: b, task: classification, source: {kind: csv, path: \(SmallExperiment.repository.path)/datasets/digits.csv, \
      target: target}, maximumRows: 300}
      learners:
        - {name: linear, learner: {kind: linear-regression, optimizer: {kind: sgd, learningRate: \(learning)}}}
        - {name: softmax, learner: softmax-regression}
        - {name: mlp, learner: {kind: mlp, hidden: [4]}, streams: [b]}
      """)
  }

  private func figures(_ results: OnlineResults) -> [String: [Double?]] {
    Dictionary(uniqueKeysWithValues: results.cells.map { ("\($0.stream)/\($0.learner)", $0.perSeed + $0.trace) })
  }

  @Test func `what depends on chance runs with each seed, the rest once`() async throws {
    let results = try await OnlineExperiment.run(small())
    #expect(try results.cell("linear", "a").seeds == [1, 2] && results.cell("last-label", "a").seeds == [1, 2])
    #expect(try results.cell("softmax", "b").seeds == [1] && results.cell("mlp", "b").seeds == [1, 2])
    // The mean of what ran with two seeds has an interval, and its difference pairs with what ran once.
    let network = try results.cell("mlp", "b")
    #expect(try #require(network.quality?.low) < #require(network.quality?.high))
    #expect(network.difference != nil && network.perSeed.count == 2)
    let cost = try #require(network.cost)
    #expect(cost.predictOperations > 500 && cost.learnOperations > cost.predictOperations && cost.stateBytes > 1000)
    #expect(cost.predictNanoseconds > 0 && cost.learnNanoseconds > 0)
  }

  @Test func `a run goes on with the streams that are there and ends with the same bits`() async throws {
    try await SmallExperiment.inFolder { folder in
      let first = figures(try await OnlineExperiment.run(small(), in: folder))
      try FileManager.default.removeItem(atPath: folder + "/units/a-seed2.json")
      try "{}".write(toFile: folder + "/units/b-seed1.json", atomically: true, encoding: .utf8)
      let told = Mutex<[String]>([]), found = Mutex<Int?>(nil)
      let again = try await OnlineExperiment.run(small(), in: folder, jobs: 1) { event in
        switch event {
        case .notice(let text): told.withLock { $0.append(text) }
        case .progress(let done, let total, _):
          #expect(total == 400)
          found.withLock { $0 = $0 ?? done }
        }
      }
      #expect(figures(again) == first && found.withLock { $0 } == 200)
      #expect(told.withLock { $0 } == ["b, seed 1 runs anew: \(folder)/units/b-seed1.json is damaged"])
      await #expect(throws: RunFolderMismatch.self) { try await OnlineExperiment.run(small(0.02), in: folder) }
      for name in ["config.yaml", "results.json", "results.csv", "report.html", "provenance.json"] {
        #expect(FileManager.default.fileExists(atPath: folder + "/" + name), "\(name)")
      }
      let stored = try JSONDecoder.dated.decode(
        OnlineResults.self, from: Data(contentsOf: URL(filePath: folder + "/results.json")))
      #expect(figures(stored) == first)
    }
  }

  @Test func `what is expected may change, and nothing runs again`() async throws {
    try await SmallExperiment.inFolder { folder in
      var experiment = try small()
      let first = figures(try await OnlineExperiment.run(experiment, in: folder))
      for learner in ["softmax", "mlp"] {
        var figure = ExpectedFigure(), comparison = ExpectedComparison()
        comparison.learner = "last-label"
        (figure.stream, figure.learner, figure.below) = ("b", learner, comparison)
        experiment.expect = [figure]
        let found = Mutex<Int?>(nil)
        let results = try await OnlineExperiment.run(experiment, in: folder) { event in
          if case .progress(let done, _, _) = event { found.withLock { $0 = $0 ?? done } }
        }
        #expect(figures(results) == first && found.withLock { $0 } == 400)
        let outcome = try #require(results.expected.first)
        // What ran once, for all seeds, is compared with each seed of what did not.
        #expect(outcome.perSeed?.count == (learner == "mlp" ? 2 : 1))
        let own = try results.cell(learner, "b").quality?.mean
        let other = try results.cell("last-label", "b").quality?.mean
        #expect(outcome.own == own && outcome.other == other)
      }
    }
  }

  @Test func `a stopped run keeps its finished streams`() async throws {
    try await SmallExperiment.inFolder { folder in
      let experiment = try small()
      let stopped = await Task {
        try await OnlineExperiment.run(experiment, in: folder, jobs: 1) { event in
          if case .progress(done: 100..., _, _) = event { withUnsafeCurrentTask { $0?.cancel() } }
        }
      }.result
      #expect(throws: CancellationError.self) { try stopped.get() }
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder + "/units").count == 1)
      #expect(try await OnlineExperiment.run(experiment, in: folder).cells.allSatisfy { $0.quality != nil })
    }
  }
}

extension JSONDecoder {
  fileprivate static var dated: JSONDecoder {
    let decoder = JSONDecoder()
    decoder.dateDecodingStrategy = .iso8601
    return decoder
  }
}
