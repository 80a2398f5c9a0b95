import AttuneCore
import AttuneInference
import AttuneTesting
import AttuneTraining
import Testing

@Suite struct SpARTests {
  private struct Fixture: Decodable {
    struct Problem: Decodable {
      var sourceInputs: [[Double]], sourceTargets: [Double], targetInputs: [[Double]]
      var intercept: String, alpha: Double, threshold: Double, rank: Int, ols: [Double], noiseVariance: Double
      var targetSingularValues: [Double], biases: [Double], variances: [Double], dropped: [Bool]
      var adapted: [Double], adaptedIntercept: Double, targetPredictions: [Double], olsTargetPredictions: [Double]

      /// Inputs as the algorithm sees them, and the means of the training rows.
      var source: DoubleMatrix { prepared(sourceInputs) }
      var target: DoubleMatrix { prepared(targetInputs) }
      var means: [Double] {
        intercept == "centered" ? DoubleMatrix(sourceInputs).columnMeans : sourceInputs[0].map { _ in 0 }
      }
      private func prepared(_ rows: [[Double]]) -> DoubleMatrix {
        intercept == "column" ? DoubleMatrix(rows.map { $0 + [1] }) : DoubleMatrix(rows).subtractingRow(means)
      }
    }
    var problems: [String: Problem]
  }

  private static let fixture = Result { try RegressionFixture.load("spar", as: Fixture.self) }

  private static let names = [
    "w1", "w2", "noShift", "six-none", "six-column", "six-centered", "six-centered-alpha99",
    "six-rank-deficient-source", "six-four-target-rows",
  ]

  private func problem(_ name: String) throws -> Fixture.Problem {
    try #require(try Self.fixture.get().problems[name])
  }

  @Test func `the fixture holds the problems that are tested`() throws {
    #expect(try Self.fixture.get().problems.keys.sorted() == Self.names.sorted())
  }

  @Test(arguments: names) func `the adjustment is that of the published code`(name: String) throws {
    let problem = try problem(name)
    // Nine digits of the inputs leave dependence on each other up to 1e-9.
    let adjustment = try SpectralAdjustment(source: problem.source, tolerance: Double(Float.ulpOfOne))
    #expect(adjustment.rank == problem.rank)
    let threshold = SpectralAdjustment.threshold(alpha: problem.alpha)
    #expect(abs(threshold - problem.threshold) < 1e-7)
    let target = try SpectralAdjustment.Target(inputs: problem.target)
    let found = adjustment.adjusted(
      problem.ols, noiseVariance: problem.noiseVariance, target: target, threshold: threshold)
    #expect(largestDifference(target.squaredValues.map { $0.squareRoot() }, problem.targetSingularValues) < 1e-6)
    // Nine digits of the weights leave as many of the figures, relative to their size.
    for (value, expected) in zip(found.biases + found.variances, problem.biases + problem.variances) {
      #expect(abs(value - expected) <= 1e-5 * abs(expected) + 1e-6)
    }
    #expect(found.biases.count == problem.biases.count && found.dropped == problem.dropped)
    #expect(largestDifference(found.weights, problem.adapted) < 1e-6)
    // Of the rows' products alone the same follows.
    let gram = try SpectralAdjustment.Target(gram: problem.target.gram, rows: problem.target.rows)
    let again = adjustment.adjusted(
      problem.ols, noiseVariance: problem.noiseVariance, target: gram, threshold: threshold)
    #expect(again.dropped == problem.dropped && largestDifference(again.weights, problem.adapted) < 1e-6)
  }

  private func network(_ weights: [Double], _ bias: Double) throws -> Network {
    try Network([
      .linear(Linear(weight: Matrix([weights.map { Float($0) }]), bias: Matrix(row: [Float(bias)])))
    ])
  }

  private func single(_ rows: [[Double]]) -> Matrix { Matrix(rows.map { $0.map { Float($0) } }) }

  private func strategy(
    _ intercept: SpAR.Intercept = .none, _ target: SpAR.TargetRows = .all, alpha: Double = 0.999
  ) throws -> SpAR {
    var configuration = SpAR.Configuration()
    (configuration.alpha, configuration.intercept, configuration.target) = (alpha, intercept, target)
    return try SpAR(configuration)
  }

  private func rows(_ inputs: Matrix, _ targets: [Double]) -> PreparationContext {
    PreparationContext(
      task: .regression,
      training: LabeledRows(
        inputs: inputs, targets: Matrix(rows: targets.count, columns: 1, targets.map { Float($0) })))
  }

  @Test(arguments: names.filter { $0 != "six-column" }, [SpAR.TargetRows.all, .seen])
  func `the strategy answers as the published code`(name: String, target: SpAR.TargetRows) throws {
    let problem = try problem(name)
    let isCentered = problem.intercept == "centered"
    let mean = problem.sourceTargets.reduce(0, +) / Double(problem.sourceTargets.count)
    let bias = isCentered ? mean - zip(problem.means, problem.ols).reduce(0) { $0 + $1.0 * $1.1 } : 0
    let network = try network(problem.ols, bias), inputs = single(problem.targetInputs)
    let (prepared, report) = try strategy(isCentered ? .centered : .none, target, alpha: problem.alpha)
      .prepared(for: network, in: rows(single(problem.sourceInputs), problem.sourceTargets))
    #expect(report.operations > 0)
    var context = AdaptationContext(task: .regression)
    context.target = inputs
    var state = try prepared.start(network, in: context)
    let output = try prepared.predict(inputs, &state)
    #expect(state.dropped == problem.dropped.count { $0 })
    // Weights in single precision: 1e-7 of them, times inputs of up to 30.
    let scale = problem.ols.map(abs).max() ?? 1
    #expect(largestDifference(output.elements.map(Double.init), problem.targetPredictions) < 1e-5 * max(1, scale))
    if state.dropped == 0 { #expect(try output == network.predict(inputs)) }
  }

  @Test func `rows in batches lead to the weights of all rows at once`() throws {
    var generator = Philox(seed: 3)
    let inputs = generator.normal(rows: 60, columns: 3), noise = generator.normal(rows: 60, columns: 1)
    let network = try network([1, 0.02, -1], 0.5)
    let targets = (0..<60).map { row in
      Double(inputs[row, 0]) + 0.02 * Double(inputs[row, 1]) - Double(inputs[row, 2]) + 0.5 + Double(noise[row, 0])
    }
    let stream = generator.normal(rows: 40, columns: 3).scaled(by: 3)
    let prepared = try strategy(.centered, .seen).prepared(for: network, in: rows(inputs, targets)).strategy
    var state = try prepared.start(network, in: AdaptationContext(task: .regression)), whole = state
    for start in stride(from: 0, to: 40, by: 10) { _ = try prepared.predict(stream.rows(start..<start + 10), &state) }
    _ = try prepared.predict(stream, &whole)
    #expect(whole.dropped > 0 && state.dropped == whole.dropped)
    let difference = try prepared.answer(stream, state) - prepared.answer(stream, whole)
    #expect(difference.elements.allSatisfy { abs($0) < 1e-5 })
  }

  @Test func `weights outside the span of the training inputs are dropped`() throws {
    var generator = Philox(seed: 4)
    var inputs = generator.normal(rows: 50, columns: 2)
    for row in 0..<50 { inputs[row, 1] = 2 }  // constant: what its weight is no row can tell
    let network = try network([1, 7], -14)
    let noise = generator.normal(rows: 50, columns: 1)
    let targets = (0..<50).map { Double(inputs[$0, 0]) + 0.01 * Double(noise[$0, 0]) }
    let prepared = try strategy(.centered, .seen).prepared(for: network, in: rows(inputs, targets)).strategy
    var state = try prepared.start(network, in: AdaptationContext(task: .regression))
    let output = try prepared.predict(Matrix([[1, 2], [1, 5], [-2, 0]]), &state)
    for (value, expected) in zip(output.elements, [1, 1, -2] as [Float]) { #expect(abs(value - expected) < 0.01) }
  }

  @Test func `inputs that depend on each other are no obstacle`() throws {
    var generator = Philox(seed: 5)
    let first = generator.normal(rows: 40, columns: 1)
    let inputs = Matrix((0..<40).map { [first[$0, 0], 0.3 * first[$0, 0]] })
    let targets = (0..<40).map { 2 * Double(first[$0, 0]) + ($0 % 2 == 0 ? 0.1 : -0.1) }
    let network = try network([2 / 1.09, 0.6 / 1.09], 0)
    let prepared = try strategy(.centered, .seen).prepared(for: network, in: rows(inputs, targets)).strategy
    var state = try prepared.start(network, in: AdaptationContext(task: .regression))
    let output = try prepared.predict(Matrix([[1, 0.3], [-1, 0.7], [0.5, -3]]), &state)
    #expect(output.isFinite && abs(output[0, 0] - 2) < 0.3)
  }

  @Test func `a row that is not finite teaches nothing`() throws {
    var generator = Philox(seed: 6)
    let inputs = generator.normal(rows: 30, columns: 2), network = try network([1, 0.01], 0)
    let targets = (0..<30).map { Double(inputs[$0, 0]) + ($0 % 2 == 0 ? 0.3 : -0.3) }
    let prepared = try strategy(.centered, .seen).prepared(for: network, in: rows(inputs, targets)).strategy
    var state = try prepared.start(network, in: AdaptationContext(task: .regression)), other = state
    let wild = Matrix([[1, 2], [.infinity, 0], [3, -1], [0, .nan]])
    let output = try prepared.predict(wild, &state)
    let calm = try prepared.predict(Matrix([[1, 2], [3, -1]]), &other)
    #expect(output[0, 0] == calm[0, 0] && output[2, 0] == calm[1, 0] && state.dropped == other.dropped)
  }

  @Test func `what does not fit is refused with what to do`() throws {
    var generator = Philox(seed: 7)
    let spar = try SpAR(), linear = try network([1, 1], 0), inputs = generator.normal(rows: 9, columns: 2)
    let deep = Network.mlp(inputDimension: 2, hidden: [3], outputDimension: 1, using: &generator)
    func message(_ body: () throws -> Void) -> String {
      do { try body() } catch { return "\(error)" }
      return "no error"
    }
    let values = (0..<9).map(Double.init)
    #expect(
      message { _ = try spar.prepared(for: deep, in: rows(inputs, values)) }
        == "strategy 'spar' is for linear networks (network.kind: linear), and this one has 3 layers; give the training arm "
        + "a linear network, or choose another strategy")
    #expect(message { try spar.check(for: linear, task: .classification) }.contains("is for regression"))
    #expect(
      message { _ = try spar.prepared(for: linear, in: rows(inputs.rows(0..<2), [1, 2])) }
        == "strategy 'spar' needs 4 training rows or more for as many inputs, and there are 2: fewer leave no residual to "
        + "tell the noise from; give more rows, leave out inputs, or choose another strategy")
    var wild = inputs
    wild[3, 1] = .infinity
    #expect(
      message { _ = try spar.prepared(for: linear, in: rows(wild, values)) }
        == "strategy 'spar': the training inputs hold NaN or infinity; remove those rows or impute the values")
    #expect(
      message { _ = try spar.prepared(for: linear, in: rows(inputs, values.dropLast() + [.nan])) }
        == "strategy 'spar': the training targets hold NaN or infinity; remove those rows or impute the values")
    #expect(
      message { _ = try spar.start(linear, in: AdaptationContext(task: .regression)) }.contains("labeled training"))
    let prepared = try strategy().prepared(for: linear, in: rows(inputs, values)).strategy
    #expect(
      message { _ = try prepared.start(linear, in: AdaptationContext(task: .regression)) }
        == "strategy 'spar' with target: all looks at all inputs of the stream before it answers, and they are not known "
        + "here; use target: seen")
    var configuration = SpAR.Configuration()
    configuration.alpha = 1
    #expect(message { _ = try SpAR(configuration) }.contains("alpha"))
  }

  @Test func `all settings pass conformance`() throws {
    let strategies = try [strategy(.none, .all), strategy(.centered, .all, alpha: 0.5), strategy(.none, .seen)]
    for strategy in strategies {
      let failures = StrategyConformance.failures(of: strategy)
      #expect(failures.isEmpty, "\(failures.map(\.description).joined(separator: "\n"))")
    }
    let defaults = StrategyConformance.failures(of: try SpAR())
    #expect(defaults.isEmpty, "\(defaults.map(\.description).joined(separator: "\n"))")
  }
}
