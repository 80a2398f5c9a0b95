import AttuneCore
import AttuneInference
import Foundation
import Testing

@Suite struct RecursiveLeastSquaresTests {
  private let regression = AdaptationContext(task: .regression)

  private func settings(forgetting: Double, covariance: Double = 0.1) throws -> RecursiveLeastSquares {
    var configuration = RecursiveLeastSquares.Configuration()
    (configuration.forgetting, configuration.initialCovariance) = (forgetting, covariance)
    return try RecursiveLeastSquares(configuration)
  }

  /// The minimum of `Σ f^(n−t) (y_t − φ_t·w)² + f^n/δ · ‖w − w₀‖²`, by the normal equations.
  private func weightedRidge(
    features: DoubleMatrix, targets: DoubleMatrix, start: DoubleMatrix, forgetting f: Double, covariance: Double
  ) throws -> DoubleMatrix {
    let n = features.rows, d = features.columns
    var scaled = features, right = targets
    for i in 0..<n {
      let weight = pow(f, Double(n - 1 - i)).squareRoot()
      for j in 0..<d { scaled[i, j] *= weight }
      for k in 0..<targets.columns { right[i, k] *= weight }
    }
    let ridge = pow(f, Double(n)) / covariance
    var system = scaled.gram, sums = scaled.transposedProduct(with: right)
    for j in 0..<d {
      system[j, j] += ridge
      for k in 0..<targets.columns { sums[j, k] += ridge * start[k, j] }
    }
    return try Cholesky(system).solve(sums).transposed
  }

  @Test(arguments: [(1.0, 0.1), (0.99, 0.1), (0.95, 0.1), (0.9, 10), (1.0, 1e-3)])
  func `equals weighted ridge regression towards the trained weights`(forgetting: Double, covariance: Double) throws {
    var generator = Philox(seed: 3)
    let network = Network.linear(inputDimension: 5, outputDimension: 2, using: &generator)
    let rls = try settings(forgetting: forgetting, covariance: covariance)
    var state = try rls.start(network, in: regression)
    let start = state.weights
    let inputs = generator.normal(rows: 120, columns: 5), targets = generator.normal(rows: 120, columns: 2)
    for first in stride(from: 0, to: 120, by: 13) {
      let rows = first..<min(first + 13, 120)
      try rls.learn(from: Feedback(inputs: inputs.rows(rows), targets: targets.rows(rows)), &state)
    }
    let features = DoubleMatrix((0..<120).map { inputs.row($0).map(Double.init) + [1] })
    let expected = try weightedRidge(
      features: features, targets: DoubleMatrix(targets), start: start, forgetting: forgetting, covariance: covariance)
    let scale = expected.elements.map(abs).max() ?? 0
    for (found, wanted) in zip(state.weights.elements, expected.elements) {
      #expect(abs(found - wanted) < 1e-9 * scale)
    }
    #expect(state.covariance == state.covariance.transposed)
    // The answers are those of the weights.
    let row = Matrix(row: inputs.row(7))
    let answer = try rls.predict(row, &state)
    for k in 0..<2 {
      let value = (0..<6).reduce(0) { $0 + expected[k, $1] * features[7, $1] }
      #expect(abs(Double(answer[0, k]) - value) < 1e-6 * max(1, abs(value)))
    }
  }

  @Test func `on a network it works with the features before the output layer`() throws {
    var generator = Philox(seed: 4)
    let network = Network.mlp(
      inputDimension: 3, hidden: [7], outputDimension: 1, activation: .tanh, batchNorm: true, using: &generator)
    let rls = try settings(forgetting: 0.98)
    var state = try rls.start(network, in: regression)
    let start = state.weights
    let inputs = generator.normal(rows: 60, columns: 3), targets = generator.normal(rows: 60, columns: 1)
    try rls.learn(from: Feedback(inputs: inputs, targets: targets), &state)
    let hidden = try network.features(inputs)
    let expected = try weightedRidge(
      features: DoubleMatrix((0..<60).map { hidden.row($0).map(Double.init) + [1] }), targets: DoubleMatrix(targets),
      start: start, forgetting: 0.98, covariance: 0.1)
    for (found, wanted) in zip(state.weights.elements, expected.elements) { #expect(abs(found - wanted) < 1e-9) }
  }

  /// A stream with a constant feature: constant and bias excite one direction of two, a zero feature none.
  private func constantFeatureStream(
    forgetting: Double, constant: Float, rows: Int, check: (Int, RecursiveLeastSquares.State) throws -> Void
  ) throws {
    var generator = Philox(seed: 6)
    let network = Network.linear(inputDimension: 4, outputDimension: 1, using: &generator)
    let rls = try settings(forgetting: forgetting)
    var state = try rls.start(network, in: regression)
    let block = 500
    for first in stride(from: 0, to: rows, by: block) {
      var inputs = generator.normal(rows: block, columns: 4)
      var targets = Matrix(rows: block, columns: 1)
      // The slope of the first feature turns in the second half: what is excited must still be forgotten.
      let slope: Float = first < rows / 2 ? 1 : -1
      for i in 0..<block {
        (inputs[i, 2], inputs[i, 3]) = (constant, 0)
        targets[i, 0] = slope * inputs[i, 0] - 2 * inputs[i, 1] + 0.5 + 0.1 * Float(generator.nextNormal())
      }
      try check(first, state)
      try rls.learn(from: Feedback(inputs: inputs, targets: targets), &state)
    }
  }

  @Test(arguments: [(0.95, 0), (0.95, 3), (0.95, 1000), (0.99, 3), (0.5, 3)] as [(Double, Float)])
  func `a constant feature does not wind up the covariance in 100,000 rows`(
    forgetting: Double, constant: Float
  ) throws {
    var worst: Float = 0
    try constantFeatureStream(forgetting: forgetting, constant: constant, rows: 100_000) { row, state in
      try #require(state.weights.isFinite && state.covariance.isFinite)
      let largest = (0..<5).map { state.covariance[$0, $0] }
      #expect(largest.allSatisfy { $0 > 0 && $0 <= 10 }, "row \(row): \(largest)")
      #expect(state.covariance == state.covariance.transposed)
      let weights = state.weights.elements
      let slope = row > 50_000 ? -1.0 : 1.0
      guard row > 0, row != 50_000 else { return }
      // f = 0.95 averages the noise of 0.1 over about 20 rows, f = 0.5 over 2.
      let tolerance = forgetting < 0.9 ? 2 : 0.3
      #expect(abs(weights[0] - slope) < tolerance && abs(weights[1] + 2) < tolerance, "row \(row): \(weights)")
      let level = Double(constant) * weights[2] + weights[4]
      #expect(abs(level - 0.5) < tolerance, "row \(row): \(weights)")
      worst = max(worst, Float(abs(weights[2])), Float(abs(weights[4])))
    }
    #expect(worst < 10)
  }

  @Test func `the bound on the covariance leaves excited directions as they are`() throws {
    // Twice the same stream, once with a feature that is always zero: its direction is bounded, the others must agree
    // to the weight of the pseudo-observation, 1/c = 1 against about 1/(1 − f) = 100 rows of information.
    var generator = Philox(seed: 7)
    let rls = try settings(forgetting: 0.99)
    let weight = Matrix([[0.5, -0.5]]), bias = Matrix(row: [0])
    let small = try Network([.linear(Linear(weight: weight, bias: bias))])
    let wide = try Network([.linear(Linear(weight: Matrix([[0.5, -0.5, 0.25]]), bias: bias))])
    var narrow = try rls.start(small, in: regression), bounded = try rls.start(wide, in: regression)
    var difference = 0.0
    for _ in 0..<5_000 {
      let x = generator.normal(rows: 1, columns: 2)
      let y = Matrix(row: [x[0, 0] + 2 * x[0, 1] + 0.1 * Float(generator.nextNormal())])
      try rls.learn(from: Feedback(inputs: x, targets: y), &narrow)
      try rls.learn(from: Feedback(inputs: Matrix(row: [x[0, 0], x[0, 1], 0]), targets: y), &bounded)
      for (j, k) in [(0, 0), (1, 1), (2, 3)] {
        difference = max(difference, abs(narrow.weights[0, j] - bounded.weights[0, k]))
      }
    }
    #expect(difference > 0 && difference < 2e-3)
    #expect(bounded.weights[0, 2] == 0.25)  // never excited, never changed
  }

  @Test func `rows with a value that is not finite teach nothing`() throws {
    var generator = Philox(seed: 8)
    let network = Network.linear(inputDimension: 2, outputDimension: 1, using: &generator)
    let rls = try settings(forgetting: 0.95)
    var state = try rls.start(network, in: regression), clean = state
    let inputs = Matrix([[1, 2], [.nan, 1], [0.5, -1], [1, 1], [.infinity, 0]])
    let targets = Matrix([[1], [1], [2], [.nan], [3]])
    try rls.learn(from: Feedback(inputs: inputs, targets: targets), &state)
    try rls.learn(from: Feedback(inputs: inputs.rows(at: [0, 2]), targets: targets.rows(at: [0, 2])), &clean)
    #expect(state.weights == clean.weights && state.covariance == clean.covariance)
    #expect(state.weights.isFinite)
  }

  @Test func `an output layer without bias learns one, from zero`() throws {
    let network = try Network([.linear(Linear(weight: Matrix([[1, 2]]), bias: nil))])
    let state = try RecursiveLeastSquares().start(network, in: regression)
    #expect(state.weights == DoubleMatrix([[1, 2, 0]]))
  }

  @Test func `what it cannot serve is said`() throws {
    var generator = Philox(seed: 9)
    let network = Network.linear(inputDimension: 2, outputDimension: 2, using: &generator)
    let rls = try RecursiveLeastSquares()
    let regressionOnly = #expect(throws: RegressionOnly.self) {
      try rls.start(network, in: AdaptationContext(task: .classification))
    }
    #expect(
      regressionOnly?.description
        == "strategy 'recursive-least-squares' is for regression, and the model classifies; choose another strategy")
    let normalized = try Network(network.layers + [.batchNorm(BatchNorm(dimension: 2))])
    let shape = #expect(throws: ShapeError.self) { try rls.start(normalized, in: regression) }
    #expect(
      shape?.description
        == "recursive-least-squares: expected a network that ends in a linear layer, found another layer")
    var state = try rls.start(network, in: regression)
    let targets = #expect(throws: ShapeError.self) {
      try rls.learn(from: Feedback(inputs: Matrix(rows: 3, columns: 2), targets: Matrix(rows: 3, columns: 1)), &state)
    }
    #expect(targets?.description == "recursive-least-squares: expected targets [3, 2], found [3, 1]")
  }

  @Test(arguments: [0, -0.1, 1.001, .nan]) func `forgetting outside of its range is refused`(value: Double) {
    let error = #expect(throws: ConfigValueError.self) { try settings(forgetting: value) }
    #expect(error?.description == "forgetting: must be a number above 0 and at most 1")
  }

  @Test(arguments: [0, -1, .infinity, .nan]) func `initial covariance outside of its range is refused`(value: Double) {
    let error = #expect(throws: ConfigValueError.self) { try settings(forgetting: 1, covariance: value) }
    #expect(error?.description == "initialCovariance: must be a finite number above 0")
  }
}
