/// A training arm with an inference arm: how good it is and what it costs, over some scenarios.
public struct CombinationFigures: Codable, Sendable, Equatable {
  /// Name of the training arm.
  public var training: String
  /// Name of the inference arm.
  public var inference: String
  /// The quality figure, mean over the scenarios; lower is better.
  public var quality: Double
  /// What is spent before the first prediction: training and preparation, in floating-point operations.
  public var fixedFlops: Double
  /// Floating-point operations per prediction, mean over the scenarios, adaptation included.
  public var flopsPerPrediction: Double
  /// Processor seconds of training, and seconds of preparation.
  public var fixedSeconds: Double
  /// Seconds per prediction: median over the scenarios of the p50 latency of a call with the stream's batch, per row; nil
  /// where it was not measured.
  public var secondsPerPrediction: Double?
  /// Whether labels of the stream play a part: late ones, or all of them for an oracle.
  public var seesLabels: Bool

  /// The arms as one name.
  public var name: String { "\(training) with \(inference)" }

  /// What so many predictions cost with all that comes before them; nil where that was not measured.
  public func total(_ unit: CostUnit, predictions: Double) -> Double? {
    switch unit {
    case .flops: fixedFlops + predictions * flopsPerPrediction
    case .seconds: secondsPerPrediction.map { fixedSeconds + predictions * $0 }
    }
  }
}

/// What a total cost is counted in.
public enum CostUnit: String, Codable, Sendable, CaseIterable {
  /// Floating-point operations, counted.
  case flops
  /// Seconds: processor time of training, and the median latency of predictions in batches, one after the other.
  case seconds

  /// A cost in words.
  func text(_ cost: Double) -> String {
    self == .flops ? "\(NumberFormat.count(cost)) FLOPs" : Self.duration(cost)
  }

  /// Seconds, as days from two days on.
  private static func duration(_ seconds: Double) -> String {
    seconds < 172_800 ? NumberFormat.seconds(seconds) : "\(NumberFormat.significant(seconds / 86_400)) days"
  }
}

extension ExperimentResults {
  /// All combinations of arms that finished in each of some scenarios, in the order of the config.
  ///
  /// - Parameter scenarios: names; nil for all.
  public func combinations(over scenarios: [String]? = nil) -> [CombinationFigures] {
    let data = ReportData(self), scenarios = scenarios ?? data.scenarioNames
    guard !scenarios.isEmpty else { return [] }
    return trainingArms.flatMap { training in
      inferenceArms.compactMap { inference -> CombinationFigures? in
        let combination = ReportData.Combination(training: training.name, inference: inference.name)
        guard let quality = data.quality(combination, over: scenarios),
          let flops = data.flopsPerSample(combination, over: scenarios)
        else { return nil }
        let costs = data.cells(combination, over: scenarios).map(\.cost)
        let times = costs.compactMap(\.batch).map { $0.p50 / Double(max(1, $0.batchSize)) / 1e6 }
        return CombinationFigures(
          training: training.name, inference: inference.name, quality: quality,
          fixedFlops: training.flops + (costs.map(\.preparationFlops).max() ?? 0), flopsPerPrediction: flops,
          fixedSeconds: training.seconds.mean + (costs.map(\.preparationSeconds).max() ?? 0),
          secondsPerPrediction: times.count == costs.count ? ReportData.median(times) : nil,
          seesLabels: inference.usesLabels || inference.isOracle)
      }
    }
  }
}
