import AttuneCore
import Testing

@Suite struct CholeskyTests {
  static let matrix = DoubleMatrix([[4, 2, -2], [2, 5, 3], [-2, 3, 11]])

  @Test func `the factor is that of hand calculation`() throws {
    let lower = try Cholesky(Self.matrix).lower
    let expected = DoubleMatrix([[2, 0, 0], [1, 2, 0], [-1, 2, 6.0.squareRoot()]])
    for (found, expected) in zip(lower.elements, expected.elements) { #expect(abs(found - expected) < 1e-15) }
  }

  @Test func `only the lower triangle is read`() throws {
    var lower = Self.matrix
    lower[0, 1] = 99
    lower[0, 2] = 99
    #expect(try Cholesky(lower).lower == Cholesky(Self.matrix).lower)
  }

  @Test func `solving undoes multiplying, for several right sides`() throws {
    let solution = DoubleMatrix([[1, 0], [-2, 4], [3, 0.5]])
    let found = try Cholesky(Self.matrix).solve(Self.matrix * solution)
    for (found, expected) in zip(found.elements, solution.elements) { #expect(abs(found - expected) < 1e-13) }
  }

  @Test func `the inverse and its quadratic forms agree with solving`() throws {
    let factor = try Cholesky(Self.matrix)
    let product = try Self.matrix * factor.inverse
    for i in 0..<3 {
      for j in 0..<3 { #expect(abs(product[i, j] - (i == j ? 1 : 0)) < 1e-13) }
    }
    let vectors = DoubleMatrix([[1, -2, 3], [0, 0, 0], [0.5, 4, 1]])
    let direct = try vectors * factor.solve(vectors.transposed)
    for (i, found) in factor.inverseQuadraticForms(of: vectors).enumerated() {
      #expect(abs(found - direct[i, i]) < 1e-12)
    }
    #expect(
      try Cholesky(DoubleMatrix(rows: 0, columns: 0)).inverseQuadraticForms(
        of: DoubleMatrix(rows: 2, columns: 0)) == [0, 0])
  }

  @Test func `an indefinite matrix reports the leading minor`() {
    let indefinite = DoubleMatrix([[1, 2, 0], [2, 1, 0], [0, 0, 1]])
    #expect(throws: FactorizationError.notPositiveDefinite(minor: 2, size: 3)) { try Cholesky(indefinite) }
    #expect(
      FactorizationError.notPositiveDefinite(minor: 2, size: 3).description
        == "Cholesky: the leading 2×2 minor of the 3×3 matrix is not positive definite; "
        + "add a positive value to the diagonal, or remove dependent columns from what the matrix was made of")
  }

  @Test func `NaN and infinity are reported as such`() throws {
    var holed = Self.matrix
    holed[2, 0] = .nan
    #expect(throws: FactorizationError.notFinite(operation: "Cholesky", argument: "elements")) { try Cholesky(holed) }
    let factor = try Cholesky(Self.matrix)
    #expect(throws: FactorizationError.notFinite(operation: "Cholesky", argument: "right side's elements")) {
      try factor.solve(DoubleMatrix([[1], [.infinity], [0]]))
    }
    #expect(
      FactorizationError.notFinite(operation: "Cholesky", argument: "elements").description
        == "Cholesky: the elements hold NaN or infinity; remove those rows or impute the values")
  }

  @Test func `the work of factorizing and solving is counted`() throws {
    let (factor, factorizing) = try OperationCounter.count { try Cholesky(Self.matrix) }
    // 3 roots, 3 divisions below them, 4 multiply-adds; then two triangles of 9.
    #expect(factorizing == 14)
    #expect(try OperationCounter.count { try factor.solve(DoubleMatrix([[1], [2], [3]])) }.operations == 18)
  }

  @Test func `sizes of zero and one are fine`() throws {
    #expect(try Cholesky(DoubleMatrix(rows: 0, columns: 0)).solve(DoubleMatrix(rows: 0, columns: 2)).columns == 2)
    #expect(try Cholesky(DoubleMatrix([[9]])).solve(DoubleMatrix([[18]])) == DoubleMatrix([[2]]))
  }

  @Test func `other infos of LAPACK are put in words`() {
    #expect(
      FactorizationError.failed(routine: "dpotrs", info: -5).description
        == "LAPACK dpotrs: argument 5 is not valid (info -5); check the sizes of the matrices")
    #expect(
      FactorizationError.failed(routine: "dtrtrs", info: 3).description
        == "LAPACK dtrtrs: the factor is singular at column 2 (info 3); use ridge with l2 > 0")
  }
}

@Suite struct CholeskyRemovalTests {
  @Test func `the factor without a row is that of the matrix without it`() throws {
    var generator = Philox(seed: 51)
    for size in [1, 2, 7, 40] {
      let rows = DoubleMatrix(generator.normal(rows: 3 * size, columns: size))
      var matrix = rows.gram
      for j in 0..<size { matrix[j, j] += 0.1 }
      for index in Set([0, size / 2, size - 1]) {
        let kept = (0..<size).filter { $0 != index }
        let smaller = DoubleMatrix(
          rows: size - 1, columns: size - 1, kept.flatMap { i in kept.map { matrix[i, $0] } })
        let found = try Cholesky(matrix).removing(index).lower, expected = try Cholesky(smaller).lower
        for (a, b) in zip(found.elements, expected.elements) { #expect(abs(a - b) < 1e-12 * Double(size)) }
      }
    }
  }
}
