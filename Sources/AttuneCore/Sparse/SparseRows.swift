/// Rows of which most elements are zero: only the others are held, row after row (compressed sparse rows).
///
/// A text as a bag of words is such a row: thousands of words are known, and a sentence has twenty.
///
/// ## Shapes
/// - `[n, d]`; an element of a row is a column and a value, in ascending columns
public struct SparseRows: Sendable, Equatable {
  /// An element of a row.
  public struct Element: Sendable, Equatable {
    /// Its column.
    public var column: Int
    /// Its value.
    public var value: Float

    /// A value in a column.
    public init(column: Int, value: Float) { (self.column, self.value) = (column, value) }
  }

  /// Number of columns (features).
  public let columns: Int
  /// Where the elements of each row begin, and where the last row's end.
  let starts: [Int]
  /// The column of each element.
  let places: [UInt32]
  /// The value of each element, row after row.
  public let values: [Float]

  /// Number of rows (samples).
  public var rows: Int { starts.count - 1 }
  /// Number of elements that are held.
  public var count: Int { values.count }
  /// The share of elements that are held; 0 of nothing.
  public var density: Double { rows * columns == 0 ? 0 : Double(count) / (Double(rows) * Double(columns)) }

  private init(columns: Int, starts: [Int], places: [UInt32], values: [Float]) {
    (self.columns, self.starts, self.places, self.values) = (columns, starts, places, values)
  }

  /// Rows from their elements.
  ///
  /// - Throws: `ShapeError` with the row whose columns do not ascend or do not lie below `columns`.
  public init(columns: Int, _ rows: [[Element]]) throws(ShapeError) {
    precondition(columns >= 0 && columns <= Int(UInt32.max), "sparse rows cannot have \(columns) columns")
    var starts = [0], places: [UInt32] = [], values: [Float] = []
    for (index, row) in rows.enumerated() {
      var least = 0
      for element in row {
        guard element.column >= least, element.column < columns else {
          throw ShapeError(
            operation: "sparse row \(index)", expected: "columns that ascend, from 0 and below \(columns)",
            found: "column \(element.column)" + (least > 0 ? " after \(least - 1)" : ""))
        }
        least = element.column + 1
        places.append(UInt32(element.column))
        values.append(element.value)
      }
      starts.append(values.count)
    }
    self.init(columns: columns, starts: starts, places: places, values: values)
  }

  /// How dense rows differ from a reference row: `x − reference` where that is not zero. NaN differs from everything.
  ///
  /// ## Shapes
  /// - dense: `[n, d]`, reference: `[1, d]`; nil is a row of zeros
  ///
  /// - Throws: `ShapeError` if the reference has another width.
  /// - Complexity: O(n·d), counted as a comparison an element, and a subtraction beside a reference.
  public init(_ dense: Matrix, differingFrom reference: Matrix? = nil) throws(ShapeError) {
    if let reference, reference.shape != Shape(rows: 1, columns: dense.columns) {
      throw ShapeError(
        operation: "sparse rows", expected: "a reference [1, \(dense.columns)]", found: "\(reference.shape)")
    }
    let d = dense.columns
    var starts = [0], places: [UInt32] = [], values: [Float] = []
    starts.reserveCapacity(dense.rows + 1)
    func collect(_ x: UnsafePointer<Float>, _ difference: (Int, Float) -> Float) {
      for j in 0..<d where difference(j, x[j]) != 0 {
        places.append(UInt32(j))
        values.append(difference(j, x[j]))
      }
      starts.append(values.count)
    }
    dense.withElements { x in
      for i in 0..<dense.rows where d > 0 {
        if let reference {
          reference.withElements { r in collect(x.base + i * d) { $1 - r[$0] } }
        } else {
          collect(x.base + i * d) { $1 }
        }
      }
    }
    if d == 0 { starts += Array(repeating: 0, count: dense.rows) }
    OperationCounter.add((reference == nil ? 1 : 2) * dense.count)
    self.init(columns: d, starts: starts, places: places, values: values)
  }

  /// The places in `values` of a row's elements.
  public func range(ofRow row: Int) -> Range<Int> { starts[row]..<starts[row + 1] }

  /// The column of the element at a place in `values`.
  public func column(at place: Int) -> Int { Int(places[place]) }

  /// The elements of a row.
  public func elements(ofRow row: Int) -> [Element] {
    range(ofRow: row).map { Element(column: Int(places[$0]), value: values[$0]) }
  }

  /// The number of elements of the row that has most; 0 without rows.
  public var longestRow: Int { (0..<rows).reduce(0) { max($0, range(ofRow: $1).count) } }

  /// The rows with all elements, added to a reference row where one is given, `[n, d]`.
  public func dense(addingTo reference: Matrix? = nil) -> Matrix {
    precondition(
      reference.map { $0.shape == Shape(rows: 1, columns: columns) } ?? true, "a reference of another width")
    return Matrix(rows: rows, columns: columns) { out in
      for i in 0..<rows {
        let row = UnsafeMutableBufferPointer(rebasing: out[i * columns..<(i + 1) * columns])
        if let reference {
          reference.withElements { _ = row.update(fromContentsOf: $0) }
        } else {
          row.update(repeating: 0)
        }
        for k in range(ofRow: i) { row[Int(places[k])] += values[k] }
      }
    }
  }

  /// The rows with some of their elements only.
  ///
  /// - Parameter isKept: told the place of an element in `values`.
  public func filtered(_ isKept: (Int) -> Bool) -> SparseRows {
    var starts = [0], places: [UInt32] = [], values: [Float] = []
    for i in 0..<rows {
      for k in range(ofRow: i) where isKept(k) {
        places.append(self.places[k])
        values.append(self.values[k])
      }
      starts.append(values.count)
    }
    return SparseRows(columns: columns, starts: starts, places: places, values: values)
  }

  /// The rows with other values in the same places.
  public func withValues(_ values: [Float]) -> SparseRows {
    precondition(values.count == count, "\(values.count) values for \(count) elements")
    return SparseRows(columns: columns, starts: starts, places: places, values: values)
  }

  /// The values of dense rows in the same places.
  public func withValues(of dense: Matrix) -> SparseRows {
    precondition(dense.shape == Shape(rows: rows, columns: columns), "\(dense.shape) does not fit \(rows)×\(columns)")
    return dense.withElements { x in
      withValues((0..<rows).flatMap { i in range(ofRow: i).map { x[i * columns + Int(places[$0])] } })
    }
  }
}
