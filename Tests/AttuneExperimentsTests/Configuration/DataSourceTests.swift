import Testing

@testable import AttuneExperiments

@Suite struct DataSourceTests {
  private func data(_ settings: String) throws -> DataConfiguration {
    try decode(DataConfiguration.self, "{task: classification, \(settings)}")
  }

  private func text(_ settings: String) -> String { errorText { try data(settings) } }

  private let csv = "source: {kind: csv, path: a.csv, target: y}"

  @Test(arguments: [
    "source: {kind: npz, path: a.npz, features: x, targets: y}", "source: {kind: idx, images: i, labels: l}",
    "source: {kind: idx, images: i, labels: l, classes: [a, b]}, test: {kind: idx, images: j, labels: k}",
    "source: {kind: libsvm, path: a.txt}", "source: {kind: libsvm, path: a.txt, features: 128}",
    "source: {kind: npy, features: x, targets: y}, split: {trainFraction: 0.25}",
    "source: {kind: npy, features: x, targets: y}, split: random",
    "source: {kind: npy, features: x, targets: y}, split: {kind: random, stratified: false}",
    "source: {kind: npy, features: x, targets: y}, split: time",
    "source: {kind: npy, features: x, targets: y}, split: {kind: time, column: date, trainFraction: 0.7}",
    "source: {kind: npy, features: x, targets: y}, split: {kind: group, column: site, feature: true}",
    "source: {kind: npy, features: x, targets: y}, split: {kind: group, column: site, test: [a]}",
    "source: {kind: npy, features: x, targets: y}, split: {kind: rows, train: 'a{seed}', test: b}",
  ])
  func `what is written is read again`(settings: String) throws {
    let first = try data(settings)
    let again = try decode(DataConfiguration.self, try ConfigWriter.yaml(from: first))
    #expect(again.source == first.source && again.test == first.test && again.split == first.split)
  }

  @Test func `a split without a kind is random, half of the rows, classes keeping their shares`() throws {
    #expect(try data(csv).split == SplitConfiguration())
    var random = SplitConfiguration.Random()
    random.trainFraction = 0.25
    #expect(try data("\(csv), split: {trainFraction: 0.25}").split == .random(random))
  }

  @Test func `all paths are known and can be replaced`() throws {
    let all = try data(
      "source: {kind: idx, images: i, labels: l}, test: {kind: npz, path: p, features: x, targets: y}")
    #expect(all.source.paths == ["i", "l"] && all.test?.paths == ["p"])
    #expect(all.source.mappingPaths { "/d/" + $0 }.paths == ["/d/i", "/d/l"])
    let rows = try data("\(csv), split: {kind: rows, train: 'a/{seed}.txt', test: b.txt}").split
    #expect(rows.paths(seeds: [3, 7]) == ["a/3.txt", "b.txt", "a/7.txt", "b.txt"])
    #expect(rows.mappingPaths { "/d/" + $0 }.paths(seeds: [1]) == ["/d/a/1.txt", "/d/b.txt"])
  }

  @Test func `lists of rows and rows that are left out do not go together`() throws {
    let skipping = "source: {kind: csv, path: a.csv, target: y, onError: skip}"
    let error = text("\(skipping), split: {kind: rows, train: a, test: b}")
    #expect(
      error.contains(
        "split: lists of rows count all rows of the file, but the source leaves bad rows out (onError: skip), which would "
          + "shift the numbers: mend the file and remove 'onError', or split another way"), "\(error)")
    #expect(try data("\(skipping), split: time").source.dialect != nil)
    #expect(try data("\(csv), split: {kind: rows, train: a, test: b}").source.dialect != nil)
  }

  @Test func `a wrong source is an error with its place`() {
    #expect(
      text("source: {kind: indx, images: i}")
        == "x.yaml:1:39: source.kind: unknown kind, found 'indx'; did you mean 'idx'? "
        + "Known: csv, gaussian-linear, house-prices, idx, libsvm, npy, npz, text")
    #expect(text("source: {kind: idx, images: i}") == "x.yaml:1:32: source: missing key 'labels'")
    #expect(text("source: {kind: npz, path: a, feature: x, targets: y}").contains("did you mean 'features'?"))
    #expect(
      text("source: {kind: libsvm, path: a, features: 0}")
        .contains("source.features: must be an integer from 1 to 4194304, found '0'"))
    #expect(
      text("source: {kind: idx, images: i, labels: l, classes: [a, a]}")
        .contains("must be two different names or more"))
  }

  @Test func `a wrong split is an error with its place`() {
    #expect(text("\(csv), split: {kind: rand}").contains("Known: group, random, rows, time"))
    #expect(text("\(csv), split: {kind: random, column: a}").contains("split.column: unknown key"))
    #expect(text("\(csv), split: {kind: random, trainFraction: 1}").contains("must be a number above 0 and below 1"))
    #expect(text("\(csv), split: {kind: group}").contains("column"))
    #expect(
      text("\(csv), split: {kind: group, column: a, trainFraction: 0.5, test: [b]}")
        .contains("does nothing beside 'test', which names the groups; remove one"))
    #expect(text("\(csv), split: {kind: group, column: a, test: []}").contains("must be one name of a group or more"))
    #expect(text("\(csv), split: {kind: time, feature: true}").contains("does nothing without 'column'"))
    #expect(text("\(csv), split: {kind: rows, train: a}").contains("test"))
    #expect(
      errorText {
        try decode(DataConfiguration.self, "{task: regression, \(csv), split: {kind: random, stratified: true}}")
      }.contains("a stratified split needs classes"))
  }

  @Test func `a split beside a test part is refused`() {
    #expect(
      text("\(csv), test: {kind: csv, path: b.csv, target: y}, split: time")
        .contains("split: does nothing beside 'test', which is the whole test part; remove one"))
  }
}
