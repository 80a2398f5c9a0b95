public import AttuneCore

/// A learning rate that falls when a loss has not improved for some time.
///
/// An epoch is good if its loss is below `best·(1 − threshold)`. After more than `patience` epochs in a row that are not,
/// the rate falls by `decay` and the count starts again.
///
/// - Source: PyTorch's `torch.optim.lr_scheduler.ReduceLROnPlateau`, mode `min`, threshold relative.
/// - Note: Differs from PyTorch: no cooldown, no least rate; reductions by less than 1e-8 are made, too.
public struct ReduceOnPlateau: Sendable, Equatable {
  /// `plateau` in config files.
  public static let name = "plateau"
  /// What each reduction multiplies the rate by.
  public let decay: Double
  /// Epochs without improvement that are borne.
  public let patience: Int
  /// The relative improvement that counts.
  public let threshold: Double

  /// What the schedule remembers.
  public struct State: Sendable, Equatable, Codable {
    /// The lowest loss so far that counted as an improvement.
    public var best = Double.infinity
    /// Epochs since then, or since the last reduction.
    public var badEpochs = 0
    /// The factor on the learning rate.
    public var factor = 1.0

    /// The state before the first epoch.
    public init() {}
  }

  /// The settings in a config file, with PyTorch's defaults.
  public struct Configuration: Codable, Sendable, Equatable, DefaultInitializable {
    /// What each reduction multiplies the rate by.
    public var decay = 0.1
    /// Epochs without improvement that are borne.
    public var patience = 10
    /// The relative improvement that counts.
    public var threshold = 1e-4

    /// All defaults.
    public init() {}
  }

  /// A reduction with PyTorch's defaults.
  ///
  /// - Throws: `HyperparameterError` if the decay is outside `0..<1`, the patience negative, or the threshold negative or
  ///   not finite.
  public init(decay: Double = 0.1, patience: Int = 10, threshold: Double = 1e-4) throws(HyperparameterError) {
    let check = HyperparameterCheck(method: Self.name)
    try check.isDecay(decay, "decay")
    try check.isNotNegative(patience, "patience")
    try check.isNotNegative(threshold, "threshold")
    self.decay = decay
    self.patience = patience
    self.threshold = threshold
  }

  /// Takes note of the loss of an epoch; `state.factor` is then the factor of the next one.
  public func observe(_ loss: Double, _ state: inout State) {
    if loss < state.best * (1 - threshold) {
      state.best = loss
      state.badEpochs = 0
    } else {
      state.badEpochs += 1
    }
    guard state.badEpochs > patience else { return }
    state.factor *= decay
    state.badEpochs = 0
  }
}
