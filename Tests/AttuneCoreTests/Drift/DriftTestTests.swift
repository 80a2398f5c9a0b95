import AttuneCore
import Testing

@Suite struct DriftTestTests {
  /// Statistics of rows with all their values as the sample.
  private func statistics(_ rows: Matrix) -> SourceStatistics {
    var source = SourceStatistics(inputs: rows)
    source.sample = rows
    return source
  }

  private func reference(_ rows: Matrix) throws -> DriftReference {
    try DriftReference(statistics(rows), for: Set(DriftTest.allCases), user: "a test")
  }

  @Test func `tails equal SciPy's`() throws {
    let tails = try DriftFixture.read(DriftFixture.Tails.self, "tails.json").tails
    // Relative to what is far from 0 and from 1: 1 − p below it.
    func close(_ found: Double, _ expected: Double) -> Bool { abs(found - expected) < 1e-13 + 1e-10 * expected }
    for row in tails.kolmogorov { #expect(close(TailProbability.kolmogorov(row[0]), row[1]), "\(row)") }
    for row in tails.gamma { #expect(close(TailProbability.gamma(shape: row[0], row[1]), row[2]), "\(row)") }
    for row in tails.normal { #expect(close(TailProbability.normal(row[0]), row[1]), "\(row)") }
    #expect(TailProbability.kolmogorov(0) == 1 && TailProbability.gamma(shape: 2, 0) == 1)
  }

  @Test func `adjusted p-values equal SciPy's`() throws {
    let fixture = try DriftFixture.read(DriftFixture.Tails.self, "tails.json").adjustment
    for (control, expected) in [
      (FalseDiscovery.benjaminiHochberg, fixture.benjaminiHochberg), (.benjaminiYekutieli, fixture.benjaminiYekutieli),
    ] {
      let found = control.adjusted(fixture.p)
      for (a, b) in zip(found, expected) { #expect(abs(a - b) < 1e-14 + 1e-12 * b) }
    }
    let holes = FalseDiscovery.benjaminiHochberg.adjusted([0.01, .nan, 0.04])
    #expect(holes[0] == 0.02 && holes[1].isNaN && holes[2] == 0.04)
    #expect(FalseDiscovery.benjaminiYekutieli.adjusted([]).isEmpty)
  }

  @Test func `Kolmogorov-Smirnov, Wasserstein and stability index equal SciPy's on 40 features`() throws {
    let fixture = try DriftFixture.read(DriftFixture.Features.self, "features.json")
    let source = Matrix(fixture.source), reference = try reference(source), batch = Matrix(fixture.batch)
    let ks = reference.check(batch, .ks), area = reference.check(batch, .wasserstein)
    let psi = reference.check(batch, .psi), scale = statistics(source).deviations
    for (j, name) in fixture.names.enumerated() {
      #expect(ks.counts[j] == 64)
      // Ranks are whole numbers; the quotient is rounded to Float.
      #expect(abs(ks.statistic[j] - fixture.ks.statistic[j]) < 1e-7, "\(name)")
      #expect(abs(ks.pValue[j] - fixture.ks.stephens[j]) < 1e-5 * (1e-12 + fixture.ks.stephens[j]) + 1e-12, "\(name)")
      // Values have 23 bits: 1000 ± 1 to a fifth of a thousandth.
      let found = area.statistic[j] * scale[j], size = max(1, fixture.source.map { abs(Double($0[j])) }.max() ?? 1)
      #expect(abs(found - fixture.wasserstein[j]) < 2e-6 * size, "\(name): \(found), \(fixture.wasserstein[j])")
      #expect(abs(psi.statistic[j] - fixture.psi.value[j]) < 1e-7 * (1 + fixture.psi.value[j]), "\(name)")
    }
  }

  @Test(arguments: DriftTest.allCases) func `p-values of rows without drift are as rare as they say`(test: DriftTest)
    throws
  {
    // 64 sources of 50 features each, of five distributions.
    var generator = Philox(seed: 41), below = [Double: Int](), total = 0
    for _ in 0..<64 {
      func rows(_ n: Int) -> Matrix {
        var x = generator.normal(rows: n, columns: 50)
        for i in 0..<n {
          for j in 0..<50 {
            switch j % 5 {
            case 1: x[i, j] = x[i, j] * x[i, j]
            case 2: x[i, j] = Float(generator.nextUniformDouble())
            case 3: x[i, j] = x[i, j] > 1 ? x[i, j] : 0
            default: x[i, j] = x[i, j] * 100 - 7
            }
          }
        }
        return x
      }
      let report = try reference(rows(256)).check(rows(128), test)
      let tested = test == .moments ? stride(from: 0, to: 50, by: 5).map { $0 } : Array(0..<50)
      for j in tested {
        total += 1
        for level in [0.2, 0.05, 0.01] where report.pValue[j] <= level { below[level, default: 0] += 1 }
      }
    }
    for level in [0.2, 0.05, 0.01] {
      let share = Double(below[level, default: 0]) / Double(total)
      // Ties make tests careful; twice the level is far outside of chance for 640 or more tests.
      #expect(share < 1.6 * level + 0.005, "\(test.rawValue) at \(level): \(share)")
      #expect(share > 0.15 * level, "\(test.rawValue) at \(level): \(share)")
    }
  }

  @Test func `the share of false alarms among alarms is kept`() throws {
    // 100 features, 20 of which have moved: mean false discovery proportion over 60 batches.
    var generator = Philox(seed: 42), sum = 0.0, found = 0.0, nothing = 0
    let reference = try reference(generator.normal(rows: 256, columns: 100))
    for _ in 0..<60 {
      var batch = generator.normal(rows: 128, columns: 100)
      #expect(reference.check(batch, .ks).pValue.allSatisfy { (0...1).contains($0) })
      nothing += reference.check(batch, .ks).drifted(falseDiscoveryRate: 0.1).isEmpty ? 0 : 1
      for i in 0..<128 { for j in 0..<20 { batch[i, j] += 0.6 } }
      let drifted = reference.check(batch, .ks).drifted(falseDiscoveryRate: 0.1)
      sum += Double(drifted.count { $0 >= 20 }) / Double(max(1, drifted.count))
      found += Double(drifted.count { $0 < 20 }) / 20
    }
    // 0.08 expected at most; one source sample for all batches makes them alike.
    #expect(sum / 60 < 0.1)
    #expect(found / 60 > 0.8)
    #expect(nothing < 12)
  }

  @Test func `values that are not finite are left out, features without any are not tested`() throws {
    var generator = Philox(seed: 43)
    let reference = try reference(generator.normal(rows: 100, columns: 18)),
      clean = generator.normal(rows: 40, columns: 18)
    var batch = clean
    for i in 0..<40 {
      batch[i, 3] = .nan
      batch[i, 17] = i.isMultiple(of: 2) ? .infinity : -.infinity
      if i < 10 { batch[i, 5] = [.nan, .infinity, -.infinity][i % 3] }
    }
    for test in DriftTest.allCases {
      let report = reference.check(batch, test), rest = reference.check(clean.rows(10..<40), test)
      let whole = reference.check(clean, test)
      #expect(report.counts[3] == 0 && report.counts[17] == 0 && report.counts[5] == 30)
      #expect(report.pValue[3].isNaN && report.statistic[17].isNaN)
      #expect(report.pValue[5] == rest.pValue[5], "\(test)")
      for j in 0..<17 where j != 3 && j != 5 { #expect(report.pValue[j] == whole.pValue[j]) }
    }
  }

  @Test func `constant features, a single row, no rows, many rows`() throws {
    var generator = Philox(seed: 44)
    var source = generator.normal(rows: 60, columns: 3)
    for i in 0..<60 { source[i, 1] = 5 }
    let reference = try reference(source)
    var batch = generator.normal(rows: 64, columns: 3)
    for i in 0..<64 { batch[i, 1] = 5 }
    for test in DriftTest.allCases {
      // Half a row in the empty bin weighs a little otherwise in 60 rows than in 64.
      #expect(reference.check(batch, test).pValue[1] > (test == .psi ? 0.95 : 0.999), "\(test)")
      #expect(reference.check(batch.rows(0..<1), test).pValue.allSatisfy { (0...1).contains($0) })
      #expect(reference.check(Matrix(rows: 0, columns: 3), test).pValue.allSatisfy { $0.isNaN })
      #expect(reference.check(generator.normal(rows: 40_000, columns: 3), test).counts == [32_768, 32_768, 32_768])
    }
    for i in 0..<64 { batch[i, 1] = 5.5 }
    for test in DriftTest.allCases {
      #expect(reference.check(batch, test).drifted(falseDiscoveryRate: 0.01) == [1], "\(test)")
    }
  }

  @Test func `without values of the source only moments can be tested, and the error says so`() throws {
    var generator = Philox(seed: 45)
    let rows = generator.normal(rows: 30, columns: 2)
    var source = SourceStatistics(inputs: rows)
    #expect(source.sample?.rows == 30)
    source.sample = nil
    let error = #expect(throws: MissingSourceSample.self) { try DriftReference(source, for: [.psi], user: "the check") }
    #expect(
      error?.description == "the check with test: psi needs values of the training inputs, and the model's source "
        + "statistics hold none (files written before they did, or made of moments only); train the model again, or set "
        + "test: moments")
    #expect(
      MissingSourceSample(user: "the check", test: .ks, inputs: 5000).description
        == "the check with test: ks needs values "
        + "of the training inputs, which models keep for up to 4096 inputs, and this one has 5000; set test: moments")
    #expect(try DriftReference(source, for: [.moments], user: "").check(rows, .moments).pValue.allSatisfy { $0 > 0.5 })
  }

  @Test func `the sample is 256 values of each input in order, whatever the blocks`() {
    var generator = Philox(seed: 46)
    let rows = generator.normal(rows: 9000, columns: 3), source = SourceStatistics(inputs: rows)
    let blocks = SourceStatistics(rows: 9000, columns: 3) { add in
      for range in RowBlocks.ranges(of: 9000) { add(rows.rows(range)) }
    }
    #expect(source == blocks)
    let sample = source.sample ?? Matrix(rows: 0, columns: 0)
    #expect(sample.shape == Shape(rows: 256, columns: 3))
    for j in 0..<3 {
      let values = (0..<256).map { sample[$0, j] }
      #expect(values == values.sorted() && Set(values).isSubset(of: (0..<9000).map { rows[$0, j] }))
    }
  }
}
