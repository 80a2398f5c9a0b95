import AttuneCore
import AttuneTraining
import Foundation
import Testing

/// Against weighted ridge regression in 60 digits.
@Suite struct LeastSquaresRecursionTests {
  struct Fixture: Decodable {
    struct Case: Decodable {
      let name: String, x: [[Double]], y: [Double], prior: [Double], runs: [Run]
    }

    struct Run: Decodable {
      let forgetting: Double, covariance: Double, predictions: [Double], states: [State], condition: Double
    }

    struct State: Decodable {
      let rows: Int, weights: [Double], diagonal: [Double], covariance: [Double]?
    }

    let cases: [Case]
  }

  private static func learn(_ recursion: inout LeastSquaresRecursion, _ row: [Double], _ targets: [Double]) -> Bool {
    row.withUnsafeBufferPointer { row in targets.withUnsafeBufferPointer { recursion.learn(row, targets: $0) } }
  }

  @Test func `equals weighted ridge regression in 60 digits`() throws {
    let cases = try FixtureFile.decode(Fixture.self, from: "recursive-least-squares/cases.json").cases
    #expect(cases.count >= 10)
    for test in cases {
      for run in test.runs {
        var recursion = LeastSquaresRecursion(
          weights: DoubleMatrix([test.prior]), covariance: run.covariance, noise: run.forgetting, decay: run.forgetting)
        // Solving in double precision loses as many digits as the condition number has.
        let tolerance = max(1e-9, 1e-15 * run.condition), name = "\(test.name), \(run.forgetting), \(run.covariance)"
        var states = run.states[...]
        let scale = max(1, run.predictions.map(abs).max() ?? 0)
        for (index, row) in test.x.enumerated() {
          let predicted = row.withUnsafeBufferPointer { recursion.predict($0) }
          #expect(abs(predicted - run.predictions[index]) < tolerance * scale, "\(name), row \(index)")
          #expect(Self.learn(&recursion, row, [test.y[index]]))
          guard let state = states.first, state.rows == index + 1 else { continue }
          states.removeFirst()
          let largest = state.weights.map(abs).max() ?? 0, covariance = recursion.covariance
          for (j, weight) in state.weights.enumerated() {
            #expect(abs(recursion.weights[0, j] - weight) < tolerance * max(largest, 1e-9), "\(name), weight \(j)")
            #expect(
              abs(covariance[j, j] - state.diagonal[j]) <= tolerance * state.diagonal[j], "\(name), variance \(j)")
          }
          for (index, value) in (state.covariance ?? []).enumerated() {
            let (i, j) = index.quotientAndRemainder(dividingBy: row.count)
            let size = (state.diagonal[i] * state.diagonal[j]).squareRoot()
            #expect(abs(covariance[i, j] - value) <= tolerance * size, "\(name), covariance \(i), \(j)")
          }
        }
        #expect(states.isEmpty && recursion.windUps == 0 && recursion.underflows == 0, "\(name)")
      }
    }
  }

  /// Ten million rows in which one feature stops varying, and another is always 0.
  @Test func `stays positive definite for ten million rows that hardly excite it`() throws {
    var recursion = LeastSquaresRecursion(
      weights: DoubleMatrix(rows: 1, columns: 3), covariance: 1, noise: 0.98, decay: 0.98, limit: 1e6)
    var generator = Philox(seed: 11)
    // 4,096 rows again and again: random numbers would take longer than learning.
    let inputs = (0..<4096).map { _ in generator.nextNormal() },
      noise = inputs.map { 0.01 * ($0 + generator.nextNormal()) }
    var row = [0.0, 3.0], learned = true
    for index in 0..<10_000_000 {
      row[0] = inputs[index & 4095]
      if index < 1000 { row[1] = 3 + inputs[(index + 77) & 4095] } else { row[1] = 3 }
      let target = 2 * row[0] - row[1] + 5 + noise[index & 4095]
      learned =
        learned
        && row.withUnsafeBufferPointer { row in
          withUnsafePointer(to: target) { recursion.learn(row, targets: UnsafeBufferPointer(start: $0, count: 1)) }
        }
      if index % 1_000_000 == 999_999 {
        let covariance = recursion.covariance
        _ = try Cholesky(covariance)
        #expect((0..<3).allSatisfy { covariance[$0, $0] <= 1e6 })
      }
    }
    #expect(learned && recursion.windUps > 10 && recursion.underflows == 0)
    let weights = recursion.weights
    #expect(abs(weights[0, 0] - 2) < 0.02 && abs(weights[0, 1] * 3 + weights[0, 2] - 2) < 0.02, "\(weights)")
  }

  @Test func `collinear, constant and missing features are answered as by ridge`() throws {
    // Twice the same feature, and one that is always 0: the ridge splits the weight evenly and leaves the last at 0.
    var recursion = LeastSquaresRecursion(
      weights: DoubleMatrix(rows: 1, columns: 3), covariance: 1e6, noise: 1, decay: 1)
    for x in [1.0, 2, -1, 3] { #expect(Self.learn(&recursion, [x, x, 0], [4 * x])) }
    #expect(abs(recursion.weights[0, 0] - 2) < 1e-6 && abs(recursion.weights[0, 1] - 2) < 1e-6)
    #expect(recursion.weights[0, 2] == 0)
    // Fewer rows than features: the shortest weights that fit.
    var few = LeastSquaresRecursion(weights: DoubleMatrix(rows: 1, columns: 4), covariance: 1e8, noise: 1, decay: 1)
    #expect(Self.learn(&few, [1, 2, 0, -2], [9]))
    for (j, expected) in [1.0, 2, 0, -2].enumerated() { #expect(abs(few.weights[0, j] - expected) < 1e-6) }
  }

  @Test func `what is not finite changes nothing`() {
    var recursion = LeastSquaresRecursion(
      weights: DoubleMatrix(rows: 2, columns: 3), covariance: 1, noise: 1, decay: 0.9, limit: 100)
    #expect(Self.learn(&recursion, [1, 2], [1, 0]))
    let before = recursion
    #expect(!Self.learn(&recursion, [.nan, 2], [1, 0]))
    #expect(!Self.learn(&recursion, [1, 2], [1, .infinity]))
    #expect(!Self.learn(&recursion, [1e200, 2], [1, 0]))
    #expect(recursion == before)
  }

  @Test func `a variance that underflows is raised and counted`() {
    var recursion = LeastSquaresRecursion(
      weights: DoubleMatrix(rows: 1, columns: 1), covariance: 1, noise: 1, decay: 1)
    for _ in 0..<3 { #expect(Self.learn(&recursion, [1e140], [1e140])) }
    #expect(recursion.underflows == 3 && recursion.covariance[0, 0] == 1e-250)
    #expect(abs(recursion.weights[0, 0] - 1) < 1e-12)
  }
}
