import AttuneCore
import AttuneTraining
import Testing

@Suite struct BayesianRegressionTests {
  @Test func `the posterior on diabetes is that of the normal equations and of scikit-learn`() throws {
    let (x, y) = try InferenceFixture.diabetes()
    let reference = try InferenceFixture.load().bayesian
    let found = try BayesianRegression(
      features: x, targets: y, weightPrecision: reference.weightPrecision, noisePrecision: reference.noisePrecision)
    #expect(relativeDifference(found.mean.weights[0], reference.mean) < 1e-9)
    #expect(relativeDifference(found.mean.weights[0], reference.sklearnMean) < 1e-6)
    #expect(relativeDifference(found.covariance.elements, reference.covariance.joined()) < 1e-9)
    #expect(relativeDifference(try found.predict(x.rows(0..<5)).variances, reference.variances) < 1e-6)
  }

  @Test func `the mean is ridge with l2 = α/β, and predictions are its`() throws {
    let (x, y) = try InferenceFixture.diabetes()
    let found = try BayesianRegression(features: x, targets: y, weightPrecision: 0.02, noisePrecision: 0.01)
    let ridge = try LeastSquares.ridge(features: x, targets: y, l2: 2)
    #expect(relativeDifference(found.mean.weights[0], ridge.weights[0]) < 1e-10)
    let means = try found.predict(x).means
    let expected = (0..<10).reduce(ridge.intercepts[0]) { $0 + ridge.weights[0][$1] * Double(x[7, $1]) }
    #expect(abs(means[7, 0] / expected - 1) < 1e-10)
  }

  @Test func `one feature is that of hand calculation`() throws {
    // Centered: x = −1, 1 and y = −2, 2. S⁻¹ = 2 + 3·2 = 8, m = 3·4/8.
    let found = try BayesianRegression(
      features: Matrix([[0], [2]]), targets: Matrix([[1], [5]]), weightPrecision: 2, noisePrecision: 3)
    #expect(abs(found.covariance[0, 0] - 0.125) < 1e-15)
    #expect(abs(found.mean.weights[0][0] - 1.5) < 1e-15 && abs(found.mean.intercepts[0] - 1.5) < 1e-15)
    let (means, variances) = try found.predict(Matrix([[1], [4]]))
    #expect(abs(means[0, 0] - 3) < 1e-15 && abs(means[1, 0] - 7.5) < 1e-14)
    // 1/3 + 1/6, and 3²/8 more three units from the mean.
    #expect(abs(variances[0] - 0.5) < 1e-15 && abs(variances[1] - 1.625) < 1e-15)
  }

  @Test func `the precisions of largest evidence on diabetes are scikit-learn's`() throws {
    let (x, y) = try InferenceFixture.diabetes()
    let reference = try InferenceFixture.load().bayesian.evidence
    let found = try BayesianRegression.maximizingEvidence(features: x, targets: y)
    #expect(abs(found.weightPrecision / reference.weightPrecision - 1) < 1e-7)
    #expect(abs(found.noisePrecision / reference.noisePrecision - 1) < 1e-7)
    #expect(relativeDifference(found.mean.weights[0], reference.mean) < 1e-7)
  }

  private func message(_ make: () throws -> Void) -> String {
    do {
      try make()
      return "accepted"
    } catch { return "\(error)" }
  }

  @Test func `data without a maximum of the evidence are told apart`() {
    let x = Matrix([[1, 2], [2, 1], [3, 5], [4, 3], [6, 6]])
    let line = Matrix((0..<5).map { [2 * x[$0, 0] - 3 * x[$0, 1] + 0.5] })
    #expect(
      message { _ = try BayesianRegression.maximizingEvidence(features: x, targets: line) }
        == "evidence: the features explain the targets without an error, so the precision of the noise grows without "
        + "end; give both precisions, or use ordinary least squares")
    #expect(
      message {
        _ = try BayesianRegression.maximizingEvidence(
          features: Matrix([[-1], [1], [-1], [1]]), targets: Matrix([[1], [1], [-1], [-1]]))
      }
        == "evidence: the features explain nothing of the targets, so the precision of the weights grows without end; "
        + "give both precisions, or predict the mean")
    #expect(
      EvidenceError.notConverged(iterations: 9).description
        == "evidence: the precisions still change after 9 iterations; give both precisions")
  }

  @Test func `a precision of zero and rows of another width are refused`() throws {
    let (x, y) = (Matrix([[0], [2]]), Matrix([[1], [5]]))
    #expect(
      message { _ = try BayesianRegression(features: x, targets: y, weightPrecision: 0, noisePrecision: 1) }
        == "Bayesian regression: weightPrecision is 0.0; give a finite number above 0")
    let found = try BayesianRegression(features: x, targets: y, weightPrecision: 1, noisePrecision: 1)
    #expect(
      message { _ = try found.predict(Matrix([[1, 2]])) }
        == "Bayesian regression: expected 1 features, found [1, 2]")
  }
}
