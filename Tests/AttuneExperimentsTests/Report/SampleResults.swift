import Foundation

@testable import AttuneExperiments

/// Results as an experiment of some size gives them: a grid of 4 × 9 × 5 over 5 seeds and 14 batches, from a fixed
/// seed.
struct SampleResults {
  private var state: UInt64 = 7
  private let seeds = 5
  private let batches = 14

  private struct Training {
    let name: String, summary: String
    let shift: Double, seconds: Double, flops: Double
  }

  private struct Inference {
    let name: String, summary: String, source: String
    /// Change of the error in each scenario, as a share of what is to gain.
    let effect: [Double]
    let flops: Double, latency: Double
    var preparation = 0.0, bytes = 941_112, usesLabels = false
  }

  private let trainings = [
    Training(name: "plain", summary: "sgd, 30 epochs", shift: 0, seconds: 4.1, flops: 3.4e11),
    Training(name: "augmented", summary: "sgd, 30 epochs, noise and mask", shift: -0.22, seconds: 6.3, flops: 3.5e11),
    Training(name: "sharpness-aware", summary: "sam ρ = 0.05, 30 epochs", shift: -0.08, seconds: 8.4, flops: 6.9e11),
    Training(
      name: "augmented, 90 epochs", summary: "sgd, 90 epochs, noise and mask", shift: -0.31, seconds: 18.9,
      flops: 1.05e12),
  ]
  private let inferences = [
    Inference(
      name: "none", summary: "the trained model as it is", source: "none", effect: [0, 0, 0, 0, 0], flops: 471_040,
      latency: 15.2),
    Inference(
      name: "bn-batch", summary: "batch-norm statistics of the batch", source: "none",
      effect: [-0.38, -0.22, -0.41, 0.55, 0.08], flops: 478_200, latency: 16.9),
    Inference(
      name: "bn-blend", summary: "source and batch statistics, prior 16", source: "statistics",
      effect: [-0.33, -0.2, -0.36, 0.06, 0.01], flops: 479_100, latency: 17.1),
    Inference(
      name: "tent", summary: "entropy, lr 0.001", source: "none", effect: [-0.43, -0.25, -0.47, 1.35, 0.1],
      flops: 1_420_000, latency: 71),
    Inference(
      name: "roid", summary: "weighted soft likelihood ratio", source: "none", effect: [-0.46, -0.3, -0.5, 0.02, 0.0],
      flops: 2_910_000, latency: 148),
    Inference(
      name: "feature-selection", summary: "drops drifting features, FDR 0.05", source: "statistics",
      effect: [-0.05, -0.52, -0.04, 0.01, 0.02], flops: 482_000, latency: 21.5),
    Inference(
      name: "student", summary: "64 units, distilled", source: "samples", effect: [0.09, 0.05, 0.08, 0.07, 0.13],
      flops: 104_000, latency: 5.1, preparation: 3.2, bytes: 214_016),
    Inference(
      name: "student + bn-batch", summary: "64 units, distilled, then bn-batch", source: "samples",
      effect: [-0.29, -0.15, -0.33, 0.66, 0.2], flops: 107_900, latency: 6.3, preparation: 3.2, bytes: 214_016),
    Inference(
      name: "online-labels", summary: "sgd on late labels", source: "none", effect: [-0.5, -0.45, -0.55, -0.4, -0.05],
      flops: 1_390_000, latency: 66, usesLabels: true),
  ]
  private let scenarios: [(name: String, summary: String, error: Double)] = [
    ("gaussian-noise", "noise of strength 0.6 on all features", 0.34),
    ("broken-sensor", "5 of 40 features stuck", 0.27),
    ("covariate-drift", "mean drifts by 1.5 standard deviations", 0.41),
    ("label-shift", "Dirichlet 0.1 label shift", 0.12),
    ("clean", "no shift", 0.06),
  ]

  /// The results.
  static func make() -> ExperimentResults {
    var sample = SampleResults()
    return sample.results()
  }

  private mutating func results() -> ExperimentResults {
    var cells: [ResultCell] = []
    for (place, scenario) in scenarios.enumerated() {
      for training in trainings {
        let base = scenario.error * (1 + training.shift * (place < 3 ? 1 : 0.15))
        let common = (0..<seeds).map { _ in noise() * 0.012 }
        var baseline: [Double] = []
        for inference in inferences {
          let level = max(0.02, base * (1 + inference.effect[place] * (1 + training.shift * 0.6)))
          let spread = inference.name == "none" ? 0 : 0.006
          let perSeed = common.map { max(0.01, level + $0 * level * 4 + noise() * spread) }
          if inference.name == "none" { baseline = perSeed }
          cells.append(cell(training, inference, scenario.name, perSeed, baseline, place: place))
        }
      }
    }
    // One cell that failed and one that half failed, as a long experiment has them.
    if let index = cells.firstIndex(where: { $0.inference == "tent" && $0.scenario == "label-shift" }) {
      cells[index].quality = nil
      cells[index].difference = nil
      cells[index].verdict = .noDifferenceShown
      cells[index].perSeed = Array(repeating: nil, count: seeds)
      cells[index].trace = []
      cells[index].failures = Array(repeating: "loss is not finite in batch 9; lower learningRate", count: seeds)
    }
    return ExperimentResults(
      name: "Shifted sensors",
      description:
        "Does a small classifier of sensor data keep up with drift by better training, by adapting, or both?",
      metric: .error, seeds: (1...UInt64(seeds)).map { $0 }, baseline: "none",
      trainingArms: trainings.map {
        TrainingArmSummary(
          name: $0.name, summary: $0.summary,
          seconds: Estimate(mean: $0.seconds, low: $0.seconds * 0.96, high: $0.seconds * 1.04), flops: $0.flops,
          modelBytes: 941_112, parameters: 235_146)
      },
      inferenceArms: inferences.map {
        InferenceArmSummary(
          name: $0.name, strategy: $0.name, summary: $0.summary, sourceAccess: $0.source, usesLabels: $0.usesLabels)
      },
      scenarios: scenarios.map { ScenarioSummary(name: $0.name, summary: $0.summary, rows: 14 * 64, batchSize: 64) },
      cells: cells, provenance: HandMadeResults.provenance)
  }

  private mutating func cell(
    _ training: Training, _ inference: Inference, _ scenario: String, _ perSeed: [Double], _ baseline: [Double],
    place: Int
  ) -> ResultCell {
    let quality = SeedDifference(perSeed)?.estimate
    let difference = inference.name == "none" ? nil : SeedDifference(zip(perSeed, baseline).map { $0 - $1 })
    let mean = quality?.mean ?? 0
    let trace = (0..<batches).map { batch -> Double in
      let time = Double(batch) / Double(batches - 1)
      let drift =
        inference.flops > 1_000_000 ? mean * (0.35 - 0.7 * time) * (inference.effect[place] < 0.5 ? 1 : -2) : 0
      return max(0.005, mean + drift + noise() * 0.012)
    }
    let speed = 1 + 0.03 * noise()
    return ResultCell(
      training: training.name, inference: inference.name, scenario: scenario, quality: quality,
      perSeed: perSeed.map { $0 }, difference: difference?.estimate,
      verdict: difference?.verdict ?? .baseline, trace: trace,
      cost: InferenceCost(
        flopsPerSample: inference.flops,
        single: LatencySummary(
          batchSize: 1, queries: 2000, p50: inference.latency * speed, p99: inference.latency * 2.1),
        batch: LatencySummary(batchSize: 64, queries: 500, p50: inference.latency * 9.5 * speed, p99: nil),
        modelBytes: inference.bytes, preparationSeconds: inference.preparation,
        preparationFlops: inference.preparation * 5e10),
      failures: [])
  }

  /// Between −1 and 1.
  private mutating func noise() -> Double {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return Double(state >> 11) * 0x1p-52 - 1
  }
}
