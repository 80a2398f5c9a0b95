import AttuneCore
import Foundation
import Testing

@testable import AttuneData

@Suite struct TableDescriptionTests {
  /// Describes a text as a file; `blockSize` forces many blocks.
  private func describe(
    _ text: String, separator: Character? = nil, header: Bool? = nil
  ) throws -> TableDescription {
    let path = FileManager.default.temporaryDirectory.appending(path: "attune-describe-\(UUID().uuidString).csv").path
    try Data(text.utf8).write(to: URL(filePath: path))
    defer { try? FileManager.default.removeItem(atPath: path) }
    return try TableDescription.csv(path: path, separator: separator, header: header)
  }

  private static let mixed = """
    id,age,city,note,unit,left
    1,31,Bonn,a b c,kg,
    2,,Rome,d,kg,
    3,NA,Bonn,e,kg,
    4,2.5,"Rome",f,kg,
    5,-7,?,g,kg,

    """

  @Test func `each column has its type, its range and its missing values`() throws {
    let table = try describe(Self.mixed)
    #expect(table.rows == 5 && table.separator == "," && table.hasHeader == true && table.decimalComma == false)
    #expect(table.columns.map(\.name) == ["id", "age", "city", "note", "unit", "left"])
    #expect(table.columns.map(\.kind) == [.integer, .number, .category, .category, .constant, .empty])
    #expect(table.columns.map(\.missing) == [0, 2, 1, 0, 0, 5])
    #expect(table.columns[1].missingMarks == ["": 1, "NA": 1])
    let age = table.columns[1]
    #expect(age.minimum == -7 && age.maximum == 31)
    #expect(abs(try #require(age.mean) - 26.5 / 3) < 1e-12)
    #expect(table.columns[2].levels == [.init(value: "Bonn", count: 2), .init(value: "Rome", count: 2)])
    #expect(table.columns[2].minimum == nil)
  }

  @Test func `cells that are no numbers are told with line and row`() throws {
    var lines = ["x,y"] + (1...50).map { "\($0),\($0).5" }
    lines[20] = "20,\"12 kg\""
    lines[33] = "33,1.234.5"
    let y = try describe(lines.joined(separator: "\n")).columns[1]
    #expect(y.kind == .number && y.oddCount == 2)
    #expect(
      y.oddCells == [.init(row: 20, line: 21, value: "12 kg"), .init(row: 33, line: 34, value: "1.234.5")])
  }

  @Test(arguments: [
    ("a;b\n1,5;x\n2,25;y\n", ";", true, 1.875), ("1\t2\n3\t4\n", "tab", false, 2), ("1|2\n3|4\n", "|", false, 2),
    ("a, b\n1, x\n3, y\n", ",", false, 2), ("1 2\n3 4\n", "space", false, 2),
  ])
  func `separator, decimal comma and header are guessed`(
    text: String, separator: String, decimalComma: Bool, mean: Double
  ) throws {
    let table = try describe(text)
    #expect(table.separator == separator && table.decimalComma == decimalComma)
    #expect(table.columns[0].mean == mean)
    #expect(table.hasHeader == text.hasPrefix("a"))
    #expect(table.hasBlanks == text.contains(", "))
  }

  @Test func `a name that is also a value is a header above numbers, else a value`() throws {
    #expect(try describe("x,c\n1,c\n2,d\n").hasHeader == true)
    #expect(try describe("a,c\nb,c\n").hasHeader == false)
    #expect(try describe("?,c\n1,b\n").hasHeader == false)
  }

  @Test func `what is told is not guessed`() throws {
    let table = try describe("a,1;2\nb,3;4\n", separator: ";", header: true)
    #expect(table.separator == ";" && table.rows == 1)
    #expect(table.columns.map(\.name) == ["a,1", "2"])
    #expect(try describe("a,b\nc,d\n", header: false).rows == 2)
  }

  @Test func `records of another length and blank rows are counted and left out`() throws {
    let table = try describe("a,b\n1,2\n3\n,\n4,5\n6,7,8\n")
    #expect(table.rows == 2 && table.blankRows == 1 && table.blankRecords == 1 && table.oddRowCount == 2)
    #expect(table.oddRows == [.init(line: 3, cells: 1), .init(line: 6, cells: 3)])
    #expect(table.columns[0].mean == 2.5)
  }

  @Test func `a repeated minimum far from all others is suspected to mean missing`() throws {
    let values = (0..<100).map { $0 % 10 == 0 ? "-200" : "\($0)" }
    let table = try describe("x\n" + values.joined(separator: "\n") + "\n")
    #expect(table.columns[0].suspectedMark == .init(value: "-200", count: 10))
    let near = (0..<100).map { $0 % 10 == 0 ? "-2" : "\($0)" }
    #expect(try describe("x\n" + near.joined(separator: "\n") + "\n").columns[0].suspectedMark == nil)
  }

  @Test func `all texts of a suspected mark are told`() throws {
    let cells = (0..<60).map { $0 % 10 == 0 ? "-200" : $0 % 10 == 1 ? "-200,0" : "\($0),5" }
    let table = try describe("x;y\n" + cells.map { "\($0);1\($0)\n" }.joined())
    #expect(table.columns[0].suspectedMark == .init(value: "-200", count: 12))
    #expect(table.columns[0].suspectedTexts == ["-200", "-200,0"])
    let source = try #require(table.sourceSuggestion(target: "y"))
    #expect(source.contains("    missing: [\"-200\", \"-200,0\"]\n"), "\(source)")
  }

  @Test func `a single column of texts has no header, nor have numbers two of one name`() throws {
    #expect(try describe("red\ngreen\nblue\n").hasHeader == false)
    #expect(try describe("x\n1\n2\n").hasHeader == true)
    let table = try describe("a,a,b\n1,2,3\n4,5,6\n")
    #expect(table.hasHeader == true && table.repeatedNames == ["a"])
    #expect(table.sourceSuggestion(target: nil) == nil)
    #expect(
      table.suggestionObstacle(target: nil) == "every column needs a name of its own, but several are called \"a\"")
  }

  @Test(arguments: [
    ("x\n1\n2\n", "no column beside the target \"x\" can be a feature as it is"),
    ("x,y\n1,5\n2,5\n", "no column beside the target \"x\" can be a feature as it is"),
    ("\nx,y\n1,5\n2,6\n", "the header must stand in line 1, which is blank: remove blank lines"),
    ("x,y\n1,\n1,\n", "no column can be a target as it is"),
  ])
  func `where no source loads, the reason is told`(text: String, reason: String) throws {
    let table = try describe(text)
    #expect(table.suggestionObstacle(target: nil) == reason)
    #expect(table.sourceSuggestion(target: nil) == nil)
  }

  @Test func `a column without a name is left out`() throws {
    let table = try describe(",x,y\n0,5,1\n1,6,2\n2,7,3\n")
    #expect(table.unnamedColumns == ["column1"])
    #expect(table.sourceSuggestion(target: "y")?.contains("    ignore: [column1]\n") == true)
    #expect(table.suggestionObstacle(target: "column1") == "the target has no name in the header")
  }

  @Test func `sparse lines are a file of LIBSVM`() throws {
    let table = try describe("+1 1:0.5 3:2\n-1 2:1\n+1 1:1 2:2 3:3 # note\n")
    #expect(table.hasSparseClasses == true)
    let source = try #require(table.sourceSuggestion(target: nil))
    #expect(source.contains("    kind: libsvm\n") && source.hasSuffix("\n  task: classification\n"), "\(source)")
    #expect(try describe("0.5 1:2\n0.7 1:3\n").hasSparseClasses == false)
    #expect(try describe("12:30 1:2\n12:31 1:3\n").hasSparseClasses == nil)
    #expect(try describe("1 2\n3 4\n").hasSparseClasses == nil)
  }

  @Test func `blank lines between rows and an odd first record are left out by the suggested source`() throws {
    let blank = try describe("a,b\n1,2\n\n3,4\n5,6\n\n")
    #expect(blank.blankRows == 2 && blank.blankRecords == 1)
    #expect(blank.sourceSuggestion(target: "b")?.contains("    onError: skip\n") == true)
    let trailing = try describe("a,b\n1,2\n3,4\n\n\n")
    #expect(trailing.sourceSuggestion(target: "b")?.contains("onError") == false)
    let odd = try describe("|1x3 comment\n1,2,x\n3,4,y\n5,6,x\n")
    #expect(odd.hasOddStart && odd.hasHeader == false)
    let source = try #require(odd.sourceSuggestion(target: "column3"))
    #expect(source.contains("    columns: [column1, column2, column3]\n    onError: skip\n"), "\(source)")
  }

  @Test func `control characters are shown as escapes`() throws {
    #expect(ShownText.escaped("a\u{1B}[2J\n\u{202E}é\u{9B}") == "a\\u{1B}[2J\\n\\u{202E}é\\u{9B}")
    #expect(ShownText.yaml("a\u{1B}\"\\\n") == "a\\u001B\\\"\\\\\\n")
    let table = try describe("a\u{1B},b\n1,2\n3,4\n")
    #expect(table.sourceSuggestion(target: "a\u{1B}")?.contains("    target: \"a\\u001B\"\n") == true)
  }

  @Test func `blocks end with records, whatever stands at their seam`() throws {
    let path = FileManager.default.temporaryDirectory.appending(path: "attune-blocks-\(UUID().uuidString).csv").path
    defer { try? FileManager.default.removeItem(atPath: path) }
    for end in ["\n", "\r\n", "\r"] {
      let text = (0..<40).map { "\($0),\"a\(end)\"\"b\"\"\(end)\",c\(end)" }.joined() + "last,x,y"
      try Data(text.utf8).write(to: URL(filePath: path))
      for size in [1, 2, 3, 7, 16, 64, 1000] {
        var blocks = try CSVBlocks(path: path, blockSize: size), all: [UInt8] = [], records = 0, lines: [Int] = []
        while let block = try blocks.next() {
          all += block
          var reader = try CSVReader(bytes: block, dialect: CSVDialect(), path: path)
          var cells: [CSVReader.Cell] = []
          while try reader.next(into: &cells) {
            #expect(cells.count == 3)
            records += 1
            lines.append(blocks.firstLine + reader.recordLine - 1)
          }
        }
        #expect(all == Array(text.utf8))
        #expect(records == 41)
        #expect(lines == (0...40).map { 1 + 3 * $0 }, "\(size)")
      }
    }
  }

  @Test func `an error in a later block has its line in the file`() throws {
    let rows = String(repeating: "1,2\n", count: 1_200_000)
    let error = try #require(throws: DataError.self) { try describe("a,b\n" + rows + "1,\"2\"x\n") }
    #expect(error.problems.first?.line == 1_200_002)
  }

  @Test func `the suggested source says what differs from the defaults`() throws {
    let rows = (0..<60).map { "\($0 % 3 == 0 ? "n" : "y");\($0),5;\($0 == 7 ? "NA" : "\($0),25")" }
    let table = try describe("label;a b;c\n" + rows.joined(separator: "\n") + "\n")
    let lines = try #require(table.sourceSuggestion(target: "c")).split(separator: "\n").map(String.init)
    #expect(lines.first == "data:" && lines[1] == "  source:" && lines[2] == "    kind: csv")
    #expect(
      lines.dropFirst(4) == [
        "    target: c", "    separator: \";\"", "    decimalComma: true", "    missing: [NA]",
        "    categorical: [label]", "    onError: skip", "  task: regression",
      ])
    let classes = try #require(table.sourceSuggestion(target: "label"))
    #expect(
      classes.hasSuffix("    missing: [NA]\n  task: classification\n  imputation: {numeric: median}\n"), "\(classes)")
    #expect(table.sourceSuggestion(target: nil)?.contains("target: c  # a guess; name yours with --target\n") == true)
  }

  @Test func `ids that a float cannot hold are no numbers in the suggested source`() throws {
    let rows = (0..<60).map { "\(7_129_300_520 + $0),\(20_000_001 + $0 % 3),\($0),\($0 % 2)" }
    let table = try describe("id,shop,n,label\n" + rows.joined(separator: "\n") + "\n")
    let source = try #require(table.sourceSuggestion(target: "label"))
    let note = ": as numbers, ids beyond 2^24 lose digits (32-bit floats)\n"
    #expect(source.contains("    categorical: [shop]  # 'shop'\(note)    ignore: [id]  # 'id'\(note)"), "\(source)")
    let asTarget = try #require(table.sourceSuggestion(target: "id"))
    #expect(asTarget.contains("target: id\n") && !asTarget.contains("ignore"), "\(asTarget)")
  }

  @Test func `an encoding that is suggested says what it does`() throws {
    let rows = (0..<60).map { "\($0 == 7 ? "rare" : $0 % 2 == 0 ? "a" : "b"),\($0)" }
    let source = try describe("kind,n\n" + rows.joined(separator: "\n") + "\n").sourceSuggestion(target: "n")
    let end = "  encoding: {unknown: ignore}  # categories that training has not seen count as none\n"
    #expect(source?.hasSuffix(end) == true, "\(source ?? "")")
  }

  @Test func `a header that nothing sets apart is uncertain`() throws {
    #expect(try describe("ann,rome\nbob,bonn\ncid,oslo\n").isHeaderUncertain == true)
    #expect(try describe("name,age\nbob,3\ncid,4\n").isHeaderUncertain == nil)
    let levels = (0..<30).map { $0 % 2 == 0 ? "x,p\n" : "y,q\n" }.joined()
    #expect(try describe("kind,form\n" + levels).isHeaderUncertain == nil)
    #expect(try describe("1,2\n3,4\n").hasHeader == false)
  }

  @Test func `one column is no table to train on`() throws {
    #expect(try describe("ann\nbob\ncid\n").sourceSuggestion(target: nil) == nil)
  }

  @Test func `numbers of 64 bits are not rounded to 32`() throws {
    let column = try describe("id\n7129300520\n16777217\n").columns[0]
    #expect(column.maximum == 7_129_300_520 && column.minimum == 16_777_217)
  }

  @Test(arguments: [
    (0, "0"), (12.5, "12.5"), (-119.569704, "-119.57"), (0.000123456789, "0.000123457"), (206855.8169, "206856"),
    (7_129_300_520, "7129300520"),
  ])
  func `numbers are shown with six digits`(value: Double, text: String) {
    #expect(NumberText.short(value) == text)
  }

  @Test func `a NumPy file has shape, type and balance`() throws {
    let path = FileManager.default.temporaryDirectory.appending(path: "attune-describe-\(UUID().uuidString).npy").path
    defer { try? FileManager.default.removeItem(atPath: path) }
    try NPY.write(Matrix(rows: 4, columns: 2, [1, 0.5, 1, .nan, 2, 2.5, 1, -1]), to: path)
    let table = try TableDescription.npy(path: path)
    #expect(table.rows == 4 && table.elementType == "f4" && table.columns.map(\.kind) == [.integer, .number])
    #expect(table.columns[0].levels == [.init(value: "1", count: 3), .init(value: "2", count: 1)])
    #expect(table.columns[1].missing == 1 && table.columns[1].minimum == -1 && table.columns[1].maximum == 2.5)
  }
}

@Suite struct DataCatalogTests {
  @Test func `names, paths and addresses are sound`() {
    let names = DataCatalog.sets.map(\.name)
    #expect(Set(names).count == names.count && names.count == 26)
    var paths: Set<String> = []
    for set in DataCatalog.sets {
      #expect(!set.downloads.isEmpty && !set.license.isEmpty && !set.citation.isEmpty && !set.summary.isEmpty)
      for file in set.downloads.map(\.file) + set.files { #expect(file.path.hasPrefix(set.name + "/")) }
      for download in set.downloads {
        #expect(!download.addresses.isEmpty)
        #expect(download.members.isEmpty || download.unpacking != nil)
        for file in [download.file] + download.members {
          #expect(paths.insert(file.path).inserted, "\(file.path)")
          // A file without a hash of its own is an archive whose members have one.
          #expect(file.checksum != nil || !download.members.isEmpty)
          let length = ["SHA-256": 64, "MD5": 32, "git's SHA-1": 40][file.checksum?.kind ?? ""]
          #expect(file.checksum?.digits.count == length && file.checksum?.digits.allSatisfy(\.isHexDigit) != false)
        }
        for address in download.addresses { #expect(URL(string: address)?.host != nil) }
      }
    }
  }

  @Test(.enabled(if: ProcessInfo.processInfo.environment["ATTUNE_DATA"] != nil))
  func `hashes and lengths are those of the folder's list, where the folder has the file`() throws {
    let folder = try #require(ProcessInfo.processInfo.environment["ATTUNE_DATA"])
    let list = try String(contentsOfFile: folder + "/SHA256SUMS", encoding: .utf8)
    let hashes = Dictionary(
      list.split(separator: "\n").map { line in
        (String(line.dropFirst(66)).replacing("./", with: "", maxReplacements: 1), String(line.prefix(64)))
      }, uniquingKeysWith: { $1 })
    var compared = 0
    for file in DataCatalog.sets.flatMap(\.files) {
      guard let hash = hashes[file.path] else { continue }
      compared += 1
      #expect(file.checksum == .sha256(hash), "\(file.path)")
      let size = try FileManager.default.attributesOfItem(atPath: "\(folder)/\(file.path)")[.size] as? Int
      #expect(file.bytes == nil || file.bytes == size, "\(file.path)")
    }
    #expect(compared >= 30)
  }
}
