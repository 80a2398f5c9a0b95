import AttuneCore
import AttuneInference
import Foundation
import Testing

/// What is said of single inputs: faults by name, holes in rows, repair, details.
@Suite struct FeatureFaultTests {
  /// Inputs that hang together: six factors in twelve inputs, each with noise of its own.
  struct Problem {
    var generator: Philox
    let loadings: Matrix
    let dimension = 12

    init(seed: UInt64) {
      generator = Philox(seed: seed)
      loadings = generator.normal(rows: 6, columns: 12)
    }

    mutating func rows(_ n: Int) -> Matrix {
      let factors = generator.normal(rows: n, columns: 6), noise = generator.normal(rows: n, columns: 12)
      return factors.linear(weight: loadings.transposed, bias: nil) + noise.scaled(by: 0.5)
    }

    /// Answers with its inputs.
    func network() throws -> Network {
      let weight = Matrix((0..<dimension).map { i in (0..<dimension).map { $0 == i ? 1 : 0 } })
      return try Network([.linear(Linear(weight: weight, bias: nil))])
    }

    mutating func context() -> AdaptationContext {
      var context = AdaptationContext(task: .regression, source: SourceStatistics(inputs: rows(2000)))
      context.inputNames = (0..<dimension).map { "sensor \($0)" }
      return context
    }
  }

  private func strategy(_ change: (inout FeatureSelection.Configuration) -> Void = { _ in }) throws -> FeatureSelection
  {
    var configuration = FeatureSelection.Configuration()
    change(&configuration)
    return try FeatureSelection(configuration)
  }

  private typealias Spoil = @Sendable (inout Matrix, inout Philox) -> Void

  private static let spoils: [(FeatureFault.Kind, [Int], Spoil)] = [
    (.stuck, [2], { x, _ in for i in 0..<x.rows { x[i, 2] = 1.7 } }),
    (.missing, [3], { x, _ in for i in 0..<x.rows { x[i, 3] = .nan } }),
    (.shifted, [5], { x, _ in for i in 0..<x.rows { x[i, 5] += 12 } }),
    (.rescaled, [7], { x, _ in for i in 0..<x.rows { x[i, 7] = x[i, 7] * 6 + 3 } }),
    (.rescaled, [8], { x, _ in for i in 0..<x.rows { x[i, 8] *= 0.2 } }),
    (.noisy, [4], { x, g in for i in 0..<x.rows { x[i, 4] += 15 * Float(g.nextNormal()) } }),
    (.swapped, [1, 9], { x, _ in for i in 0..<x.rows { (x[i, 1], x[i, 9]) = (x[i, 9], x[i, 1]) } }),
  ]

  @Test func `stuck, missing, shifted, rescaled, noisy and swapped inputs are told apart`() throws {
    var right = [FeatureFault.Kind: Int](), all = right
    for seed in 0..<10 {
      for (kind, inputs, spoil) in Self.spoils {
        var problem = Problem(seed: UInt64(seed)), noise = Philox(seed: 99)
        let strategy = try strategy()
        var state = try strategy.start(problem.network(), in: problem.context())
        for batch in 0..<14 {
          var rows = problem.rows(32)
          if batch >= 4 { spoil(&rows, &noise) }
          let answer = try strategy.predict(rows, &state)
          #expect(answer.isFinite)
          if batch < 4 { #expect(state.faults.isEmpty, "\(kind), seed \(seed), batch \(batch): \(state.faults)") }
        }
        all[kind, default: 0] += 1
        if state.brokenFeatures == inputs, state.faults.allSatisfy({ $0.kind == kind }) { right[kind, default: 0] += 1 }
      }
    }
    for (kind, count) in all {
      #expect(Double(right[kind, default: 0]) >= 0.9 * Double(count), "\(kind): \(right[kind, default: 0]) of \(count)")
    }
  }

  @Test func `events tell inputs by name, with numbers, once, and tell that one is taken back`() throws {
    var problem = Problem(seed: 3)
    let strategy = try strategy()
    var state = try strategy.start(problem.network(), in: problem.context()), events: [AdaptationEvent] = []
    for batch in 0..<60 {
      var rows = problem.rows(32)
      if (4..<20).contains(batch) { for i in 0..<32 { rows[i, 2] = 7.25 } }
      _ = try strategy.predict(rows, &state)
      events += strategy.takeEvents(&state)
      let details = strategy.takeDetails(&state)
      if batch < 4 { #expect(details.selection?.keptCount == 12 * 32) }
      if batch == 19 {
        #expect(details.selection?.keptCount == 11 * 32 && details.selection?.replacement == .conditional)
        #expect(details.selection?[5, 2] == false && details.selection?[5, 3] == true)
        #expect(strategy.takeDetails(&state) == AnswerDetails())
      }
    }
    #expect(
      events.map(\.message).last == "taken back: 'sensor 2'", "\(events)")
    #expect(events.contains { $0.message == "1 of 12 inputs left out; new: 'sensor 2' stuck at 7.25" }, "\(events)")
    #expect(events.last?.kind == .reset && events.first?.kind == .alarm && events.count <= 4, "\(events)")
  }

  @Test func `where all inputs changed that is told, once`() throws {
    var problem = Problem(seed: 4)
    let strategy = try strategy { $0.explainsByOthers = false }
    var state = try strategy.start(problem.network(), in: problem.context())
    for _ in 0..<4 { _ = try strategy.predict(problem.rows(64).map { $0 + 40 }, &state) }
    #expect(
      strategy.takeEvents(&state) == [
        AdaptationEvent(
          .alarm, "12 of 12 inputs changed: a shift of all, not of single inputs; none is left out")
      ])
    #expect(state.faults.isEmpty)
  }

  @Test func `inputs that move together as they did in the source are no break`() throws {
    // One factor behind all: a season. Without the others' word each input counts as broken.
    var generator = Philox(seed: 5)
    func rows(_ n: Int, season: Float) -> Matrix {
      var x = generator.normal(rows: n, columns: 8).scaled(by: 0.4)
      for i in 0..<n {
        let level = season + Float(generator.nextNormal())
        for j in 0..<3 { x[i, j] += level }
      }
      return x
    }
    let source = SourceStatistics(inputs: rows(2000, season: 0))
    let weight = Matrix((0..<8).map { i in (0..<8).map { $0 == i ? 1 : 0 } })
    let network = try Network([.linear(Linear(weight: weight, bias: nil))])
    for explains in [true, false] {
      let strategy = try strategy { $0.explainsByOthers = explains }
      var state = try strategy.start(network, in: AdaptationContext(task: .regression, source: source))
      for _ in 0..<6 { _ = try strategy.predict(rows(64, season: 2.5), &state) }
      #expect(state.brokenFeatures == (explains ? [] : [0, 1, 2]))
      // A sensor that breaks in that season is found.
      for _ in 0..<6 {
        var batch = rows(64, season: 2.5)
        for i in 0..<64 { batch[i, 1] += 6 }
        _ = try strategy.predict(batch, &state)
      }
      #expect(state.brokenFeatures.contains(1))
    }
  }

  @Test(arguments: [Float.nan, .infinity, -.infinity], FeatureSelection.Replacement.allCases)
  func `a hole in a row is filled in that row alone`(value: Float, replacement: FeatureSelection.Replacement) throws {
    var problem = Problem(seed: 6)
    let strategy = try strategy { $0.replacement = replacement }, network = try problem.network()
    let context = problem.context()
    var state = try strategy.start(network, in: context)
    var batch = problem.rows(64)
    let truth = batch
    (batch[10, 3], batch[20, 3], batch[20, 7]) = (value, value, value)
    let answer = try strategy.predict(batch, &state)
    #expect(state.brokenFeatures.isEmpty && answer.isFinite)
    for i in 0..<64 {
      for j in 0..<12 where batch[i, j].isFinite { #expect(answer[i, j] == batch[i, j]) }
    }
    if replacement == .mean {
      #expect(abs(Double(answer[10, 3]) - (context.source?.mean[3] ?? .nan)) < 1e-6)
    } else {
      #expect(abs(answer[10, 3] - truth[10, 3]) < 4)
      #expect(answer[10, 3] != answer[20, 3])
    }
    let selection = strategy.takeDetails(&state).selection
    #expect(selection?.keptCount == 64 * 12 - 3 && selection?[20, 7] == false && selection?[21, 7] == true)
  }

  @Test func `a batch of nothing but holes is answered with the means`() throws {
    var problem = Problem(seed: 7)
    let context = problem.context(), strategy = try strategy()
    var state = try strategy.start(try problem.network(), in: context)
    let answer = try strategy.predict(Matrix(rows: 5, columns: 12, repeating: .nan), &state)
    for j in 0..<12 { #expect(abs(Double(answer[3, j]) - (context.source?.mean[j] ?? .nan)) < 1e-5) }
    #expect(try strategy.predict(problem.rows(64), &state).isFinite)
  }

  @Test func `repair turns shifted, rescaled and swapped inputs back`() throws {
    for (kind, inputs, spoil) in Self.spoils where [.shifted, .rescaled, .swapped].contains(kind) {
      var problem = Problem(seed: 8), noise = Philox(seed: 1), errors = [Double](repeating: 0, count: 2)
      let network = try problem.network(), context = problem.context()
      for (index, repairs) in [true, false].enumerated() {
        var problem = problem
        let strategy = try strategy { $0.repairs = repairs }
        var state = try strategy.start(network, in: context)
        for batch in 0..<16 {
          let truth = problem.rows(32)
          var rows = truth
          spoil(&rows, &noise)
          let answer = try strategy.predict(rows, &state)
          guard batch >= 12 else { continue }
          for i in 0..<32 { for j in inputs { errors[index] += Double(abs(answer[i, j] - truth[i, j])) } }
        }
        #expect(state.brokenFeatures == inputs, "\(kind)")
      }
      #expect(errors[0] < 0.7 * errors[1], "\(kind): \(errors)")
      if kind == .swapped { #expect(errors[0] == 0) }
    }
  }

  @Test func `collinear and constant inputs and fewer rows than inputs are served`() throws {
    var generator = Philox(seed: 9)
    func rows(_ n: Int) -> Matrix {
      var x = generator.normal(rows: n, columns: 12)
      for i in 0..<n { (x[i, 4], x[i, 5], x[i, 6]) = (x[i, 0], x[i, 0] + x[i, 1], 3) }
      return x
    }
    let source = SourceStatistics(inputs: rows(8))
    let weight = Matrix((0..<12).map { i in (0..<12).map { $0 == i ? 1 : 0 } })
    let network = try Network([.linear(Linear(weight: weight, bias: nil))])
    for replacement in FeatureSelection.Replacement.allCases {
      let strategy = try strategy { ($0.replacement, $0.maximumShare) = (replacement, 1) }
      var state = try strategy.start(network, in: AdaptationContext(task: .regression, source: source))
      for _ in 0..<8 {
        var batch = rows(32)
        for i in 0..<32 { (batch[i, 0], batch[i, 6]) = (50, .infinity) }
        #expect(try strategy.predict(batch, &state).isFinite)
      }
      #expect(state.brokenFeatures.contains(0) && state.brokenFeatures.contains(6))
    }
  }

  @Test func `factors stand for the covariance of inputs that have some`() throws {
    var problem = Problem(seed: 10), errors: [Double] = []
    let network = try problem.network(), context = problem.context()
    for factors: FeatureSelection.FactorChoice in [.none, .count(6)] {
      var problem = problem
      let strategy = try strategy { $0.factors = factors }
      var state = try strategy.start(network, in: context), error = 0.0
      for batch in 0..<16 {
        let truth = problem.rows(32)
        var rows = truth
        for i in 0..<32 { (rows[i, 2], rows[i, 11]) = (9, -9) }
        let answer = try strategy.predict(rows, &state)
        guard batch >= 8 else { continue }
        for i in 0..<32 { for j in [2, 11] { error += Double(pow(answer[i, j] - truth[i, j], 2)) } }
      }
      #expect(state.brokenFeatures == [2, 11])
      errors.append((error / 512).squareRoot())
    }
    #expect(errors[0] < 1.6 && errors[1] < 1.15 * errors[0], "\(errors)")
  }
}
