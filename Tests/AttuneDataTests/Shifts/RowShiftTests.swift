import AttuneCore
import Foundation
import Testing

@testable import AttuneData

/// Shifts that see categories.
@Suite struct RowShiftTests {
  private let columns = [Column("x"), Column("color", .categorical(levels: ["red", "green", "blue", "white"]))]

  /// Numbers beside one frequent category, which is missing in each tenth row.
  private var table: Table {
    let codes: [Float] = [.nan, 2] + Array(repeating: 0, count: 8)
    let rows = (0..<2000).map { row -> [Float] in [Float(row), codes[row % 10]] }
    return Table(features: Matrix(rows), targets: .none, columns: columns)
  }

  private func apply(_ shift: some Shift, seed: UInt64 = 1) throws -> Matrix {
    var generator = Philox(seed: seed)
    return try shift.applyToRows(of: table.features, in: ShiftContext(for: table), using: &generator)
  }

  private func counts(_ features: Matrix) -> [Int] {
    (0..<4).map { level in (0..<features.rows).count { features[$0, 1] == Float(level) } }
  }

  @Test func `frequencies of categories change with the severity, and nothing else does`() throws {
    let before = counts(table.features)
    #expect(before == [1600, 0, 200, 0])
    #expect(ShiftContext(for: table).levelCounts == [0, 4] && ShiftContext(for: table).numericColumns == [0])
    var distances: [Int] = []
    for severity in 1...5 {
      let shifted = try apply(CategoryDrift(severity: severity))
      #expect(shifted.columns(at: [0]) == table.features.columns(at: [0]))
      #expect((0..<2000).allSatisfy { shifted[$0, 1].isNaN == ($0 % 10 == 0) })
      let after = counts(shifted)
      #expect(after.reduce(0, +) == 1800 && after[1] > 0 && after[3] > 0)
      distances.append(zip(before, after).reduce(0) { $0 + abs($1.0 - $1.1) })
    }
    #expect(zip(distances, distances.dropFirst()).allSatisfy(<), "\(distances)")
    #expect(try counts(apply(CategoryDrift(fraction: 0))) == before)
    #expect(try counts(apply(CategoryDrift(), seed: 1)) != counts(apply(CategoryDrift(), seed: 2)))
  }

  @Test func `all values drawn anew have the same frequencies early and late`() throws {
    let shifted = try apply(CategoryDrift(fraction: 1))
    let (early, late) = (counts(shifted.rows(0..<1000)), counts(shifted.rows(1000..<2000)))
    // Four deviations of the difference of two counts of at most √(900/4) each.
    #expect(zip(early, late).allSatisfy { abs($0 - $1) < 85 }, "\(early) \(late)")
  }

  @Test func `data without categories have no frequencies to change`() {
    var generator = Philox(seed: 1)
    let numbers = Table(features: Matrix([[1], [2]]), targets: .none, columnNames: ["x"])
    #expect(
      message {
        try CategoryDrift()
          .applyToRows(of: numbers.features, in: ShiftContext(for: numbers), using: &generator)
      }
        == "category-drift: no column holds categories, and it changes nothing else; "
        + "leave the shift out, or name the columns of categories as 'categorical'")
  }

  @Test func `values go missing in both kinds of columns, as often as asked for`() throws {
    let shifted = try apply(Missingness(severity: 4))
    let holes = (0..<2000).count { shifted[$0, 0].isNaN }
    // Four deviations of the count: √(2000 · 0.2 · 0.8) is 18.
    #expect(abs(holes - 400) < 72)
    #expect((0..<2000).count { shifted[$0, 1].isNaN } > 400)
    for row in 0..<2000 where !shifted[row, 0].isNaN { #expect(shifted[row, 0] == Float(row)) }
  }

  @Test func `a choice hands categories on to shifts of rows, and numbers only to others`() throws {
    let drifted = try apply(OneOf([CategoryDrift(fraction: 1)]))
    #expect(counts(drifted) != counts(table.features) && drifted[7, 0] == 7)
    let scaled = try apply(OneOf([Scaling(gain: 2)], per: .row))
    #expect(scaled[7, 0] == 14 && counts(scaled) == counts(table.features))
  }
}
