import AttuneCore
import AttuneInference
import Testing

@testable import AttuneExperiments

/// Tells of every second batch, and fails in the batch with a number if it is told to.
struct TalkativeStrategy: AdaptationStrategy {
  struct Configuration: Codable, Sendable, DefaultInitializable {
    var failsAt = -1
    var every = 2
    init() {}
  }
  struct State: Codable, Sendable {
    var network: Network
    var batches = 0
    var events: [AdaptationEvent] = []
  }
  struct Broken: Error, CustomStringConvertible { var description: String { "broke in the middle" } }

  static let name = "talkative"
  static let summary = "tells"
  let configuration: Configuration

  init(_ configuration: Configuration) { self.configuration = configuration }

  func start(_ network: Network, in context: AdaptationContext) -> State { State(network: network) }

  func predict(_ batch: Matrix, _ state: inout State) throws -> Matrix {
    if state.batches == configuration.failsAt { throw Broken() }
    if state.batches % configuration.every == 0 {
      state.events.append(AdaptationEvent(.alarm, "batch \(state.batches) <has> come"))
    }
    state.batches += 1
    return try state.network.predict(batch)
  }

  func takeEvents(_ state: inout State) -> [AdaptationEvent] {
    defer { state.events = [] }
    return state.events
  }
}

@Suite struct EventTests {
  private typealias Small = SmallExperiment

  static var registry: StrategyRegistry {
    var registry = StrategyRegistry.builtIn
    registry.register(TalkativeStrategy.self)
    return registry
  }

  @Test func `events are kept with the row where the batch began, and shown in the report`() async throws {
    try await Small.inFolder { folder in
      let experiment = try Small.load(
        training: [Small.sgd], inference: [Small.none, "{name: loud, strategy: talkative}"],
        scenarios: ["{name: clean, batchSize: 8}"], data: Small.numberedRows(in: folder), registry: Self.registry)
      let results = try await Small.run(experiment, in: folder)
      let cell = try #require(results.cell(training: "sgd", inference: "loud", scenario: "clean"))
      #expect(cell.events.map(\.seed) == [3, 4])
      let log = try #require(cell.events.first?.log)
      #expect(log.events.map(\.row) == [0, 16, 32])
      #expect(log.events[1] == StreamEvent(row: 16, batch: 2, kind: .alarm, message: "batch 2 <has> come"))
      #expect(log.counts == ["alarm": 3] && log.more == 0)
      #expect(results.cell(training: "sgd", inference: "none", scenario: "clean")?.events.isEmpty == true)
      let page = HTMLReport.render(results)
      #expect(page.contains("Alarms and other events"))
      #expect(
        page.contains("<td>16</td><td class=\"text\">alarm</td><td class=\"text long\">batch 2 &lt;has&gt; come</td>"))
      #expect(page.contains("<title>alarm of loud, row 32: batch 4 &lt;has&gt; come</title>"))
      #expect(WellFormedness.failure(of: page) == nil)
      // A finished unit gives the same events when the run goes on.
      #expect(try await Small.run(experiment, in: folder).cells.map(\.events) == results.cells.map(\.events))
    }
  }

  @Test func `a report without events has no table of them`() {
    #expect(!HTMLReport.render(HandMadeResults.make()).contains("Alarms and other events"))
  }

  @Test func `of many events of a kind the first are kept and all are counted`() {
    var log = EventLog()
    for row in 0..<EventLog.limit + 5 { log.add([AdaptationEvent(.reset, "again")], row: row, batch: row) }
    log.add([AdaptationEvent(.alarm, "late")], row: 100, batch: 9)
    #expect(log.events.count == EventLog.limit + 1 && log.more == 5)
    #expect(log.counts == ["reset": EventLog.limit + 5, "alarm": 1])
    #expect(log.events.last == StreamEvent(row: 100, batch: 9, kind: .alarm, message: "late"))
  }

  @Test func `a strategy that throws in the middle of a stream is recorded, others go on`() async throws {
    let results = try await Small.run(
      Small.load(
        training: [Small.sgd], inference: ["{name: loud, strategy: talkative, failsAt: 3}", Small.none],
        scenarios: [Small.clean, "{name: one-batch, batchSize: 2000}"], registry: Self.registry))
    let failed = try #require(results.cell(training: "sgd", inference: "loud", scenario: "clean"))
    #expect(failed.quality == nil && failed.failures == ["seed 3: broke in the middle", "seed 4: broke in the middle"])
    #expect(results.cell(training: "sgd", inference: "loud", scenario: "one-batch")?.quality != nil)
    #expect(results.cell(training: "sgd", inference: "none", scenario: "clean")?.quality != nil)
  }
}
