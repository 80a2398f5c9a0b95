import AttuneCore
import Testing

@Suite struct MatrixTests {
  static let sizes = [0, 1, 2, 5, 17, 64]

  private func address(_ matrix: Matrix) -> UInt { matrix.withElements { UInt(bitPattern: $0.baseAddress) } }

  @Test func `changing a copy leaves the original`() {
    let original = Matrix([[1, 2], [3, 4]])
    var copy = original
    #expect(address(copy) == address(original))
    copy[0, 1] = 9
    #expect(original == Matrix([[1, 2], [3, 4]]))
    #expect(copy == Matrix([[1, 9], [3, 4]]))
    var second = original
    second.withMutableElements { $0[3] = 7 }
    #expect(original[1, 1] == 4)
    var view = original.reshaped(rows: 1, columns: 4)
    view[0, 0] = 5
    #expect(original[0, 0] == 1)
  }

  @Test func `a matrix can be added to itself`() {
    var x = Matrix(row: [1, 2, 3])
    let alias = x
    x.add(x, scaledBy: 2)
    x.add(alias)
    #expect(x == Matrix(row: [4, 8, 12]))
    #expect(alias == Matrix(row: [1, 2, 3]))
  }

  @Test func `a matrix with one owner is changed in place`() {
    var x = Matrix(rows: 3, columns: 5, repeating: 1)
    let before = address(x)
    x[1, 1] = 2
    x.add(Matrix(rows: 3, columns: 5, repeating: 1))
    #expect(address(x) == before)
  }

  @Test(arguments: sizes) func `elements start at a multiple of 64 bytes`(size: Int) {
    #expect(address(Matrix(rows: size, columns: 3)) % 64 == 0)
    #expect(address(Matrix(rows: 1, columns: size * size)) % 64 == 0)
  }

  @Test(arguments: [(0, 0), (0, 3), (3, 0), (1, 1)]) func `small shapes go through every operation`(
    rows: Int, columns: Int
  ) {
    let x = Matrix(rows: rows, columns: columns, repeating: 2), row = Matrix(rows: 1, columns: columns, repeating: 3)
    let shape = Shape(rows: rows, columns: columns)
    for result in [
      x + x, x - x, x.elementwiseProduct(x), x.scaled(by: 2), x.addingRow(row), x.multiplyingRow(row), x.softmax(),
      x.logSoftmax(), x.map { $0 }, x.scalingRows(by: Matrix(rows: rows, columns: 1)), x.rows(0..<rows),
      x.columns(at: Array(0..<columns)), Matrix.concatenatingRows([x]), x.transposed.transposed,
      x.rows(at: Array(0..<rows)),
    ] { #expect(result.shape == shape) }
    #expect(x.sum == Double(2 * rows * columns))
    #expect(x.isFinite)
    #expect(x.columnSums == Matrix(rows: 1, columns: columns, repeating: Float(2 * rows)))
    #expect(x.rowArgmax == Array(repeating: 0, count: rows))
    #expect(x.rowEntropies().shape == Shape(rows: rows, columns: 1))
    #expect(x == Matrix(rows: rows, columns: columns, x.elements))
    if rows > 0 { #expect(x.columnMoments.variance == Matrix(rows: 1, columns: columns)) }
  }

  @Test func `rows and columns are cut and put together`() {
    let x = Matrix([[1, 2, 3], [4, 5, 6], [7, 8, 9]])
    #expect(x.rows(1..<3) == Matrix([[4, 5, 6], [7, 8, 9]]))
    #expect(x.rows(3..<3).shape == Shape(rows: 0, columns: 3))
    #expect(x.rows(at: [2, 0, 2]) == Matrix([[7, 8, 9], [1, 2, 3], [7, 8, 9]]))
    #expect(x.columns(at: [2, 2, 0]) == Matrix([[3, 3, 1], [6, 6, 4], [9, 9, 7]]))
    #expect(x.row(1) == [4, 5, 6])
    #expect(x.transposed == Matrix([[1, 4, 7], [2, 5, 8], [3, 6, 9]]))
    #expect(Matrix.concatenatingRows([x.rows(0..<1), x.rows(2..<2), x.rows(1..<3)]) == x)
    #expect(Matrix.concatenatingRows([]).shape == Shape(rows: 0, columns: 0))
    #expect(Matrix([[1, 3, 3], [.nan, 0, 1], [-1, -2, -3]]).rowArgmax == [1, 0, 0])
  }

  @Test(arguments: sizes, [(false, false), (true, false), (false, true), (true, true)])
  func `a product is that of Double`(inner: Int, transposing: (Bool, Bool)) {
    var g = Philox(seed: UInt64(inner))
    for (n, m) in [(1, 1), (3, 5), (17, 33), (0, 4), (4, 0)] {
      let left = transposing.0 ? g.normal(rows: inner, columns: n) : g.normal(rows: n, columns: inner)
      let right = transposing.1 ? g.normal(rows: m, columns: inner) : g.normal(rows: inner, columns: m)
      let a = DoubleArray(transposing.0 ? left.transposed : left)
      let b = DoubleArray(transposing.1 ? right.transposed : right)
      // Memory from the pool holds NaN: a product must not read what it overwrites.
      do { _ = Matrix(rows: n, columns: m, repeating: .nan) }
      let product = Matrix.product(left, right, transposingLeft: transposing.0, transposingRight: transposing.1)
      var sum = Matrix(rows: n, columns: m, repeating: 1)
      sum.addProduct(left, right, transposingLeft: transposing.0, transposingRight: transposing.1)
      #expect(product.shape == Shape(rows: n, columns: m))
      for i in 0..<n {
        for j in 0..<m {
          let terms = (0..<inner).map { k -> Double in a[i, k] * b[k, j] }
          let expected: Double = terms.reduce(0, +), scale: Double = terms.reduce(1) { $0 + abs($1) }
          // Sums of up to 64 products: at most 65 roundings of 2⁻²⁴ each, relative to the terms.
          #expect(abs(Double(product[i, j]) - expected) <= 65 * 0x1p-24 * scale)
          #expect(abs(Double(sum[i, j]) - expected - 1) <= 66 * 0x1p-24 * scale)
        }
      }
    }
  }

  @Test func `a shape that does not hold the elements is refused`() async {
    await #expect(processExitsWith: .failure) { _ = Matrix(row: [1, 2, 3, 4, 5, 6]).reshaped(rows: -2, columns: -3) }
    await #expect(processExitsWith: .failure) { _ = Matrix(rows: -1, columns: -1) }
    await #expect(processExitsWith: .failure) { _ = Matrix(rows: 1 << 40, columns: 1 << 40) }
    await #expect(processExitsWith: .failure) { _ = Matrix(row: [1]) + Matrix(row: [1, 2]) }
  }

  @Test func `a matrix and its shape print what they are`() {
    #expect(Matrix(rows: 3, columns: 5).description == "Matrix[3, 5] [0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, …]")
    #expect(Matrix(row: [1]).description == "Matrix[1, 1] [1.0]")
    #expect(
      ShapeError(operation: "network", expected: "3 input features", found: "4 columns").description
        == "network: expected 3 input features, found 4 columns")
  }
}
