import AttuneCore
import AttuneInference
import AttuneTesting
import Testing

@Suite struct SaliencySelectionTests {
  private func strategy(_ change: (inout SaliencySelection.Configuration) -> Void) throws -> SaliencySelection {
    var configuration = SaliencySelection.Configuration()
    change(&configuration)
    return try SaliencySelection(configuration)
  }

  private func context(_ rows: Matrix) -> AdaptationContext {
    var context = AdaptationContext(task: .classification, source: SourceStatistics(inputs: rows))
    context.inputNames = (0..<rows.columns).map { "word \($0)" }
    return context
  }

  private func close(_ left: Matrix, _ right: Matrix) -> Bool {
    left.shape == right.shape && zip(left.elements, right.elements).allSatisfy { abs($0 - $1) < 1e-4 }
  }

  @Test(arguments: SaliencySelection.Method.allCases)
  func `rows keep the inputs of the largest attributions, each its own`(method: SaliencySelection.Method) throws {
    // A linear model of one output: every method attributes w·(x − mean), or its size.
    let network = try Network([.linear(Linear(weight: Matrix([[1, -2, 4, 0.5]]), bias: Matrix(row: [0.25])))])
    let source = Matrix([[1, 1, 1, 1], [3, 1, -1, 1]])  // mean 2, 1, 0, 1
    let x = Matrix([[5, 2, 0.1, 3], [2, 1, 1, 1.5], [2, 1, 0, 1]])
    let strategy = try strategy { ($0.method, $0.count, $0.curve) = (method, 2, [0, 1, 4]) }
    var state = try strategy.start(network, in: context(source))
    let output = try strategy.predict(x, &state)
    // Attributions 3, −2, 0.4, 1 and 0, 0, 4, 0.25; the third row is the mean.
    let expected = Matrix([[5, 2, 0, 1], [2, 1, 1, 1.5], [2, 1, 0, 1]])
    #expect(close(output, try network.predict(expected)))
    let selection = try #require(strategy.takeDetails(&state).selection)
    #expect(
      selection.kept == [true, true, false, false, false, false, true, true, false, false, false, false])
    #expect(selection.replacement == .mean && selection.keptCount == 4 && selection.savedOperations == 2 * 8)
    #expect(strategy.takeDetails(&state).selection == nil)
    let curve = try strategy.curve(x, state)
    #expect(curve.map(\.budget) == [0, 1, 4] && curve.map(\.keptCount) == [0, 2, 6])
    #expect(close(curve[2].output, try network.predict(x)))
    let mean = Matrix(rows: 3, columns: 4, [2, 1, 0, 1, 2, 1, 0, 1, 2, 1, 0, 1])
    #expect(close(curve[0].output, try network.predict(mean)))
  }

  @Test func `with a share of 1 the answers are the model's, and zeros cost nothing`() throws {
    var generator = Philox(seed: 1)
    let network = Network.mlp(inputDimension: 200, hidden: [16], outputDimension: 3, using: &generator)
    var x = Matrix(rows: 4, columns: 200)
    for i in 0..<4 { for j in 0..<6 { x[i, 7 * i + 13 * j] = 1 } }
    let strategy = try strategy { ($0.share, $0.replacement) = (1, .zero) }
    #expect(strategy.sourceAccess == .none)
    var state = try strategy.start(network, in: AdaptationContext(task: .classification))
    let plain = try OperationCounter.count { try network.predict(x) }
    let found = try OperationCounter.count { try strategy.predict(x, &state) }
    #expect(close(found.result, plain.result))
    // A comparison for each cell finds the words.
    #expect(plain.operations - found.operations == 2 * 16 * (800 - 24) - 800)
    #expect(strategy.takeDetails(&state).selection?.savedOperations == 2 * 16 * (800 - 24))
  }

  @Test func `rankings of texts cost what their words cost, not what the vocabulary does`() throws {
    var generator = Philox(seed: 2)
    let network = Network.mlp(inputDimension: 2000, hidden: [32], outputDimension: 2, using: &generator)
    var x = Matrix(rows: 8, columns: 2000)
    for i in 0..<8 { for j in 0..<20 { x[i, 50 * j + i] = 1 } }
    let plain = try OperationCounter.count { try network.predict(x) }.operations
    for (method, most) in [(SaliencySelection.Method.weight, 0.05), (.gradientTimesInput, 0.1)] {
      let strategy = try strategy { ($0.method, $0.count, $0.replacement) = (method, 5, .zero) }
      var state = try strategy.start(network, in: AdaptationContext(task: .classification))
      let cost = try OperationCounter.count { try strategy.predict(x, &state) }.operations
      #expect(Double(cost) < most * Double(plain), "\(method): \(cost) of \(plain)")
    }
  }

  @Test func `inputs that are left out become what the kept ones let expect`() throws {
    var generator = Philox(seed: 3)
    // The second input is twice the first, nearly; the third is its own.
    var source = generator.normal(rows: 4000, columns: 3)
    for i in 0..<source.rows { source[i, 1] = 2 * source[i, 0] + 0.1 * source[i, 1] }
    let identity = try Network([.linear(Linear(weight: Matrix([[9, 0, 0], [0, 1, 0], [0, 0, 1]]), bias: nil))])
    let strategy = try strategy { ($0.count, $0.replacement, $0.shrinkage) = (1, .conditional, 1e-4) }
    var state = try strategy.start(identity, in: context(source))
    let output = try strategy.predict(Matrix([[1.5, -9, 0.2]]), &state)
    #expect(abs(output[0, 0] - 13.5) < 1e-3 && abs(output[0, 1] - 3) < 0.1 && abs(output[0, 2]) < 0.1, "\(output)")
    let selection = try #require(strategy.takeDetails(&state).selection)
    #expect(selection.replacement == .conditional && selection.savedOperations == 0 && selection.keptCount == 1)
    let unknown = AdaptationContext(
      task: .classification, source: SourceStatistics(rows: 9, mean: [0, 0, 0], variance: [1, 1, 1]))
    #expect(throws: MissingSourceStatistics(strategy: "input-selection", inputsWithoutCovariance: 3)) {
      try strategy.start(identity, in: unknown)
    }
  }

  @Test func `values that are not finite are left out`() throws {
    var generator = Philox(seed: 4)
    let network = Network.mlp(inputDimension: 5, hidden: [8], outputDimension: 2, using: &generator)
    let x = Matrix([[.nan, 1, 2, .infinity, 3], [1, 0, 0, 0, 0]])
    let strategy = try strategy { ($0.count, $0.replacement) = (3, .zero) }
    var state = try strategy.start(network, in: AdaptationContext(task: .classification))
    let output = try strategy.predict(x, &state)
    #expect(close(output, try network.predict(Matrix([[0, 1, 2, 0, 3], [1, 0, 0, 0, 0]]))))
    #expect(strategy.takeDetails(&state).selection?.kept.prefix(5) == [false, true, true, false, true])
  }

  @Test func `a saliency that is not finite is an error that names the input`() throws {
    let network = try Network([.linear(Linear(weight: Matrix([[1, 3e38], [1, 1]]), bias: nil))])
    let strategy = try strategy { ($0.count, $0.replacement, $0.method) = (1, .zero, .weight) }
    var context = AdaptationContext(task: .classification)
    context.inputNames = ["free", "prize"]
    var state = try strategy.start(network, in: context)
    let error = #expect(throws: NonFiniteSaliency.self) { try strategy.predict(Matrix([[0, 1], [1, 10]]), &state) }
    #expect(error == NonFiniteSaliency(row: 1, input: "prize", value: .infinity))
    #expect(
      error?.description == "the saliency of input 'prize' in row 1 of the batch is inf, and inputs cannot be ranked; "
        + "the network's weights or the row's values are too large or not finite: train at a lower learning rate, or check "
        + "the row")
    #expect(try strategy.predict(Matrix([[1, 0.5]]), &state).isFinite)
  }

  @Test func `settings out of their range are refused`() throws {
    func message(_ change: (inout SaliencySelection.Configuration) -> Void) -> String {
      do { _ = try strategy(change) } catch { return "\(error)" }
      return ""
    }
    #expect(message { $0.count = 0 } == "count: must be at least 1, found '0'")
    #expect(message { $0.share = 0 } == "share: must be above 0 and at most 1, found '0'")
    #expect(message { ($0.count, $0.share) = (1, 0.5) } == "share: does nothing beside 'count'; remove one")
    #expect(message { $0.steps = 0 } == "steps: must be at least 1 and at most 1024, found '0'")
    #expect(message { $0.curve = [2, 1] } == "curve: must be numbers of inputs of at least 0, ascending")
    #expect(message { $0.shrinkage = 0 }.hasPrefix("shrinkage: must be above 0"))
    var generator = Philox(seed: 5)
    let network = Network.linear(inputDimension: 3, outputDimension: 2, using: &generator)
    let context = context(generator.normal(rows: 9, columns: 3))
    for (key, large) in [("count", try strategy { $0.count = 4 }), ("curve", try strategy { $0.curve = [1, 4] })] {
      let error = #expect(throws: ConfigValueError.self) { try large.start(network, in: context) }
      #expect(error?.description == "\(key): must be at most 3, the number of the network's inputs, found '4'")
    }
    #expect(throws: MissingSourceStatistics(strategy: "input-selection")) {
      try strategy { $0.count = 1 }.start(network, in: AdaptationContext(task: .classification))
    }
  }

  @Test func `it passes the conformance suite with each method and replacement`() throws {
    for method in SaliencySelection.Method.allCases {
      for replacement in SaliencySelection.Replacement.allCases {
        let strategy = try strategy {
          ($0.method, $0.replacement, $0.count, $0.steps) = (method, replacement, 2, 4)
        }
        let failures = StrategyConformance.failures(of: strategy)
        #expect(failures.isEmpty, "\(failures.map(\.description).joined(separator: "\n"))")
      }
    }
  }
}
