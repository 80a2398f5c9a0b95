import Testing

@testable import AttuneExperiments

@Suite struct LatencyMeasurementTests {
  private func times(_ count: Int) -> [Double] { (0..<count).map { Double($0 + 1) } }

  // Conventions of MLPerf's early stopping: the smallest numbers of queries that state a percentile.
  @Test(arguments: [(0.90, 64), (0.99, 662), (0.999, 6636)])
  func `a percentile needs enough queries`(percentile: Double, smallest: Int) {
    #expect(LatencyMeasurement.percentile(percentile, of: times(smallest - 1)) == nil)
    // With one slow query allowed, none is dropped: the answer is the slowest.
    #expect(LatencyMeasurement.percentile(percentile, of: times(smallest)) == Double(smallest))
    #expect(LatencyMeasurement.percentile(percentile, of: []) == nil)
  }

  @Test func `the percentile of 1000 queries is that of a calculation by hand`() {
    // P[Binomial(1000, 0.01) ≤ 3] = 0.0101 > 0.01, so t = 2, one query is dropped, and rank 999 remains.
    #expect(LatencyMeasurement.percentile(0.99, of: times(1000)) == 999)
    // P[Binomial(100, 0.1) ≤ 3] = 0.0078, with 4 it is 0.0237: t = 3, two are dropped.
    #expect(LatencyMeasurement.percentile(0.9, of: times(100)) == 98)
  }

  @Test func `more queries drop more of the slowest`() throws {
    let drops = try [662, 2_000, 10_000].map { count in
      Double(count) - (try #require(LatencyMeasurement.percentile(0.99, of: times(count))))
    }
    #expect(drops == drops.sorted() && Set(drops).count == 3)
    // From above: rank 9900 is the true 99th percentile of 10 000.
    #expect(drops[2] < 100 && drops[2] > 60)
  }

  @Test func `the warm-up ends when three windows agree within five percent`() {
    var medians = [100.0, 60, 50, 40, 39, 38.5, 1].flatMap { [Double](repeating: $0, count: 4) }[...]
    var measurement = LatencyMeasurement()
    measurement.window = 4
    let windows = measurement.warmUp { medians.removeFirst() }
    #expect(windows == 6)
    #expect(medians.count == 4)
  }

  @Test func `the warm-up ends at its limit where windows never agree`() {
    var time = 1.0
    let windows = LatencyMeasurement().warmUp {
      time *= 1.1
      return time
    }
    #expect(windows == LatencyMeasurement().windowLimit)
    var measurement = LatencyMeasurement()
    measurement.warmUpLimit = 0
    #expect(measurement.warmUp { 1 } == 1)
  }

  @Test func `a run measures every arm, and arms of one architecture share the figure`() async throws {
    typealias Small = SmallExperiment
    let results = try await Small.run(
      Small.load(inference: [Small.none, Small.student], scenarios: ["{name: clean, batchSize: 16}"]))
    for cell in results.cells {
      let single = try #require(cell.cost.single), batch = try #require(cell.cost.batch)
      #expect(single.batchSize == 1 && batch.batchSize == 16)
      #expect(single.queries >= 10 && single.p50 > 0)
      #expect((single.p99 == nil) == (single.queries < 662))
      #expect(single.p99.map { $0 >= single.p50 } ?? true)
      let other = results.cell(training: "sgd", inference: cell.inference, scenario: cell.scenario)
      #expect(other?.cost.single == single)
    }
    // Two measurements may have one median, but not one median of batches too.
    let served = results.cells.filter { $0.training == "sgd" }.map { [$0.cost.single, $0.cost.batch] }
    #expect(served[0] != served[1])
  }
}
