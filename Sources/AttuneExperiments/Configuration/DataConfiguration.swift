public import AttuneCore
public import AttuneData

/// Where rows come from and how they reach the network.
public struct DataConfiguration: Codable, Sendable, ValidatedConfiguration {
  /// The rows that are split into a training part and a test part.
  public var source: DataSourceConfiguration
  /// What is predicted.
  public var task: PredictionTask
  /// The split into training and test part.
  public var split: SplitConfiguration
  /// What happens to a row before it reaches the network; fitted on the training part.
  public var preprocessing: PreprocessingConfiguration
  /// The size of the images that the rows are; nil where they are none.
  public var image: ImageShape?
  /// Lowest and highest value that a feature can have; shifts do not leave it. Nil for no bounds.
  public var range: [Double]?

  /// Decodes from a config or model file; a value that does not fit is an error with its place.
  public init(from decoder: any Decoder) throws {
    let keys = try decoder.container(keyedBy: CodingKeys.self)
    source = try keys.decode(DataSourceConfiguration.self, forKey: .source)
    task = try keys.decode(PredictionTask.self, forKey: .task)
    split = try keys.decodeIfPresent(SplitConfiguration.self, forKey: .split) ?? SplitConfiguration()
    preprocessing =
      try keys.decodeIfPresent(PreprocessingConfiguration.self, forKey: .preprocessing) ?? .standardize
    image = try keys.decodeIfPresent(ImageShape.self, forKey: .image)
    range = try keys.decodeIfPresent([Double].self, forKey: .range)
  }

  /// Throws a `ConfigValueError` for the first setting out of its range.
  public func validate() throws {
    if let range, range.count != 2 || range[0] >= range[1] {
      throw ConfigValueError("expected two numbers, the lower one first", key: "range", given: "\(range)")
    }
    if task == .classification, case .housePrices = source {
      throw ConfigValueError("house prices are numbers: expected regression", key: "task", given: "classification")
    }
  }
}

/// The split of rows into a training part and a test part.
public struct SplitConfiguration: Codable, Sendable, Equatable, DefaultInitializable, ValidatedConfiguration {
  /// How rows are chosen.
  public enum Kind: String, Codable, CaseIterable, Sendable {
    /// At random, anew for each seed; classes keep their shares.
    case random
    /// The first rows train, the later ones test.
    case time
  }

  /// How rows are chosen.
  public var kind = Kind.random
  /// Share of the rows that train, above 0 and below 1.
  public var trainFraction = 0.5

  /// Half of the rows, at random.
  public init() {}

  /// Throws a `ConfigValueError` for the first setting out of its range.
  public func validate() throws {
    try ConfigCheck.require(
      trainFraction > 0 && trainFraction < 1, "trainFraction", "must be a number above 0 and below 1")
  }
}

/// A source of rows.
public enum DataSourceConfiguration: Codable, Sendable, Equatable {
  /// A CSV file with a header.
  case csv(CSV)
  /// A NumPy file of features with one of targets.
  case npy(NPY)
  /// Generated house prices.
  case housePrices(HousePrices)

  /// A CSV file.
  public struct CSV: Codable, Sendable, Equatable {
    /// Path of the file, relative to the config file; a leading `$ATTUNE_DATA` is replaced by that variable.
    public var path: String
    /// Name of the target column.
    public var target: String
  }

  /// Two NumPy files.
  public struct NPY: Codable, Sendable, Equatable {
    /// Path of the features, `[n, d]`, relative to the config file.
    public var features: String
    /// Path of the targets: class numbers or values, `[n]`.
    public var targets: String
  }

  private static let kinds = ["csv", "npy", "house-prices"]

  /// Decodes from a config or model file; a value that does not fit is an error with its place.
  public init(from decoder: any Decoder) throws {
    switch try ChoiceCoding.kind(from: decoder, known: Self.kinds) {
    case "csv": self = .csv(try decoder.singleValueContainer().decode(CSV.self))
    case "npy": self = .npy(try decoder.singleValueContainer().decode(NPY.self))
    default: self = .housePrices(try decoder.singleValueContainer().decode(HousePrices.self))
    }
  }

  /// Encodes so that decoding gives an equal value.
  public func encode(to encoder: any Encoder) throws {
    switch self {
    case .csv(let settings): try ChoiceCoding.encode(kind: "csv", settings, to: encoder)
    case .npy(let settings): try ChoiceCoding.encode(kind: "npy", settings, to: encoder)
    case .housePrices(let settings): try ChoiceCoding.encode(kind: "house-prices", settings, to: encoder)
    }
  }
}

/// What happens to a row before it reaches the network.
public enum PreprocessingConfiguration: Codable, Sendable, Equatable {
  /// Nothing.
  case none
  /// Every column to mean 0 and deviation 1 of the training part.
  case standardize
  /// Every value times a factor, for example 0.0625 for pixels from 0 to 16.
  case scale(Scale)

  /// The factor of `scale`.
  public struct Scale: Codable, Sendable, Equatable, DefaultInitializable {
    /// The factor.
    public var factor = 1.0
    /// A factor of 1.
    public init() {}
  }

  private static let kinds = ["none", "standardize", "scale"]

  /// Decodes from a config or model file; a value that does not fit is an error with its place.
  public init(from decoder: any Decoder) throws {
    switch try ChoiceCoding.kind(from: decoder, known: Self.kinds) {
    case "none": self = .none
    case "scale": self = .scale(try ChoiceCoding.settings(Scale.self, from: decoder))
    default: self = .standardize
    }
  }

  /// Encodes so that decoding gives an equal value.
  public func encode(to encoder: any Encoder) throws {
    switch self {
    case .none: try ChoiceCoding.encode(kind: "none", to: encoder)
    case .standardize: try ChoiceCoding.encode(kind: "standardize", to: encoder)
    case .scale(let settings): try ChoiceCoding.encode(kind: "scale", settings, to: encoder)
    }
  }
}

extension PreprocessingConfiguration {
  /// The preprocessing of a training part.
  func fit(to rows: Table) throws -> Preprocessing {
    switch self {
    case .none: try Preprocessing.fit(.none, to: rows)
    case .standardize: try Preprocessing.fit(.standardize, to: rows)
    case .scale(let settings): try Preprocessing.fit(.scale, factor: settings.factor, to: rows)
    }
  }
}
