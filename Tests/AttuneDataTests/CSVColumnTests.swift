import AttuneCore
import Testing

@testable import AttuneData

/// Options of CSV files: missing values, categories, decimal comma, columns that are left out, rows that are left out.
@Suite struct CSVColumnTests {
  @Test func `a rule of missing values is checked by name before any cell is read`() throws {
    var options = CSVOptions()
    options.missingValues = MissingRule(numeric: false, categorical: false, columns: ["sqft_basment": true])
    let text = "price,sqft_basement,rooms\n1,,2\n", bytes = Array(text.utf8)
    #expect(
      throws: ConfigValueError(
        "imputation: no column has this name", key: "data", given: "sqft_basment", known: ["sqft_basement", "rooms"])
    ) { try CSVTableLoader.load(bytes: bytes, path: "f.csv", target: "price", task: .regression, options: options) }
  }

  private func load(
    _ text: String, target: String? = nil, task: PredictionTask = .regression, _ options: CSVOptions
  ) throws -> Table {
    try CSVTableLoader.load(bytes: Array(text.utf8), path: "f.csv", target: target, task: task, options: options)
  }

  private func isMissing(_ table: Table) -> [[Bool]] { (0..<table.count).map { table.features.row($0).map(\.isNaN) } }

  @Test func `marks of missing values become NaN, quoted or not, and nothing else does`() throws {
    let options = CSVOptions(CSVDialect(missing: ["", "NA", "-200"]))
    let table = try load("a,b\n1,NA\n,\"NA\"\n-200,-20\n", options)
    #expect(isMissing(table) == [[false, true], [true, true], [true, false]])
    #expect(table.features[2, 1] == -20)
  }

  @Test func `a missing value that nothing will replace is an error that names data.imputation`() {
    var options = CSVOptions(CSVDialect(missing: ["?"]), categorical: ["c"])
    options.missingValues = MissingRule(numeric: true, categorical: false, columns: ["b": false])
    #expect(
      message { try load("a,b,c\n?,1,x\n2,?,?\n", options) } == """
        f.csv: 2 problems
          line 3 (row 2), column "b": found "?", expected a number
          line 3 (row 2), column "c": found "?", expected a category
        say in data.imputation how missing values are filled in, or leave their rows out with 'onError: skip'
        """)
  }

  @Test func `a declared column has its levels in order, numbers as numbers`() throws {
    let table = try load("k,n,x\nred,10,1\nblue,9,2\nred,10,3\n", CSVOptions(categorical: ["k", "n"]))
    #expect(
      table.columns == [
        Column("k", .categorical(levels: ["blue", "red"])), Column("n", .categorical(levels: ["9", "10"])), Column("x"),
      ])
    #expect(table.features == Matrix([[1, 1, 1], [0, 0, 2], [1, 1, 3]]))
  }

  @Test func `given levels keep their order, and another category is an error or taken behind them`() throws {
    let text = "size\nL\nS\nXL\n"
    var options = CSVOptions(levels: ["size": ["S", "M", "L"]])
    #expect(
      message { try load(text, options) }
        == "f.csv: line 4 (row 3), column \"size\": found \"XL\", expected one of the categories \"S\", \"M\", \"L\"; "
        + "correct the cell, list the category in data.encoding.levels, or set data.encoding.unknown to ignore")
    options.acceptsUnknownLevels = true
    let table = try load(text, options)
    #expect(table.columns[0].levels == ["S", "M", "L", "XL"] && table.features == Matrix([[2], [0], [3]]))
  }

  @Test func `an empty category is an error`() {
    #expect(
      message { try load("k,x\n,1\n", CSVOptions(categorical: ["k"])) }
        .hasPrefix("f.csv: line 2 (row 1), column \"k\": found \"\", expected a category; fill the cell in"))
  }

  @Test(arguments: [("1,5", 1.5), ("-,25e1", -2.5), ("16777217,000000001", 16_777_218), ("7", 7)] as [(String, Float)])
  func `a decimal comma is read where it is asked for`(cell: String, value: Float) throws {
    let options = CSVOptions(CSVDialect(separator: ";", decimalComma: true))
    #expect(try load("a;b\n\(cell);2\n", options).features[0, 0] == value)
  }

  @Test(arguments: ["1.5", "1.000,5", "1,5,0"]) func `a point is no decimal comma`(cell: String) {
    let options = CSVOptions(CSVDialect(separator: ";", decimalComma: true))
    #expect(
      message { try load("a;b\n\(cell);2\n", options) }.contains(
        "found \(cell.debugDescription), expected a finite decimal number with a decimal comma"))
  }

  @Test func `columns without a header have given names, as many as there are cells`() throws {
    let options = CSVOptions(CSVDialect(hasHeader: false, columnNames: ["a", "b", "y"]))
    let table = try load("1,2,3\n", target: "y", options)
    #expect(table.columnNames == ["a", "b"] && table.targets == .values(Matrix([[3]])))
    #expect(
      message { try load("1,2\n", options) }
        == "f.csv: line 1: expected 3 cells, one for each name in 'columns', but there are 2; "
        + "name all columns of the file in their order, or check the separator")
  }

  @Test func `ignored columns are not read, not even their names`() throws {
    let table = try load("id,a,,note\nx7,1,,p q\n", CSVOptions(ignored: ["id", "column3", "note"]))
    #expect(table.columnNames == ["a"] && table.features == Matrix([[1]]))
    #expect(
      message { try load("id,a\n1,2\n", CSVOptions(ignored: ["ident"])) }.contains(
        "expected a column \"ident\", but none of the 2 columns is called so"))
  }

  @Test func `a category that is no column, or is not read, is an error`() {
    #expect(
      message { try load("kind,a\nx,2\n", CSVOptions(categorical: ["kindd"])) }.contains("did you mean 'kind'?"))
    #expect(
      message { try load("kind,a\nx,2\n", CSVOptions(categorical: ["kind"], ignored: ["kind"])) }
        == "f.csv: expected a feature \"kind\", but this column is not read as a feature; "
        + "take it out of the categorical columns")
  }

  @Test func `rows that cannot be used are left out and counted where that is asked for`() throws {
    let text = "k,x,y\na,1,p\nb,oops,p\nc,3\n,4,q\nd,5,\na,6,r\n\n\n"
    let options = CSVOptions(CSVDialect(missing: [""]), categorical: ["k"], badRows: .skip)
    let (table, _, skipped) = try CSVTableLoader.read(
      bytes: Array(text.utf8), path: "f.csv", target: "y", task: .classification, options: options)
    #expect(table.features.row(0) == [0, 1] && table.features.row(2) == [0, 6])
    #expect(table.features[1, 0].isNaN && table.features[1, 1] == 4)
    // The levels and classes of rows that are left out are not kept.
    #expect(table.columns[0].levels == ["a"])
    #expect(table.targets == .classes(labels: [0, 1, 2], names: ["p", "q", "r"]))
    #expect(
      skipped?.description
        == "f.csv: 3 of 6 rows left out, the first: line 3 (row 2), column \"x\": found \"oops\", "
        + "expected a finite decimal number")
    #expect(skipped?.count == 3 && skipped?.problems.count == 3)
  }

  @Test func `a file of which every row would be left out is an error`() {
    #expect(
      message { try load("a\nx\ny\n", CSVOptions(badRows: .skip)) }.hasPrefix("f.csv: 2 problems\n"))
  }

  @Test func `a missing target is an error, whatever marks there are`() {
    #expect(
      message { try load("a,y\n1,NA\n", target: "y", CSVOptions(CSVDialect(missing: ["NA"]))) }
        == "f.csv: line 2 (row 1), column \"y\": found \"NA\", expected a target; "
        + "fill the target in, or leave rows without one out with 'onError: skip'")
  }

  @Test(arguments: ["\n", "\n\n\n", "\r\n\r\n", "\r\r"]) func `blank lines at the end are no rows`(end: String) throws {
    #expect(try load("a,b\n1,2" + end, CSVOptions()).features == Matrix([[1, 2]]))
  }

  @Test func `an empty line is a missing value in a file of one column`() throws {
    let table = try load("a\n1\n\n2\n\n", CSVOptions(CSVDialect(missing: [""])))
    #expect(isMissing(table) == [[false], [true], [false], [true]])
  }

  @Test func `identifiers of twenty digits stay different as categories`() throws {
    let table = try load(
      "id,x\n12345678901234567891,1\n12345678901234567890,2\n", CSVOptions(categorical: ["id"]))
    #expect(table.columns[0].levels == ["12345678901234567890", "12345678901234567891"])
  }
}
