import AttuneCore
import AttuneInference
import Testing

@Suite struct RestandardizationTests {
  /// Answers with its inputs, so that what they became can be seen.
  private var identity: Network {
    get throws {
      try Network([.linear(Linear(weight: Matrix([[1, 0, 0], [0, 1, 0], [0, 0, 1]]), bias: nil))])
    }
  }
  private let source = SourceStatistics(rows: 100, mean: [1, -2, 5], variance: [4, 0.25, 0])

  private func strategy(
    _ change: (inout Restandardization.Configuration) -> Void = { _ in }
  ) throws -> Restandardization {
    var configuration = Restandardization.Configuration()
    change(&configuration)
    return try Restandardization(configuration)
  }

  private var context: AdaptationContext { AdaptationContext(task: .regression, source: source) }

  /// The first two inputs moved and scaled, the third as in the source.
  private func batch(_ seed: UInt64, rows: Int = 64) -> Matrix {
    var generator = Philox(seed: seed)
    let normal = generator.normal(rows: rows, columns: 3)
    return Matrix(normal.rowArrays.map { [20 + 10 * $0[0], -2 + 0.1 * $0[1], 5] })
  }

  private func moments(_ matrix: Matrix, _ column: Int) -> (mean: Double, variance: Double) {
    let values = (0..<matrix.rows).map { Double(matrix[$0, column]) }
    let mean = values.reduce(0, +) / Double(values.count)
    return (mean, values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count))
  }

  @Test func `without a prior a batch gets the source's moments exactly`() throws {
    let strategy = try strategy { ($0.statistics, $0.prior) = (.batch, 0) }
    var state = try strategy.start(try identity, in: context)
    for seed in 1...3 as ClosedRange<UInt64> {
      let found = try strategy.predict(batch(seed), &state)
      for column in 0..<2 {
        let (mean, variance) = moments(found, column)
        #expect(abs(mean - source.mean[column]) < 1e-4)
        #expect(abs(variance / source.variance[column] - 1) < 1e-4)
      }
      // What is constant in both stays what it is in the source.
      #expect((0..<found.rows).allSatisfy { found[$0, 2] == 5 })
    }
  }

  @Test func `a prior mixes the source's moments in`() throws {
    let strategy = try strategy { ($0.statistics, $0.prior) = (.batch, 64) }
    let rows = batch(1), (mean, variance) = moments(rows, 0)
    let mixedMean = (mean + 1) / 2, mixedDeviation = ((variance + 4) / 2).squareRoot()
    var state = try strategy.start(try identity, in: context)
    let found = try strategy.predict(rows, &state)
    #expect(abs(Double(found[3, 0]) - (1 + 2 * (Double(rows[3, 0]) - mixedMean) / mixedDeviation)) < 1e-4)
  }

  @Test func `running moments are those of all rows so far, and a window forgets`() throws {
    let all = try strategy { $0.prior = 0 }, own = try strategy { ($0.statistics, $0.prior) = (.batch, 0) }
    var state = try all.start(try identity, in: context), alone = try own.start(try identity, in: context)
    let parts = [batch(1), batch(2)]
    _ = try all.predict(parts[0], &state)
    let found = try all.predict(parts[1], &state)
    let together = try own.predict(Matrix.concatenatingRows(parts), &alone).rows(64..<128)
    #expect(zip(found.elements, together.elements).allSatisfy { abs($0 - $1) < 1e-4 })
    #expect(try all.answer(parts[1], state) == found)
    let forgetful = try strategy { ($0.prior, $0.window) = (0, 1) }
    var short = try forgetful.start(try identity, in: context)
    _ = try forgetful.predict(parts[0].map { $0 + 100 }, &short)
    let last = try forgetful.predict(parts[1], &short), only = try own.predict(parts[1], &alone)
    #expect(zip(last.elements, only.elements).allSatisfy { abs($0 - $1) < 1e-3 })
  }

  @Test func `a value that is not finite spoils its own row only`() throws {
    let strategy = try strategy { $0.prior = 0 }
    var state = try strategy.start(try identity, in: context), clean = state
    var rows = batch(1)
    (rows[5, 0], rows[6, 1]) = (.nan, .infinity)
    let found = try strategy.predict(rows, &state)
    let kept = rows.rows(at: (0..<64).filter { $0 != 5 && $0 != 6 })
    let expected = try strategy.predict(kept, &clean)
    #expect(found.row(0) == expected.row(0))
    #expect(!found.rows(5..<7).isFinite)
  }

  @Test func `a single row without a prior is answered as it is`() throws {
    let strategy = try strategy { $0.prior = 0 }
    var state = try strategy.start(try identity, in: context)
    let row = batch(1, rows: 1)
    #expect(try strategy.predict(row, &state) == row)
  }

  @Test func `settings that do nothing or cannot be are refused`() throws {
    let both = #expect(throws: ConfigValueError.self) { try strategy { ($0.statistics, $0.window) = (.batch, 9) } }
    #expect(
      both?.description == "window: must be left out beside 'statistics: batch', which remembers nothing")
    #expect(throws: ConfigValueError.self) { try strategy { $0.window = 0 } }
    #expect(throws: ConfigValueError.self) { try strategy { $0.prior = -1 } }
    #expect(throws: MissingSourceStatistics(strategy: "restandardize")) {
      _ = try strategy().start(try identity, in: AdaptationContext(task: .regression))
    }
  }
}

extension Matrix {
  fileprivate var rowArrays: [[Float]] { (0..<rows).map { row($0) } }
}
