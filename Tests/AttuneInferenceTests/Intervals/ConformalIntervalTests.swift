import AttuneCore
import AttuneInference
import Foundation
import Testing

@Suite struct ConformalIntervalTests {
  private func fixture<Content: Decodable>(_ name: String, as type: Content.Type) throws -> Content {
    let tests = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    return try JSONDecoder().decode(
      Content.self, from: try Data(contentsOf: tests.appending(path: "Fixtures/conformal/\(name).json")))
  }

  private struct Split: Decodable {
    struct Threshold: Decodable { var n: Int, miscoverage: Double, rank: Int, threshold: Double? }
    var residuals: [Double], indices: [String: [Int]], thresholds: [Threshold]
  }

  private func split(_ level: Double) -> IntervalConfiguration {
    var settings = IntervalConfiguration.SplitConformal()
    settings.level = level
    return .splitConformal(settings)
  }

  private func adaptive(_ level: Double, rate: Double, window: Int = 500) -> IntervalConfiguration {
    var settings = IntervalConfiguration.AdaptiveConformal()
    (settings.level, settings.rate, settings.window) = (level, rate, window)
    return .adaptiveConformal(settings)
  }

  @Test func `ranks and thresholds of split conformal are the exact ones`() throws {
    let cases = try fixture("split", as: Split.self)
    #expect(cases.indices.count == 8 && cases.thresholds.count == 96)
    for (miscoverage, ranks) in cases.indices {
      let share = try #require(Double(miscoverage))
      #expect((1...120).map { ConformalThreshold.rank(of: $0, miscoverage: share) } == ranks)
    }
    for known in cases.thresholds {
      let scores = cases.residuals.prefix(known.n).map(abs)
      var intervals = ConformalIntervals(split(1 - known.miscoverage), calibration: scores)
      #expect(intervals.threshold == known.threshold ?? .infinity)
      let given = intervals.intervals(about: Matrix([[2]]))
      guard let threshold = known.threshold else {
        #expect(given.lower == [-.infinity] && given.upper == [.infinity])
        continue
      }
      // Outwards, by less than a millionth.
      let reaches = [2 - given.lower[0], given.upper[0] - 2]
      #expect(reaches.allSatisfy { $0 >= threshold && $0 < threshold + 1e-6 * (2 + threshold) })
    }
  }

  private struct Adaptive: Decodable {
    struct Run: Decodable {
      var miscoverage: Double, gamma: Double, calibration: String, quantile: String
      var alphas: [Double], thresholds: [Double?], errors: String, next: Double, nearInteger: [Int], coverage: Double
    }
    var residuals: [Double], calibrationRows: Int, runs: [Run]
  }

  @Test func `adaptive conformal inference takes the stored course`() throws {
    let cases = try fixture("adaptive", as: Adaptive.self), start = cases.calibrationRows
    // A window of their own and a growing one; a calibration that never changes is not offered.
    let runs = cases.runs.filter { $0.quantile == "finite" && $0.calibration != "fixed" && $0.gamma > 0 }
    #expect(runs.count == 3)
    for run in runs {
      let window = run.calibration == "window" ? 100 : 1000
      var intervals = ConformalIntervals(
        adaptive(1 - run.miscoverage, rate: run.gamma, window: window),
        calibration: cases.residuals.prefix(start).map(abs))
      var errors = ""
      for (row, residual) in cases.residuals.dropFirst(start).enumerated() {
        #expect(abs(intervals.miscoverage - run.alphas[row]) < 1e-9)
        #expect(intervals.threshold == run.thresholds[row] ?? .infinity, "row \(row)")
        // Answers of 0: the target is the residual.
        let given = intervals.intervals(about: Matrix([[0]]))
        errors += given.lower[0] <= residual && residual <= given.upper[0] ? "0" : "1"
        intervals.learn([residual])
      }
      #expect(errors == run.errors && abs(intervals.miscoverage - run.next) < 1e-9)
    }
  }

  @Test(arguments: [(39, 0.9), (19, 0.5), (9, 0.9), (99, 0.95)])
  func `split conformal holds a target like the calibration's as often as it promises`(count: Int, level: Double) {
    var generator = Philox(seed: 31).fork(count)
    let repetitions = 4000
    var held = 0
    for _ in 0..<repetitions {
      // Heavy tails: the promise does not depend on the distribution.
      let scores = (0...count).map { _ in pow(generator.nextUniformDouble() + 1e-12, -2) }
      var intervals = ConformalIntervals(split(level), calibration: Array(scores.prefix(count)))
      let given = intervals.intervals(about: Matrix([[0]]))
      if given.lower[0] <= scores[count], scores[count] <= given.upper[0] { held += 1 }
    }
    // Without ties the probability is k / (n + 1) exactly; four standard errors.
    let expected = Double(ConformalThreshold.rank(of: count, miscoverage: 1 - level)) / Double(count + 1)
    #expect(expected >= level - 1e-9)
    let error = (expected * (1 - expected) / Double(repetitions)).squareRoot()
    #expect(abs(Double(held) / Double(repetitions) - expected) <= 4 * error)
  }

  /// What a target does, told the half width that it meets.
  enum Adversary: CaseIterable {
    case alwaysOutside, alwaysInside, turns, random
  }

  @Test(arguments: Adversary.allCases, [(0.9, 0.005), (0.9, 0.1), (0.5, 0.7), (0.99, 0.02)])
  func `the share that adaptive intervals miss is bounded against any target`(
    adversary: Adversary, setting: (level: Double, rate: Double)
  ) {
    for outstanding in [1, 7, 40] {
      var intervals = ConformalIntervals(adaptive(setting.level, rate: setting.rate, window: 50))
      var generator = Philox(seed: 5), unlabeled: [Double] = [], missed = 0, labeled = 0
      for row in 0..<3000 {
        let threshold = intervals.threshold
        let given = intervals.intervals(about: Matrix([[1]]))
        let outside = 1 + (threshold.isFinite ? abs(threshold) + 1 : 1e6)
        let target: Double =
          switch adversary {
          case .alwaysOutside: outside
          case .alwaysInside: 1
          case .turns: (row / 500) % 2 == 0 ? outside : 1
          case .random: generator.nextUniform() < 0.5 ? outside : 1 + generator.nextNormal()
          }
        let isMissed = !(given.lower[0] <= target && target <= given.upper[0])
        unlabeled.append(isMissed ? target : target)
        missed += isMissed ? 1 : 0
        guard unlabeled.count == outstanding else { continue }
        // Labels come all at once, as after a batch of so many rows.
        intervals.learn(unlabeled)
        labeled += unlabeled.count
        unlabeled = []
        let alpha = 1 - setting.level, count = Double(labeled)
        let bound = (max(alpha, 1 - alpha) + Double(outstanding) * setting.rate) / (count * setting.rate)
        #expect(abs(Double(missed) / count - alpha) <= bound + 1e-9)
      }
    }
  }

  @Test func `too few rows make intervals without ends`() {
    for configuration in [split(0.9), adaptive(0.9, rate: 0.005)] {
      var intervals = ConformalIntervals(configuration, calibration: Array(repeating: 1, count: 8))
      let given = intervals.intervals(about: Matrix([[3], [4]]))
      #expect(given.lower == [-.infinity, -.infinity] && given.upper == [.infinity, .infinity] && given.level == 0.9)
      #expect(ConformalIntervals(configuration, calibration: Array(repeating: 1, count: 9)).threshold == 1)
    }
    #expect(ConformalIntervals(split(0.9)).threshold == .infinity)
  }

  @Test func `a level that fell to nothing gives empty intervals`() {
    var intervals = ConformalIntervals(adaptive(0.1, rate: 1), calibration: Array(repeating: 1, count: 20))
    _ = intervals.intervals(about: Matrix([[0]]))
    intervals.learn([0.5])
    #expect(intervals.miscoverage >= 1)
    let given = intervals.intervals(about: Matrix([[2]]))
    #expect(given.lower[0] > given.upper[0])
  }

  @Test func `rows without a label and answers that are no number are survived`() {
    var intervals = ConformalIntervals(adaptive(0.8, rate: 0.01, window: 4), calibration: [1, 2, 3, .nan])
    #expect(intervals.threshold == .infinity)
    let before = intervals.miscoverage
    _ = intervals.intervals(about: Matrix([[0], [.infinity], [0]]))
    intervals.learn([.nan])
    #expect(intervals.miscoverage == before)
    intervals.learn([1, 1])
    // The second answer is infinitely far from its target, within infinite ends.
    #expect(abs(intervals.miscoverage - (before + 2 * 0.01 * 0.2)) < 1e-12)
  }

  @Test func `split intervals ignore labels`() {
    var intervals = ConformalIntervals(split(0.5), calibration: [1, 2, 3])
    _ = intervals.intervals(about: Matrix([[0]]))
    intervals.learn([100])
    #expect(intervals.threshold == 2)
  }
}
