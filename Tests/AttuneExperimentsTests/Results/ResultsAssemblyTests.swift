import Foundation
import Testing

@testable import AttuneExperiments

@Suite struct ResultsAssemblyTests {
  private let provenance = Provenance(
    version: "1", commit: nil, swift: "6", system: "Linux", processor: "x", cores: 1, blas: "b", kernels: "k",
    arguments: [], configHash: "", dataHashes: [:], started: Date(timeIntervalSince1970: 0), seconds: 1)

  private func arm(_ inference: String, _ quality: Double?, failure: String? = nil) -> ArmOutcome {
    ArmOutcome(
      inference: inference, scenario: "clean", quality: quality, trace: quality.map { [$0, $0 / 2] } ?? [], rows: 9,
      operationsPerSample: quality == nil ? 0 : 10, preparation: nil, failure: failure)
  }

  /// Results of one training arm from the quality of `none` and of `bn` for the seeds 3 and 4.
  private func results(_ qualities: [(none: Double?, other: Double?)]) throws -> ExperimentResults {
    let experiment = try SmallExperiment.load(
      training: [SmallExperiment.sgd], inference: [SmallExperiment.none, SmallExperiment.batch],
      scenarios: [SmallExperiment.clean])
    let units = zip(experiment.seeds, qualities).map { seed, quality in
      UnitOutcome(
        training: "sgd", seed: seed, cost: TrainingCost(seconds: 2, operations: 6, modelBytes: 7, parameters: 8),
        failure: nil,
        arms: [
          arm("none", quality.none, failure: quality.none == nil ? "broken" : nil),
          arm("bn", quality.other, failure: quality.other == nil ? "broken" : nil),
        ])
    }
    // Units come in any order.
    return ResultsAssembly(experiment, units: units.reversed(), latencies: [:]).results(provenance)
  }

  @Test(arguments: [
    // Two seeds: t is mean · √2 / s, and 12.7 or more is shown; equal differences leave it undefined.
    ([(0.50, 0.30), (0.51, 0.305)], Verdict.helps), ([(0.30, 0.50), (0.305, 0.51)], .hurts),
    ([(0.50, 0.30), (0.51, 0.31)], .noDifferenceShown),
    ([(0.50, 0.30), (0.50, 0.45)], .noDifferenceShown), ([(0.5, 0.5), (0.5, 0.5)], .noDifferenceShown),
  ])
  func `the verdict follows the paired test`(pairs: [(Double, Double)], expected: Verdict) throws {
    let results = try results(pairs.map { ($0, $1) })
    #expect(results.cell(training: "sgd", inference: "bn", scenario: "clean")?.verdict == expected)
    let baseline = try #require(results.cell(training: "sgd", inference: "none", scenario: "clean"))
    #expect(baseline.verdict == .baseline && baseline.difference == nil)
  }

  @Test func `differences are paired by seed, traces are means over seeds`() throws {
    let cell = try #require(
      try results([(0.5, 0.25), (0.75, 0.5)]).cell(training: "sgd", inference: "bn", scenario: "clean"))
    // Both differences are −0.25, so the interval has no width, though the seeds are 0.25 apart.
    #expect(cell.difference == Estimate(mean: -0.25, low: -0.25, high: -0.25))
    #expect(cell.perSeed == [0.25, 0.5])
    #expect(cell.trace == [0.375, 0.1875])
    #expect(cell.quality?.mean == 0.375)
    #expect(cell.cost.flopsPerSample == 10 && cell.cost.modelBytes == 7)
  }

  @Test func `a seed that one side failed is left out of the pairs`() throws {
    let results = try results([(nil, 0.25), (0.75, 0.5)])
    let cell = try #require(results.cell(training: "sgd", inference: "bn", scenario: "clean"))
    #expect(cell.difference == Estimate(mean: -0.25, low: -0.25, high: -0.25))
    // One pair shows nothing.
    #expect(cell.verdict == .noDifferenceShown)
    let baseline = try #require(results.cell(training: "sgd", inference: "none", scenario: "clean"))
    #expect(baseline.perSeed == [nil, 0.75])
    #expect(baseline.failures == ["seed 3: broken"])
    #expect(baseline.cost.flopsPerSample == 10)
  }
}
