public import AttuneCore

/// DDM: a drift where a classifier's error rate rises too far above its lowest.
///
/// With p the error rate so far, `s = √(p (1 − p) / n)`, and p_min, s_min those of the row with the smallest p + s after
/// `warmup` rows: a warning where `p + s > p_min + warning·s_min`, a drift where `p + s > p_min + drift·s_min`.
///
/// - Source: Gama, Medas, Castillo, Rodrigues (2004), Learning with Drift Detection, SBIA, doi:10.1007/978-3-540-28645-5_29,
///   with the comparisons of river 0.26.1, whose detections it equals.
/// - Note: Differs from the source: the thresholds must be exceeded, not reached, so that a stream without errors is quiet.
public struct DriftDetectionMethod: DriftDetector, Equatable {
  /// `ddm` in config files.
  public static let name = "ddm"
  /// What tables and help say.
  public static let summary = "an error rate too far above its lowest"
  /// It takes 0 and 1.
  public static let takesErrorsOnly = true

  /// The settings in a config file.
  public struct Configuration: Codable, Sendable, Equatable, DefaultInitializable {
    /// Rows that are never compared.
    public var warmup = 30
    /// Deviations above the lowest rate at which to warn.
    public var warning = 2.0
    /// Deviations above the lowest rate that are a drift.
    public var drift = 3.0

    /// All defaults.
    public init() {}
  }

  /// The settings.
  public let configuration: Configuration
  /// Rows since the last drift.
  public private(set) var rows = 0
  /// Their share of errors.
  public private(set) var errorRate = 0.0
  /// The error rate of the row with the smallest sum of rate and deviation; nil during the warm-up.
  public private(set) var minimumRate: Double?
  /// The deviation there.
  public private(set) var minimumDeviation: Double?
  private var startsOver = false

  /// A detector that has seen nothing.
  ///
  /// - Throws: `HyperparameterError` where a setting is out of its range.
  public init(_ configuration: Configuration = Configuration()) throws(HyperparameterError) {
    let check = HyperparameterCheck(method: Self.name)
    try check.isNotNegative(configuration.warmup, "warmup")
    try check.isNotNegative(configuration.warning, "warning")
    try check.isNotNegative(configuration.drift, "drift")
    self.configuration = configuration
  }

  /// Takes the next error, 0 or 1.
  public mutating func update(_ value: Double) -> DriftSignal {
    if startsOver { (rows, errorRate, minimumRate, minimumDeviation, startsOver) = (0, 0, nil, nil, false) }
    rows += 1
    errorRate += 1 / Double(rows) * (value - errorRate)
    let deviation = max(0, errorRate * (1 - errorRate) / Double(rows)).squareRoot(), level = errorRate + deviation
    guard rows > configuration.warmup else { return .none }
    if level <= (minimumRate ?? 1) + (minimumDeviation ?? 1) {
      (minimumRate, minimumDeviation) = (errorRate, deviation)
    }
    guard let rate = minimumRate, let spread = minimumDeviation else { return .none }
    startsOver = level > rate + configuration.drift * spread
    return startsOver ? .drift : level > rate + configuration.warning * spread ? .warning : .none
  }
}
