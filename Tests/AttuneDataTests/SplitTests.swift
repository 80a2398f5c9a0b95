import AttuneCore
import Testing

@testable import AttuneData

@Suite struct SplitTests {
  /// Rows that hold their number.
  private func table(_ count: Int) -> Table {
    let numbers = Matrix(rows: count, columns: 1, (0..<count).map(Float.init))
    return Table(features: numbers, targets: .values(numbers), columnNames: ["x"])
  }

  private func numbers(_ table: Table) -> [Int] { table.features.elements.map { Int($0) } }

  @Test func `a split in time takes the first rows, or those first by a column`() throws {
    let plain = try table(5).splitInTime(trainFraction: 0.6)
    #expect(numbers(plain.train) == [0, 1, 2] && numbers(plain.test) == [3, 4])
    let sorted = try table(4).splitInTime(trainFraction: 0.5, sortedBy: ["10", "9", "-1e3", "9"])
    #expect(numbers(sorted.train) == [2, 1] && numbers(sorted.test) == [3, 0])
    let dates = ["20150101T000000", "20141013T000000", "20141013T000000", "20140502T000000"]
    let dated = try table(4).splitInTime(trainFraction: 0.5, sortedBy: dates)
    #expect(numbers(dated.train) == [3, 1] && numbers(dated.test) == [2, 0])
  }

  @Test(arguments: [
    ["01/02/2014", "03/02/2014"], ["2014-01-02", "2014-1-3"], ["2014-01-02", "7"], ["Monday", "Friday"],
  ])
  func `times that text does not order are refused`(keys: [String]) {
    let text = message { try table(2).splitInTime(trainFraction: 0.5, sortedBy: keys) }
    #expect(text.contains("which cannot be ordered; write all times as numbers, or all as dates of one form"))
  }

  @Test func `fractions that leave a part empty are refused`() {
    #expect(
      message { try table(3).splitInTime(trainFraction: 0.1) }
        == "cannot split the table: a training fraction of 0.1 leaves one part of 3 rows empty; "
        + "give more rows or another fraction")
    var generator = Philox(seed: 1)
    for fraction in [0, 1, -0.5, .nan] {
      #expect(message { try table(3).splitInTime(trainFraction: fraction) }.contains("give a fraction between 0 and 1"))
      #expect(
        message { try table(3).split(trainFraction: fraction, groups: ["a", "b", "c"], using: &generator) }
          .contains("give a fraction between 0 and 1"))
    }
  }

  @Test func `groups stay whole, and the shares are near what was asked`() throws {
    var generator = Philox(seed: 5)
    for round in 0..<50 {
      let groups = (0..<200).map { _ in "g\(generator.nextIndex(below: 20))" }
      let fraction = 0.2 + 0.6 * Double(round) / 50
      let (train, test) = try table(200).split(trainFraction: fraction, groups: groups, using: &generator)
      let left = Set(numbers(train).map { groups[$0] }), right = Set(numbers(test).map { groups[$0] })
      #expect(left.isDisjoint(with: right) && !left.isEmpty && !right.isEmpty)
      #expect((numbers(train) + numbers(test)).sorted() == Array(0..<200))
      #expect(numbers(train) == numbers(train).sorted())
      #expect(abs(Double(train.count) / 200 - fraction) < 0.06, "\(train.count) of 200 for \(fraction)")
    }
  }

  @Test(arguments: [0.01, 0.99]) func `each part gets a group`(fraction: Double) throws {
    for seed in 0..<10 {
      var generator = Philox(seed: UInt64(seed))
      let parts = try table(4).split(trainFraction: fraction, groups: ["a", "a", "a", "b"], using: &generator)
      #expect(parts.train.count > 0 && parts.test.count > 0)
    }
  }

  @Test func `named groups test, all others train`() throws {
    let groups = ["a", "b", "a", "c"]
    let parts = try table(4).split(groups: groups, test: ["a"])
    #expect(numbers(parts.train) == [1, 3] && numbers(parts.test) == [0, 2])
    #expect(
      message { try table(4).split(groups: groups, test: ["d"]) }
        == "cannot split the table: no row is of the group 'd'; groups: a, b, c")
    #expect(
      message { try table(4).split(groups: groups, test: groups) }
        == "cannot split the table: all groups test, and none trains; leave a group to the training part")
    #expect(message { try table(4).split(groups: groups, test: []) }.contains("no group is named to test"))
    var generator = Philox(seed: 1)
    #expect(
      message { try table(2).split(trainFraction: 0.5, groups: ["a", "a"], using: &generator) }
        == "cannot split the table: all 2 rows are of one group; split by a column of two groups or more")
  }

  @Test func `lists of rows choose the parts, and the others are left out`() throws {
    let parts = try table(5).split(train: [4, 0], test: [2])
    #expect(numbers(parts.train) == [4, 0] && numbers(parts.test) == [2])
    #expect(
      message { try table(5).split(train: [5], test: [2]) }
        == "cannot split the table: the list of training rows names row 5, and the 5 rows are numbered from 0; "
        + "check that the list belongs to these data")
    #expect(
      message { try table(5).split(train: [1, 2], test: [2]) }
        == "cannot split the table: row 2 is in the training list and in the test list; remove it from one of them")
    #expect(message { try table(5).split(train: [1], test: []) }.contains("the list of test rows is empty"))
  }

  @Test func `a list of rows reads from text`() throws {
    #expect(try RowList.parse(Array("3\r\n 1 \n\n0".utf8), path: "f") == [3, 1, 0])
    let advice = "; write one row number a line, from 0"
    #expect(
      message { try RowList.parse(Array("1\n-2\n".utf8), path: "f") }
        == "f: line 2: found \"-2\", expected a row number, which is whole and at least 0\(advice)")
    #expect(
      message { try RowList.parse(Array("1\n2\n1\n".utf8), path: "f") }
        == "f: line 3: found \"1\", expected every row once, and this one repeats\(advice)")
    #expect(message { try RowList.parse([], path: "f") } == "f: expected row numbers, but there are none\(advice)")
    #expect(message { try RowList.parse(Array("9e9 99999999999999999999".utf8), path: "f") }.contains("line 1: found"))
  }

  @Test func `a column to split by is read as text, and no row that is left out has one`() throws {
    var options = CSVOptions(ignored: ["k"], badRows: .skip)
    options.keyColumn = "k"
    func read(_ text: String) throws -> [String]? {
      try CSVTableLoader.read(
        bytes: Array(text.utf8), path: "f.csv", target: nil, task: .regression, options: options
      ).keys
    }
    #expect(try read("a,k,c\n1,x y,2\n3,\"z\",oops\n5,\"w\",6\n") == ["x y", "w"])
    #expect(
      message { try read("a,b\n1,2\n") }.contains("expected a column \"k\", but none of the 2 columns is called so"))
    options.badRows = .fail
    #expect(
      message { try read("a,k\n1,\n2,\n") } == """
        f.csv: 2 problems
          line 2 (row 1), column "k": found "", expected a value to split by
          line 3 (row 2), column "k": found "", expected a value to split by
        fill in the column, or split by another one
        """)
  }

  @Test func `a feature reads as text and can be taken out`() throws {
    let table = Table(
      features: Matrix([[1, 2.5], [-3, 4]]), targets: .none, columnNames: ["a", "b"],
      image: ImageShape(height: 1, width: 2))
    #expect(try table.texts(ofColumn: "a") == ["1", "-3"] && table.texts(ofColumn: "b") == ["2.5", "4"])
    let rest = try table.withoutColumn("a")
    #expect(rest.features == Matrix([[2.5], [4]]) && rest.columnNames == ["b"] && rest.image == nil)
    #expect(throws: MissingColumnError.self) { try table.texts(ofColumn: "c") }
  }
}
