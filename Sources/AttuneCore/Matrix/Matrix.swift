/// A dense matrix of 32-bit floats, row-major: rows are samples, columns are features.
///
/// A value with copy on write; a vector is a matrix of one row. Sizes of zero are allowed.
public struct Matrix: Sendable {
  /// Number of rows (samples).
  public let rows: Int
  /// Number of columns (features).
  public let columns: Int
  private var storage: MatrixStorage

  /// Number of elements, `rows · columns`.
  public var count: Int { rows * columns }
  /// `(rows, columns)`, for messages and checks.
  public var shape: Shape { Shape(rows: rows, columns: columns) }

  /// A matrix whose elements `fill` writes; it must write every element.
  public init(rows: Int, columns: Int, fill: (UnsafeMutableBufferPointer<Float>) throws -> Void) rethrows {
    precondition(rows >= 0 && columns >= 0, "a matrix cannot have \(rows) rows and \(columns) columns")
    self.rows = rows
    self.columns = columns
    storage = MatrixStorage(capacity: rows * columns)
    try fill(UnsafeMutableBufferPointer(start: storage.elements, count: rows * columns))
  }

  /// A matrix with one value everywhere.
  public init(rows: Int, columns: Int, repeating value: Float = 0) {
    self.init(rows: rows, columns: columns) { $0.update(repeating: value) }
  }

  /// A matrix from elements in row-major order; their number must be `rows · columns`.
  public init(rows: Int, columns: Int, _ elements: some Collection<Float>) {
    precondition(elements.count == rows * columns, "\(elements.count) elements do not fill \(rows)×\(columns)")
    self.init(rows: rows, columns: columns) { _ = $0.update(fromContentsOf: elements) }
  }

  /// A matrix from rows of equal length.
  public init(_ rows: [[Float]]) {
    let width = rows.first?.count ?? 0
    precondition(rows.allSatisfy { $0.count == width }, "the rows differ in length")
    self.init(rows: rows.count, columns: width, rows.flatMap { $0 })
  }

  /// A vector: one row.
  public init(row: some Collection<Float>) {
    self.init(rows: 1, columns: row.count, row)
  }

  /// The element at a row and a column.
  public subscript(row: Int, column: Int) -> Float {
    get {
      precondition(row >= 0 && row < rows && column >= 0 && column < columns, "index (\(row), \(column)) in \(shape)")
      return storage.elements[row * columns + column]
    }
    set {
      precondition(row >= 0 && row < rows && column >= 0 && column < columns, "index (\(row), \(column)) in \(shape)")
      makeUnique()
      storage.elements[row * columns + column] = newValue
    }
  }

  /// All elements in row-major order, copied.
  public var elements: [Float] { withElements { Array($0) } }

  /// Calls `body` with the elements in row-major order.
  public func withElements<Result>(_ body: (UnsafeBufferPointer<Float>) throws -> Result) rethrows -> Result {
    try withExtendedLifetime(storage) {
      try body(UnsafeBufferPointer(start: storage.elements, count: count))
    }
  }

  /// Calls `body` with the elements in row-major order, to change them in place.
  public mutating func withMutableElements<Result>(
    _ body: (UnsafeMutableBufferPointer<Float>) throws -> Result
  ) rethrows -> Result {
    makeUnique()
    return try withExtendedLifetime(storage) {
      try body(UnsafeMutableBufferPointer(start: storage.elements, count: count))
    }
  }

  /// The address of the elements, which no other matrix shares. It is good until the matrix is copied, changed or
  /// released.
  var uniqueBase: UnsafeMutablePointer<Float> {
    mutating get {
      makeUnique()
      return storage.elements
    }
  }

  /// The address of the elements, good as long as the matrix or a copy lives unchanged.
  var unsafeBase: UnsafePointer<Float> { UnsafePointer(storage.elements) }

  /// The same elements in row-major order under another shape.
  public func reshaped(rows: Int, columns: Int) -> Matrix {
    precondition(
      rows >= 0 && columns >= 0 && rows * columns == count, "\(shape) does not reshape to \(rows)×\(columns)")
    return Matrix(rows: rows, columns: columns, storage: storage)
  }

  private init(rows: Int, columns: Int, storage: MatrixStorage) {
    self.rows = rows
    self.columns = columns
    self.storage = storage
  }

  private mutating func makeUnique() {
    guard !isKnownUniquelyReferenced(&storage) else { return }
    let copy = MatrixStorage(capacity: count)
    copy.elements.update(from: storage.elements, count: count)
    storage = copy
  }
}

/// Rows and columns of a matrix.
public struct Shape: Equatable, Sendable, CustomStringConvertible {
  /// Number of rows.
  public var rows: Int
  /// Number of columns.
  public var columns: Int

  /// A shape of `rows` by `columns`.
  public init(rows: Int, columns: Int) {
    self.rows = rows
    self.columns = columns
  }

  /// `[rows, columns]`, as papers write it.
  public var description: String { "[\(rows), \(columns)]" }
}

extension Matrix: Equatable {
  /// Equal shapes and equal elements (NaN differs from itself).
  public static func == (left: Matrix, right: Matrix) -> Bool {
    left.shape == right.shape && left.withElements { a in right.withElements { b in a.elementsEqual(b) } }
  }
}

extension Matrix: CustomStringConvertible {
  /// Shape and the first elements.
  public var description: String {
    let shown = withElements { $0.prefix(8).map { "\($0)" }.joined(separator: ", ") }
    return "Matrix\(shape) [\(shown)\(count > 8 ? ", …" : "")]"
  }
}

/// A matrix of the wrong shape for an operation.
public struct ShapeError: Error, Equatable, CustomStringConvertible {
  /// What was asked for, for example `"predict"`.
  public let operation: String
  /// What would have fitted, in words.
  public let expected: String
  /// What came.
  public let found: String

  /// An error of `operation`, which wanted `expected` and got `found`.
  public init(operation: String, expected: String, found: String) {
    self.operation = operation
    self.expected = expected
    self.found = found
  }

  /// One sentence with all three.
  public var description: String { "\(operation): expected \(expected), found \(found)" }
}
