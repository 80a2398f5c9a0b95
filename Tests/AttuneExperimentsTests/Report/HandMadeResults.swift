import Foundation

@testable import AttuneExperiments

/// A small value whose numbers are all known: two training arms, three inference arms, two scenarios, three seeds.
enum HandMadeResults {
  static let provenance = Provenance(
    version: "0.9.1", commit: "4f1c2d7e90ab+changes", swift: "6.2.1", system: "Linux 6.1.0",
    processor: "AMD EPYC 9354P",
    cores: 8, blas: "OpenBLAS 0.3.21 (SkylakeX)", kernels: "avx512",
    arguments: ["attune", "run", "my config.yaml", "--jobs=4"], configHash: "9b74c9897bac770ffc029102a200c5de",
    dataHashes: ["data/test.csv": "bbbb5678", "data/train.csv": "aaaa1234"],
    started: Date(timeIntervalSince1970: 1_790_000_000), seconds: 754)

  /// All cells finished; `adapt` helps under noise and hurts on clean data, `select` shows nothing.
  static func make(metric: QualityMetric = .error) -> ExperimentResults {
    ExperimentResults(
      name: "Small", description: "What buys what?", metric: metric, seeds: [11, 12, 13], baseline: "none",
      trainingArms: [
        TrainingArmSummary(
          name: "plain", summary: "sgd, 5 epochs", seconds: Estimate(mean: 3.42, low: 3.21, high: 3.63), flops: 2.5e9,
          modelBytes: 37_888, parameters: 9_482),
        TrainingArmSummary(
          name: "augmented", summary: "sgd, 5 epochs, noise", seconds: Estimate(mean: 7.5, low: 7, high: 8),
          flops: 5.5e9,
          modelBytes: 37_888, parameters: 9_482),
      ],
      inferenceArms: [
        InferenceArmSummary(
          name: "none", strategy: "none", summary: "as trained", sourceAccess: "none", usesLabels: false),
        InferenceArmSummary(
          name: "adapt", strategy: "tent", summary: "entropy", sourceAccess: "statistics", usesLabels: false),
        InferenceArmSummary(
          name: "select", strategy: "select", summary: "features", sourceAccess: "samples", usesLabels: false),
      ],
      scenarios: [
        ScenarioSummary(name: "noise", summary: "noise 0.5", rows: 300, batchSize: 50),
        ScenarioSummary(name: "clean", summary: "", rows: 300, batchSize: 50),
      ],
      cells: [
        cell("plain", "none", "noise", [0.30, 0.31, 0.32], nil),
        cell("plain", "adapt", "noise", [0.20, 0.22, 0.21], .helps),
        cell("plain", "select", "noise", [0.31, 0.30, 0.32], .noDifferenceShown),
        cell("augmented", "none", "noise", [0.24, 0.26, 0.25], nil),
        cell("augmented", "adapt", "noise", [0.17, 0.19, 0.18], .helps),
        cell("augmented", "select", "noise", [0.25, 0.25, 0.25], .noDifferenceShown),
        cell("plain", "none", "clean", [0.050, 0.052, 0.054], nil),
        cell("plain", "adapt", "clean", [0.071, 0.072, 0.074], .hurts),
        cell("plain", "select", "clean", [0.050, 0.053, 0.053], .noDifferenceShown),
        cell("augmented", "none", "clean", [0.060, 0.061, 0.062], nil),
        cell("augmented", "adapt", "clean", [0.080, 0.081, 0.083], .hurts),
        cell("augmented", "select", "clean", [0.061, 0.060, 0.062], .noDifferenceShown),
      ],
      provenance: provenance)
  }

  /// All cells finished but those of the first training arm, of which every seed failed.
  static func firstArmFailed() -> ExperimentResults {
    var results = make()
    results.trainingArms[0] = TrainingArmSummary(
      name: "plain", summary: "sgd, 5 epochs", seconds: Estimate(mean: 0, low: 0, high: 0), flops: 0, modelBytes: 0,
      parameters: 0)
    for index in results.cells.indices where results.cells[index].training == "plain" {
      results.cells[index].quality = nil
      results.cells[index].perSeed = [nil, nil, nil]
      results.cells[index].difference = nil
      results.cells[index].failures = results.seeds.map { "seed \($0): training failed: broken" }
      results.cells[index].cost = InferenceCost(
        flopsPerSample: 0, single: nil, batch: nil, modelBytes: 0, preparationSeconds: 0, preparationFlops: 0)
    }
    return results
  }

  /// A cell; the difference to the baseline has the size that the verdict asks for.
  static func cell(
    _ training: String, _ inference: String, _ scenario: String, _ perSeed: [Double], _ verdict: Verdict?
  ) -> ResultCell {
    let sizes: [Verdict: Estimate] = [
      .helps: Estimate(mean: -0.0875, low: -0.0925, high: -0.0825),
      .hurts: Estimate(mean: 0.0203, low: 0.0186, high: 0.0222),
      .noDifferenceShown: Estimate(mean: 0.0015, low: -0.0041, high: 0.0071),
    ]
    let factor = inference == "adapt" ? 3.0 : 1
    return ResultCell(
      training: training, inference: inference, scenario: scenario, quality: SeedDifference(perSeed)?.estimate,
      perSeed: perSeed.map { $0 }, difference: verdict.flatMap { sizes[$0] }, verdict: verdict ?? .baseline,
      trace: perSeed + perSeed,
      cost: InferenceCost(
        flopsPerSample: 18_900 * factor,
        single: LatencySummary(batchSize: 1, queries: 800, p50: 4.25 * factor, p99: 9.5),
        batch: LatencySummary(batchSize: 50, queries: 90, p50: 61 * factor, p99: nil), modelBytes: 37_888,
        preparationSeconds: 0, preparationFlops: 0),
      failures: [])
  }
}
