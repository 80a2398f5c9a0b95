@testable import AttuneInference
import AttuneCore
import AttuneTesting
import AttuneTraining
import Foundation
import Testing

@Suite struct OnAlarmTests {
  private let problem: BlobProblem

  init() throws { problem = try BlobProblem() }

  private func settings(
    _ action: OnAlarm.Action, cooldown: Int = 10, _ monitors: [PartChoice<MonitorPlace>] = [.part(CollapseMonitor.self)]
  ) -> OnAlarm.Configuration {
    var settings = OnAlarm.Configuration()
    (settings.action, settings.cooldown, settings.monitors) = (action, cooldown, monitors)
    return settings
  }

  /// Looks for a distance from the source, which comes and goes with the stream whatever the model does.
  private var distance: [PartChoice<MonitorPlace>] {
    var near = SourceDistanceMonitor.Configuration()
    near.window = 32
    return [.part(SourceDistanceMonitor.self, near)]
  }

  @Test func `the source model answers while there is an alarm and the cooldown after it`() throws {
    let strategy = try BlobProblem.tent(0.01, [.part(OnAlarm.self, settings(.source, cooldown: 2, distance))])
    var state = try strategy.start(problem.network, in: problem.context)
    let clean = problem.stream(seed: 1), shifted = problem.stream(seed: 2, shift: 2)
    var bySource: [Bool] = [], told: [[AdaptationEvent.Kind]] = []
    for batch in 0..<10 {
      let stream = batch == 3 || batch == 4 ? shifted : clean
      let rows = stream.inputs.rows((batch * 32)..<(batch * 32 + 32))
      let answer = try strategy.predict(rows, &state)
      #expect(try (strategy.answer(rows, state) == problem.network.predict(rows)) == (3...6).contains(batch))
      bySource.append(try answer == problem.network.predict(rows))
      told.append(strategy.takeEvents(&state).map(\.kind))
    }
    #expect(bySource == (0..<10).map { (3...6).contains($0) })
    #expect(told == [[], [], [], [.alarm, .fallback], [], [], [], [.fallback], [], []])
    #expect(state.network != problem.network, "the adaptation went on underneath")
  }

  @Test func `the learning rate is halved once per cooldown, and a report changes nothing`() throws {
    let shifted = problem.stream(seed: 2, shift: 2)
    func run(_ settings: OnAlarm.Configuration?) throws -> (RecipeState, [AdaptationEvent], [Matrix]) {
      let strategy = try BlobProblem.tent(0.01, settings.map { [.part(OnAlarm.self, $0)] } ?? [])
      var state = try strategy.start(problem.network, in: problem.context), events: [AdaptationEvent] = []
      let answers = try (0..<8).map { batch in
        let answer = try strategy.predict(shifted.inputs.rows((batch * 32)..<(batch * 32 + 32)), &state)
        events += strategy.takeEvents(&state)
        return answer
      }
      return (state, events, answers)
    }
    let (slow, rates, _) = try run(settings(.lowerRate, cooldown: 3, distance))
    #expect(slow.run.learningRate == 0.0025)
    #expect(rates.map(\.kind) == [.alarm, .rate, .rate])
    #expect(rates[1].message.hasPrefix("learning rate from 0.01 to 0.005: distance from the source: "))
    let (_, reports, answers) = try run(settings(.report, distance)), (_, none, plain) = try run(nil)
    #expect(reports.map(\.kind) == [.alarm] && none.isEmpty && answers == plain)
  }

  @Test func `with every action and monitor it conforms`() throws {
    var small = CollapseMonitor.Configuration(), aetta = AccuracyEstimateMonitor.Configuration()
    var bet = EntropyMartingaleMonitor.Configuration()
    (small.window, small.share, small.distance, aetta.floor, bet.significance) = (32, 1, 0, 0.9, 0.9)
    bet.watched = .answers
    let monitors: [PartChoice<MonitorPlace>] =
      distance + [
        .part(CollapseMonitor.self, small), .part(AccuracyEstimateMonitor.self, aetta),
        .part(EntropyMartingaleMonitor.self, bet),
      ]
    for action in OnAlarm.Action.allCases {
      let strategy = try BlobProblem.tent(0.05, [.part(OnAlarm.self, settings(action, cooldown: 1, monitors))])
      #expect(strategy.sourceAccess == .samples)
      let failures = StrategyConformance.failures(of: strategy)
      #expect(failures.isEmpty, "\(failures.map(\.description).joined(separator: "\n"))")
    }
    #expect(try BlobProblem.tent(0.05, [.part(OnAlarm.self)]).sourceAccess == .none)
  }
}
