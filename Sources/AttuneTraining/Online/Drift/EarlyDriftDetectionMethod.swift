public import AttuneCore

/// EDDM: a drift where a classifier's errors come closer together than they did.
///
/// With p and s the mean and the standard deviation of the number of rows from one error to the next, and m the largest
/// p + 2s so far: at an error after `warmup` errors, a warning where `(p + 2s) / m < warning`, a drift where it is below
/// `drift`. A signal of warning lasts until an error changes it.
///
/// - Source: Baena-García et al. (2006), Early Drift Detection Method, Workshop on Knowledge Discovery from Data Streams, with
///   the comparisons of river 0.26.1, whose detections it equals.
public struct EarlyDriftDetectionMethod: DriftDetector, Equatable {
  /// `eddm` in config files.
  public static let name = "eddm"
  /// What tables and help say.
  public static let summary = "errors that come closer together than they did"
  /// It takes 0 and 1.
  public static let takesErrorsOnly = true

  /// The settings in a config file.
  public struct Configuration: Codable, Sendable, Equatable, DefaultInitializable {
    /// Errors, and rows, before the first comparison.
    public var warmup = 30
    /// The share of the largest distance below which to warn.
    public var warning = 0.95
    /// The share of the largest distance below which it is a drift.
    public var drift = 0.9

    /// All defaults.
    public init() {}
  }

  /// The settings.
  public let configuration: Configuration
  /// Rows since the last drift.
  public private(set) var rows = 0
  /// Errors among them.
  public private(set) var errors = 0
  /// Mean number of rows from one error to the next.
  public private(set) var meanDistance = 0.0
  /// The largest sum of mean and two deviations; nil before there was one.
  public private(set) var maximum: Double?
  private var squares = 0.0
  private var lastError = 0
  private var isWarning = false
  private var startsOver = false

  /// A detector that has seen nothing.
  ///
  /// - Throws: `HyperparameterError` where a setting is out of its range.
  public init(_ configuration: Configuration = Configuration()) throws(HyperparameterError) {
    let check = HyperparameterCheck(method: Self.name)
    try check.isNotNegative(configuration.warmup, "warmup")
    try check.isShare(configuration.warning, "warning")
    try check.isShare(configuration.drift, "drift")
    guard configuration.drift <= configuration.warning else {
      throw HyperparameterError(
        method: Self.name, problem: "drift is \(configuration.drift), above warning, \(configuration.warning)",
        advice: "give a share of at most that of the warning")
    }
    self.configuration = configuration
  }

  /// Sample variance of the number of rows from one error to the next, 0 of fewer than two.
  public var varianceOfDistance: Double { errors > 1 ? squares / Double(errors - 1) : 0 }

  /// Takes the next error, 0 or 1.
  public mutating func update(_ value: Double) -> DriftSignal {
    if startsOver { startOver() }
    rows += 1
    guard value == 1 else { return isWarning ? .warning : .none }
    errors += 1
    let distance = Double(rows - lastError), before = meanDistance
    meanDistance += 1 / Double(errors) * (distance - meanDistance)
    squares += (distance - before) * (distance - meanDistance)
    lastError = rows
    guard rows > configuration.warmup else { return isWarning ? .warning : .none }
    let reach = meanDistance + 2 * varianceOfDistance.squareRoot()
    guard let largest = maximum, reach <= largest else {
      maximum = reach
      return isWarning ? .warning : .none
    }
    guard errors > configuration.warmup else { return isWarning ? .warning : .none }
    let level = reach / largest
    startsOver = level < configuration.drift
    guard !startsOver else { return .drift }
    isWarning = level < configuration.warning
    return isWarning ? .warning : .none
  }

  private mutating func startOver() {
    (rows, errors, meanDistance, squares, maximum) = (0, 0, 0, 0, nil)
    (lastError, isWarning, startsOver) = (0, false, false)
  }
}
