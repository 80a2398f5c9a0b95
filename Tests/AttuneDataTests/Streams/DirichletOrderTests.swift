import AttuneCore
import AttuneData
import Foundation
import Testing

@Suite struct DirichletOrderTests {
  private struct Fixture: Decodable {
    struct Figure: Decodable {
      let mean: Double
      let deviation: Double
    }
    struct Case: Decodable {
      let kind: String
      let concentration: Double
      let draws: Int
      let runLength: Figure
      let windowClasses: Figure
    }
    let classes: Int
    let rowsPerClass: Int
    let window: Int
    let cases: [Case]
  }

  private static func table(classes: Int, rows: Int) -> Table {
    Table(
      features: Matrix(rows: rows, columns: 1, (0..<rows).map(Float.init)),
      targets: .classes(labels: (0..<rows).map { $0 % classes }, names: (0..<classes).map(String.init)),
      columnNames: ["i"])
  }

  private static func ordering(_ kind: String, _ concentration: Double) -> StreamOrdering {
    if kind == "dirichlet-slots" {
      var settings = DirichletSlots()
      settings.concentration = concentration
      return .dirichletSlots(settings)
    }
    var settings = DirichletChunks()
    settings.concentration = concentration
    return .dirichletChunks(settings)
  }

  /// The lengths of runs of one class and the number of classes in whole windows, means over the order.
  private static func statistics(_ labels: [Int], window: Int) -> (run: Double, classes: Double) {
    let runs = 1 + zip(labels, labels.dropFirst()).count { $0 != $1 }
    let windows = stride(from: 0, through: labels.count - window, by: window).map {
      Set(labels[$0..<$0 + window]).count
    }
    return (Double(labels.count) / Double(runs), Double(windows.reduce(0, +)) / Double(windows.count))
  }

  /// Expected values from Tests/References/make_stream_fixtures.py; the means of both sides differ by no more than five
  /// standard errors of their difference.
  @Test func `both Dirichlet orders have the statistics of the published samplers`() throws {
    let bytes = try InputFile.bytes(at: Repository.path("Tests/Fixtures/streams/dirichlet.json"))
    let fixture = try JSONDecoder().decode(Fixture.self, from: Data(bytes))
    let table = Self.table(classes: fixture.classes, rows: fixture.classes * fixture.rowsPerClass)
    #expect(fixture.cases.count == 4)
    for expected in fixture.cases {
      var generator = Philox(seed: 5), runs = 0.0, classes = 0.0
      let draws = 100
      for _ in 0..<draws {
        let order = try Self.ordering(expected.kind, expected.concentration).rows(of: table, using: &generator)
        #expect(order.sorted() == Array(0..<table.count))
        let found = Self.statistics(order.map { $0 % fixture.classes }, window: fixture.window)
        runs += found.run / Double(draws)
        classes += found.classes / Double(draws)
      }
      func tolerance(_ figure: Fixture.Figure) -> Double {
        5 * figure.deviation * (1 / Double(draws) + 1 / Double(expected.draws)).squareRoot()
      }
      let what = Comment("\(expected.kind), \(expected.concentration)")
      #expect(abs(runs - expected.runLength.mean) < tolerance(expected.runLength), what)
      #expect(abs(classes - expected.windowClasses.mean) < tolerance(expected.windowClasses), what)
    }
  }

  @Test func `a huge concentration cuts every class evenly, so that slots and chunks are alike`() throws {
    // 21 rows a class are cut at 5.25, 10.5 and 15.75, rounded down.
    let table = Self.table(classes: 4, rows: 84)
    for kind in ["dirichlet-slots", "dirichlet-chunks"] {
      var generator = Philox(seed: 2)
      let order = try Self.ordering(kind, 1e9).rows(of: table, using: &generator)
      for start in [0, 20, 40, 60] {
        let labels = order[start..<(start == 60 ? 84 : start + 20)].map { $0 % 4 }
        for label in 0..<4 { #expect(labels.count { $0 == label } == (start == 60 ? 6 : 5)) }
      }
    }
  }

  @Test func `a tiny concentration gives most classes one slot`() throws {
    let table = Self.table(classes: 5, rows: 500)
    var generator = Philox(seed: 3)
    let order = try Self.ordering("dirichlet-slots", 1e-6).rows(of: table, using: &generator)
    #expect(Self.statistics(order.map { $0 % 5 }, window: 64).run == 100)
  }

  @Test func `one slot shuffles blocks of classes, and empty classes do no harm`() throws {
    var settings = DirichletSlots()
    settings.slots = 1
    let table = Table(
      features: Matrix(rows: 6, columns: 1), targets: .classes(labels: [2, 0, 2, 0, 2, 2], names: ["a", "b", "c"]),
      columnNames: ["i"])
    var generator = Philox(seed: 3)
    let order = try StreamOrdering.dirichletSlots(settings).rows(of: table, using: &generator)
    #expect(order.sorted() == Array(0..<6))
    #expect([[2, 2, 2, 2, 0, 0], [0, 0, 2, 2, 2, 2]].contains(order.map { [2, 0, 2, 0, 2, 2][$0] }))
  }

  @Test func `every chunk has its least number of rows, or the order says what to do`() throws {
    var generator = Philox(seed: 4)
    let small = Self.table(classes: 10, rows: 90)
    #expect(
      message { try Self.ordering("dirichlet-chunks", 0.1).rows(of: small, using: &generator) }
        == "the order dirichlet-chunks needs 10 chunks of at least 10 rows, and the stream has 90 rows; lower "
        + "minimumRows, or take more rows")
    // With a class a chunk and hardly a class divided, chunks of exactly a fifth hardly ever come about.
    var settings = DirichletChunks()
    (settings.concentration, settings.minimumRows) = (1, 20)
    #expect(
      message {
        try StreamOrdering.dirichletChunks(settings).rows(of: Self.table(classes: 10, rows: 200), using: &generator)
      } == "the order dirichlet-chunks left a chunk with fewer than 20 rows in each of 10000 draws; lower minimumRows, "
        + "or raise the concentration")
  }

  @Test func `the seed alone decides`() throws {
    let table = Self.table(classes: 4, rows: 100)
    for kind in ["dirichlet-slots", "dirichlet-chunks"] {
      var first = Philox(seed: 8), second = Philox(seed: 8), other = Philox(seed: 9)
      let order = try Self.ordering(kind, 0.5).rows(of: table, using: &first)
      #expect(try Self.ordering(kind, 0.5).rows(of: table, using: &second) == order)
      #expect(try Self.ordering(kind, 0.5).rows(of: table, using: &other) != order)
    }
  }
}
