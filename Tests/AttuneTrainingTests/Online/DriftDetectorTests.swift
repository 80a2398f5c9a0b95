import AttuneCore
import AttuneTraining
import Foundation
import Testing

/// Against river 0.26.1: every detection and warning, and the state along the way.
@Suite struct DriftDetectorTests {
  struct Fixture: Decodable {
    struct Run: Decodable {
      let stream: String, settings: [String: Setting], drifts: [Int]
      let warnings: [[Int]]?
      let states: [[Double?]]
      let kept: Bool?
    }

    enum Setting: Decodable {
      case number(Double), text(String)

      init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        self = try (try? container.decode(Double.self)).map(Setting.number) ?? .text(container.decode(String.self))
      }

      var number: Double { if case .number(let value) = self { value } else { .nan } }
      var text: String { if case .text(let value) = self { value } else { "" } }
    }

    let runs: [Run]
  }

  private static func stream(_ name: String) throws -> [Double] {
    let streams = try FixtureFile.decode([String: JSONStream].self, from: "drift-detectors/streams.json")
    return try #require(streams[name]).values
  }

  struct JSONStream: Decodable {
    let values: [Double]

    init(from decoder: any Decoder) throws {
      let container = try decoder.singleValueContainer()
      let digits = try? container.decode(String.self).map { Double($0.wholeNumberValue ?? -1) }
      values = try digits ?? container.decode([Double].self)
    }
  }

  private static func configuration(_ name: String, _ run: Fixture.Run) throws -> DriftDetectorConfiguration {
    let number = { run.settings[$0]?.number }, count = { run.settings[$0].map { Int($0.number) } }
    switch name {
    case "adwin":
      var c = AdaptiveWindowing.Configuration()
      c.delta = number("delta") ?? c.delta
      c.interval = count("clock") ?? c.interval
      c.bucketsPerSize = count("max_buckets") ?? c.bucketsPerSize
      c.shortestPart = count("min_window_length") ?? c.shortestPart
      c.warmup = count("grace_period") ?? c.warmup
      c.keepsNewerPart = run.kept ?? false
      return .adwin(c)
    case "ddm":
      var c = DriftDetectionMethod.Configuration()
      c.warmup = count("warm_start") ?? c.warmup
      c.warning = number("warning_threshold") ?? c.warning
      c.drift = number("drift_threshold") ?? c.drift
      return .ddm(c)
    case "eddm":
      var c = EarlyDriftDetectionMethod.Configuration()
      c.warmup = count("warm_start") ?? c.warmup
      c.warning = number("alpha") ?? c.warning
      c.drift = number("beta") ?? c.drift
      return .eddm(c)
    default:
      var c = PageHinkley.Configuration()
      c.warmup = count("min_instances") ?? c.warmup
      c.delta = number("delta") ?? c.delta
      c.threshold = number("threshold") ?? c.threshold
      c.alpha = number("alpha") ?? c.alpha
      c.direction = try run.settings["mode"].map { try #require(.init(rawValue: $0.text)) } ?? c.direction
      return .pageHinkley(c)
    }
  }

  /// The quantities of a state in the fixture, after the index.
  private static func state(_ detector: any DriftDetector) -> [Double?] {
    switch detector {
    case let adwin as AdaptiveWindowing: [Double(adwin.width), adwin.mean, adwin.deviation, adwin.total]
    case let ddm as DriftDetectionMethod:
      [ddm.errorRate, Double(ddm.rows), ddm.minimumRate, ddm.minimumDeviation]
    case let eddm as EarlyDriftDetectionMethod:
      [eddm.meanDistance, eddm.varianceOfDistance, Double(eddm.errors), Double(eddm.rows), eddm.maximum ?? -1]
    case let test as PageHinkley:
      [test.mean, Double(test.rows), test.sumIncrease, test.minimumIncrease, test.sumDecrease, test.maximumDecrease]
    default: []
    }
  }

  @Test(arguments: DriftDetectorConfiguration.kinds)
  func `detects what river does, when river does`(kind: String) throws {
    let runs = try FixtureFile.decode(Fixture.self, from: "drift-detectors/\(kind).json").runs
    #expect(runs.count > 3)
    for run in runs {
      var detector = try Self.configuration(kind, run).make(), drifts: [Int] = [], warnings: [[Int]] = []
      let states = Dictionary(run.states.map { (Int($0[0] ?? -1), Array($0.dropFirst())) }) { first, _ in first }
      for (index, value) in try Self.stream(run.stream).enumerated() {
        // A detector that was stored and read goes on as if it had not been.
        if index % 700 == 500 { detector = try Self.stored(detector) }
        let signal = detector.update(value)
        if signal == .drift { drifts.append(index) }
        if signal == .warning {
          if warnings.last?[1] == index - 1 {
            warnings[warnings.count - 1][1] = index
          } else {
            warnings.append([index, index])
          }
        }
        guard let expected = states[index] else { continue }
        let found = Self.state(detector)
        #expect(found.count == expected.count)
        for (found, expected) in zip(found, expected) {
          guard let expected else {
            #expect(found == nil)
            continue
          }
          #expect(
            abs((found ?? .nan) - expected) <= 1e-12 * max(1, abs(expected)), "\(kind), \(run.stream), row \(index)")
        }
      }
      #expect(drifts == run.drifts, "\(kind), \(run.stream), \(run.settings)")
      // river's EDDM leaves the warning on in the row of a drift.
      let expected = run.warnings?.map { [$0[0], drifts.contains($0[1]) && kind == "eddm" ? $0[1] - 1 : $0[1]] }
      #expect(warnings == expected?.filter { $0[0] <= $0[1] } ?? [], "\(kind), \(run.stream), \(run.settings)")
    }
  }

  private static func stored(_ detector: any DriftDetector) throws -> any DriftDetector {
    func again<D: DriftDetector>(_ detector: D) throws -> D {
      try JSONDecoder().decode(D.self, from: JSONEncoder().encode(detector))
    }
    return try again(detector)
  }

  @Test func `the memory of ADWIN grows with the logarithm of the window`() throws {
    var detector = try AdaptiveWindowing()
    for _ in 0..<100_000 { _ = detector.update(0.25) }
    #expect(detector.width == 100_000 && detector.mean == 0.25 && detector.deviation == 0)
    // At most 5 buckets of each of 15 sizes.
    #expect(try JSONEncoder().encode(detector).count < 6_000)
  }

  @Test func `one bucket of each size is enough to go on after a drift`() throws {
    var settings = AdaptiveWindowing.Configuration()
    (settings.bucketsPerSize, settings.interval, settings.keepsNewerPart) = (1, 1, true)
    var detector = try AdaptiveWindowing(settings), drifts = 0
    for index in 0..<4000 where detector.update(index / 500 % 2 == 0 ? 0 : 1) == .drift { drifts += 1 }
    #expect(drifts > 6 && detector.width > 0 && detector.width < 600)
  }

  @Test(arguments: DriftDetectorConfiguration.kinds) func `settings survive a file`(kind: String) throws {
    let plain = try JSONDecoder().decode(DriftDetectorConfiguration.self, from: Data("\"\(kind)\"".utf8))
    #expect(plain.kind == kind)
    #expect(try JSONDecoder().decode(DriftDetectorConfiguration.self, from: JSONEncoder().encode(plain)) == plain)
    #expect(plain.takesErrorsOnly == (kind == "ddm" || kind == "eddm"))
    #expect(type(of: try plain.make()).name == kind)
  }

  @Test func `settings out of range are said`() throws {
    var adwin = AdaptiveWindowing.Configuration()
    adwin.delta = 1
    let error = #expect(throws: HyperparameterError.self) { try AdaptiveWindowing(adwin) }
    #expect(error?.description == "adwin: delta is 1.0; give a number above 0 and below 1")
    var eddm = EarlyDriftDetectionMethod.Configuration()
    eddm.drift = 0.99
    let order = #expect(throws: ConfigValueError.self) { try DriftDetectorConfiguration.eddm(eddm).validate() }
    #expect(order?.description == "drift is 0.99, above warning, 0.95; give a share of at most that of the warning")
    var ddm = DriftDetectionMethod.Configuration()
    ddm.warning = .nan
    #expect(throws: HyperparameterError.self) { try DriftDetectionMethod(ddm) }
    var test = PageHinkley.Configuration()
    test.alpha = 1.5
    #expect(throws: HyperparameterError.self) { try PageHinkley(test) }
  }
}
