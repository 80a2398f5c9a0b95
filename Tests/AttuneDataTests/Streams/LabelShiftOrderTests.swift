import AttuneCore
import AttuneData
import Testing

@Suite struct LabelShiftOrderTests {
  private static func table(_ labels: [Int], classes: Int) -> Table {
    Table(
      features: Matrix(rows: labels.count, columns: 1),
      targets: .classes(labels: labels, names: (0..<classes).map(String.init)),
      columnNames: ["i"])
  }

  private static func dominant(_ ratio: Double?) -> StreamOrdering {
    var settings = DominantClass()
    settings.ratio = ratio
    return .dominantClass(settings)
  }

  @Test func `an infinite ratio is pure class order with every row once`() throws {
    let labels = (0..<40).map { $0 % 4 }
    var generator = Philox(seed: 1)
    let order = try Self.dominant(nil).rows(of: Self.table(labels, classes: 4), using: &generator)
    #expect(order.sorted() == Array(0..<40))
    let found = order.map { labels[$0] }
    for start in stride(from: 0, to: 40, by: 10) { #expect(Set(found[start..<start + 10]).count == 1) }
    #expect(found != found.sorted())
  }

  @Test func `a ratio holds in each step`() throws {
    let count = 40_000, labels = (0..<count).map { $0 % 4 }
    var generator = Philox(seed: 1)
    let order = try Self.dominant(5).rows(of: Self.table(labels, classes: 4), using: &generator)
    #expect(order.count == count)
    for start in stride(from: 0, to: count, by: count / 4) {
      let step = order[start..<start + count / 4].map { labels[$0] }
      let shares = (0..<4).map { label in Double(step.count { $0 == label }) / Double(step.count) }.sorted()
      // 5/8 and 1/8; a share has a standard error of at most 0.005.
      #expect(abs(shares[3] - 0.625) < 0.02)
      #expect(shares[..<3].allSatisfy { abs($0 - 0.125) < 0.015 })
    }
  }

  @Test func `a ratio of one balances classes, dealing out a rare class again and again`() throws {
    let labels = Array(repeating: 0, count: 5900) + Array(repeating: 2, count: 100)
    var generator = Philox(seed: 1)
    let order = try Self.dominant(1).rows(of: Self.table(labels, classes: 3), using: &generator)
    let rare = order.filter { $0 >= 5900 }
    #expect(order.count == 6000 && abs(rare.count - 3000) < 200)
    // No row of the class comes a further time before all have come.
    let uses = Dictionary(grouping: rare) { $0 }.mapValues(\.count)
    #expect(uses.count == 100 && (uses.values.max() ?? 0) - (uses.values.min() ?? 0) <= 1)
    #expect(Set(rare[..<100]).count == 100)
  }

  @Test func `Zipf frequencies are met exactly, in random order`() throws {
    let labels = (0..<110).map { $0 % 3 }
    var generator = Philox(seed: 1)
    let order = try StreamOrdering.longTail(LongTail()).rows(of: Self.table(labels, classes: 3), using: &generator)
    let found = order.map { labels[$0] }
    // 1 : 1/2 : 1/3 of 110 is 60 : 30 : 20.
    #expect((0..<3).map { label in found.count { $0 == label } }.sorted() == [20, 30, 60])
    #expect(zip(found, found.dropFirst()).count { $0 != $1 } > 40)
  }

  @Test func `a step makes half of the classes more frequent`() throws {
    var settings = LongTail()
    (settings.prior, settings.ratio) = (.step, 9)
    let labels = (0..<200).map { $0 % 4 }
    var generator = Philox(seed: 1)
    let order = try StreamOrdering.longTail(settings).rows(of: Self.table(labels, classes: 4), using: &generator)
    let counts = (0..<4).map { label in order.count { labels[$0] == label } }.sorted()
    #expect(counts == [10, 10, 90, 90])
  }

  @Test func `orders that go by class say so for numbers`() {
    let table = Table(
      features: Matrix(rows: 2, columns: 1), targets: .values(Matrix(rows: 2, columns: 1)), columnNames: ["i"])
    var generator = Philox(seed: 1)
    for order in [Self.dominant(2), .longTail(LongTail()), .dirichletSlots(DirichletSlots())] {
      #expect(throws: StreamError.noClasses) { try order.rows(of: table, using: &generator) }
    }
  }
}
