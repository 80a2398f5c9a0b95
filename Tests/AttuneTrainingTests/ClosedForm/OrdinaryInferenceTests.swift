import AttuneCore
import AttuneTraining
import Testing

@Suite struct OrdinaryInferenceTests {
  @Test func `standard errors and R² on diabetes are those of the textbook formula in NumPy`() throws {
    let (x, y) = try InferenceFixture.diabetes()
    let found = try LeastSquares.inference(features: x, targets: y)
    let reference = try InferenceFixture.load().ordinary
    #expect(relativeDifference(found.weightErrors[0], reference.weights) < 1e-9)
    #expect(relativeDifference(found.interceptErrors, [reference.intercept]) < 1e-9)
    #expect(relativeDifference(found.noiseVariances, [reference.variance]) < 1e-11)
    #expect(abs((found.rSquared[0] ?? .nan) - reference.rSquared) < 1e-12)
    #expect(found.degreesOfFreedom == 431)
    #expect(try found.solution == LeastSquares.ordinary(features: x, targets: y))
  }

  @Test func `a line through three points is that of hand calculation, target by target`() throws {
    // x̄ = 1, Σ(x − x̄)² = 2; residuals of the first target ⅙, −⅓, ⅙, of the second none.
    let found = try LeastSquares.inference(
      features: Matrix([[0], [1], [2]]), targets: Matrix([[0, 5, 1], [0, 5, 3], [1, 5, 5]]))
    #expect(found.degreesOfFreedom == 1)
    #expect(abs(found.noiseVariances[0] - 1.0 / 6) < 1e-15)
    #expect(abs(found.weightErrors[0][0] - (1.0 / 12).squareRoot()) < 1e-15)
    #expect(abs(found.interceptErrors[0] - (5.0 / 36).squareRoot()) < 1e-15)
    #expect(abs((found.rSquared[0] ?? .nan) - 0.75) < 1e-15)
    #expect(found.rSquared[1] == nil, "a constant target has no variance to explain")
    #expect(found.rSquared[2] == 1)
  }

  @Test func `without features the intercept has the standard error of a mean`() throws {
    let found = try LeastSquares.inference(features: Matrix(rows: 3, columns: 0), targets: Matrix([[1], [2], [6]]))
    #expect(found.noiseVariances == [7] && abs(found.interceptErrors[0] - (7.0 / 3).squareRoot()) < 1e-15)
    #expect(found.rSquared == [0])
  }

  @Test func `rows that leave no freedom and dependent features are refused`() {
    #expect(throws: FactorizationError.tooFewRows(rows: 3, needed: 4)) {
      try LeastSquares.inference(features: Matrix([[1, 2], [2, 1], [5, 5]]), targets: Matrix([[1], [2], [3]]))
    }
    #expect(throws: FactorizationError.rankDeficient(rank: 0, columns: 1, dependent: [0])) {
      try LeastSquares.inference(features: Matrix([[1], [1], [1]]), targets: Matrix([[1], [2], [3]]))
    }
  }
}
