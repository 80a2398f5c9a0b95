import AttuneCore
import AttuneData
import AttuneInference
import AttuneTraining
import Testing

@testable import AttuneExperiments

/// Answers with the number of its updates, and an operation for each row and each unit of its weight.
private struct CountingStrategy: AdaptationStrategy {
  struct Configuration: Codable, Sendable, DefaultInitializable {
    var weight = 0
    init() {}
  }
  struct State: Codable, Sendable {
    var updates = 0, learned = 0
  }
  static let name = "counting"
  static let summary = "counts"
  static let usesLabels = true
  let configuration: Configuration

  init(_ configuration: Configuration = Configuration()) { self.configuration = configuration }

  func start(_ network: Network, in context: AdaptationContext) -> State { State() }

  func predict(_ batch: Matrix, _ state: inout State) -> Matrix {
    OperationCounter.add(configuration.weight)
    state.updates += 1
    return output(batch, state)
  }

  func answer(_ batch: Matrix, _ state: State) -> Matrix { output(batch, state) }

  func learn(from feedback: Feedback, _ state: inout State) { state.learned += feedback.inputs.rows }

  private func output(_ batch: Matrix, _ state: State) -> Matrix {
    Matrix(
      rows: batch.rows, columns: 3,
      (0..<batch.rows).flatMap { row in
        [Float(state.updates), Float(state.learned), Float(batch.rows)]
      })
  }
}

@Suite struct StreamServingTests {
  private let model: Model
  private let inputs = Matrix(rows: 12, columns: 2, (0..<24).map(Float.init))

  init() throws {
    var generator = Philox(seed: 1)
    let table = Table(
      features: Matrix(rows: 6, columns: 2, (0..<12).map(Float.init)),
      targets: .classes(labels: [0, 1, 2, 0, 1, 2], names: ["a", "b", "c"]), columnNames: ["x", "y"])
    let data = try SmallExperiment.load()
    let arm = data.training[0]
    _ = generator.next()
    model = try ModelTraining(arm, in: data).untrained(for: table, seed: 1)
  }

  private func stream(
    batchSize: Int = 2, _ edit: (inout PreparedStream) -> Void = { _ in }
  ) -> PreparedStream {
    var stream = PreparedStream(
      inputs: inputs, targets: .classes(labels: (0..<12).map { $0 % 3 }, names: ["a", "b", "c"]), batchSize: batchSize,
      labelDelay: nil)
    edit(&stream)
    return stream
  }

  /// The first row of each batch's output: updates, labels learned from, rows seen.
  private func outputs(_ stream: PreparedStream, weight: Int = 0) throws -> [[Float]] {
    var settings = CountingStrategy.Configuration()
    settings.weight = weight
    var serving = try StreamServing(
      CountingStrategy(settings), model, stream, in: AdaptationContext(task: .classification))
    return try stream.batches.map { range in
      let output = try serving.answer(range) { Matrix(rows: $0.count, columns: 3) }
      #expect(output.rows == range.count)
      return Array(output.elements.prefix(3))
    }
  }

  @Test func `a strategy goes on unless it is reset`() throws {
    #expect(try outputs(stream()).map { $0[0] } == [1, 2, 3, 4, 5, 6])
    #expect(try outputs(stream { $0.reset = .batch }).map { $0[0] } == [1, 1, 1, 1, 1, 1])
  }

  @Test func `a reset where a domain begins forgets, and no batch reaches over the end of a segment`() throws {
    let parts = stream {
      $0.reset = .domain
      $0.domains = [0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1]
      $0.segments = [0..<5, 5..<9, 9..<12]
      $0.labelDelay = 2
    }
    #expect(parts.batches == [0..<2, 2..<4, 4..<5, 5..<7, 7..<9, 9..<11, 11..<12])
    let found = try outputs(parts)
    // The third segment goes on with the domain of the second: a severity of it.
    #expect(found.map { $0[0] } == [1, 2, 3, 1, 2, 3, 4])
    // Labels of rows before the reset are not learned from after it.
    #expect(found.map { $0[1] } == [0, 0, 2, 0, 0, 2, 4])
  }

  @Test func `a window shows the last rows, answers the last one, and is adapted to when it is new`() throws {
    let found = try outputs(stream(batchSize: 1) { $0.window = 4 })
    #expect(found.map { $0[2] } == [1, 2, 3, 4, 4, 4, 4, 4, 4, 4, 4, 4])
    #expect(found.map { $0[0] } == [0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3])
    let parts = try outputs(
      stream(batchSize: 1) {
        ($0.window, $0.reset, $0.segments) = (4, .domain, [0..<5, 5..<12])
        $0.domains = [0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1]
      })
    #expect(parts.map { $0[2] } == [1, 2, 3, 4, 4, 1, 2, 3, 4, 4, 4, 4])
    #expect(parts.map { $0[0] } == [0, 0, 0, 1, 1, 0, 0, 0, 1, 1, 1, 1])
  }

  @Test func `where the stream does not wait, k times the operations adapt to every k-th batch`() throws {
    let plain = try OperationCounter.count { try model.network.predict(inputs.rows(0..<2)) }.operations
    func updates(_ times: Double, budget: Double) throws -> [Float] {
      try outputs(stream { $0.budget = budget }, weight: Int(times * Double(plain))).map { $0[0] }
    }
    #expect(try updates(1, budget: 1) == [1, 2, 3, 4, 5, 6])
    #expect(try updates(3, budget: 1) == [1, 1, 1, 2, 2, 2])
    #expect(try updates(2.5, budget: 1) == [1, 1, 1, 2, 2, 2])
    #expect(try updates(3, budget: 1.5) == [1, 1, 2, 2, 3, 3])
    #expect(try updates(0.1, budget: 0.05) == [1, 1, 2, 2, 3, 3])
  }

  @Test func `quality of each domain, mean over domains, and adapted share reach results and report`() async throws {
    let scenario = """
      {name: parts, rows: 100, reset: domain, pace: computation-aware,
      domains: [{name: plain}, {name: noisy, shifts: [{kind: gaussian-noise, standardDeviation: 9}]}]}
      """
    let results = try await SmallExperiment.run(
      SmallExperiment.load(
        training: [SmallExperiment.sgd], inference: [SmallExperiment.none, SmallExperiment.tent],
        scenarios: [scenario, "{name: window, rows: 40, window: 8}", "{name: anew, rows: 100, reset: batch}"]))
    #expect(results.cells.allSatisfy { $0.failures.isEmpty && $0.cost.single != nil })
    for inference in ["none", "tent"] {
      let cell = try #require(results.cell(training: "sgd", inference: inference, scenario: "parts"))
      #expect(cell.domains.map(\.name) == ["plain", "noisy"] && cell.domains.map(\.rows) == [100, 100])
      let mean = try #require(cell.domainMean?.mean), total = try #require(cell.quality?.mean)
      #expect(abs(mean - total) < 1e-12)
      #expect(abs(cell.domains.compactMap { $0.quality?.mean }.reduce(0, +) / 2 - mean) < 1e-12)
      let share = try #require(cell.adaptedShare)
      #expect(inference == "none" ? share == 1 : share < 1)
    }
    let page = HTMLReport.render(results)
    #expect(page.contains("Quality by domain") && page.contains("Mean over domains"))
    #expect(page.contains("where a domain begins") && page.contains("before every batch"))
    #expect(page.contains("row by row, seen with the last 8 rows"))
    #expect(WellFormedness.failure(of: page) == nil)
    let lines = try #require(ResultsCSV.renderDomains(results)).split(separator: "\r\n")
    #expect(lines.count == 5)
    #expect(lines[0] == "training,inference,scenario,domain,rows,metric,mean,low,high,seed_3,seed_4")
    #expect(lines[2].hasPrefix("sgd,none,parts,noisy,100,error,"))
  }
}
