@testable import AttuneInference
import AttuneCore
import AttuneTraining
import Testing

@Suite struct MonitorTests {
  private let problem: BlobProblem
  private let cheap: [PartChoice<MonitorPlace>] = [.part(CollapseMonitor.self), .part(SourceDistanceMonitor.self)]

  init() throws { problem = try BlobProblem() }

  @Test func `clean streams in random order raise no alarm, whether the model adapts or not`() throws {
    for seed in 0..<20 {
      let stream = problem.stream(seed: UInt64(seed))
      for strategy in [NoAdaptation(), try BlobProblem.tent(1e-3)] as [any AdaptationStrategy] {
        let outcome = try problem.run(strategy, on: stream, cheap)
        #expect(outcome.watched.isEmpty, "seed \(seed): \(outcome.watched)")
        #expect(outcome.error < 0.3, "seed \(seed): \(outcome.error)")
      }
    }
  }

  @Test func `a stream sorted by class is no collapse, but it is away from the source`() throws {
    for seed in 0..<10 {
      let stream = problem.stream(seed: UInt64(seed), sorted: true)
      let outcome = try problem.run(NoAdaptation(), on: stream, [.part(CollapseMonitor.self)])
      #expect(outcome.watched.isEmpty, "seed \(seed): \(outcome.watched)")
    }
    let outcome = try problem.run(
      NoAdaptation(), on: problem.stream(seed: 1, sorted: true), [.part(SourceDistanceMonitor.self)])
    #expect(outcome.watched.first?.kind == .alarm)
  }

  @Test func `a tent that runs away on a sorted stream raises the alarm, and a reset at it brings the error back`()
    throws
  {
    for seed in 0..<5 {
      let stream = problem.stream(seed: UInt64(seed), sorted: true)
      let source = try problem.run(NoAdaptation(), on: stream)
      func tent(_ recovery: [PartChoice<RecoveryPlace>]) throws -> Recipe<Tent> {
        try BlobProblem.tent(0.2, recovery, statistics: .part(SourceNormalization.self))
      }
      let collapsed = try problem.run(tent([]), on: stream, [.part(CollapseMonitor.self)])
      let alarm = try #require(collapsed.watched.first, "seed \(seed)")
      #expect(alarm.kind == .alarm && alarm.message.hasPrefix("collapse: over 256 rows the entropy"))
      let recovered = try problem.run(tent([.part(OnAlarm.self)]), on: stream)
      #expect(Set(recovered.own.map(\.kind)) == [.alarm, .reset])
      #expect(
        source.error < recovered.error && recovered.error < collapsed.error - 0.1,
        "seed \(seed): source \(source.error), collapsed \(collapsed.error), recovered \(recovered.error)")
    }
  }

  @Test func `means that move are seen in standard errors, with batch norm and by the inputs without`() throws {
    let shifted = problem.stream(seed: 3, shift: 1)
    let outcome = try problem.run(NoAdaptation(), on: shifted, [.part(SourceDistanceMonitor.self)])
    #expect(outcome.watched.map(\.kind) == [.alarm])
    #expect(outcome.watched.first?.message.hasPrefix("distance from the source: over 256 rows means are ") == true)
    // Without batch norm: one standard deviation of an input is √n standard errors of its mean.
    var generator = Philox(seed: 4)
    let linear = Network.linear(inputDimension: 8, outputDimension: 3, using: &generator)
    let inputs = generator.normal(rows: 4000, columns: 8)
    let context = AdaptationContext(task: .classification, source: SourceStatistics(inputs: inputs))
    var settings = SourceDistanceMonitor.Configuration()
    (settings.window, settings.errors) = (100, 9.5)
    let setup = RecipeSetup(strategy: "any", network: linear, context: context)
    for (shift, isAlarm) in [(0.9, false), (1.0, true)] as [(Float, Bool)] {
      var monitor = try SourceDistanceMonitor(settings, in: setup)
      // Rows whose mean is the source's, moved by part of a deviation.
      let statistics = try setup.sourceStatistics()
      let rows = Matrix(
        rows: 100, columns: 8,
        (0..<100).flatMap { _ in
          (0..<8).map { Float(statistics.mean[$0] + Double(shift) * statistics.variance[$0].squareRoot()) }
        })
      let observation = StreamObservation(
        rows: rows, logits: try linear.predict(rows), serving: nil, source: try SourceAnswer(linear, to: rows))
      #expect((monitor.observe(observation) != nil) == isAlarm)
    }
    let error = #expect(throws: MissingNormalization.self) {
      try SourceDistanceMonitor(
        in: RecipeSetup(strategy: "any", network: linear, context: AdaptationContext(task: .classification)))
    }
    #expect(error?.strategy == "any")
  }

  @Test func `what a monitor lacks is told once, and the others watch on`() throws {
    var watch = StreamWatch(
      [.part(AccuracyEstimateMonitor.self), .part(SourceDistanceMonitor.self)], of: "own", problem.network,
      in: problem.context)
    let stream = problem.stream(seed: 3, shift: 2)
    for start in [0, 400, 800] {
      let rows = stream.inputs.rows(start..<(start + 400))
      watch.observe(rows, try problem.network.predict(rows), serving: nil)
    }
    let events = watch.takeEvents()
    #expect(events.map(\.kind) == [.unwatched, .alarm])
    #expect(
      events.first?.message
        == "monitor 'aetta' needs the network that answers, and strategy 'own' does not show it; watch it with another monitor"
    )
    var regression = problem.context
    regression.task = .regression
    var other = StreamWatch([.part(CollapseMonitor.self)], of: "own", problem.network, in: regression)
    #expect(
      other.takeEvents() == [
        AdaptationEvent(
          .unwatched, "monitor 'collapse' is for classification, and the model predicts numbers; leave it out")
      ])
  }

  @Test func `settings out of their range are errors`() {
    func message(_ body: () throws -> Void) -> String? {
      do {
        try body()
        return nil
      } catch { return (error as? ConfigValueError).map { "\($0.key ?? "") \($0.message)" } }
    }
    var collapse = CollapseMonitor.Configuration(), distance = SourceDistanceMonitor.Configuration()
    (collapse.share, distance.window) = (0, 1)
    #expect(message { try collapse.validate() } == "share must be above 0 and at most 1")
    #expect(message { try distance.validate() } == "window must be at least 2")
    var aetta = AccuracyEstimateMonitor.Configuration(), bet = EntropyMartingaleMonitor.Configuration()
    (aetta.rate, bet.significance) = (1, 1)
    #expect(message { try aetta.validate() } == "rate must be above 0 and below 1")
    #expect(message { try bet.validate() } == "significance must be above 0 and below 1")
    var action = OnAlarm.Configuration()
    action.monitors = []
    #expect(message { try action.validate() } == "monitors must name at least one, for example collapse")
  }
}
