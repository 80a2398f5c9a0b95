import AttuneCore
import Foundation
import Testing

@testable import AttuneData

/// Rows in a scratch file against the same rows in memory.
@Suite struct StoredTableTests {
  private func inFile<Result>(_ bytes: [UInt8], _ body: (String) throws -> Result) throws -> Result {
    let path = FileManager.default.temporaryDirectory.appending(path: "attune-\(UUID().uuidString).csv").path
    try Data(bytes).write(to: URL(filePath: path))
    defer { try? FileManager.default.removeItem(atPath: path) }
    return try body(path)
  }

  private func stored(
    _ path: String, _ target: String?, _ task: PredictionTask, _ options: CSVOptions, blockSize: Int = 4 << 20
  ) throws -> (table: StoredTable, skipped: SkippedRows?) {
    try StoredTable.read(
      path: path, target: target, task: task, options: options,
      scratchFolder: FileManager.default.temporaryDirectory.path, blockSize: blockSize)
  }

  private func bits(_ table: Table) -> [UInt32] { table.features.elements.map(\.bitPattern) }

  static let files: [(text: String, options: CSVOptions)] = [
    ("a,b,y\n1,2,3\n4,5,6\n", CSVOptions()),
    ("\u{FEFF}a,b,y\r\n1,2,3\r\n4,5,6", CSVOptions()),
    ("a,b,y\r1,2,3\r4,5,6\r\r\n\n\r\n", CSVOptions()),
    (
      "\"a\",\"ä\"\"ö\",y\r\n\"x\r\n,\"\"1\",2.5,1\r\n日本,-3e2,2\n\"x\r\n,\"\"1\",7,1\r\n",
      CSVOptions(categorical: ["a"])
    ),
    (
      "a;b;y\n 1,5 ;NA;2\n\t3;4;1\n \n\t\n",
      {
        var dialect = CSVDialect(separator: ";", decimalComma: true, missing: ["NA"])
        dialect.trimsBlanks = true
        return CSVOptions(dialect)
      }()
    ),
    (
      "1 2 3\n4  5\t6 \n\n", CSVOptions(CSVDialect(separator: "space", hasHeader: false, columnNames: ["a", "b", "y"]))
    ),
    ("a,b,y\n1,x,3\n,7,1\n1,2\n\n5,6,7\n8,9,2\n", CSVOptions(badRows: .skip)),
    ("size,b,y\nL,1,2\nS,2,1\nM,,2\n", CSVOptions(CSVDialect(missing: [""]), levels: ["size": ["S", "M", "L"]])),
  ]

  @Test(arguments: files.indices) func `a file read in blocks of any size gives the rows of the loader`(index: Int)
    throws
  {
    let (text, options) = Self.files[index]
    for task in [PredictionTask.regression, .classification] {
      try inFile(Array(text.utf8)) { path in
        let (whole, _, left) = try CSVTableLoader.read(path: path, target: "y", task: task, options: options)
        for size in [1, 2, 3, 5, 7, 11, 16, 4096] {
          let (table, skipped) = try stored(path, "y", task, options, blockSize: size)
          let found = try table.block(0..<table.count)
          #expect(bits(found) == bits(whole) && found.targets == whole.targets && found.columns == whole.columns)
          #expect(skipped == left, "blocks of \(size)")
        }
      }
    }
  }

  @Test func `one column, whose blank lines may be missing values`() throws {
    let options = CSVOptions(CSVDialect(missing: [""]))
    try inFile(Array("a\n1\n\n2\n\n\n".utf8)) { path in
      let whole = try CSVTableLoader.load(path: path, target: nil, task: .regression, options: options)
      for size in 1...9 {
        let found = try stored(path, nil, .regression, options, blockSize: size).table
        #expect(try found.count == 5 && bits(found.block(0..<5)) == bits(whole) && found.classNames == nil)
      }
    }
  }

  static let faults: [(text: String, options: CSVOptions)] = [
    ("a,b,y\n" + String(repeating: "1,2,3\n", count: 50) + "1,x,3\n\"1\n2\",2,3\n1,2,\n", CSVOptions()),
    ("a,b,y\r\n" + String(repeating: "1,2,3\r\n", count: 50) + "1,2\r\n\r\n1,2,3\r\n", CSVOptions()),
    ("a,b,y\n" + String(repeating: "1,2,3\n", count: 50) + "1,\"2,3\n1,2,3\n", CSVOptions()),
    ("a,b,y\n" + String(repeating: "1,2,3\n", count: 50) + "1,2\"2,3\n1,2,3\n", CSVOptions()),
    ("a,b,y\n" + String(repeating: "1,2,3\n", count: 50) + "1,\"2\"2,3\n1,2,3\n", CSVOptions()),
    ("a,b,y\n\n\n" + String(repeating: "1,2,3\n", count: 5), CSVOptions()),
    ("a,b,y\n" + String(repeating: "é,2,3\n", count: 5) + "x,\0,1\n", CSVOptions(categorical: ["a"])),
    ("a,b,y\n" + String(repeating: "z,2,3\n", count: 50) + "w,2,3\n", CSVOptions(levels: ["a": ["z"]])),
    ("", CSVOptions()), ("\u{FEFF}", CSVOptions()), ("a,b,y\n", CSVOptions()), ("a,b,y\n\n\n", CSVOptions()),
    ("a,b,z\n1,2,3\n", CSVOptions()), ("a,a,y\n1,2,3\n", CSVOptions()),
    ("a,b,y\nx,2,3\n1,x,3\n", CSVOptions(badRows: .skip)),
  ]

  @Test(arguments: faults.indices) func `a fault late in a file is told as the loader tells it`(index: Int) throws {
    let (text, options) = Self.faults[index]
    func message(_ body: () throws -> Void) -> String {
      do {
        try body()
        return "no error"
      } catch { return "\(error)" }
    }
    try inFile(Array(text.utf8)) { path in
      let expected = message {
        _ = try CSVTableLoader.load(path: path, target: "y", task: .regression, options: options)
      }
      #expect(expected.hasPrefix(path))
      for size in [1, 3, 8, 64, 4096] {
        #expect(message { _ = try stored(path, "y", .regression, options, blockSize: size) } == expected)
      }
    }
  }

  @Test func `bytes that are no UTF-8 are told with their line`() throws {
    try inFile(Array("a,y\n1,2\n".utf8) + [0xC3, 0x28, 0x2C, 0x31, 0x0A]) { path in
      for size in [2, 4096] {
        let error = #expect(throws: DataError.self) {
          try stored(path, "y", .regression, CSVOptions(), blockSize: size)
        }
        #expect(error?.description.contains("line 3: expected valid UTF-8") == true, "\(error?.description ?? "")")
      }
    }
  }

  @Test func `gzip files of several members are unpacked block by block, and cut ones refused`() throws {
    let text = "a,y\n" + (0..<3000).map { "\($0),\($0 % 7)\n" }.joined()
    let folder = FileManager.default.temporaryDirectory.appending(path: "attune-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try text.write(toFile: folder + "/x.csv", atomically: true, encoding: .utf8)
    let process = Process()
    process.executableURL = URL(filePath: "/bin/sh")
    process.arguments = [
      "-c",
      "cd \(folder) && (head -c 9000 x.csv | gzip; tail -c +9001 x.csv | gzip) > x.gz && head -c 3000 x.gz > cut.gz",
    ]
    try process.run()
    process.waitUntilExit()
    let whole = try CSVTableLoader.load(path: folder + "/x.gz", target: "y", task: .regression)
    for size in [1, 100, 1 << 20] {
      let found = try stored(folder + "/x.gz", "y", .regression, CSVOptions(), blockSize: size).table
      #expect(try found.block(0..<found.count) == whole && found.count == 3000)
      let error = #expect(throws: PackedFileError.self) {
        try stored(folder + "/cut.gz", "y", .regression, CSVOptions(), blockSize: size)
      }
      #expect(error?.description.contains("ends after 3000 bytes") == true)
    }
  }

  /// A file of more rows than a block has, with categories and holes.
  private func typed(_ rows: Int, _ body: (String, CSVOptions) throws -> Void) throws {
    var generator = Philox(seed: 7), text = "n,c,m,y\n"
    for row in 0..<rows {
      let category = ["red", "green", "blue", "", "rare\(row / 3000)"][generator.nextIndex(below: 5)]
      let hole = generator.nextIndex(below: 9) == 0 ? "" : "\(generator.nextIndex(below: 40) - 20)"
      text += "\(generator.nextNormal() * 1e3),\(category),\(hole),\(generator.nextIndex(below: 3))\n"
    }
    try inFile(Array(text.utf8)) { path in
      try body(path, CSVOptions(CSVDialect(missing: [""]), categorical: ["c"]))
    }
  }

  @Test(arguments: [PredictionTask.regression, .classification])
  func `splits, batches and preprocessing agree to the bit`(
    task: PredictionTask
  ) throws {
    try typed(10_000) { path, options in
      let whole = try CSVTableLoader.load(path: path, target: "y", task: task, options: options)
      let table = try stored(path, "y", task, options).table
      var first = Philox(seed: 3), second = first
      let (train, test) = try whole.split(trainFraction: 0.7, stratified: task == .classification, using: &first)
      let (kept, rest) = try table.split(trainFraction: 0.7, stratified: task == .classification, using: &second)
      #expect(first == second && kept.count == train.count && rest.count == test.count)
      let known = train.withOccurringLevels(), occurring = try kept.withOccurringLevels()
      #expect(known.columns == occurring.columns)
      let checked = test.withLevels(of: known.columns), moved = rest.withLevels(of: occurring.columns)
      for range in [0..<test.count, 17..<23, 5..<5] {
        let (expected, found) = (checked.block(range), try moved.block(range))
        #expect(bits(found) == bits(expected) && found.targets == expected.targets)
      }
      let indices = first.permutation(train.count)[10..<300]
      #expect(bits(try occurring.batch(at: indices)) == bits(known.batch(at: indices)))
      let (a, b) = try whole.splitInTime(trainFraction: 0.3), (c, d) = try table.splitInTime(trainFraction: 0.3)
      #expect(try bits(c.block(0..<c.count)) == bits(a) && bits(d.block(0..<d.count)) == bits(b))
      for numeric in [Imputation.mean, .median, .mostFrequent] {
        var imputation = ImputationSettings()
        (imputation.numeric, imputation.categorical, imputation.indicators) = (numeric, .mostFrequent, true)
        let expected = try Preprocessing.fit(.standardize, imputation: imputation, to: known)
        #expect(try Preprocessing.fit(.standardize, imputation: imputation, to: occurring) == expected)
      }
      let context = try ShiftContext(forRows: occurring), other = ShiftContext(for: known)
      #expect(context.featureMean == other.featureMean && context.featureScale == other.featureScale)
    }
  }

  @Test func `the median is the middle of the sorted values`() throws {
    var generator = Philox(seed: 5), settings = ImputationSettings()
    settings.numeric = .median
    for count in [1, 2, 5, 6, 4097, 9000] {
      let values = (0..<count).map { _ in Float(generator.nextNormal()) * (count % 2 == 0 ? 1e-3 : 1e30) }
      let table = Table(
        features: Matrix(rows: count + 1, columns: 1, values + [.nan]), targets: .none, columnNames: ["a"])
      let sorted = values.sorted()
      let expected = (Double(sorted[(count - 1) / 2]) + Double(sorted[count / 2])) / 2
      #expect(try Preprocessing.fit(.none, imputation: settings, to: table).columns[0].fill == expected)
    }
  }

  @Test func `a selection finds its rows`() {
    var generator = Philox(seed: 1)
    let chosen = Set((0..<700).map { _ in generator.nextIndex(below: 5000) })
    let selection = RowSelection(1000..<6000).filtered(chosen.contains), expected = chosen.sorted().map { $0 + 1000 }
    #expect(selection.count == expected.count)
    #expect(expected.indices.map { selection[$0] } == expected)
    let part = selection.part(100..<200)
    #expect((0..<100).map { part[$0] } == Array(expected[100..<200]))
    #expect(selection.filtered { _ in false }.count == 0 && RowSelection(0..<0).filtered { _ in true }.count == 0)
  }
}
