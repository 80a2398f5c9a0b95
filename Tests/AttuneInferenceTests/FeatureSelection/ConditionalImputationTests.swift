import AttuneCore
import AttuneInference
import Testing

@Suite struct ConditionalImputationTests {
  /// Answers with its inputs, so that what was put in place of a feature can be seen.
  private func identity(_ dimension: Int) throws -> Network {
    let weight = Matrix((0..<dimension).map { i in (0..<dimension).map { $0 == i ? 1 : 0 } })
    return try Network([.linear(Linear(weight: weight, bias: nil))])
  }

  private func strategy(_ change: (inout FeatureSelection.Configuration) -> Void = { _ in }) throws -> FeatureSelection
  {
    var configuration = FeatureSelection.Configuration()
    change(&configuration)
    return try FeatureSelection(configuration)
  }

  @Test func `the replacement is the conditional expectation of a Gaussian`() throws {
    let mean = [1.0, -2, 0.5, 3]
    let covariance = DoubleMatrix([
      [2, 0.6, 0.3, -0.5], [0.6, 1, 0.2, 0.1], [0.3, 0.2, 1.5, 0.4], [-0.5, 0.1, 0.4, 1],
    ])
    let source = SourceStatistics(rows: 10_000, mean: mean, covariance: covariance)
    for shrinkage in [1e-9, 0.01, 0.3] {
      let strategy = try strategy { ($0.shrinkage, $0.test) = (shrinkage, .moments) }
      var state = try strategy.start(identity(4), in: AdaptationContext(task: .regression, source: source))
      var generator = Philox(seed: 31)
      var batch = generator.normal(rows: 64, columns: 4)
      for i in 0..<64 { (batch[i, 0], batch[i, 1], batch[i, 3]) = (batch[i, 0] + 1, 50, -40) }
      let answer = try strategy.predict(batch, &state)
      #expect(state.brokenFeatures == [1, 3])
      // Σ_tt + λ·D = [[a, b], [b, c]] has the inverse [[c, −b], [−b, a]] / (a·c − b²).
      let a = 2 * (1 + shrinkage), b = 0.3, c = 1.5 * (1 + shrinkage), determinant = a * c - b * b
      for i in 0..<64 {
        let u = Double(batch[i, 0]) - 1, v = Double(batch[i, 2]) - 0.5
        let p = (c * u - b * v) / determinant, q = (a * v - b * u) / determinant
        #expect(abs(Double(answer[i, 1]) - (-2 + 0.6 * p + 0.2 * q)) < 1e-5)
        #expect(abs(Double(answer[i, 3]) - (3 - 0.5 * p + 0.4 * q)) < 1e-5)
        #expect(answer[i, 0] == batch[i, 0] && answer[i, 2] == batch[i, 2])
      }
    }
  }

  @Test(arguments: [1, 1e-6, 1e6] as [Float]) func `units do not matter`(unit: Float) throws {
    // x₁ = x₀ + noise of 0.3, in another unit, beside a feature of unit 1; both directions, and a constant.
    var generator = Philox(seed: 34)
    func rows(_ n: Int, unit: Float) -> Matrix {
      var x = generator.normal(rows: n, columns: 4)
      for i in 0..<n { (x[i, 1], x[i, 3]) = (unit * (x[i, 0] + 0.3 * x[i, 1]), 5) }
      return x
    }
    let source = SourceStatistics(inputs: rows(2000, unit: unit))
    for (broken, other, scale) in [(0, 1, 1 / unit), (1, 0, unit)] {
      let strategy = try strategy { $0.shrinkage = 0.01 }
      var state = try strategy.start(identity(4), in: AdaptationContext(task: .regression, source: source))
      var batch = rows(640, unit: unit)
      #expect(try strategy.predict(batch, &state) == batch)
      #expect(state.brokenFeatures.isEmpty)
      for i in 0..<640 { batch[i, broken] += 4 * (broken == 1 ? unit : 1) }
      let answer = try strategy.predict(batch, &state)
      #expect(state.brokenFeatures == [broken])
      // Slope cov/var/1.01: 1/1.09 from x₁ to x₀, 1 from x₀ to x₁; 2,000 rows know it to a few percent.
      let slope = scale * (broken == 0 ? 1 / 1.09 : 1) / 1.01
      for i in 0..<640 {
        let expected = slope * batch[i, other]
        #expect(abs(answer[i, broken] - expected) < 0.1 * (broken == 1 ? unit : 1))
      }
    }
  }

  @Test func `with a broken input the error falls to that of the best linear guess`() throws {
    // x₀ = x₁ + x₂ + 0.3·e, y = 2 x₀ + x₁ − x₂: without x₀ the best guess errs by 2 · 0.3.
    var generator = Philox(seed: 33)
    func rows(_ n: Int) -> Matrix {
      var x = generator.normal(rows: n, columns: 3)
      for i in 0..<n { x[i, 0] = x[i, 1] + x[i, 2] + 0.3 * x[i, 0] }
      return x
    }
    let network = try Network([.linear(Linear(weight: Matrix([[2, 1, -1]]), bias: nil))])
    let context = AdaptationContext(task: .regression, source: SourceStatistics(inputs: rows(5000)))
    let selection = try strategy { $0.shrinkage = 1e-4 }
    var state = try selection.start(network, in: context)
    var without = 0.0, with = 0.0, count = 0.0
    for _ in 0..<40 {
      let clean = rows(64), truth = try network.predict(clean)
      var batch = clean
      for i in 0..<64 { batch[i, 0] = 6 }
      let plain = try network.predict(batch), answer = try selection.predict(batch, &state)
      #expect(state.brokenFeatures == [0])
      for i in 0..<64 {
        without += Double((plain[i, 0] - truth[i, 0]) * (plain[i, 0] - truth[i, 0]))
        with += Double((answer[i, 0] - truth[i, 0]) * (answer[i, 0] - truth[i, 0]))
        count += 1
      }
    }
    #expect((without / count).squareRoot() > 10)
    // 2,560 rows: the root of a mean square is known to 1.4 %.
    #expect(abs((with / count).squareRoot() - 0.6) < 0.04)
  }

  @Test func `a model of more inputs than have a covariance is refused by name`() throws {
    let count = SourceStatistics.covarianceLimit + 1
    var generator = Philox(seed: 1)
    let inputs = generator.normal(rows: 3, columns: count)
    let source = SourceStatistics(inputs: inputs)
    #expect(source.covariance == nil && source.variance.count == count)
    let column = (0..<3).map { Double(inputs[$0, 7]) }, mean = column.reduce(0, +) / 3
    #expect(abs(source.variance[7] - column.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 3) < 1e-12)
    let network = Network.linear(inputDimension: count, outputDimension: 1, using: &generator)
    let error = MissingSourceStatistics(strategy: "feature-selection", inputsWithoutCovariance: count)
    #expect(throws: error) {
      try FeatureSelection().start(network, in: AdaptationContext(task: .regression, source: source))
    }
    #expect(error.description.contains("which models keep for up to 4096 of them, and this one has 4097"))
  }
}
