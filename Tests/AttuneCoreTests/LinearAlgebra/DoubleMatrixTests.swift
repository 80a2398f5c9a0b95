import AttuneCore
import Testing

@Suite struct DoubleMatrixTests {
  static let tall = DoubleMatrix([[1, 2], [3, 4], [5, 7]])

  @Test func `products are those of hand calculation`() {
    #expect(Self.tall * DoubleMatrix([[1, 0, 2], [0, 1, -1]]) == DoubleMatrix([[1, 2, 0], [3, 4, 2], [5, 7, 3]]))
    #expect(Self.tall.gram == DoubleMatrix([[35, 49], [49, 69]]))
    #expect(Self.tall.transposedProduct(with: DoubleMatrix([[1], [0], [2]])) == DoubleMatrix([[11], [16]]))
    #expect(Self.tall.transposed == DoubleMatrix([[1, 3, 5], [2, 4, 7]]))
  }

  @Test func `a weighted Gram matrix counts each row by its weight, also a negative one`() {
    let rows = DoubleMatrix([[1, 2], [3, 4], [5, 6]])
    #expect(rows.weightedGram([1, 1, 1]) == rows.gram)
    #expect(rows.weightedGram([2, 0, -1]) == DoubleMatrix([[-23, -26], [-26, -28]]))
  }

  @Test func `centering takes off the column means`() {
    #expect(Self.tall.columnMeans == [3, 13.0 / 3])
    #expect(Self.tall.subtractingRow([3, 4]) == DoubleMatrix([[-2, -2], [0, 0], [2, 3]]))
  }

  @Test func `the work of products is counted`() {
    #expect(OperationCounter.count { Self.tall * DoubleMatrix([[1, 0, 2], [0, 1, -1]]) }.operations == 36)
    #expect(OperationCounter.count { Self.tall.gram }.operations == 18)
  }

  @Test func `sizes of zero are fine`() {
    let empty = DoubleMatrix(rows: 0, columns: 2)
    #expect(empty.gram == DoubleMatrix(rows: 2, columns: 2))
    #expect(empty.transposed.shape == Shape(rows: 2, columns: 0))
    #expect(DoubleMatrix(rows: 3, columns: 0).transposedProduct(with: Self.tall).shape == Shape(rows: 0, columns: 2))
    #expect(DoubleMatrix(rows: 3, columns: 0).gram.shape == Shape(rows: 0, columns: 0))
  }

  @Test func `a float matrix converts exactly, and copies are independent`() {
    let matrix = DoubleMatrix(Matrix([[0.1, 2]]))
    #expect(matrix.elements == [Double(Float(0.1)), 2])
    var copy = matrix
    copy[0, 1] = .nan
    #expect(matrix.isFinite && !copy.isFinite)
  }
}
