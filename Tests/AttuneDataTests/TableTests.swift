import AttuneCore
import Testing

@testable import AttuneData

@Suite struct TableTests {
  /// One column that holds the row's number, and classes of 10, 5, 2 and 1 rows in mixed order.
  private var table: Table {
    let sizes = [10, 5, 2, 1]
    var labels = sizes.enumerated().flatMap { Array(repeating: $0, count: $1) }
    var generator = Philox(seed: 5)
    labels = generator.permutation(labels.count).map { labels[$0] }
    let features = Matrix(rows: 18, columns: 1, (0..<18).map(Float.init))
    return Table(
      features: features, targets: .classes(labels: labels, names: ["a", "b", "c", "d"]), columnNames: ["i"])
  }

  private func labels(_ table: Table) -> [Int] {
    guard case .classes(let labels, _) = table.targets else { return [] }
    return labels
  }

  @Test func `rows can be picked, repeated and reordered`() {
    let picked = table.rows(at: [3, 0, 3])
    #expect(picked.features == Matrix([[3], [0], [3]]))
    #expect(labels(picked) == [3, 0, 3].map { labels(table)[$0] })
    #expect(picked.count == 3)
    #expect(Targets.values(Matrix([[1], [2]])).rows(at: [1]) == .values(Matrix([[2]])))
    #expect(Targets.none.rows(at: [1, 2]) == .none && Targets.none.count == nil)
  }

  @Test(arguments: [0.01, 0.2, 0.5, 0.8, 0.99], [true, false])
  func `the parts of a split share no row, hold all, and keep the order`(fraction: Double, stratified: Bool) throws {
    var generator = Philox(seed: 11)
    let (train, test) = try table.split(trainFraction: fraction, stratified: stratified, using: &generator)
    let rows = [train, test].map { $0.features.elements.map(Int.init) }
    #expect((rows[0] + rows[1]).sorted() == Array(0..<18))
    #expect(rows[0] == rows[0].sorted() && rows[1] == rows[1].sorted())
    for (part, rows) in zip([train, test], rows) { #expect(labels(part) == rows.map { labels(table)[$0] }) }
    if !stratified { #expect(train.count == min(max(Int((fraction * 18).rounded()), 1), 17)) }
  }

  @Test(arguments: [(0.01, [1, 1, 1, 1]), (0.5, [5, 3, 1, 1]), (0.8, [8, 4, 1, 1]), (0.99, [9, 4, 1, 1])])
  func `a stratified split rounds each class and leaves both sides a row`(fraction: Double, expected: [Int]) throws {
    var generator = Philox(seed: 12)
    let (train, _) = try table.split(trainFraction: fraction, stratified: true, using: &generator)
    #expect((0..<4).map { label in labels(train).count { $0 == label } } == expected)
  }

  @Test func `the same seed splits the same way, another seed differently`() throws {
    func split(_ seed: UInt64) throws -> Table {
      var generator = Philox(seed: seed)
      return try table.split(trainFraction: 0.5, stratified: false, using: &generator).train
    }
    #expect(try split(1) == split(1))
    #expect(try split(1) != split(2))
  }

  @Test func `splits that cannot be made say why`() {
    var generator = Philox(seed: 1)
    for fraction in [0, 1, -0.5, .nan] {
      #expect(
        message { try table.split(trainFraction: fraction, stratified: false, using: &generator) }
          == "cannot split the table: the training fraction is \(fraction); "
          + "give a fraction between 0 and 1, such as 0.8"
      )
    }
    let values = Table(features: Matrix([[1], [2]]), targets: .values(Matrix([[1], [2]])), columnNames: ["x"])
    #expect(
      message { try values.split(trainFraction: 0.5, stratified: true, using: &generator) }
        == "cannot split the table: a stratified split needs classes, and the table has none; "
        + "set stratified to false, or load the table for classification")
    #expect(
      message { try values.rows(at: [0]).split(trainFraction: 0.5, stratified: false, using: &generator) }
        == "cannot split the table: 1 rows leave the test part empty; give two rows or more")
  }
}

@Suite struct StreamTests {
  private let table = Table(
    features: Matrix(rows: 7, columns: 1, (0..<7).map(Float.init)),
    targets: .classes(labels: [1, 0, 2, 1, 0, 1, 2], names: ["a", "b", "c"]), columnNames: ["i"])

  @Test func `batches come in order and the last may be smaller`() {
    let batches = Array(BatchStream(table, batchSize: 3))
    #expect(batches.map(\.range) == [0..<3, 3..<6, 6..<7])
    #expect(batches.map { $0.features.elements } == [[0, 1, 2], [3, 4, 5], [6]])
    #expect(batches[2].targets == .classes(labels: [2], names: ["a", "b", "c"]))
  }

  @Test func `a stream can be run through twice, and a huge batch holds all rows`() {
    let stream = BatchStream(table, batchSize: .max)
    #expect(Array(stream) == Array(stream))
    #expect(stream.batchCount == 1 && Array(stream)[0].features == table.features)
    #expect(Array(BatchStream(table.rows(at: []), batchSize: 4)).isEmpty)
  }

  @Test func `sorted by class keeps the order within a class`() throws {
    var generator = Philox(seed: 1)
    let stream = try BatchStream(table, batchSize: 7, ordering: .sortedByClass, using: &generator)
    #expect(stream.table.features.elements == [1, 4, 0, 3, 5, 2, 6])
    #expect(generator == Philox(seed: 1))
  }

  @Test func `shuffled holds every row once and depends on the seed only`() throws {
    func order(_ seed: UInt64) throws -> [Float] {
      var generator = Philox(seed: seed)
      return try BatchStream(table, batchSize: 2, ordering: .shuffled, using: &generator).table.features.elements
    }
    #expect(try order(4).sorted() == table.features.elements)
    #expect(try order(4) == order(4))
    #expect(try order(4) != order(5))
  }

  @Test func `a table without classes cannot be sorted by class`() {
    var generator = Philox(seed: 1)
    let plain = Table(features: table.features, targets: .none, columnNames: ["i"])
    #expect(
      message { try BatchStream(plain, batchSize: 2, ordering: .sortedByClass, using: &generator) }
        == "the stream cannot be sorted by class: the table has no classes; choose the ordering asGiven or shuffled")
  }
}
