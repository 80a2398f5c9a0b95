import AttuneCore
import AttuneData
import Foundation
import Testing

@testable import AttuneExperiments

@Suite struct ExperimentDataTests {
  private typealias Small = SmallExperiment

  private static let formats = Small.repository.path + "/Tests/Fixtures/formats"
  private static let idx =
    "{kind: idx, images: \(formats)/images-idx3-ubyte.gz, labels: \(formats)/labels-idx1-ubyte.gz}"
  private static let npz = "{kind: npz, path: \(formats)/deflated.npz, features: x_train, targets: y_train}"

  private func data(_ settings: String, folder: String = "") throws -> ExperimentData {
    try ExperimentData(try decode(DataConfiguration.self, "{\(settings)}"), folder: folder)
  }

  /// The text of the error that `body` throws.
  private func failure(_ body: () throws -> some Any) -> String {
    do { _ = try body() } catch { return "\(error)" }
    Issue.record("nothing was thrown")
    return ""
  }

  /// Writes a table of visits, and runs `body` in its folder.
  private func withVisits(_ body: (String) throws -> Void) throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "attune-visits-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let rows = (0..<40).map { "\($0),p\($0 % 8),\($0 % 2)" }
    try (["value,patient,ill"] + rows).joined(separator: "\n")
      .write(toFile: folder + "/visits.csv", atomically: true, encoding: .utf8)
    try body(folder)
  }

  private func numbers(_ table: Table) -> [Int] {
    (0..<table.count).map { Int(table.features[$0, 0]) }
  }

  @Test func `an official test part is tested whole, with the classes of the training part`() throws {
    let named = Self.idx.replacing("}", with: ", classes: [a, b, c]}")
    let both = try data("source: \(named), test: \(Self.idx), task: classification")
    for seed in [1, 2] as [UInt64] {
      let (train, test) = try both.split(seed: seed)
      #expect(train.count == 4 && test == train)
      #expect(test.targets == .classes(labels: [2, 0, 2, 1], names: ["a", "b", "c"]))
    }
    #expect(
      failure { try data("source: \(Self.idx), test: \(Self.npz), task: classification") }
        == "the table has no column 'pixel_0_0'; rename or add the column")
    let prices = try data(
      "source: {kind: house-prices}, test: {kind: house-prices, rows: 10, months: 2}, task: regression")
    let (train, test) = try prices.split(seed: 1)
    #expect(train.count == 2400 && test.count == 10)
  }

  @Test func `the size of images is the file's unless the config has one`() throws {
    for source in [Self.idx, Self.npz] {
      let settings = "source: \(source), test: \(source), task: classification"
      let configuration = try decode(DataConfiguration.self, "{\(settings)}")
      let (train, _) = try ExperimentData(configuration, folder: "").split(seed: 0)
      #expect(configuration.shiftContext(for: train).image == ImageShape(height: 2, width: 3))
      let other = try decode(DataConfiguration.self, "{\(settings), image: {height: 3, width: 2}}")
      #expect(other.shiftContext(for: train).image == ImageShape(height: 3, width: 2))
    }
  }

  @Test func `sparse rows of a test part are as wide as those of the training part`() throws {
    try withVisits { folder in
      try "1 1:1 4:2\n2 2:1".write(toFile: folder + "/a", atomically: true, encoding: .utf8)
      try "2 1:5\n".write(toFile: folder + "/b", atomically: true, encoding: .utf8)
      let source = "source: {kind: libsvm, path: a}, test: {kind: libsvm, path: b}, task: classification"
      let (train, test) = try data(source, folder: folder).split(seed: 0)
      #expect(train.features.columns == 4 && test.features == Matrix([[5, 0, 0, 0]]))
      #expect(test.targets == .classes(labels: [1], names: ["1", "2"]))
      try "2 5:5\n".write(toFile: folder + "/b", atomically: true, encoding: .utf8)
      #expect(failure { try data(source, folder: folder) }.contains("an index of at most the 4 features given"))
    }
  }

  @Test func `a text column of a CSV splits by group and is no feature`() throws {
    try withVisits { folder in
      let source = "source: {kind: csv, path: visits.csv, target: ill}, task: classification"
      let groups = try data("\(source), split: {kind: group, column: patient, trainFraction: 0.6}", folder: folder)
      var sides: Set<[Int]> = []
      for seed in 0..<4 as Range<UInt64> {
        let (train, test) = try groups.split(seed: seed)
        #expect(train.columnNames == ["value"] && train.count == 25 && test.count == 15)
        let left = Set(numbers(train).map { $0 % 8 })
        #expect(left.isDisjoint(with: numbers(test).map { $0 % 8 }))
        sides.insert(left.sorted())
      }
      #expect(sides.count > 1)
      let named = try data("\(source), split: {kind: group, column: patient, test: [p3, p5]}", folder: folder)
      #expect(Set(numbers(try named.split(seed: 0).test).map { $0 % 8 }) == [3, 5])
      #expect(
        failure { try data("\(source), split: {kind: group, column: patients}", folder: folder) }
          .contains("expected a column \"patients\", but none of the 3 columns is called so"))
    }
  }

  @Test func `a column of time sorts before the split; one that stays a feature is kept`() throws {
    try withVisits { folder in
      try "t,x,y\n3,0,1\n1,1,2\n2,2,3\n4,3,4\n".write(toFile: folder + "/v.csv", atomically: true, encoding: .utf8)
      let source = "source: {kind: csv, path: v.csv, target: y}, task: regression"
      let (train, test) = try data("\(source), split: {kind: time, column: t}", folder: folder).split(seed: 0)
      #expect(train.features == Matrix([[1], [2]]) && test.features == Matrix([[0], [3]]))
      #expect(train.columnNames == ["x"])
      let kept = try data("\(source), split: {kind: time, column: t, feature: true}", folder: folder).split(seed: 0)
      #expect(kept.train.features == Matrix([[1, 1], [2, 2]]) && kept.train.columnNames == ["t", "x"])
      let plain = try data("\(source), split: time", folder: folder).split(seed: 0)
      #expect(plain.train.features == Matrix([[3, 0], [1, 1]]))
    }
  }

  @Test func `a column of other sources is dropped in the same way`() throws {
    let source = "source: \(Self.npz), task: classification"
    let (train, test) = try data("\(source), split: {kind: time, column: feature_0, trainFraction: 0.75}").split(
      seed: 0)
    #expect(train.columnNames == ["feature_1", "feature_2", "feature_3", "feature_4", "feature_5"])
    #expect(train.count == 3 && numbers(test) == [19])
    #expect(
      failure { try data("\(source), split: {kind: group, column: feature_9}").split(seed: 0) }
        .hasPrefix("the table has no column 'feature_9'"))
  }

  @Test func `the seed picks the published lists, and all files are hashed`() throws {
    try withVisits { folder in
      for (name, rows) in [("train_0", "0\n1"), ("test_0", "2"), ("train_1", "5"), ("test_1", "7\n6\n")] {
        try rows.write(toFile: "\(folder)/\(name).txt", atomically: true, encoding: .utf8)
      }
      let text = """
        name: lists
        seeds: [0, 1]
        data:
          source: {kind: npz, path: \(Self.formats)/stored.npz, features: x_train, targets: y_train}
          task: classification
          split: {kind: rows, train: "train_{seed}.txt", test: "test_{seed}.txt"}
        training: [{name: adam}]
        scenarios: [{name: own, data: \(Self.npz)}]
        """
      let experiment = try ExperimentConfiguration.load(bytes: Array(text.utf8), file: "lists.yaml")
      let files = ExperimentData.files(of: experiment, folder: folder)
      #expect(
        files.keys.sorted() == [
          "\(Self.formats)/deflated.npz", "\(Self.formats)/stored.npz", "test_0.txt", "test_1.txt", "train_0.txt",
          "train_1.txt",
        ])
      #expect(files["test_1.txt"] == folder + "/test_1.txt")
      let data = try ExperimentData(experiment.data, folder: folder)
      let (train, test) = try data.split(seed: 0)
      #expect(train.features[1, 0] == 6 && test.features[0, 0] == 12 && train.image == ImageShape(height: 2, width: 3))
      #expect(failure { try data.split(seed: 1) }.contains("names row 5, and the 4 rows are numbered from 0"))
      #expect(failure { try data.split(seed: 2) }.contains("/train_2.txt': No such file"))
      let portable = experiment.withAbsolutePaths(folder: folder)
      #expect(portable.data.split.paths(seeds: [1]).allSatisfy { $0.hasPrefix("/") && $0.hasSuffix("_1.txt") })
    }
  }
}
