import AttuneCore
import Foundation
import Testing

@testable import AttuneInference

@Suite struct AutomaticPartsTests {
  @Test(arguments: [Double.infinity, 20, 3]) func `decaying moments equal weighted sums over all rows`(window: Double) {
    var generator = Philox(seed: 3), moments = DecayingMoments(columns: 4, classes: 2)
    var rows: [(row: [Double], weight: Double)] = []
    for count in [5, 1, 16, 2] {
      let batch = generator.normal(rows: count, columns: 4).map { 3 * $0 + 100 }
      moments.add(BatchMoments(batch, classes: [Double(count), 0]), window: window)
      for index in rows.indices { rows[index].weight *= exp(-Double(count) / window) }
      rows += (0..<count).map { (row: batch.row($0).map(Double.init), weight: 1) }
    }
    let total = rows.reduce(0) { $0 + $1.weight }
    #expect(abs(moments.rows - total) < 1e-9)
    #expect(abs(moments.shares[0] - 1) < 1e-9 && moments.shares[1] == 0)
    for j in 0..<4 {
      let mean = rows.reduce(0) { $0 + $1.weight * $1.row[j] } / total
      let variance = rows.reduce(0) { $0 + $1.weight * ($1.row[j] - mean) * ($1.row[j] - mean) } / total
      #expect(abs(moments.mean[j] - mean) < 1e-4)
      #expect(abs(moments.variance[j] - variance) < 1e-3 * variance)
    }
  }

  @Test func `a mixture of classes has the moments of all rows`() {
    var generator = Philox(seed: 4)
    let labels = (0..<300).map { $0 % 3 }
    let rows = Matrix(rows: 300, columns: 2, (0..<600).map { Float(generator.nextNormal()) + Float($0 / 2 % 3) })
    let shares = [1.0 / 3, 1.0 / 3, 1.0 / 3], all = rows.columnMoments
    let mixed = ClassMoments(rows, labels: labels, classes: 3).mixture(shares)
    for j in 0..<2 {
      #expect(abs(mixed.mean[j] - Double(all.mean[0, j])) < 1e-5)
      #expect(abs(mixed.variance[j] - Double(all.variance[0, j])) < 1e-4)
    }
  }

  @Test func `independent labels have no persistence, runs have, whatever the batch size`() {
    var generator = Philox(seed: 5), alarms = 0
    for _ in 0..<100 {
      var persistence = ClassPersistence(classes: 10, comparesWithDistantRows: true)
      for _ in 0..<20 { persistence.add((0..<16).map { _ in generator.nextIndex(below: 10) }) }
      if persistence.value > 0 { alarms += 1 }
    }
    #expect(alarms <= 3)
    let runs = (0..<400).map { $0 / 20 % 10 }
    for size in [1, 16, 400] {
      for compares in [false, true] {
        var persistence = ClassPersistence(classes: 10, comparesWithDistantRows: compares)
        for start in stride(from: 0, to: 400, by: size) { persistence.add(Array(runs[start..<(start + size)])) }
        #expect(abs(persistence.value - 0.94) < 0.02, "\(size)")
      }
    }
  }

  @Test func `predictions that collapse into another class after a change are no order`() {
    var generator = Philox(seed: 6)
    var plain = ClassPersistence(classes: 10, comparesWithDistantRows: false)
    var comparing = ClassPersistence(classes: 10, comparesWithDistantRows: true)
    for (domain, rows) in [(0, 3000), (1, 300)] {
      let labels = (0..<rows).map { _ in generator.nextUniform() < 0.8 ? domain : generator.nextIndex(below: 10) }
      plain.add(labels)
      comparing.add(labels)
    }
    #expect(plain.value > 0.2)
    #expect(comparing.value == 0)
  }

  /// Sums over all paths of three classes through the rows.
  private func posterior(_ seen: [[Double]], _ stays: Double, _ prior: [Double]) -> [[Double]] {
    let rows = seen.count
    var sums = Array(repeating: [0.0, 0, 0], count: rows), total = 0.0
    for code in 0..<Int(pow(3.0, Double(rows))) {
      var path: [Int] = [], rest = code
      for _ in 0..<rows {
        path.append(rest % 3)
        rest /= 3
      }
      var p = prior[path[0]] * seen[0][path[0]]
      for row in 1..<rows {
        p *= ((path[row] == path[row - 1] ? stays : 0) + (1 - stays) * prior[path[row]]) * seen[row][path[row]]
      }
      for row in 0..<rows { sums[row][path[row]] += p }
      total += p
    }
    return sums.map { $0.map { $0 / total } }
  }

  @Test(arguments: [0.2, 0.9]) func `the chain gives the sum over all paths`(stays: Double) {
    var generator = Philox(seed: 7), chain = ClassChain()
    let logits = generator.normal(rows: 5, columns: 3), shares = [0.5, 0.3, 0.2]
    let p = logits.softmax()
    let seen = (0..<5).map { row in (0..<3).map { Double(p[row, $0]) / shares[$0] + 1e-6 } }
    let expected = posterior(seen, stays, shares), found = chain.smooth(logits, persistence: stays, shares: shares)
    for row in 0..<5 {
      for c in 0..<3 { #expect(abs(exp(Double(found[row, c])) - expected[row][c]) < 1e-6) }
    }
  }

  @Test func `row by row the chain gives what the past says`() {
    var generator = Philox(seed: 8), chain = ClassChain()
    let logits = generator.normal(rows: 4, columns: 3), shares = [0.5, 0.3, 0.2], p = logits.softmax()
    let seen = (0..<4).map { row in (0..<3).map { Double(p[row, $0]) / shares[$0] + 1e-6 } }
    for row in 0..<4 {
      let found = chain.smooth(logits.rows(row..<(row + 1)), persistence: 0.8, shares: shares)
      let expected = posterior(Array(seen[...row]), 0.8, shares)[row]
      for c in 0..<3 { #expect(abs(exp(Double(found[0, c])) - expected[c]) < 1e-6) }
    }
  }
}
