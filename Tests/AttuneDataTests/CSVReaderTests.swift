import AttuneCore
import Testing

@testable import AttuneData

@Suite struct CSVReaderTests {
  private func records(_ text: String, _ separator: CSVSeparator = ",", trim: Bool = false) throws -> [[String]] {
    try records(Array(text.utf8), separator, trim: trim)
  }

  private func records(_ bytes: [UInt8], _ separator: CSVSeparator = ",", trim: Bool = false) throws -> [[String]] {
    let dialect = CSVDialect(separator: separator, trimsBlanks: trim)
    var reader = try CSVReader(bytes: bytes, dialect: dialect, path: "f.csv")
    var cells: [CSVReader.Cell] = [], result: [[String]] = []
    while try reader.next(into: &cells) { result.append(cells.map(reader.text)) }
    return result
  }

  @Test(arguments: ["a,b\n1,2\n", "a,b\r\n1,2\r\n", "a,b\r1,2\r", "a,b\n1,2", "a,b\r\n1,2", "\u{FEFF}a,b\n1,2\r"])
  func `every line end, with or without the last, and a byte-order mark`(text: String) throws {
    #expect(try records(text) == [["a", "b"], ["1", "2"]])
  }

  @Test func `quoted cells hold delimiters, line ends and doubled quotes`() throws {
    let text = "\"a,b\",\"line 1\nline 2\r\nline 3\",\"say \"\"hi\"\"\"\n\"\",\"\"\"\",x\n"
    #expect(try records(text) == [["a,b", "line 1\nline 2\r\nline 3", "say \"hi\""], ["", "\"", "x"]])
  }

  @Test func `three doubled quotes in a row become three quotes`() throws {
    #expect(try records("\"\"\"\"\"\"\"\"\n") == [["\"\"\""]])
  }

  @Test func `tabs, semicolons and bars as separators`() throws {
    #expect(try records("a\tb,c\n", "tab") == [["a", "b,c"]])
    #expect(try records("a;1,5\n", ";") == [["a", "1,5"]])
    #expect(try records("a|b;c\n", "|") == [["a", "b;c"]])
  }

  @Test func `runs of blanks as separator, with blanks at both ends of a line`() throws {
    let text = "  6.0000  -1\t\t0.5 \n7 \"a  b\" c\r\n\n 1 2"
    #expect(try records(text, "space") == [["6.0000", "-1", "0.5"], ["7", "a  b", "c"], [""], ["1", "2"]])
  }

  @Test func `blanks around cells are cut off where that is asked for`() throws {
    #expect(try records("a, b ,\" c \" ,d e\n , \n", trim: true) == [["a", "b", " c ", "d e"], ["", ""]])
    #expect(try records("a, b \n") == [["a", " b "]])
    #expect(try records(" a \t b \n\t\n", "tab", trim: true) == [["a", "b"], ["", ""]])
  }

  @Test(arguments: ["", "\"", "\n", "→", "\r\n", "ab", "\0", " ", "comma"])
  func `a separator is one ASCII character that is no quote or line end`(name: String) {
    #expect(
      message { try CSVSeparator(name) }.hasPrefix("expected one ASCII character such as ',' or ';', or tab, or space"))
  }

  @Test func `empty cells, a trailing delimiter and a blank line are kept as they are`() throws {
    #expect(try records(",\na,\n\n") == [["", ""], ["a", ""], [""]])
    #expect(try records("a,") == [["a", ""]])
  }

  @Test func `lines are counted through quoted newlines`() throws {
    var reader = try CSVReader(bytes: Array("a\r\n\"1\r\n2\r3\n4\"\nz\n".utf8), dialect: CSVDialect(), path: "f.csv")
    var cells: [CSVReader.Cell] = [], lines: [Int] = []
    while try reader.next(into: &cells) { lines.append(reader.recordLine) }
    #expect(lines == [1, 2, 6])
  }

  @Test func `an empty file is an error`() {
    for text in ["", "\u{FEFF}"] {
      #expect(
        message { try records(text) } == "f.csv: expected rows, but the file is empty; check how the file was written")
    }
  }

  @Test func `a NUL byte is an error with its line`() {
    #expect(
      message { try records("a\n1\n\0\n") }
        == "f.csv: line 3: expected text without NUL bytes; save the file as UTF-8 text")
  }

  @Test func `invalid UTF-8 and Latin-1 are errors with their line`() {
    let latin = Array("a\r\nna".utf8) + [0xEF] + Array("ve\r\n".utf8)
    #expect(
      message { try records(latin) }
        == "f.csv: line 2: expected valid UTF-8; convert the file to UTF-8, for example with iconv")
    #expect(message { try records([0xFF, 0xFE, 0x61]) }.contains("line 1: expected valid UTF-8"))
  }

  @Test func `a quote inside an unquoted cell is an error`() {
    #expect(
      message { try records("a\n5\" disk\n") }
        == "f.csv: line 2: expected no quote inside an unquoted cell; "
        + "enclose the whole cell in quotes and double the quotes inside it")
  }

  @Test func `text after a closing quote is an error`() {
    #expect(
      message { try records("a\n\"b\"c\n") }
        == "f.csv: line 2: expected a delimiter or the end of the line after a closing quote; "
        + "double the quotes inside a quoted cell")
  }

  @Test(arguments: [(";", ";", ";"), ("\t", "\\t", "tab")])
  func `a header in quotes with another separator says which to set`(byte: String, shown: String, name: String) {
    let text = "\"a\"\(byte)\"b\"\n1\(byte)2\n",
      expected = "f.csv: line 1: expected a delimiter or the end of the line "
    let middle = "after a closing quote; where '\(shown)' separates the cells, set "
    let end = "; else double the quotes inside a quoted cell"
    #expect(message { try records(text) } == expected + middle + "'separator: \"\(name)\"'" + end)
    var options = CSVOptions()
    options.isForModel = true
    #expect(
      message {
        _ = try CSVTableLoader.load(
          bytes: Array(text.utf8), path: "f.csv", target: nil, task: .regression, options: options)
      } == expected + middle + "--separator '\(name)'" + end)
  }

  @Test func `a quote that is never closed is reported where it opens`() {
    #expect(
      message { try records("a\n\n\"b\n\n\n") }
        == "f.csv: line 3: expected a closing quote for the cell that opens here; close the quote")
  }

  @Test func `a cell of a million characters and a row of a hundred thousand columns`() throws {
    let long = String(repeating: "x", count: 1_000_000)
    #expect(try records("\"\(long)\"\n") == [[long]])
    let wide = Array(repeating: "1", count: 100_000)
    #expect(try records(wide.joined(separator: ",")) == [wide])
  }

  @Test func `more columns than the limit are an error`() {
    let commas = [UInt8](repeating: 0x2C, count: CSVReader.columnLimit + 5)
    #expect(
      message { try records(commas) }
        == "f.csv: line 1: expected at most 1048576 columns; check the delimiter and the line ends")
  }
}
