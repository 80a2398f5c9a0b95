import AttuneCore
import Testing

@testable import AttuneInference

@Suite struct ReducedRegressionTests {
  private let rows: DoubleMatrix
  private let targets: DoubleMatrix

  init() {
    var generator = Philox(seed: 61)
    var rows = DoubleMatrix(generator.normal(rows: 300, columns: 9))
    let weights = DoubleMatrix(generator.normal(rows: 9, columns: 2))
    for i in 0..<300 {
      rows[i, 3] = rows[i, 0] + 0.3 * rows[i, 3]
      rows[i, 7] = 1000 + 50 * rows[i, 7] + 20 * rows[i, 1]
    }
    var targets = rows * weights
    for i in 0..<300 { for k in 0..<2 { targets[i, k] += generator.nextNormal() } }
    (self.rows, self.targets) = (rows, targets)
  }

  /// Least squares with an intercept by the QR of centered rows, with a ridge below them.
  private func fit(_ columns: [Int], ridge: Double) throws -> (weights: DoubleMatrix, bias: [Double]) {
    let x = DoubleMatrix(rows: 300, columns: columns.count, (0..<300).flatMap { i in columns.map { rows[i, $0] } })
    let means = x.columnMeans, targetMeans = targets.columnMeans
    var system = x.subtractingRow(means).elements, right = targets.subtractingRow(targetMeans).elements
    for j in columns.indices {
      system += columns.indices.map { $0 == j ? ridge.squareRoot() : 0 }
      right += [0, 0]
    }
    let weights = try QR(DoubleMatrix(rows: 300 + columns.count, columns: columns.count, system)).leastSquares(
      DoubleMatrix(rows: 300 + columns.count, columns: 2, right)
    ).transposed
    return (
      weights, (0..<2).map { k in targetMeans[k] - columns.indices.reduce(0) { $0 + weights[k, $1] * means[$1] } }
    )
  }

  @Test(arguments: [0.0, 25]) func `without inputs it is the fit on the others`(ridge: Double) throws {
    let all = try fit(Array(0..<9), ridge: ridge)
    let means = rows.columnMeans, centered = rows.subtractingRow(means)
    let covariance = DoubleMatrix(rows: 9, columns: 9, centered.gram.elements.map { $0 / 300 })
    let solution = try ReducedRegression(
      weights: all.weights, bias: all.bias, mean: means, covariance: covariance, ridge: ridge / 300)
    for broken in [[], [0], [8], [3, 7], [0, 1, 2, 3, 4, 5, 6, 8], Array(0..<9)] {
      let kept = (0..<9).filter { !broken.contains($0) }
      let expected =
        kept.isEmpty
        ? (weights: DoubleMatrix(rows: 2, columns: 0), bias: targets.columnMeans) : try fit(kept, ridge: ridge)
      let found = try solution.without(broken)
      for k in 0..<2 {
        for (t, j) in kept.enumerated() {
          #expect(abs(found.weights[k, j] - expected.weights[k, t]) < 1e-8, "\(broken)")
        }
        for j in broken { #expect(found.weights[k, j] == 0) }
        #expect(abs(found.bias[k] - expected.bias[k]) < 1e-8 * max(1, abs(expected.bias[k])), "\(broken)")
      }
    }
  }

  @Test func `collinear and constant inputs are solved with next to no ridge`() throws {
    var covariance = DoubleMatrix([[1, 1, 0], [1, 1, 0], [0, 0, 0]])
    let weights = DoubleMatrix([[1, 2, 5]])
    let solution = try ReducedRegression(
      weights: weights, bias: [0.5], mean: [0, 0, 2], covariance: covariance, ridge: 0)
    // Without either twin the other carries both; the constant goes into the bias.
    let found = try solution.without([0, 2])
    #expect(abs(found.weights[0, 1] - 3) < 1e-6 && abs(found.bias[0] - 10.5) < 1e-6)
    covariance[0, 0] = -1
    #expect(throws: FactorizationError.self) {
      try ReducedRegression(weights: weights, bias: [0], mean: [0, 0, 0], covariance: covariance, ridge: 0)
    }
  }

  @Test func `the strategy solves a regression again, and refuses another network`() throws {
    let inputs = Matrix(rows: 300, columns: 9, rows.elements.map(Float.init))
    let all = try fit(Array(0..<9), ridge: 0), without = try fit([0, 1, 2, 3, 5, 6, 7, 8], ridge: 0)
    let network = try Network([
      .linear(
        Linear(
          weight: Matrix(rows: 2, columns: 9, all.weights.elements.map(Float.init)),
          bias: Matrix(row: all.bias.map(Float.init))))
    ])
    var configuration = FeatureSelection.Configuration()
    configuration.replacement = .resolve
    let strategy = try FeatureSelection(configuration)
    let context = AdaptationContext(task: .regression, source: SourceStatistics(inputs: inputs))
    var state = try strategy.start(network, in: context), batch = inputs.rows(0..<128)
    for i in 0..<128 { batch[i, 4] = i.isMultiple(of: 2) ? 40 : .nan }
    let answer = try strategy.predict(batch, &state)
    #expect(state.brokenFeatures == [4])
    for i in 0..<128 {
      for k in 0..<2 {
        var expected = without.bias[k]
        for (t, j) in [0, 1, 2, 3, 5, 6, 7, 8].enumerated() { expected += without.weights[k, t] * rows[i, j] }
        #expect(abs(Double(answer[i, k]) - expected) < 2e-2 + 1e-4 * abs(expected))
      }
    }
    #expect(strategy.takeDetails(&state).selection?.replacement == InputSelection.Replacement.none)
    var generator = Philox(seed: 1)
    let deep = Network.mlp(inputDimension: 9, hidden: [4], outputDimension: 2, batchNorm: false, using: &generator)
    let error = #expect(throws: NotLinearRegression.self) { try strategy.start(deep, in: context) }
    #expect(
      error?.description
        == "strategy 'feature-selection' with replacement: resolve solves a linear regression again, a "
        + "network of one linear layer and the task regression, and this is another; set replacement: conditional")
  }
}
