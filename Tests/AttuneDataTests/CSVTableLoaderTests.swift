import AttuneCore
import Testing

@testable import AttuneData

@Suite struct CSVTableLoaderTests {
  private func load(
    _ text: String, target: String? = nil, task: PredictionTask = .regression, options: CSVOptions = CSVOptions()
  ) throws -> Table {
    try CSVTableLoader.load(bytes: Array(text.utf8), path: "f.csv", target: target, task: task, options: options)
  }

  @Test func `a regression table keeps the other columns in order`() throws {
    let table = try load("a,y,b\n1,10,-2.5\n3,20,4e2\n", target: "y")
    #expect(table.features == Matrix([[1, -2.5], [3, 400]]))
    #expect(table.targets == .values(Matrix([[10], [20]])))
    #expect(table.columnNames == ["a", "b"])
  }

  @Test func `without a target all columns are features`() throws {
    let table = try load("a,b\n1,2\n")
    #expect(table == Table(features: Matrix([[1, 2]]), targets: .none, columnNames: ["a", "b"]))
  }

  @Test func `without a header columns are numbered`() throws {
    let table = try load("1,2\n3,4\n", target: "column2", options: CSVOptions(CSVDialect(hasHeader: false)))
    #expect(table.columnNames == ["column1"])
    #expect(table.targets == .values(Matrix([[2], [4]])))
  }

  @Test func `numeric classes are sorted as numbers, others by their text`() throws {
    let numbers = try load("x,y\n1,10\n2,9\n3,10\n", target: "y", task: .classification)
    #expect(numbers.targets == .classes(labels: [1, 0, 1], names: ["9", "10"]))
    let words = try load("x,y\n1,b\n2,10\n3,\"a \"\"c\"\"\"\n", target: "y", task: .classification)
    #expect(words.targets == .classes(labels: [2, 0, 1], names: ["10", "a \"c\"", "b"]))
  }

  @Test func `class ids of twenty digits stay different`() throws {
    let table = try load(
      "x,y\n1,12345678901234567891\n2,12345678901234567890\n", target: "y", task: .classification)
    #expect(table.targets == .classes(labels: [1, 0], names: ["12345678901234567890", "12345678901234567891"]))
  }

  @Test func `given classes fix the order, and an unknown one is an error`() throws {
    let options = CSVOptions(classes: ["spam", "ham"])
    let table = try load("x,y\n1,ham\n2,spam\n", target: "y", task: .classification, options: options)
    #expect(table.targets == .classes(labels: [1, 0], names: ["spam", "ham"]))
    #expect(
      message { try load("x,y\n1,ham\n2,egg\n", target: "y", task: .classification, options: options) }
        == "f.csv: line 3 (row 2), column \"y\": found \"egg\", expected one of the classes \"spam\", \"ham\"; "
        + "correct the labels, or the list of classes")
  }

  @Test func `an empty class label is an error`() {
    #expect(
      message { try load("x,y\n1,\n", target: "y", task: .classification) }
        == "f.csv: line 2 (row 1), column \"y\": found \"\", expected a class label; "
        + "correct the labels, or the list of classes")
  }

  /// What is no number, and the start of the advice.
  static let noNumbers: [(cells: [String], advice: String)] = [
    (
      ["NA", "nan", "NaN", "", "-", "?", "null"],
      "fill the cell in, or name the cells that mean a missing value, as in 'missing: [\"\", NA]'"
    ),
    (["1,5", "1,000"], "write a decimal point and no thousands separator, or set 'decimalComma: true'"),
    ([" 1", "1 ", "1\t"], "remove the blanks around the number, or set 'trim: true'"),
    (
      [
        "-Infinity", "+", ".", "1e", "1e+", "1e400", "1e39", "0x1p3", "0x10", "1 000", "1_000", "=1+1", "1.2.3", "--1",
        "½", "１", "2024-01-01", "1f",
      ], "write a decimal number without thousands separators or units"
    ),
    (
      ["inf", "e5", "true", "NEAR BAY"],
      "correct the cell, or declare a column of categories, as in 'categorical: [\"b\"]'"
    ),
  ]

  @Test(arguments: noNumbers)
  func `what is no finite decimal number is an error that names the cell`(cells: [String], advice: String) {
    for cell in cells {
      #expect(
        message { try load("a;b\n1;2\n3;\(cell)\n", options: CSVOptions(CSVDialect(separator: ";"))) }
          == "f.csv: line 3 (row 2), column \"b\": found \(cell.debugDescription), expected a finite decimal number; "
          + advice)
    }
  }

  @Test(
    arguments: [
      ("0", 0), ("-0", 0), ("007", 7), ("+5", 5), ("5.", 5), (".5", 0.5), ("-.5e1", -5), ("1E3", 1000), ("1e-400", 0),
      ("0.1", 0.1), ("16777217", 16_777_216), ("12345678901234567890", 12_345_679_395_506_094_080),
      ("3.4028235e38", .greatestFiniteMagnitude), ("1e-45", .leastNonzeroMagnitude), ("\"2.5\"", 2.5),
      ("0.000000000000000000000000000000000000000000000000000001e54", 1),
      ("123456789012345678901234567890e-29", 1.2345679),
    ] as [(String, Float)])
  func `decimal numbers are rounded to the nearest float`(cell: String, value: Float) throws {
    #expect(try load("a\n\(cell)\n").features[0, 0] == value)
  }

  @Test func `every float's shortest text and seventeen digits read back the same bits`() throws {
    var generator = Philox(seed: 3)
    for _ in 0..<5_000 {
      let value = Float(bitPattern: UInt32(truncatingIfNeeded: generator.next()))
      guard value.isFinite else { continue }
      for text in ["\(value)", "\(Double(value))"] {
        let bytes = Array(text.utf8)
        #expect(DecimalNumber.float(bytes, bytes.indices)?.bitPattern == value.bitPattern, "\(text)")
      }
    }
  }

  @Test func `a decimal just above the middle of two floats rounds up`() throws {
    // 2²⁴ + 1 lies half-way between floats; as a double the digits behind it are lost.
    #expect(try load("a\n16777217.000000001\n").features[0, 0] == 16_777_218)
    #expect(try load("a\n16777216.999999999\n").features[0, 0] == 16_777_216)
  }

  @Test func `the first five bad cells are listed and the others counted`() {
    let text = "a,b\n" + (1...4).map { "x\($0),y\($0)\n" }.joined()
    #expect(
      message { try load(text) } == """
        f.csv: 8 problems
          line 2 (row 1), column "a": found "x1", expected a finite decimal number
          line 2 (row 1), column "b": found "y1", expected a finite decimal number
          line 3 (row 2), column "a": found "x2", expected a finite decimal number
          line 3 (row 2), column "b": found "y2", expected a finite decimal number
          line 4 (row 3), column "a": found "x3", expected a finite decimal number
          and 3 more
        correct the cell, or declare a column of categories, as in 'categorical: ["a", "b"]'
        """)
  }

  @Test func `ragged rows, trailing delimiters and blank lines between rows are listed`() {
    #expect(
      message { try load("a,b\n1,2\n3\n4,5,\n\n6,7\n\n") } == """
        f.csv: 3 problems
          line 3 (row 2): expected 2 cells, but there are 1
          line 4 (row 3): expected 2 cells, but there are 3
          line 5 (row 4): expected 2 cells, but the line is blank
        give every row as many cells as the first; check delimiters, quotes and blank lines
        """)
  }

  @Test func `duplicate and empty header names are errors`() {
    #expect(
      message { try load("a,b,a\n1,2,3\n") }
        == "f.csv: line 1: expected one column called \"a\", but there are two; "
        + "give every column a name of its own in line 1")
    #expect(
      message { try load("a,,c\n1,2,3\n") }
        == "f.csv: line 1: expected a name for column 2, but its header is empty; "
        + "give every column a name of its own in line 1, or leave the column out with 'ignore: [column2]'")
  }

  @Test func `a header alone, a target alone, and a target that is not there are errors`() {
    #expect(message { try load("a,b\n") }.contains("expected a data row after the header"))
    #expect(message { try load("y\n1\n", target: "y") }.contains("expected a feature column beside the target"))
    #expect(
      message { try load("price,age\n1,2\n", target: "Prices") }
        == "f.csv: expected a column \"Prices\", but none of the 2 columns is called so; did you mean 'price'? Columns: age, price"
    )
  }

  @Test func `long and multi-line values are cut and escaped in errors`() {
    let cell = "\"x\n" + String(repeating: "y", count: 1_000) + "\""
    let text = message { try load("a\n\(cell)\n") }
    #expect(text.contains("found \"x\\nyyy") && text.contains("yyy…\"") && text.count < 250)
  }
}
