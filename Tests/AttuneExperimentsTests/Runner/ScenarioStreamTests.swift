import AttuneCore
import AttuneData
import Testing

@testable import AttuneExperiments

/// Puts its severity in place of every value.
private struct Level: SeverityShift, Codable {
  static let name = "level"
  var severity = 3
  var hasSeverities: Bool { true }
  var summary: String { "level \(severity)" }
  func atSeverity(_ severity: Int) -> Level { Level(severity: severity) }
  func apply(to features: Matrix, in context: ShiftContext, using generator: inout Philox) -> Matrix {
    features.map { _ in Float(severity) }
  }
}

@Suite struct ScenarioStreamTests {
  private typealias Small = SmallExperiment

  /// The stream of a scenario over rows that tell where they are, 10 to 49.
  private func stream(
    _ scenario: String, edit: (inout ScenarioConfiguration) -> Void = { _ in }
  ) async throws -> ScenarioStream {
    try await Small.inFolder { folder in
      let experiment = try Small.load(scenarios: [scenario], data: Small.numberedRows(in: folder))
      var changed = experiment.scenarios[0]
      edit(&changed)
      let data = try ExperimentData(experiment.data, folder: "")
      let (train, test) = try data.split(seed: 3)
      return try data.scenarioStream(of: changed, train: train, test: test, seed: 3)
    }
  }

  private static let two =
    "domains: [{name: a}, {name: b, shifts: [{kind: offset, amounts: [1000]}]}]"

  @Test func `domains in sequence have the same rows, each in an order of its own`() async throws {
    let stream = try await stream("{name: s, order: shuffled, \(Self.two)}")
    let values = stream.table.features.elements
    #expect(stream.segments == [0..<40, 40..<80])
    #expect(stream.domains == Array(repeating: 0, count: 40) + Array(repeating: 1, count: 40))
    #expect(values[..<40].sorted() == (10..<50).map(Float.init))
    #expect(values[40...].map { $0 - 1000 }.sorted() == (10..<50).map(Float.init))
    #expect(Array(values[..<40]) != values[40...].map { $0 - 1000 })
    guard case .classes(let labels, _) = stream.table.targets else { return }
    #expect(labels == values.map { Int($0) % 1000 % 3 })
  }

  @Test func `a limit of rows takes the first ones in time, or the same random ones in all domains`() async throws {
    let first = try await stream("{name: s, rows: 5, \(Self.two)}")
    #expect(first.table.features.elements == [10, 11, 12, 13, 14, 1010, 1011, 1012, 1013, 1014])
    let random = try await stream("{name: s, order: shuffled, rows: 5, \(Self.two)}")
    let values = random.table.features.elements
    #expect(values.count == 10 && Set(values[..<5]) == Set(values[5...].map { $0 - 1000 }))
    #expect(values[..<5].sorted() != [10, 11, 12, 13, 14])
    let single = try await stream("{name: s, rows: 7}")
    #expect(single.table.features.elements == (10..<17).map(Float.init) && single.domains.isEmpty)
  }

  @Test func `mixed domains are one segment in one order`() async throws {
    let stream = try await stream("{name: s, mix: mixed, \(Self.two)}")
    let values = stream.table.features.elements
    #expect(stream.segments == [0..<80])
    #expect(stream.domains == values.map { $0 < 1000 ? 0 : 1 })
    #expect(values.map { $0 < 1000 ? $0 : $0 - 1000 }.sorted() == (20..<100).map { Float($0 / 2) })
    #expect(stream.domains[..<40].contains(1) && stream.domains[40...].contains(0))
    // Dirichlet orders go over the classes of all domains together.
    let ordered = try await self.stream(
      "{name: s, mix: mixed, order: {kind: dirichlet-slots, concentration: 1e-6}, \(Self.two)}")
    guard case .classes(let labels, _) = ordered.table.targets else { return }
    #expect(zip(labels, labels.dropFirst()).count { $0 != $1 } == 2)
  }

  @Test func `a gradual domain goes through the severities and back`() async throws {
    let stream = try await stream("{name: s, rows: 4, \(Self.two)}") { scenario in
      scenario.gradual = true
      for index in 0..<2 { scenario.domains[index].shifts = [ShiftConfiguration(Level())] }
    }
    let once = [1, 2, 3, 4, 5, 4, 3, 2, 1].flatMap { Array(repeating: Float($0), count: 4) }
    #expect(stream.table.features.elements == once + once)
    #expect(stream.segments.count == 18 && stream.segments.allSatisfy { $0.count == 4 })
    #expect(stream.domains == Array(repeating: 0, count: 36) + Array(repeating: 1, count: 36))
  }

  @Test func `without new keys a stream is that of before`() async throws {
    // Rows and noise of this scenario, drawn before domains were known.
    let stream = try await stream("{name: s, order: shuffled, shifts: [{kind: gaussian-noise}]}")
    var order = Philox(seed: 3).fork("scenario").fork("s").fork("order")
    var noise = Philox(seed: 3).fork("scenario").fork("s").fork("shift").fork(0)
    let rows = order.permutation(40).map { Float($0 + 10) }
    #expect(stream.table.features.elements == rows.map { $0 + Float(noise.nextNormal()) })
  }
}
