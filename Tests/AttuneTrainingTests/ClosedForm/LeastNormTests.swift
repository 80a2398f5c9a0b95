import AttuneCore
import AttuneTraining
import Testing

@Suite struct LeastNormTests {
  @Test func `with a sum and a multiple among the features the weights are scikit-learn's`() throws {
    let (x, y) = try InferenceFixture.diabetes()
    let wide = Matrix((0..<x.rows).map { i in (0..<10).map { x[i, $0] } + [x[i, 0] + x[i, 4], 2 * x[i, 0]] })
    let found = try LeastSquares.ordinary(features: wide, targets: y)
    let reference = try InferenceFixture.load().dependent
    #expect(relativeDifference(found.weights[0], reference.weights[0]) < 1e-8)
    #expect(relativeDifference(found.intercepts, reference.intercepts) < 1e-8)
    #expect(found.rank == 10 && found.isRankDeficient && found.dependentFeatures.count == 2)
    #expect(found.warnings.count == 1)
  }

  @Test func `the predictions are those without the dependent features`() throws {
    let (x, y) = try InferenceFixture.diabetes()
    let plain = try LeastSquares.ordinary(features: x, targets: y)
    let wide = Matrix((0..<x.rows).map { i in (0..<10).map { x[i, $0] } + [7, x[i, 2]] })
    let found = try LeastSquares.ordinary(features: wide, targets: y)
    #expect(abs(found.weights[0][10]) < 1e-12, "a constant feature gets no weight")
    #expect(abs(found.weights[0][2] - found.weights[0][11]) < 1e-10, "equal features share their weight")
    #expect(abs(found.weights[0][2] * 2 / plain.weights[0][2] - 1) < 1e-9)
    #expect(abs(found.intercepts[0] / plain.intercepts[0] - 1) < 1e-9)
  }

  @Test func `fewer rows than features are fitted exactly by the shortest weights`() throws {
    // Through (0, 0, 0) → 0 and (3, 4, 0) → 25 the shortest weights point along the difference of the rows.
    let found = try LeastSquares.ordinary(features: Matrix([[0, 0, 0], [3, 4, 0]]), targets: Matrix([[0], [25]]))
    for (weight, expected) in zip(found.weights[0], [3, 4, 0] as [Double]) { #expect(abs(weight - expected) < 1e-12) }
    #expect(abs(found.intercepts[0]) < 1e-12)
    #expect(
      found.warnings == [
        "rank 1 of 3 features, because there are too few rows: other weights fit as well, and these are the ones of "
          + "least norm; do not read them one by one, or use ridge with l2 > 0"
      ])
  }

  @Test func `the rank does not depend on the units`() throws {
    let x = Matrix([[1, 2, 3], [2, 1, 3], [3, 5, 8], [4, 3, 7], [6, 6, 12]])  // the third is the sum of the others
    let y = Matrix([[1], [3], [2], [5], [4]])
    let scaled = x.multiplyingRow(Matrix(row: [1e-6, 1e6, 1]))
    let (plain, found) = (
      try LeastSquares.ordinary(features: x, targets: y), try LeastSquares.ordinary(features: scaled, targets: y)
    )
    #expect(plain.rank == 2 && found.rank == 2)
    for i in 0..<5 {
      let a = (0..<3).reduce(plain.intercepts[0]) { $0 + plain.weights[0][$1] * Double(x[i, $1]) }
      let b = (0..<3).reduce(found.intercepts[0]) { $0 + found.weights[0][$1] * Double(scaled[i, $1]) }
      #expect(abs(a - b) < 1e-5)
    }
  }

  @Test func `only constant features leave the mean, and several dependent ones are named`() throws {
    let y = Matrix([[1], [3], [2], [6]])
    let constant = Matrix([[1, 2], [1, 2], [1, 2], [1, 2]])
    let found = try LeastSquares.ordinary(features: constant, targets: y)
    #expect(found == LinearSolution(weights: [[0, 0]], intercepts: [3], rank: 0, dependentFeatures: [0, 1]))
    #expect(
      found.warnings == [
        "rank 0 of 2 features, because features 0, 1 (from 0) are linear combinations of the others: other weights "
          + "fit as well, and these are the ones of least norm; do not read them one by one, or use ridge with l2 > 0"
      ])
  }

  @Test func `independent features have full rank and no warning`() throws {
    let (x, y) = try InferenceFixture.diabetes()
    let found = try LeastSquares.ordinary(features: x, targets: y)
    #expect(found.rank == 10 && !found.isRankDeficient && found.warnings.isEmpty)
    #expect(try LeastSquares.ordinary(features: x, targets: y, dependence: .refused) == found)
  }
}
