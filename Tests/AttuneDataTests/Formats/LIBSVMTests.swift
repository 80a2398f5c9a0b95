import AttuneCore
import Testing

@testable import AttuneData

@Suite struct LIBSVMTests {
  private let advice = "; write each line as: label index:value index:value …, with indices from 1 that ascend"

  private func load(
    _ text: String, features: Int? = nil, task: PredictionTask = .classification, classes: [String]? = nil
  ) throws -> Table {
    try LIBSVMTableLoader.load(bytes: Array(text.utf8), path: "f", features: features, task: task, classes: classes)
  }

  private func rejection(_ text: String, features: Int? = nil, task: PredictionTask = .regression) -> String {
    message { try load(text, features: features, task: task) }
  }

  @Test func `sparse lines read as dense rows, labels as the text of their number`() throws {
    let path = FormatFixtures.path("rows.libsvm")
    let table = try LIBSVMTableLoader.load(path: path, task: .classification)
    #expect(table.features == Matrix([[0.5, 0, -2, 0], [0, 10, 0, 0], [0, 0, 0, 7]]))
    #expect(table.targets == .classes(labels: [1, 0, 1], names: ["-1", "1"]))
    #expect(table.columnNames == ["feature_1", "feature_2", "feature_3", "feature_4"])
    let wide = try LIBSVMTableLoader.load(path: path, features: 6, task: .regression)
    #expect(wide.features.columns == 6 && wide.targets == .values(Matrix([[1], [-1], [1]])))
  }

  @Test func `of a paired label a classification takes the class, a regression the value`() throws {
    let path = FormatFixtures.path("gas.dat")
    #expect(
      try LIBSVMTableLoader.load(path: path, task: .classification).targets
        == .classes(labels: [0, 1, 0], names: ["1", "6"]))
    #expect(
      try LIBSVMTableLoader.load(path: path, task: .regression).targets == .values(Matrix([[10], [20.5], [0.25]])))
    #expect(
      rejection("1;10 1:1\n2 1:1")
        == "f: line 2: found \"2\", expected a label class;value of two numbers, as in the first line; "
        + "correct the labels; a row has one label, and classes are numbers")
  }

  @Test func `known classes keep their numbers`() throws {
    #expect(
      try load("3 1:1\n1.0 1:2", classes: ["1", "2", "3"]).targets.rows(at: [0, 1])
        == .classes(labels: [2, 0], names: ["1", "2", "3"]))
    #expect(
      message { try load("1 1:1\n\n4 1:2", classes: ["1", "2"]) }.hasPrefix(
        "f: line 3: found \"4\", expected one of the classes 1, 2;"))
  }

  @Test(arguments: [
    ("1 1:2 x", "found \"x\", expected an index:value pair"),
    (
      "1 qid:3 1:2",
      "found \"qid:3\", expected index:value pairs only: ranking data with query numbers are not supported"
    ),
    ("1 0:2", "found \"0:2\", expected an index that is a whole number of at least 1"),
    ("1 -1:2", "found \"-1:2\", expected an index that is a whole number of at least 1"),
    ("1 :2", "found \":2\", expected an index that is a whole number of at least 1"),
    ("1 99999999999:2", "expected an index that is a whole number of at least 1"),
    ("1 2:1 2:3", "found \"2:3\", expected an index above 2, the one before"),
    ("1 5:1 2:3", "found \"2:3\", expected an index above 5, the one before"),
    ("1 1:nan", "found \"1:nan\", expected a finite decimal number after the colon"),
    ("1 1:1e99", "expected a finite decimal number after the colon"),
    ("1 1:", "expected a finite decimal number after the colon"),
    ("1 1048577:1", "expected an index of at most 1048576 where the number of features is not given"),
  ])
  func `a bad pair is shown with its line and what was expected`(line: String, expected: String) {
    let text = rejection("1 1:1\n# \n\(line)")
    #expect(text.hasPrefix("f: line 3: ") && text.contains(expected) && text.hasSuffix(advice), "\(text)")
  }

  @Test func `bad lines are listed and counted`() {
    let text = rejection((1...7).map { "1 \($0):x\n" }.joined())
    #expect(text.hasPrefix("f: 7 problems\n  line 1: found \"1:x\"") && text.contains("  and 2 more"))
    #expect(rejection("1 3:1", features: 2).contains("expected an index of at most the 2 features given"))
  }

  @Test func `bad labels are shown, several for a row among them`() {
    #expect(rejection("1 1:1\n1,2 1:1").hasPrefix("f: line 2: found \"1,2\", expected one number as label;"))
    #expect(rejection("cat 1:1", task: .classification).contains("expected one number as label"))
  }

  @Test func `a file without rows or pairs is refused`() {
    #expect(
      rejection("# nothing\n\n")
        == "f: expected lines of 'label index:value …', but there are none; check how the file was written")
    #expect(rejection("").contains("but there are none"))
    #expect(rejection("1\n2\n").contains("expected a feature, but no line has an index:value pair"))
  }

  @Test func `a table far larger than its file is refused before memory is taken`() {
    let text = "1 1048576:1\n" + String(repeating: "1 1:1\n", count: 99)
    #expect(
      rejection(text)
        == "f: expected a table of at most 16777216 numbers, but 100 rows of 1048576 features are more; "
        + "check the highest index, or give the number of features")
    #expect(rejection("1 1:1\n2 1:1", features: 2_000_000_000).contains("expected at most 4194304 features;"))
  }
}
