import AttuneCore
import Foundation
import Testing

@testable import AttuneData

@Suite struct LabeledStreamTests {
  /// The rows and labels of a text as a stream.
  private func rows(
    _ text: String, target: String = "y", task: PredictionTask = .regression, _ options: CSVOptions = CSVOptions(),
    surveys: Bool = false, blockSize: Int = 1 << 20
  ) throws -> (rows: [[Double]], labels: [StreamLabel], stream: CSVStream) {
    var found: (rows: [[Double]], labels: [StreamLabel], stream: CSVStream)?
    try withTemporaryFolder { folder in
      let path = folder + "/x.csv"
      try text.write(toFile: path, atomically: true, encoding: .utf8)
      var options = options
      if surveys {
        let survey = try CSVStream.survey(path: path, target: target, task: task, options: options)
        (options.classes, options.levels) = (survey.classes, survey.levels)
      }
      let stream = try CSVStream(path, target, task, options, count: nil, blockSize: blockSize)
      var row = [Double](repeating: 0, count: stream.inputNames.count)
      var rows: [[Double]] = [], labels: [StreamLabel] = []
      while let label = try stream.next(into: &row) {
        rows.append(row)
        labels.append(label)
      }
      found = (rows, labels, stream)
    }
    return try #require(found)
  }

  @Test func `numbers keep all digits of a double`() throws {
    let found = try rows("y,x\n736389.00000001,43.636914000000004\n-1e-300,123456789012345678901\n")
    #expect(found.rows == [[43.636914000000004], [1.2345678901234568e20]])
    #expect(found.labels == [.known(736389.00000001), .known(-1e-300)])
    #expect(found.stream.classNames.isEmpty && found.stream.inputNames == ["x"])
  }

  @Test(arguments: [1, 2, 7, 64]) func `blocks of any size give the same rows`(blockSize: Int) throws {
    let text = "a,y,b\n" + (0..<40).map { "\($0).5,\($0 % 3),\"\(2 * $0)\"" }.joined(separator: "\r\n") + "\n\n"
    let found = try rows(text, task: .classification, surveys: true, blockSize: blockSize)
    let rows: [[Double]] = (0..<40).map { [Double($0) + 0.5, Double(2 * $0)] }
    let labels: [StreamLabel] = (0..<40).map { .known(Double($0 % 3)) }
    #expect(found.rows == rows && found.labels == labels)
    #expect(found.stream.classNames == ["0", "1", "2"])
  }

  @Test func `a first pass finds classes and levels, and a category is one input a level`() throws {
    var options = CSVOptions()
    options.categorical = ["c"]
    let found = try rows(
      "c,x,y\nred,1,UP\nblue,2,DOWN\nred,3,UP\n", task: .classification, options, surveys: true)
    #expect(found.stream.inputNames == ["c=blue", "c=red", "x"])
    #expect(found.rows == [[0, 1, 1], [1, 0, 2], [0, 1, 3]])
    #expect(found.stream.classNames == ["DOWN", "UP"] && found.labels == [.known(1), .known(0), .known(1)])
  }

  @Test func `a marked label never comes, and a row that cannot be used is left out and counted where asked for`()
    throws
  {
    var options = CSVOptions(CSVDialect(missing: ["?"]))
    options.badRows = .skip
    let found = try rows("x,y\n1,?\ninf,2\n3\n4,5\n", options)
    #expect(found.rows == [[1], [4]] && found.labels == [.missing, .known(5)])
    let skipped = try #require(found.stream.skipped)
    #expect(skipped.count == 2 && skipped.rows == 4)
    #expect(
      skipped.description.hasSuffix(
        "2 of 4 rows left out, the first: line 3 (row 2), column \"x\": found \"inf\", expected a finite decimal number"
      ))
  }

  @Test func `rows are filtered and numbers transformed as in other sources`() throws {
    var options = CSVOptions(CSVDialect(transforms: ["x": .squareRoot, "y": .log1p]), ignored: ["site"])
    options.rowFilter = ["site": ["a", "c"]]
    let text = "site,x,y\na,4,0\nb,-1,7\nc,9,0\n"
    let found = try rows(text, options)
    #expect(found.rows == [[2], [3]] && found.labels == [.known(0), .known(0)] && found.stream.skipped == nil)
    options.rowFilter = ["site": ["b"]]
    #expect(
      message { try rows(text, options) }.contains(
        "line 3 (row 2), column \"x\": found \"-1\", expected a number of at least 0, of which the square root is taken"
      ))
    options.rowFilter = ["site": ["d"]]
    #expect(
      message { try rows(text, options) }.hasSuffix("a row with \"d\", but none is left; check the texts of 'where'"))
  }

  @Test func `what is wrong is told with its place`() throws {
    func text(_ csv: String, task: PredictionTask = .regression, classes: [String]? = nil) -> String {
      message { try rows(csv, task: task, CSVOptions(classes: classes)) }
    }
    #expect(
      text("x,y\n1,2\ninf,3\n").contains(
        "line 3 (row 2), column \"x\": found \"inf\", expected a finite decimal number"))
    #expect(text("x,y\n1,\n").contains("line 2 (row 1), column \"y\": found \"\", expected a finite decimal number"))
    #expect(
      text("x,y\n1,a\n2,c\n", task: .classification, classes: ["a", "b"]).hasSuffix(
        "line 3 (row 2), column \"y\": found \"c\", expected one of the classes \"a\", \"b\"; correct the labels, or the "
          + "list of classes"))
    #expect(text("x,y\n").hasSuffix("expected a data row after the header; check how the file was written"))
    #expect(text("").hasSuffix("expected rows, but the file is empty; check how the file was written"))
    #expect(text("x,z\n1,2\n").contains("expected a column \"y\", but none of the 2 columns is called so"))
    #expect(text("x,y\n1,2,3\n").contains("expected 2 cells, but there are 3"))
  }

  @Test func `a table as a stream has one input a level and refuses what is not finite`() throws {
    let features = Matrix(rows: 2, columns: 2, [1.5, 1, 2.5, .infinity])
    let table = Table(
      features: features, targets: .classes(labels: [1, 0], names: ["a", "b"]),
      columns: [Column("x"), Column("c", .categorical(levels: ["l", "m"]))])
    let stream = TableStream(table, path: "t.npy")
    var row = [Double](repeating: 0, count: 3)
    #expect(stream.inputNames == ["x", "c=l", "c=m"])
    #expect(try stream.next(into: &row) == .known(1) && row == [1.5, 0, 1])
    #expect(
      message { try stream.next(into: &row) }
        == "t.npy: row 2, column \"c\": found \"inf\", expected a finite number; correct the value, or leave the row out of "
        + "the file")
  }

  @Test func `a hyperplane turns where it says, and the same generator gives the same rows`() throws {
    var plane = Hyperplane()
    (plane.rows, plane.features, plane.driftEvery, plane.noise) = (300, 2, 100, 0)
    func labels(_ seed: UInt64) throws -> [(row: [Double], label: StreamLabel)] {
      let stream = HyperplaneStream(plane, task: .regression, using: Philox(seed: seed))
      var row = [0.0, 0.0], found: [(row: [Double], label: StreamLabel)] = []
      while let label = try stream.next(into: &row) { found.append((row, label)) }
      return found
    }
    let rows = try labels(3)
    #expect(rows.count == 300)
    #expect(try labels(3).map(\.label) == rows.map(\.label))
    #expect(try labels(4).map(\.label) != rows.map(\.label))
    // Two rows of a concept determine its weights, and these explain all rows of the concept and no other.
    func weights(_ first: Int) -> (Double, Double) {
      guard case .known(let a) = rows[first].label, case .known(let b) = rows[first + 1].label else {
        return (.nan, .nan)
      }
      let (x, y) = (rows[first].row, rows[first + 1].row), d = x[0] * y[1] - x[1] * y[0]
      return ((a * y[1] - b * x[1]) / d, (x[0] * b - y[0] * a) / d)
    }
    for concept in 0..<3 {
      let w = weights(100 * concept)
      for (index, entry) in rows.enumerated() {
        guard case .known(let label) = entry.label else { continue }
        let isOwn = index / 100 == concept
        let answer = w.0 * entry.row[0] + w.1 * entry.row[1]
        let isExplained = abs(answer - label) < 1e-9
        #expect(isExplained == isOwn)
      }
    }
  }
}
