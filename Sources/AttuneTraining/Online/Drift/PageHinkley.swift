public import AttuneCore

/// The Page-Hinkley test: a drift where the summed deviations from the mean leave their extreme by too much.
///
/// With the running mean x̄ of the values: `u ← alpha·u + (x − x̄) − delta`, a rise where `u − min u > threshold`;
/// `v ← alpha·v + (x − x̄) + delta`, a fall where `max v − v > threshold`, from `warmup` values on.
///
/// - Source: Page (1954), Continuous inspection schemes, Biometrika 41, doi:10.1093/biomet/41.1-2.100, with the forgetting
///   and the defaults of river 0.26.1, whose detections it equals.
public struct PageHinkley: DriftDetector, Equatable {
  /// `page-hinkley` in config files.
  public static let name = "page-hinkley"
  /// What tables and help say.
  public static let summary = "summed deviations from the mean that leave their extreme"
  /// It takes any numbers.
  public static let takesErrorsOnly = false

  /// Which changes of the mean count.
  public enum Direction: String, Sendable, Codable, CaseIterable {
    /// A rise.
    case up
    /// A fall.
    case down
    /// Both.
    case both
  }

  /// The settings in a config file.
  public struct Configuration: Codable, Sendable, Equatable, DefaultInitializable {
    /// Values before the first comparison.
    public var warmup = 30
    /// Change of the mean that is tolerated.
    public var delta = 0.005
    /// Summed deviation that is a drift.
    public var threshold = 50.0
    /// Weight of the sum so far, at each value.
    public var alpha = 0.9999
    /// Which changes count.
    public var direction = Direction.both

    /// All defaults.
    public init() {}
  }

  /// The settings.
  public let configuration: Configuration
  /// Values since the last drift.
  public private(set) var rows = 0
  /// Their mean.
  public private(set) var mean = 0.0
  /// The sum that grows as the mean rises.
  public private(set) var sumIncrease = 0.0
  /// The sum that falls as the mean does.
  public private(set) var sumDecrease = 0.0
  /// The smallest sum of the first kind; the largest number before the first value.
  public private(set) var minimumIncrease = Double.greatestFiniteMagnitude
  /// The largest sum of the second kind, at least −1.
  public private(set) var maximumDecrease = -1.0
  private var startsOver = false

  /// A detector that has seen nothing.
  ///
  /// - Throws: `HyperparameterError` where a setting is out of its range.
  public init(_ configuration: Configuration = Configuration()) throws(HyperparameterError) {
    let check = HyperparameterCheck(method: Self.name)
    try check.isNotNegative(configuration.warmup, "warmup")
    try check.isNotNegative(configuration.delta, "delta")
    try check.isNotNegative(configuration.threshold, "threshold")
    try check.isShare(configuration.alpha, "alpha")
    self.configuration = configuration
  }

  /// Takes the next value.
  public mutating func update(_ value: Double) -> DriftSignal {
    if startsOver { startOver() }
    rows += 1
    mean += 1 / Double(rows) * (value - mean)
    let deviation = value - mean
    sumIncrease = configuration.alpha * sumIncrease + deviation - configuration.delta
    sumDecrease = configuration.alpha * sumDecrease + deviation + configuration.delta
    minimumIncrease = min(minimumIncrease, sumIncrease)
    maximumDecrease = max(maximumDecrease, sumDecrease)
    guard rows >= configuration.warmup else { return .none }
    let rises = configuration.direction != .down && sumIncrease - minimumIncrease > configuration.threshold
    let falls = configuration.direction != .up && maximumDecrease - sumDecrease > configuration.threshold
    startsOver = rises || falls
    return startsOver ? .drift : .none
  }

  private mutating func startOver() {
    (rows, mean, sumIncrease, sumDecrease) = (0, 0, 0, 0)
    (minimumIncrease, maximumDecrease, startsOver) = (.greatestFiniteMagnitude, -1, false)
  }
}
