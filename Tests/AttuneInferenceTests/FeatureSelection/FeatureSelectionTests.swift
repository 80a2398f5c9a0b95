import AttuneCore
import AttuneInference
import Testing

@Suite struct FeatureSelectionTests {
  private let dimension = 10

  /// Statistics of 1000 independent standard normal rows.
  private func context(_ generator: Philox) -> AdaptationContext {
    var rows = generator.fork("source")
    let source = SourceStatistics(inputs: rows.normal(rows: 1000, columns: dimension))
    return AdaptationContext(task: .regression, source: source)
  }

  /// Answers with its inputs, so that what was put in place of a feature can be seen.
  private func identity(_ dimension: Int) throws -> Network {
    let weight = Matrix((0..<dimension).map { i in (0..<dimension).map { $0 == i ? 1 : 0 } })
    return try Network([.linear(Linear(weight: weight, bias: nil))])
  }

  private func strategy(_ change: (inout FeatureSelection.Configuration) -> Void = { _ in }) throws -> FeatureSelection
  {
    var configuration = FeatureSelection.Configuration()
    change(&configuration)
    return try FeatureSelection(configuration)
  }

  /// Batches of seeded clean streams in which a feature was left out.
  private func falseAlarms(
    _ strategy: FeatureSelection, streams: Int, batches: Int, batchSize: Int
  ) throws -> Int {
    var alarms = 0
    for seed in 0..<streams {
      var generator = Philox(seed: UInt64(seed))
      var state = try strategy.start(identity(dimension), in: context(generator))
      for _ in 0..<batches {
        _ = try strategy.predict(generator.normal(rows: batchSize, columns: dimension), &state)
        alarms += state.brokenFeatures.isEmpty ? 0 : 1
      }
    }
    return alarms
  }

  @Test func `no false alarm in 50 clean streams of 40 batches of 64`() throws {
    // 0 of 2,000 batches of 10 features: a mean that moves by one deviation lies 8 standard errors off.
    #expect(try falseAlarms(strategy(), streams: 50, batches: 40, batchSize: 64) == 0)
  }

  @Test(arguments: DriftTest.allCases) func `no false alarm in 50 clean streams of 300 single rows`(test: DriftTest)
    throws
  {
    // The first rows decide alone. Moments of one row lie a deviation and 3.9 standard errors off in 1 of 1,000 streams.
    #expect(try falseAlarms(strategy { $0.test = test }, streams: 50, batches: 300, batchSize: 1) == 0)
  }

  @Test func `small thresholds are held against chance too`() throws {
    let sensitive = try strategy {
      ($0.varianceRatio, $0.meanShift, $0.maximumShare, $0.falseDiscoveryRate) = (1.05, 0.01, 1, 1e-6)
    }
    #expect(try falseAlarms(sensitive, streams: 20, batches: 40, batchSize: 64) == 0)
    // Without the test of significance the same thresholds alarm all the time.
    let nervous = try strategy {
      ($0.varianceRatio, $0.meanShift, $0.maximumShare, $0.falseDiscoveryRate) = (1.05, 0.01, 1, 1)
    }
    #expect(try falseAlarms(nervous, streams: 20, batches: 40, batchSize: 64) > 400)
  }

  @Test(arguments: [64, 7, 1])
  func `finds exactly the stuck, the shifted and the exploded feature`(batchSize: Int) throws {
    for seed in 0..<10 {
      var generator = Philox(seed: UInt64(100 + seed))
      let strategy = try strategy()
      var state = try strategy.start(identity(dimension), in: context(generator))
      for start in stride(from: 0, to: 1280, by: batchSize) {
        var batch = generator.normal(rows: batchSize, columns: dimension)
        for i in 0..<batchSize where start >= 256 {
          batch[i, 2] = 0.1  // near its mean: only the variance shows it
          batch[i, 5] += 3
          batch[i, 8] *= 20
        }
        _ = try strategy.predict(batch, &state)
        if start < 256 { #expect(state.brokenFeatures.isEmpty, "seed \(seed), row \(start)") }
        // A tenth of the variance is left after ln 10 windows, 295 rows.
        if start > 640 { #expect(state.brokenFeatures == [2, 5, 8], "seed \(seed), row \(start)") }
      }
    }
  }

  /// Rows until a feature that was `spoil`ed for some rows is trusted again.
  private func rowsUntilTrusted(spoiled rows: Int, _ spoil: (Float) -> Float) throws -> Int? {
    var generator = Philox(seed: 35)
    let strategy = try strategy()
    var state = try strategy.start(identity(dimension), in: context(generator))
    var wasBroken = false
    for row in 0..<3000 {
      var batch = generator.normal(rows: 1, columns: dimension)
      if (300..<300 + rows).contains(row) { batch[0, 4] = spoil(batch[0, 4]) }
      let answer = try strategy.predict(batch, &state)
      wasBroken = wasBroken || state.brokenFeatures == [4]
      if wasBroken, row >= 300 + rows, state.brokenFeatures.isEmpty {
        #expect(answer == batch)
        return row - 300 - rows
      }
    }
    return nil
  }

  @Test func `a feature that comes back is trusted again, however wild it was`() throws {
    let shifted = try #require(try rowsUntilTrusted(spoiled: 400) { $0 + 3 })
    #expect(shifted < 400)
    // Deviations count up to ten thresholds, so that their squares are gone after ln 100 windows.
    for factor in [Float(100), 1e6, 1e30] {
      let exploded = try #require(try rowsUntilTrusted(spoiled: 400) { $0 * factor })
      #expect(exploded < 700, "factor \(factor)")
    }
    #expect(try rowsUntilTrusted(spoiled: 1) { _ in 1e30 } == nil, "one wild value among hundreds breaks no feature")
  }

  @Test func `where more than the maximum share broke, nothing is left out`() throws {
    var generator = Philox(seed: 36)
    let strategy = try strategy()
    var state = try strategy.start(identity(dimension), in: context(generator))
    for broken in [6, 5] {
      var batch = generator.normal(rows: 640, columns: dimension)
      for i in 0..<640 { for j in 0..<broken { batch[i, j] += 9 } }
      let answer = try strategy.predict(batch, &state)
      #expect(state.brokenFeatures == (broken == 5 ? [0, 1, 2, 3, 4] : []))
      #expect((answer == batch) == (broken == 6))
      state = try strategy.start(identity(dimension), in: context(generator))
    }
  }

  @Test func `with no feature left the source means answer`() throws {
    let generator = Philox(seed: 37)
    let strategy = try strategy { $0.maximumShare = 1 }
    let context = context(generator)
    var state = try strategy.start(identity(dimension), in: context)
    let answer = try strategy.predict(Matrix(rows: 64, columns: dimension, repeating: 9), &state)
    #expect(state.brokenFeatures == Array(0..<dimension))
    for j in 0..<dimension { #expect(abs(Double(answer[5, j]) - (context.source?.mean[j] ?? .nan)) < 1e-6) }
  }

  @Test func `a feature that is constant in the source breaks when it moves, not before`() throws {
    var generator = Philox(seed: 38)
    func rows(_ n: Int, constant: Float) -> Matrix {
      var batch = generator.normal(rows: n, columns: 3)
      for i in 0..<n { batch[i, 1] = constant }
      return batch
    }
    let source = SourceStatistics(inputs: rows(500, constant: 0.7))
    let strategy = try strategy()
    var state = try strategy.start(identity(3), in: AdaptationContext(task: .regression, source: source))
    for _ in 0..<20 {
      _ = try strategy.predict(rows(64, constant: 0.7), &state)
      #expect(state.brokenFeatures.isEmpty)
    }
    let answer = try strategy.predict(rows(64, constant: 0.9), &state)
    #expect(state.brokenFeatures == [1])
    for i in 0..<64 { #expect(abs(answer[i, 1] - 0.7) < 1e-5) }
  }

  @Test func `a source of constants only still serves`() throws {
    let source = SourceStatistics(inputs: Matrix(rows: 20, columns: 3, repeating: 2))
    let strategy = try strategy()
    var state = try strategy.start(identity(3), in: AdaptationContext(task: .regression, source: source))
    var batch = Matrix(rows: 64, columns: 3, repeating: 2)
    #expect(try strategy.predict(batch, &state) == batch)
    for i in 0..<64 { batch[i, 0] = 5 }
    #expect(try strategy.predict(batch, &state) == Matrix(rows: 64, columns: 3, repeating: 2))
  }

  @Test func `a model without source statistics is refused, and one with others too`() throws {
    let missing = #expect(throws: MissingSourceStatistics.self) {
      try strategy().start(identity(4), in: AdaptationContext(task: .regression))
    }
    #expect(
      missing?.description == "strategy 'feature-selection' needs source statistics, and the model has none; train the "
        + "model with attune, or choose a strategy that needs no source access")
    let other = #expect(throws: ShapeError.self) { try strategy().start(identity(4), in: context(Philox(seed: 1))) }
    #expect(other?.description == "source statistics: expected 4 features, found 10")
  }

  @Test func `settings out of their range are refused with the key`() {
    let cases: [(String, (inout FeatureSelection.Configuration) -> Void)] = [
      ("meanShift: must be a number above 0", { $0.meanShift = 0 }),
      ("varianceRatio: must be a number above 1", { $0.varianceRatio = 1 }),
      ("falseDiscoveryRate: must be a number above 0 and at most 1", { $0.falseDiscoveryRate = .nan }),
      ("window: must be a number of rows above 0 and at most 32768", { $0.window = -1 }),
      ("recover: must be a number of rows of at least 0", { $0.recover = -1 }),
      ("ridge: must be a finite number of at least 0", { $0.ridge = .nan }),
      ("maximumShare: must be a number from 0 to 1", { $0.maximumShare = 1.1 }),
      ("shrinkage: must be a finite number above 0", { $0.shrinkage = .infinity }),
    ]
    for (text, change) in cases {
      let error = #expect(throws: ConfigValueError.self) { try strategy(change) }
      #expect(error?.description == text)
    }
  }
}
