import AttuneCore
import Foundation
import Testing

@testable import AttuneData

/// Files that are larger than any memory, and settings that ask for more than there is.
@Suite struct HostileFileTests {
  /// Calls `body` with a file of a terabyte that takes no room on the disk; `start` are its first bytes.
  private func withTerabyte(_ start: [UInt8] = [], _ body: (String) throws -> Void) throws {
    try withTemporaryFolder { folder in
      let path = folder + "/a"
      try AtomicFile.write(start, to: path)
      try #require(truncate(path, 1 << 40) == 0)
      try body(path)
    }
  }

  @Test func `a file larger than the memory is one error that names both`() throws {
    try withTerabyte { path in
      let memory = MemorySize.text(MemorySize.limit)
      let reason = "its 1099511627776 bytes (1099.5 GB) do not fit in the memory of \(memory)"
      #expect(
        message { try InputFile.bytes(at: path) }
          == "cannot read '\(path)': \(reason); check how the file was made, or read a part of it")
      #expect(
        message { try CSVTableLoader.load(path: path, target: nil, task: .regression) }
          == "\(path): expected a file that fits in memory, but \(reason); train with 'streaming: true', which reads it "
          + "block by block, or check how the file was made")
      #expect(message { try LIBSVMTableLoader.load(path: path, task: .regression) }.contains(reason))
      #expect(message { try RowList.read(path: path) }.contains(reason))
    }
  }

  @Test func `the header of a binary file is compared with its size before the rest is read`() throws {
    let npy = NPY.header(rows: 3, columns: 2)
    try withTerabyte(npy) { path in
      let text = message { try NPY.read(path: path) }
      #expect(text.contains("24 bytes of data for shape [3, 2], but the file has 1099511627648"), "\(text)")
      #expect(message { try TableDescription.npy(path: path) } == text)
    }
    // Version 2 has room for headers of gigabytes.
    try withTerabyte(NPYHeader.magic + [2, 0, 0xFF, 0xFF, 0xFF, 0x7F]) { path in
      #expect(message { try NPY.read(path: path) }.contains("a header of less than 1048576 bytes, not 2147483647"))
    }
    try withTerabyte([0, 0, 8, 1, 0, 0, 0, 5]) { path in
      let text = message { try IDX(path: path) }
      #expect(text.contains("as many bytes of data as 5 elements of 1 need, but the file has 1099511627768"), "\(text)")
    }
    try withTerabyte { path in
      for text in [
        message { try NPY.read(path: path) }, message { try IDX(path: path) },
        message { try NPZTableLoader.load(path: path, features: "x", targets: "y", task: .regression) },
      ] {
        #expect(!text.contains("memory"), "\(text)")
      }
    }
  }

  @Test func `more features than a table can have are refused before they are made`() {
    let line = Array("1 1:1\n".utf8)
    #expect(
      message {
        try LIBSVMTableLoader.load(bytes: line, path: "f", features: 500_000_000, task: .regression, classes: nil)
      } == "f: found \"500000000\", expected at most 4194304 features; choose fewer features; tables are dense, and "
        + "every feature has a name")
    // A row of 2²² features takes 16 MiB: so many rows are more than the memory.
    let rows = MemorySize.limit / (1 << 24) + 1
    let many = Array(String(repeating: "1 1:1\n", count: rows).utf8)
    let text = message {
      try LIBSVMTableLoader.load(bytes: many, path: "f", features: 1 << 22, task: .regression, classes: nil)
    }
    #expect(text.contains("but \(rows) rows of 4194304 features are more; choose fewer features"), "\(text)")
  }

  @Test func `class numbers that floats run together are refused with their row`() throws {
    let advice =
      "; classes are read as 32-bit floats, which run larger numbers together: number the classes from 0 to the number"
      + " of classes less 1, or set the task to regression"
    for sign in [1, -1] as [Float] {
      #expect(
        message { try ClassNumbers(path: "y.npy").targets([1, sign * 0x1p24, sign * 0x1p24], known: nil) }
          == "y.npy: row 2: found \"about \(sign < 0 ? "-" : "")16777216\", "
          + "expected a class number below 16777216 (2^24)\(advice)")
    }
    #expect(
      try ClassNumbers(path: "y.npy").targets([0x1p24 - 1, 0], known: nil)
        == .classes(labels: [1, 0], names: ["0", "16777215"]))
    func libsvm(_ text: String) throws -> Table {
      try LIBSVMTableLoader.load(bytes: Array(text.utf8), path: "f", features: nil, task: .classification, classes: nil)
    }
    #expect(
      message { try libsvm("1 1:1\n16777217 1:2\n") }.hasPrefix(
        "f: line 2: found \"16777217\", expected a class number below 16777216 (2^24)"))
    #expect(try libsvm("16777215 1:1\n1 1:2\n").targets == .classes(labels: [1, 0], names: ["1", "16777215"]))
  }

  @Test func `a column that a model or a caller names twice is refused`() throws {
    let fitted = Preprocessing(scale: 1, columnNames: ["a", "a", "c"])
    let text = try JSONEncoder().encode(fitted)
    let error = #expect(throws: DecodingError.self) { try JSONDecoder().decode(Preprocessing.self, from: text) }
    guard case .dataCorrupted(let context) = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(context.debugDescription == "two columns of one name")
    #expect(
      message {
        try CSVTableLoader.load(
          bytes: Array("a,b\n1,2\n".utf8), path: "f.csv", target: nil, task: .regression,
          options: CSVOptions(columns: ["a", "b", "a"]))
      } == "f.csv: expected every feature once, but \"a\" is asked for twice; ask for each column once")
  }

  @Test func `columns are found in time that grows with their number only`() throws {
    let count = 40_000
    let names = (0..<count).map { "a_long_name_of_a_column_\($0)" }
    let text = names.joined(separator: ",") + "\n" + Array(repeating: "1", count: count).joined(separator: ",") + "\n"
    let start = ContinuousClock.now
    let table = try CSVTableLoader.load(
      bytes: Array(text.utf8), path: "f.csv", target: nil, task: .regression, options: CSVOptions(columns: names))
    #expect(table.columnNames == names)
    // Comparing each name with each other would take minutes.
    #expect(ContinuousClock.now - start < .seconds(20))
  }

  @Test func `long values are cut by scalars, of which one character may have thousands`() {
    let value = "e" + String(repeating: "\u{301}", count: 5000)
    #expect(value.count == 1)
    let problem = DataError.Problem(value: value, expected: "x")
    #expect(problem.value?.unicodeScalars.count == 41 && problem.value?.hasSuffix("…") == true)
    #expect(DataError.Problem(value: String(repeating: "ü", count: 40), expected: "x").value?.count == 40)
  }

  @Test(arguments: [
    ("1.5", true, "write a decimal comma and no thousands separator, or take 'decimalComma' away"),
    (" 1,5", true, "remove the blanks around the number, or set 'trim: true'"),
    (" 12", true, "remove the blanks around the number, or set 'trim: true'"),
    (" 1.5", true, "write a decimal comma and no thousands separator, or take 'decimalComma' away"),
    (" 1,5", false, "write a decimal point and no thousands separator, or set 'decimalComma: true'"),
    ("1.5 ", false, "remove the blanks around the number, or set 'trim: true'"),
  ])
  func `the advice about a number goes by the mark of the file`(cell: String, decimalComma: Bool, advice: String) {
    let options = CSVOptions(CSVDialect(separator: ";", decimalComma: decimalComma))
    let text = message {
      try CSVTableLoader.load(
        bytes: Array("a;b\n\(cell);1\n".utf8), path: "f", target: nil, task: .regression, options: options)
    }
    #expect(text.hasSuffix("; " + advice), "\(text)")
  }

  @Test func `a first record of another length is a bad row where columns are named`() throws {
    let dialect = CSVDialect(hasHeader: false, columnNames: ["a", "b"])
    let text = Array("|a comment\n1,2\n3,4\n".utf8)
    let read = try CSVTableLoader.read(
      bytes: text, path: "f", target: nil, task: .regression, options: CSVOptions(dialect, badRows: .skip))
    #expect(read.table.features == Matrix([[1, 2], [3, 4]]) && read.skipped?.count == 1)
    #expect(
      message {
        try CSVTableLoader.load(
          bytes: text, path: "f", target: nil, task: .regression, options: CSVOptions(dialect))
      }.hasPrefix("f: line 1: expected 2 cells, one for each name in 'columns', but there are 1;"))
  }
}
