import AttuneCore
import Testing

@testable import AttuneExperiments

@Suite struct ArmScheduleTests {
  /// Runs a schedule with jobs that end in random order.
  private func run(_ start: ArmSchedule, jobs: Int, seed: UInt64) -> [ArmSchedule.Work] {
    var schedule = start, generator = Philox(seed: seed), running: [ArmSchedule.Work] = [],
      order: [ArmSchedule.Work] = []
    while true {
      while running.count < jobs, let work = schedule.next() {
        running.append(work)
        order.append(work)
      }
      guard !running.isEmpty else { return order }
      switch running.remove(at: generator.nextIndex(below: running.count)) {
      case .training(let unit): schedule.open(unit: unit)
      case .preparation(let unit, let inference): schedule.prepared(unit: unit, inference: inference)
      case .arm(let unit, let inference, _): _ = schedule.finish(unit: unit, inference: inference)
      }
    }
  }

  @Test(arguments: 0..<30) func `every piece runs once, after what it needs`(seed: UInt64) {
    let schedule = ArmSchedule(
      twins: [nil, nil, 0, nil, 1], prepared: [true, false, true], scenarios: 2, jobs: 1 + Int(seed % 3))
    let order = run(schedule, jobs: 1 + Int(seed % 3), seed: seed)
    #expect(Set(order).count == order.count && order.count == 5 + 5 * 2 + 5 * 6)
    func place(_ work: ArmSchedule.Work) -> Int { order.firstIndex(of: work) ?? -1 }
    for unit in 0..<5 {
      for inference in 0..<3 {
        for scenario in 0..<2 {
          let arm = place(.arm(unit: unit, inference: inference, scenario: scenario))
          #expect(arm > place(.training(unit: unit)))
          if inference != 1 { #expect(arm > place(.preparation(unit: unit, inference: inference))) }
        }
      }
    }
    #expect(place(.training(unit: 2)) > place(.training(unit: 0)))
  }

  @Test func `few models are in memory at the same time`() {
    var schedule = ArmSchedule(
      twins: [Int?](repeating: nil, count: 20), prepared: [false], scenarios: 3, jobs: 2)
    var open = 0, most = 0, left: [Int: Int] = [:]
    while let work = schedule.next() {
      switch work {
      case .training(let unit):
        schedule.open(unit: unit)
        (open, left[unit]) = (open + 1, 3)
      case .arm(let unit, let inference, _):
        _ = schedule.finish(unit: unit, inference: inference)
        left[unit, default: 0] -= 1
        if left[unit] == 0 { open -= 1 }
      case .preparation: Issue.record("nothing is prepared")
      }
      most = max(most, open)
    }
    #expect(open == 0 && most == 3)
  }

  @Test func `what an earlier run did is not done again`() {
    var schedule = ArmSchedule(twins: [nil, nil, nil], prepared: [true, false], scenarios: 2, jobs: 2)
    schedule.skip(unit: 0)
    schedule.open(unit: 1) { inference, scenario in inference == 0 || scenario == 0 }
    let order = run(schedule, jobs: 2, seed: 1)
    #expect(!order.contains(.training(unit: 0)) && !order.contains(.training(unit: 1)))
    #expect(
      order.contains(.arm(unit: 1, inference: 1, scenario: 1)) && !order.contains(.preparation(unit: 1, inference: 0)))
    #expect(order.count == 1 + 1 + 1 + 4)
  }
}

@Suite struct WorkEstimateTests {
  @Test func `trainings and arms count by what they cost`() {
    var estimate = WorkEstimate(units: ["slow", "slow", "quick"], prepared: [false], scenarios: 2, jobs: 2)
    #expect(estimate.progress(name: "") == WorkProgress(done: 0, total: 6, share: 0, secondsLeft: nil, name: ""))
    estimate.finish(training: 0, seconds: 100)
    estimate.finish(inference: 0, scenario: 0, seconds: 1)
    estimate.finish(inference: 0, scenario: 1, seconds: 3)
    // Left: a slow training as the first, a quick one taken for one, and two arms of each scenario.
    let first = estimate.progress(name: "x")
    #expect(first.done == 2 && first.secondsLeft == (200 + 2 * 1 + 2 * 3) / 2)
    #expect(abs(first.share - 104 / (104 + 208)) < 1e-12)
    estimate.finish(training: 2, seconds: 10)
    #expect(estimate.progress(name: "").secondsLeft == 54.0)
  }

  @Test func `the share does not fall, and ends at one`() {
    var estimate = WorkEstimate(units: ["a", "b"], prepared: [true], scenarios: 1, jobs: 1)
    estimate.finish(training: 0, seconds: 1)
    estimate.finish(preparation: 0, seconds: 1)
    estimate.finish(inference: 0, scenario: 0, seconds: 1)
    let before = estimate.progress(name: "").share
    estimate.finish(training: 1, seconds: 1)
    estimate.finish(preparation: 0, seconds: 1000)
    let after = estimate.progress(name: "").share
    #expect(after >= before && after < 1)
    estimate.finish(inference: 0, scenario: 0, seconds: 1)
    #expect(estimate.progress(name: "") == WorkProgress(done: 2, total: 2, share: 1, secondsLeft: 0, name: ""))
  }

  @Test func `what earlier runs did says nothing about the speed`() {
    var estimate = WorkEstimate(units: ["a", "a"], prepared: [false], scenarios: 2, jobs: 1)
    estimate.skip(unit: 0) { _, _ in true }
    let start = estimate.progress(name: "")
    #expect(start.done == 2 && start.secondsLeft == nil && start.share == 0.5)
    estimate.finish(training: 1, seconds: 2)
    estimate.finish(inference: 0, scenario: 0, seconds: 1)
    let later = estimate.progress(name: "")
    #expect(later.secondsLeft == 1 && later.share == 0.5 + 0.5 * 3 / 4)
  }

  @Test func `a failed training takes its arms with it`() {
    var estimate = WorkEstimate(units: ["a"], prepared: [true], scenarios: 2, jobs: 1)
    estimate.finish(training: 0, seconds: 1)
    estimate.skip(unit: 0) { _, _ in true }
    #expect(estimate.progress(name: "") == WorkProgress(done: 2, total: 2, share: 1, secondsLeft: 0, name: ""))
  }
}
