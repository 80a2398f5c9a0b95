/// Where a training with one seed ended.
public struct SeedEpochs: Codable, Sendable, Equatable {
  /// The seed.
  public var seed: UInt64
  /// Epochs that were done, fewer than planned where early stopping ended them.
  public var epochs: Int
  /// The epoch of the lowest validation loss, from 1; nil where nothing validated.
  public var bestEpoch: Int?

  /// The end of a training.
  public init(seed: UInt64, epochs: Int, bestEpoch: Int?) {
    self.seed = seed
    self.epochs = epochs
    self.bestEpoch = bestEpoch
  }
}

extension TrainingArmSummary {
  /// Whether a seed or more was trained.
  var isTrained: Bool { parameters > 0 }

  /// Epochs done and, where the arm validates, the best one, as means over the seeds; nil for an arm without epochs.
  var epochsText: String? {
    guard let done = ReportData.mean(epochs.map { Double($0.epochs) }) else { return nil }
    let best = ReportData.mean(epochs.compactMap { $0.bestEpoch.map(Double.init) })
    return Self.short(done) + (best.map { ", \(Self.short($0))" } ?? "")
  }

  private static func short(_ value: Double) -> String {
    NumberFormat.fixed(value, value == value.rounded() ? 0 : 1)
  }
}
