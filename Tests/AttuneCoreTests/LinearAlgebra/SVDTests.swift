import AttuneCore
import Foundation
import Testing

@Suite struct SVDTests {
  private func expectEqual(_ found: DoubleMatrix, _ expected: DoubleMatrix, tolerance: Double = 1e-13) {
    #expect(found.shape == expected.shape)
    for (found, expected) in zip(found.elements, expected.elements) { #expect(abs(found - expected) < tolerance) }
  }

  private func product(_ factors: SVD) -> DoubleMatrix {
    var scaled = factors.rightTransposed
    for i in 0..<scaled.rows {
      for j in 0..<scaled.columns { scaled[i, j] *= factors.singularValues[i] }
    }
    return factors.left * scaled
  }

  @Test func `the singular values are those of hand calculation`() throws {
    // AᵀA = [[25, 20], [20, 25]] has the eigenvalues 45 and 5.
    let values = try SVD(DoubleMatrix([[3, 0], [4, 5]])).singularValues
    #expect(abs(values[0] - 45.0.squareRoot()) < 1e-14 && abs(values[1] - 5.0.squareRoot()) < 1e-14)
  }

  @Test(arguments: [(7, 4), (4, 7), (5, 5), (1, 6), (6, 1)])
  func `the factors are orthonormal and multiply to the matrix`(n: Int, d: Int) throws {
    let matrix = DoubleMatrix(rows: n, columns: d, (0..<n * d).map { sin(Double($0 * $0 + 1)) })
    let factors = try SVD(matrix)
    expectEqual(product(factors), matrix)
    let identity = DoubleMatrix((0..<min(n, d)).map { i in (0..<min(n, d)).map { $0 == i ? 1 : 0 } })
    expectEqual(factors.left.gram, identity)
    expectEqual(factors.rightTransposed.transposed.gram, identity)
    #expect(factors.singularValues == factors.singularValues.sorted(by: >))
    #expect(factors.rank() == min(n, d))
  }

  @Test func `of the solutions that fit as well, that of least norm is found`() throws {
    // x + y + 2z = 6 and twice that: the nearest point to zero is (1, 1, 2).
    let found = try SVD(DoubleMatrix([[1, 1, 2], [2, 2, 4]])).leastSquares(DoubleMatrix([[6], [12]]))
    expectEqual(found, DoubleMatrix([[1], [1], [2]]))
  }

  @Test func `with full rank the solution is that of QR, for every right side`() throws {
    let matrix = DoubleMatrix(rows: 9, columns: 4, (0..<36).map { cos(Double($0 * $0)) })
    let right = DoubleMatrix(rows: 9, columns: 2, (0..<18).map { sin(Double($0)) })
    expectEqual(try SVD(matrix).leastSquares(right), try QR(matrix).leastSquares(right))
  }

  @Test func `the tolerance decides what counts as zero`() throws {
    let factors = try SVD(DoubleMatrix([[1, 0], [0, 1e-9]]))
    #expect(factors.rank() == 2)
    #expect(factors.rank(tolerance: 1e-8) == 1)
    #expect(try factors.leastSquares(DoubleMatrix([[1], [1]]), tolerance: 1e-8) == DoubleMatrix([[1], [0]]))
    #expect(try SVD(DoubleMatrix(rows: 3, columns: 2)).rank() == 0)
  }

  @Test func `NaN is refused, and what LAPACK says is put in words`() {
    #expect(throws: FactorizationError.notFinite(operation: "SVD", argument: "elements")) {
      try SVD(DoubleMatrix([[1, .nan]]))
    }
    #expect(throws: FactorizationError.notFinite(operation: "SVD", argument: "right side's elements")) {
      try SVD(DoubleMatrix([[1]])).leastSquares(DoubleMatrix([[.infinity]]))
    }
    #expect(
      FactorizationError.notConverged(routine: "dgesdd").description
        == "LAPACK dgesdd: the iteration for the singular values did not converge; "
        + "look for values of very different size, and scale the columns")
  }

  @Test func `sizes of zero are fine, and the work is counted`() throws {
    let none = try SVD(DoubleMatrix(rows: 2, columns: 0)).leastSquares(DoubleMatrix([[1], [2]]))
    #expect(none.shape == Shape(rows: 0, columns: 1))
    let empty = try SVD(DoubleMatrix(rows: 0, columns: 3)).leastSquares(DoubleMatrix(rows: 0, columns: 1))
    #expect(empty == DoubleMatrix(rows: 3, columns: 1))
    // 14·n·d·r + 8·r³ with n = 3, d = r = 2.
    #expect(try OperationCounter.count { try SVD(DoubleMatrix([[1, 0], [1, 1], [1, 2]])) }.operations == 168 + 64)
  }
}
