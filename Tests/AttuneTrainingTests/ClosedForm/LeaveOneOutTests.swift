import AttuneCore
import AttuneTraining
import Testing

@Suite struct LeaveOneOutTests {
  @Test(arguments: ["0.01", "1.0", "100.0", "10000.0"])
  func `the error on diabetes is that of refitting scikit-learn 442 times`(strength: String) throws {
    let (x, y) = try InferenceFixture.diabetes()
    let expected = try #require(try InferenceFixture.load().leaveOneOut[strength])
    let l2 = try #require(Double(strength))
    let found = try LeastSquares.leaveOneOut(features: x, targets: y, l2: l2)
    #expect(abs(found.meanSquaredError / expected - 1) < 1e-9)
    #expect(try found.solution == LeastSquares.ridge(features: x, targets: y, l2: l2))
  }

  @Test(arguments: [0, 0.5, 20]) func `each residual is that of a model of the other rows`(l2: Double) throws {
    let (x, y) = try InferenceFixture.diabetes()
    let few = x.rows(0..<40)
    let answers = Matrix((0..<40).map { [y[$0, 0], few[$0, 2] * few[$0, 3]] })
    let found = try LeastSquares.leaveOneOut(features: few, targets: answers, l2: l2)
    for i in 0..<40 {
      let others = (0..<40).filter { $0 != i }
      let model = try LeastSquares.ridge(
        features: Matrix(others.map { r in (0..<10).map { few[r, $0] } }),
        targets: Matrix(others.map { r in (0..<2).map { answers[r, $0] } }), l2: l2)
      for t in 0..<2 {
        let prediction = (0..<10).reduce(model.intercepts[t]) { $0 + model.weights[t][$1] * Double(few[i, $1]) }
        let expected = Double(answers[i, t]) - prediction
        #expect(abs(found.residuals[i, t] - expected) < 1e-8 * max(1, abs(Double(answers[i, t]))))
      }
    }
  }

  @Test func `of a grid the penalty with the least error is chosen`() throws {
    let (x, y) = try InferenceFixture.diabetes()
    let grid = [1e-4, 1, 30, 1000, 1e7]
    let selection = try LeastSquares.ridge(features: x, targets: y, choosingFrom: grid)
    let errors = try grid.map { try LeastSquares.leaveOneOut(features: x, targets: y, l2: $0).meanSquaredError }
    #expect(selection.errors == errors)
    #expect(selection.best.meanSquaredError == errors.min())
    #expect(errors[grid.firstIndex(of: selection.best.l2) ?? 0] == errors.min())
    let equal = try LeastSquares.ridge(
      features: Matrix([[0], [0], [0]]), targets: Matrix([[1], [2], [6]]),
      choosingFrom: [3, 2])
    #expect(equal.best.l2 == 3, "of equals, the first")
  }

  @Test func `without features each row is predicted by the mean of the others`() throws {
    let found = try LeastSquares.leaveOneOut(
      features: Matrix(rows: 3, columns: 0), targets: Matrix([[1], [2], [6]]), l2: 1)
    for (residual, expected) in zip(found.residuals.elements, [-3, -1.5, 4.5]) {
      #expect(abs(residual - expected) < 1e-14)
    }
  }

  private func message(_ make: () throws -> Void) -> String {
    do {
      try make()
      return "accepted"
    } catch { return "\(error)" }
  }

  @Test func `a row that alone decides, a bad penalty and an empty grid are told`() {
    let (x, y) = (Matrix([[0], [0], [0], [1]]), Matrix([[1], [2], [3], [4]]))
    #expect(
      message { _ = try LeastSquares.leaveOneOut(features: x, targets: y, l2: 0) }
        == "leave-one-out: without row 3 (from 0) the weights are not determined at l2 0.0; "
        + "use a larger l2, or give more rows")
    #expect(
      message { _ = try LeastSquares.leaveOneOut(features: x, targets: y, l2: -2) }
        == "leave-one-out: l2 is -2.0; give a finite number of at least 0")
    #expect(
      message { _ = try LeastSquares.ridge(features: x, targets: y, choosingFrom: []) }
        == "ridge: there is no l2 to choose from; give at least one candidate")
    #expect(
      message { _ = try LeastSquares.ridge(features: x, targets: y, choosingFrom: [1, .infinity]) }
        == "ridge: l2 is inf; give a finite number of at least 0")
    #expect(throws: DecisiveRowError(row: 0, l2: 1)) {
      try LeastSquares.leaveOneOut(features: Matrix([[1]]), targets: Matrix([[1]]), l2: 1)
    }
  }

  /// With a column that is the sum of two, l2 of 1e-9 loses five digits of the exact 4.454395, and 1e-12 all but three.
  @Test func `a penalty too small against rounding is refused, in any unit`() throws {
    var generator = Philox(seed: 4)
    let x = generator.normal(rows: 64, columns: 2), y = generator.normal(rows: 64, columns: 1)
    for unit in [1, 1e-6, 1e6] as [Float] {
      let rows = (0..<64).map { [x[$0, 0] * unit, x[$0, 1], (x[$0, 0] + x[$0, 1]) * unit] }
      let dependent = Matrix(rows.map { [$0[0], $0[1], $0[0]] })
      #expect(throws: FactorizationError.notPositiveDefinite(minor: 3, size: 3)) {
        try LeastSquares.ridge(features: dependent, targets: y, l2: 1e-12 * Double(unit) * Double(unit))
      }
      #expect(throws: FactorizationError.self) {
        try LeastSquares.leaveOneOut(features: dependent, targets: y, l2: 1e-12 * Double(unit) * Double(unit))
      }
      // Units alone do not matter.
      _ = try LeastSquares.ridge(features: Matrix(rows.map { [$0[0], $0[1]] }), targets: y, l2: 1e-3)
    }
  }
}
