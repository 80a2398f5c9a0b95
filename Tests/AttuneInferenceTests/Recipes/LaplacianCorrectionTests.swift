import AttuneCore
import AttuneInference
import Foundation
import Testing

@Suite struct LaplacianCorrectionTests {
  typealias Settings = LaplacianCorrection.Configuration
  private let subject = CorrectionSubject()

  private func settings(_ change: (inout Settings) -> Void) -> Settings {
    var settings = Settings()
    change(&settings)
    return settings
  }

  /// The affinity as the page states it, pair by pair.
  private func affinity(_ features: [[Double]], _ settings: Settings) -> [[Double]] {
    let n = features.count
    let unit = features.map { row in
      let length = max(row.reduce(0) { $0 + $1 * $1 }.squareRoot(), 1e-12)
      return row.map { $0 / length }
    }
    let distances = unit.map { a in
      unit.map { b in zip(a, b).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }.squareRoot() }
    }
    var k = [[Double]](repeating: Array(repeating: 0, count: n), count: n)
    switch settings.affinity {
    case .knn:
      for i in 0..<n {
        for j in (0..<n).filter({ $0 != i }).sorted(by: { distances[i][$0] < distances[i][$1] }).prefix(
          settings.neighbors)
        {
          k[i][j] = 1
        }
      }
    case .rbf:
      let sigma = distances.map { $0.sorted()[min(settings.neighbors, n) - 1] }.reduce(0, +) / Double(n)
      // A row alone has σ = 0, and agrees with itself.
      k = distances.map { $0.map { $0 == 0 ? 1 : exp(-$0 * $0 / (2 * sigma * sigma)) } }
    case .linear: k = unit.map { a in unit.map { b in zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } } }
    }
    if settings.symmetric { k = (0..<n).map { i in (0..<n).map { (k[i][$0] + k[$0][i]) / 2 } } }
    if settings.normalized {
      // A row alone has no neighbor, and a sum of 0.
      k = k.map { row in row.map { $0 == 0 ? 0 : $0 / row.reduce(0) { $0 + abs($1) } } }
    }
    return k
  }

  private func expected(_ batch: Matrix, _ settings: Settings) throws -> [[Double]] {
    let k = affinity(try subject.network.features(batch).lists, settings)
    let unary = softmax(try subject.network.predict(batch).lists).map { $0.map { log($0 + 1e-10) } }
    var y = softmax(unary)
    for _ in 0..<settings.iterations {
      y = softmax(
        zip(unary, k).map { row, weights in
          row.indices.map { c in
            row[c] + settings.weight * zip(weights, y).reduce(0) { $0 + $1.0 * $1.1[c] }
          }
        })
    }
    return y
  }

  @Test(arguments: LaplacianCorrection.Affinity.allCases, [false, true])
  func `the fixed point is that of the sum over pairs`(affinity: LaplacianCorrection.Affinity, normalized: Bool) throws
  {
    let settings = settings {
      ($0.affinity, $0.normalized, $0.symmetric, $0.weight) = (affinity, normalized, normalized, 0.7)
      // All rounds, so that both end at the same one.
      ($0.tolerance, $0.iterations) = (0, 60)
    }
    for rows in [1, 2, 24] {
      let batch = subject.batch(rows)
      let answer = try subject.answers(LaplacianCorrection.self, settings, to: [batch])[0]
      #expect(answer.softmax().distance(from: try expected(batch, settings)) < 1e-5)
    }
  }

  @Test func `weight 0 leaves the probabilities`() throws {
    let batch = subject.batch(12)
    let answer = try subject.answers(LaplacianCorrection.self, settings { $0.weight = 0 }, to: [batch])[0]
    #expect(answer.softmax().distance(from: softmax(try subject.network.predict(batch).lists)) < 1e-6)
  }

  @Test(arguments: LaplacianCorrection.Affinity.allCases)
  func `small batches and equal rows have finite answers`(affinity: LaplacianCorrection.Affinity) throws {
    for classes in [2, 3] {
      let subject = CorrectionSubject(classes: classes)
      let answers = try subject.answers(
        LaplacianCorrection.self, settings { $0.affinity = affinity }, to: subject.hostile)
      for answer in answers { #expect(answer.isFinite) }
    }
  }

  @Test(arguments: LaplacianCorrection.Affinity.allCases)
  func `a row that is not finite does not reach the others`(affinity: LaplacianCorrection.Affinity) throws {
    var batch = subject.batch(9)
    let whole = batch.rows(at: [0, 1, 2, 3, 5, 6, 7, 8])
    batch[4, 1] = .nan
    let settings = settings { $0.affinity = affinity }
    let found = try subject.answers(LaplacianCorrection.self, settings, to: [batch])[0]
    let without = try subject.answers(LaplacianCorrection.self, settings, to: [whole])[0]
    #expect(found.rows(at: [0, 1, 2, 3, 5, 6, 7, 8]) == without)
    #expect(!found.rows(4..<5).isFinite)
  }

  @Test func `settings out of range are refused`() {
    #expect(throws: ConfigValueError("must be at least 1", key: "neighbors", given: "0")) {
      try settings { $0.neighbors = 0 }.validate()
    }
    #expect(throws: ConfigValueError("must be a finite number of at least 0", key: "weight")) {
      try settings { $0.weight = .nan }.validate()
    }
    #expect(throws: ConfigValueError("must be at least 1", key: "iterations", given: "0")) {
      try settings { $0.iterations = 0 }.validate()
    }
  }
}
