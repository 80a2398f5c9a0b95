import AttuneCore
import Foundation
import Testing

@Suite struct QRTests {
  @Test func `a parabola through four points is that of hand calculation`() throws {
    let matrix = DoubleMatrix([[1, 0, 0], [1, 1, 1], [1, 2, 4], [1, 3, 9]])
    // Residual of the cubic part: y = x² − x + 2 plus (1, −3, 3, −1), which is orthogonal to all three columns.
    let found = try QR(matrix).leastSquares(DoubleMatrix([[3], [-1], [7], [7]]))
    for (found, expected) in zip(found.elements, [2, -1, 1] as [Double]) { #expect(abs(found - expected) < 1e-13) }
  }

  @Test func `the residual is orthogonal to every column, for every right side`() throws {
    let (n, d, k) = (40, 7, 3)
    let elements = (0..<n * d).map { sin(Double($0 * $0 + 1)) * pow(10, Double($0 % d)) }
    let matrix = DoubleMatrix(rows: n, columns: d, elements)
    let right = DoubleMatrix(rows: n, columns: k, (0..<n * k).map { cos(Double(3 * $0)) })
    let predicted = try matrix * QR(matrix).leastSquares(right)
    var residual = right
    for i in 0..<n {
      for t in 0..<k { residual[i, t] -= predicted[i, t] }
    }
    let inner = matrix.transposedProduct(with: residual)
    for j in 0..<d {
      for t in 0..<k { #expect(abs(inner[j, t]) < 1e-12 * pow(10, Double(j))) }
    }
  }

  @Test func `the inverse Gram matrix undoes the Gram matrix, whatever the pivots`() throws {
    let matrix = DoubleMatrix([[1, 40, 0.3], [2, -10, 0.1], [0, 30, 0.7], [-1, 20, 0.2]])
    let product = try matrix.gram * QR(matrix).inverseGram
    for i in 0..<3 {
      for j in 0..<3 { #expect(abs(product[i, j] - (i == j ? 1 : 0)) < 1e-11) }
    }
    #expect(try QR(DoubleMatrix(rows: 2, columns: 0)).inverseGram.rows == 0)
  }

  @Test func `a dependent column is found and named, whatever the units`() {
    let matrix = DoubleMatrix([[1, 1e12, 2], [1, 3e12, 2], [1, 2e12, 2], [1, 7e12, 2]])
    #expect(throws: FactorizationError.rankDeficient(rank: 2, columns: 3, dependent: [2])) { try QR(matrix) }
    #expect(throws: FactorizationError.rankDeficient(rank: 0, columns: 2, dependent: [0, 1])) {
      try QR(DoubleMatrix(rows: 3, columns: 2))
    }
    #expect(
      FactorizationError.rankDeficient(rank: 0, columns: 2, dependent: [0, 1]).description
        == "QR: rank 0 of 2 columns; columns 0, 1 (from 0) are linear combinations of the others, "
        + "so the solution is not unique; remove them, or use ridge with l2 > 0")
  }

  @Test func `the tolerance decides what counts as dependent`() throws {
    let matrix = DoubleMatrix([[1, 1], [1, 1 + 1e-9], [1, 1]])
    _ = try QR(matrix)
    #expect(throws: FactorizationError.self) { try QR(matrix, tolerance: 1e-7) }
  }

  @Test func `fewer rows than columns and NaN are refused`() {
    #expect(throws: FactorizationError.tooFewRows(rows: 1, needed: 2)) { try QR(DoubleMatrix([[1, 2]])) }
    #expect(throws: FactorizationError.notFinite(operation: "QR", argument: "elements")) {
      try QR(DoubleMatrix([[1], [.nan]]))
    }
  }

  @Test func `the work of factorizing and solving is counted`() throws {
    let (factors, factorizing) = try OperationCounter.count { try QR(DoubleMatrix([[1, 0], [1, 1], [1, 2]])) }
    // Lengths 3·6; reflectors 2·n·d² − 2·d³/3 = 18.67, rounded down.
    #expect(factorizing == 18 + 18)
    // 4·n·d − 2·d² for Qᵀ, d² for the triangle.
    #expect(try OperationCounter.count { try factors.leastSquares(DoubleMatrix([[1], [2], [4]])) }.operations == 22)
  }

  @Test func `sizes of zero and one are fine`() throws {
    let none = try QR(DoubleMatrix(rows: 2, columns: 0)).leastSquares(DoubleMatrix([[1], [2]]))
    #expect(none.shape == Shape(rows: 0, columns: 1))
    #expect(try QR(DoubleMatrix([[-4]])).leastSquares(DoubleMatrix([[2]])) == DoubleMatrix([[-0.5]]))
    #expect(try QR(DoubleMatrix(rows: 0, columns: 0)).leastSquares(DoubleMatrix(rows: 0, columns: 1)).rows == 0)
  }
}
