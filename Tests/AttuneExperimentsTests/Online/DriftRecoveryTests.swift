import AttuneInference
import Testing

@testable import AttuneExperiments

@Suite struct DriftRecoveryTests {
  @Test func `a detector triggers recovery where the relation changes, and recovery lowers the error`() async throws {
    let learner = "learner: {kind: logistic-regression, optimizer: {kind: adagrad, learningRate: 0.1}}"
    let results = try await OnlineExperiment.run(
      try OnlineExperiment.load(
        stream:
          "task: classification, source: {kind: hyperplane, rows: 12000, features: 8, driftEvery: 3000, noise: 0.02}",
        learners: """
          {name: plain, \(learner)}, {name: told, \(learner), detector: adwin, recovery: none},
          {name: adwin, \(learner), detector: adwin}, {name: ddm, \(learner), detector: ddm},
          {name: background, \(learner), detector: ddm, recovery: background}
          """))
    let plain = try #require(try results.cell("plain").quality?.mean)
    #expect(try results.cell("told").quality?.mean == plain)
    for name in ["adwin", "ddm", "background"] {
      let cell = try results.cell(name), quality = try #require(cell.quality?.mean)
      #expect(quality < plain - 0.01, "\(name): \(quality) against \(plain)")
      #expect((cell.alarms ?? 0) >= 3, "\(name): \(cell.alarms ?? 0) alarms")
      let events = try #require(cell.events.first?.log.events)
      #expect(events.contains { $0.kind == .reset } && events.contains { $0.kind == .alarm })
      // Each change is noticed within 700 labels.
      for change in [3000, 6000, 9000] {
        #expect(
          events.contains { $0.kind == .alarm && (change..<change + 700).contains($0.row) }, "\(name) at \(change)")
      }
      #expect(events.allSatisfy { $0.batch == $0.row / cell.rowsPerWindow })
    }
    #expect(try results.cell("told").events.first?.log.events.allSatisfy { $0.kind == .alarm } == true)
    #expect(
      try results.cell("background").events.first?.log.events.contains {
        $0.message.hasPrefix("the learner that began at the warning answers; it has learned ")
      } == true)
    #expect(try results.cell("plain").alarms == nil)
  }

  @Test func `an error of regression is watched as an absolute error`() async throws {
    let results = try await OnlineExperiment.run(
      try OnlineExperiment.load(
        stream: "task: regression, source: {kind: hyperplane, rows: 6000, features: 6, driftEvery: 3000}",
        learners: """
          {name: plain, learner: {kind: recursive-least-squares, forgetting: 1}},
          {name: watched, learner: {kind: recursive-least-squares, forgetting: 1}, detector: {kind: page-hinkley, threshold: 20}}
          """))
    let plain = try #require(try results.cell("plain").quality?.mean)
    let watched = try #require(try results.cell("watched").quality?.mean)
    #expect(watched < plain / 2, "\(watched) against \(plain)")
  }
}
