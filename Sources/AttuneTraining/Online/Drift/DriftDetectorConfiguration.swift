public import AttuneCore

/// A drift detector in a config file: `drift: adwin`, or a mapping with `kind` and the detector's settings.
public enum DriftDetectorConfiguration: Codable, Sendable, Equatable, ValidatedConfiguration {
  /// A window that is cut.
  case adwin(AdaptiveWindowing.Configuration)
  /// An error rate above its lowest.
  case ddm(DriftDetectionMethod.Configuration)
  /// Errors that come closer together.
  case eddm(EarlyDriftDetectionMethod.Configuration)
  /// Summed deviations from the mean.
  case pageHinkley(PageHinkley.Configuration)

  /// The names of all detectors.
  public static let kinds = [
    AdaptiveWindowing.name, DriftDetectionMethod.name, EarlyDriftDetectionMethod.name, PageHinkley.name,
  ]

  /// The name of the kind.
  public var kind: String {
    switch self {
    case .adwin: AdaptiveWindowing.name
    case .ddm: DriftDetectionMethod.name
    case .eddm: EarlyDriftDetectionMethod.name
    case .pageHinkley: PageHinkley.name
    }
  }

  /// Whether the detector takes errors of 0 and 1 only, as a classifier makes them.
  public var takesErrorsOnly: Bool {
    switch self {
    case .adwin: AdaptiveWindowing.takesErrorsOnly
    case .ddm: DriftDetectionMethod.takesErrorsOnly
    case .eddm: EarlyDriftDetectionMethod.takesErrorsOnly
    case .pageHinkley: PageHinkley.takesErrorsOnly
    }
  }

  /// Decodes from a config file; a value that does not fit is an error with its place.
  public init(from decoder: any Decoder) throws {
    switch try ChoiceCoding.kind(from: decoder, known: Self.kinds) {
    case DriftDetectionMethod.name:
      self = .ddm(try ChoiceCoding.settings(DriftDetectionMethod.Configuration.self, from: decoder))
    case EarlyDriftDetectionMethod.name:
      self = .eddm(try ChoiceCoding.settings(EarlyDriftDetectionMethod.Configuration.self, from: decoder))
    case PageHinkley.name: self = .pageHinkley(try ChoiceCoding.settings(PageHinkley.Configuration.self, from: decoder))
    default: self = .adwin(try ChoiceCoding.settings(AdaptiveWindowing.Configuration.self, from: decoder))
    }
  }

  /// Encodes so that decoding gives an equal value.
  public func encode(to encoder: any Encoder) throws {
    switch self {
    case .adwin(let settings): try ChoiceCoding.encode(kind: kind, settings, to: encoder)
    case .ddm(let settings): try ChoiceCoding.encode(kind: kind, settings, to: encoder)
    case .eddm(let settings): try ChoiceCoding.encode(kind: kind, settings, to: encoder)
    case .pageHinkley(let settings): try ChoiceCoding.encode(kind: kind, settings, to: encoder)
    }
  }

  /// The detector.
  ///
  /// - Throws: `HyperparameterError` where a setting is out of its range.
  public func make() throws(HyperparameterError) -> any DriftDetector {
    switch self {
    case .adwin(let settings): try AdaptiveWindowing(settings)
    case .ddm(let settings): try DriftDetectionMethod(settings)
    case .eddm(let settings): try EarlyDriftDetectionMethod(settings)
    case .pageHinkley(let settings): try PageHinkley(settings)
    }
  }

  /// Throws a `ConfigValueError` for the first setting out of its range.
  public func validate() throws {
    do { _ = try make() } catch {
      throw ConfigValueError("\(error.problem); \(error.advice)")
    }
  }
}
