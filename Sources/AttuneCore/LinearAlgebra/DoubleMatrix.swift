/// A dense matrix of 64-bit floats, row-major, for statistics and factorizations, where 24 bits are too few.
///
/// A value with copy on write; sizes of zero are allowed. Networks and their data are `Matrix`.
public struct DoubleMatrix: Codable, Sendable, Equatable {
  /// Number of rows (samples).
  public let rows: Int
  /// Number of columns (features).
  public let columns: Int
  /// All elements in row-major order; their number never changes.
  public internal(set) var elements: [Double]

  /// A matrix with one value everywhere.
  public init(rows: Int, columns: Int, repeating value: Double = 0) {
    precondition(rows >= 0 && columns >= 0, "a matrix cannot have \(rows) rows and \(columns) columns")
    self.rows = rows
    self.columns = columns
    elements = Array(repeating: value, count: rows * columns)
  }

  /// A matrix from elements in row-major order; their number must be `rows · columns`.
  public init(rows: Int, columns: Int, _ elements: [Double]) {
    precondition(rows >= 0 && columns >= 0, "a matrix cannot have \(rows) rows and \(columns) columns")
    precondition(elements.count == rows * columns, "\(elements.count) elements do not fill \(rows)×\(columns)")
    self.rows = rows
    self.columns = columns
    self.elements = elements
  }

  /// A matrix from rows of equal length.
  public init(_ rows: [[Double]]) {
    let width = rows.first?.count ?? 0
    precondition(rows.allSatisfy { $0.count == width }, "the rows differ in length")
    self.init(rows: rows.count, columns: width, rows.flatMap { $0 })
  }

  /// The same elements in double precision.
  public init(_ matrix: Matrix) {
    self.init(rows: matrix.rows, columns: matrix.columns, matrix.withElements { $0.map(Double.init) })
  }

  /// `[rows, columns]`, for messages and checks.
  public var shape: Shape { Shape(rows: rows, columns: columns) }

  /// The element at a row and a column.
  public subscript(row: Int, column: Int) -> Double {
    get {
      precondition(row >= 0 && row < rows && column >= 0 && column < columns, "index (\(row), \(column)) in \(shape)")
      return elements[row * columns + column]
    }
    set {
      precondition(row >= 0 && row < rows && column >= 0 && column < columns, "index (\(row), \(column)) in \(shape)")
      elements[row * columns + column] = newValue
    }
  }

  /// The transpose; its elements are those of this matrix in column-major order.
  public var transposed: DoubleMatrix {
    var result = DoubleMatrix(rows: columns, columns: rows)
    for i in 0..<rows {
      for j in 0..<columns { result.elements[j * rows + i] = elements[i * columns + j] }
    }
    return result
  }

  /// The mean of each column; NaN where there are no rows.
  public var columnMeans: [Double] {
    OperationCounter.add(rows * columns)
    var sums = [Double](repeating: 0, count: columns)
    for i in 0..<rows {
      for j in 0..<columns { sums[j] += elements[i * columns + j] }
    }
    return sums.map { $0 / Double(rows) }
  }

  /// Every row minus `row`, which has one value a column.
  public func subtractingRow(_ row: [Double]) -> DoubleMatrix {
    precondition(row.count == columns, "a row of \(row.count) does not fit \(shape)")
    OperationCounter.add(rows * columns)
    var result = self
    for i in 0..<rows {
      for j in 0..<columns { result.elements[i * columns + j] -= row[j] }
    }
    return result
  }

  /// Whether no element is NaN or infinite.
  public var isFinite: Bool { elements.allSatisfy(\.isFinite) }
}
