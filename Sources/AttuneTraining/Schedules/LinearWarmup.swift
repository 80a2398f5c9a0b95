public import AttuneCore

/// A learning rate that first rises on a line, then follows another schedule from its beginning.
///
/// `factor(t) = start + (1 − start)·t / length` for `t < length`, then that of the other schedule at `t − length` of
/// `total − length`.
///
/// - Source: Goyal et al. (2017), Accurate, Large Minibatch SGD, arXiv:1706.02677, section 2.2, in the form of PyTorch's
///   `torch.optim.lr_scheduler.LinearLR`, followed by another as in `SequentialLR`.
public struct LinearWarmup: LearningRateSchedule {
  /// `warmup` in config files.
  public static let name = "warmup"
  /// Epochs or steps until the full learning rate.
  public let length: Int
  /// The factor at the start.
  public let start: Double
  /// What comes then.
  public let next: any LearningRateSchedule

  /// The settings in a config file, with PyTorch's defaults.
  public struct Configuration: Codable, Sendable, Equatable, DefaultInitializable {
    /// Whether `length` counts epochs or steps; what comes then must count the same.
    public var per = ScheduleInterval.epoch
    /// Epochs or steps until the full learning rate.
    public var length = 5
    /// The factor at the start.
    public var start = 1.0 / 3
    /// What comes then.
    public var then = ScheduleConfiguration.constant

    /// All defaults.
    public init() {}
  }

  /// A rise from `start` over `length` epochs or steps, then another schedule.
  ///
  /// - Throws: `HyperparameterError` if the length is below 1, or the start negative or not finite.
  public init(
    length: Int = 5, start: Double = 1.0 / 3, then next: any LearningRateSchedule = ConstantRate()
  ) throws(HyperparameterError) {
    let check = HyperparameterCheck(method: Self.name)
    try check.isPositive(length, "length")
    try check.isNotNegative(start, "start")
    self.length = length
    self.start = start
    self.next = next
  }

  /// The factor at a time.
  public func factor(at time: Int, of total: Int) -> Double {
    guard time < length else { return next.factor(at: time - length, of: max(0, total - length)) }
    return start + (1 - start) * Double(time) / Double(length)
  }
}
