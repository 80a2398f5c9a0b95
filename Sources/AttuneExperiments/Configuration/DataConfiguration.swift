public import AttuneCore
public import AttuneData

/// Where rows come from and how they reach the network.
public struct DataConfiguration: Codable, Sendable, ValidatedConfiguration {
  /// The rows that are split into a training part and a test part.
  public var source: DataSourceConfiguration
  /// What is predicted.
  public var task: PredictionTask
  /// The split into training and test part; not looked at where `test` is given.
  public var split: SplitConfiguration
  /// The official test part: rows of their own, so that all rows of `source` train. Nil where `source` is split.
  public var test: DataSourceConfiguration?
  /// Labeled rows of the training part that no model is trained on; nil holds none out.
  public var heldOut: HeldOutConfiguration?
  /// Whether each seed trains on rows drawn with replacement from the training part, as many as it has.
  public var bootstrap: Bool
  /// Whether a network predicts targets of mean 0 and deviation 1 in the training part, or targets in their own unit.
  public var scaleTargets: Bool
  /// What happens to a row before it reaches the network; fitted on the training part.
  public var preprocessing: PreprocessingConfiguration
  /// What missing values become; fitted on the training part.
  public var imputation: ImputationSettings
  /// How categories become numbers; fitted on the training part.
  public var encoding: EncodingSettings
  /// The size of the images that the rows are; nil takes it from the file, where that says it.
  public var image: ImageShape?
  /// Lowest and highest value that a feature can have; shifts do not leave it. Nil for no bounds.
  public var range: [Double]?

  /// Decodes from a config or model file; a value that does not fit is an error with its place.
  public init(from decoder: any Decoder) throws {
    let keys = try decoder.container(keyedBy: CodingKeys.self)
    source = try keys.decode(DataSourceConfiguration.self, forKey: .source)
    test = try keys.decodeIfPresent(DataSourceConfiguration.self, forKey: .test)
    task = try keys.decode(PredictionTask.self, forKey: .task)
    if test != nil, keys.contains(.split) {
      throw ConfigValueError("does nothing beside 'test', which is the whole test part; remove one", key: "split")
    }
    split = try keys.decodeIfPresent(SplitConfiguration.self, forKey: .split) ?? SplitConfiguration()
    heldOut = try keys.decodeIfPresent(HeldOutConfiguration.self, forKey: .heldOut)
    bootstrap = try keys.decodeIfPresent(Bool.self, forKey: .bootstrap) ?? false
    preprocessing =
      try keys.decodeIfPresent(PreprocessingConfiguration.self, forKey: .preprocessing) ?? .standardize
    scaleTargets = try keys.decodeIfPresent(Bool.self, forKey: .scaleTargets) ?? true
    imputation = try keys.decodeIfPresent(ImputationSettings.self, forKey: .imputation) ?? ImputationSettings()
    encoding = try keys.decodeIfPresent(EncodingSettings.self, forKey: .encoding) ?? EncodingSettings()
    image = try keys.decodeIfPresent(ImageShape.self, forKey: .image)
    range = try keys.decodeIfPresent([Double].self, forKey: .range)
  }

  private enum CodingKeys: String, CodingKey {
    case source, test, task, split, heldOut, bootstrap, scaleTargets, preprocessing, imputation, encoding, image, range
  }

  /// Encodes so that decoding gives an equal value.
  public func encode(to encoder: any Encoder) throws {
    var keys = encoder.container(keyedBy: CodingKeys.self)
    try keys.encode(source, forKey: .source)
    try keys.encodeIfPresent(test, forKey: .test)
    try keys.encode(task, forKey: .task)
    if test == nil { try keys.encode(split, forKey: .split) }
    try keys.encodeIfPresent(heldOut, forKey: .heldOut)
    try keys.encode(bootstrap, forKey: .bootstrap)
    if task == .regression { try keys.encode(scaleTargets, forKey: .scaleTargets) }
    try keys.encode(preprocessing, forKey: .preprocessing)
    try keys.encode(imputation, forKey: .imputation)
    try keys.encode(encoding, forKey: .encoding)
    try keys.encodeIfPresent(image, forKey: .image)
    try keys.encodeIfPresent(range, forKey: .range)
  }

  /// Throws a `ConfigValueError` for the first setting out of its range.
  public func validate() throws {
    if let range, range.count != 2 || range[0] >= range[1] {
      throw ConfigValueError("expected two numbers, the lower one first", key: "range", given: "\(range)")
    }
    if task == .classification, let name = [source, test].compactMap({ $0?.generatedName }).first {
      throw ConfigValueError("\(name) are numbers: expected regression", key: "task", given: "classification")
    }
    try ConfigCheck.require(
      scaleTargets || task == .regression, "scaleTargets", "must be left out for classes, which are not scaled")
    try validateTexts()
    if task == .regression, case .random(let random) = split, random.stratified == true {
      throw ConfigValueError("a stratified split needs classes: expected false, or classification", key: "split")
    }
    if case .rows = heldOut {
      guard test == nil, case .rows = split else {
        throw ConfigValueError(
          "a list of rows goes with split.kind: rows; here expected a share of the training part, {fraction: 0.2}",
          key: "heldOut")
      }
    }
    if test == nil, case .rows = split, case .csv(let csv) = source, csv.onError == .skip {
      throw ConfigValueError(
        "lists of rows count all rows of the file, but the source leaves bad rows out (onError: skip), which would "
          + "shift the numbers: mend the file and remove 'onError', or split another way", key: "split")
    }
  }
}

extension DataConfiguration {
  private func validateTexts() throws {
    guard case .text(let text) = source else {
      if case .text = test {
        throw ConfigValueError("texts need a 'source' of kind text, whose words they share", key: "test")
      }
      return
    }
    try ConfigCheck.require(task == .classification, "task", "must be classification: texts have classes")
    try ConfigCheck.require(
      test != nil || split.column == nil, "split", "must go by no column: texts have none before their words are known")
    if let test {
      guard case .text = test else {
        throw ConfigValueError("must be of kind text, as 'source' is", key: "test")
      }
    }
    if test == nil, case .rows = split, text.deduplicate {
      throw ConfigValueError(
        "lists of rows count all texts of the files, but the source leaves repeated ones out (deduplicate: true), which "
          + "would shift the numbers: remove 'deduplicate', or split another way", key: "split")
    }
  }
}

/// A source of rows.
public enum DataSourceConfiguration: Codable, Sendable, Equatable {
  /// A CSV file.
  case csv(CSV)
  /// A NumPy file of features with one of targets.
  case npy(NPY)
  /// Two arrays of a NumPy archive.
  case npz(NPZ)
  /// Two IDX files, as MNIST comes.
  case idx(IDX)
  /// A file of sparse lines.
  case libsvm(LIBSVM)
  /// Files of labeled texts.
  case text(Text)
  /// Generated house prices.
  case housePrices(HousePrices)
  /// Generated rows whose target is linear in normal inputs.
  case gaussianLinear(GaussianLinear)

  /// Two NumPy files.
  public struct NPY: Codable, Sendable, Equatable {
    /// Path of the features, `[n, d]`, relative to the config file.
    public var features: String
    /// Path of the targets: class numbers or values, `[n]`.
    public var targets: String
  }

  static let kinds = ["csv", "npy", "npz", "idx", "libsvm", "text", "house-prices", "gaussian-linear"]

  /// Decodes from a config or model file; a value that does not fit is an error with its place.
  public init(from decoder: any Decoder) throws {
    switch try ChoiceCoding.kind(from: decoder, known: Self.kinds) {
    case "csv": self = .csv(try decoder.singleValueContainer().decode(CSV.self))
    case "npy": self = .npy(try decoder.singleValueContainer().decode(NPY.self))
    case "npz": self = .npz(try decoder.singleValueContainer().decode(NPZ.self))
    case "idx": self = .idx(try decoder.singleValueContainer().decode(IDX.self))
    case "libsvm": self = .libsvm(try decoder.singleValueContainer().decode(LIBSVM.self))
    case "gaussian-linear": self = .gaussianLinear(try decoder.singleValueContainer().decode(GaussianLinear.self))
    case "text": self = .text(try decoder.singleValueContainer().decode(Text.self))
    default: self = .housePrices(try decoder.singleValueContainer().decode(HousePrices.self))
    }
  }

  /// Encodes so that decoding gives an equal value.
  public func encode(to encoder: any Encoder) throws {
    switch self {
    case .csv(let settings): try ChoiceCoding.encode(kind: "csv", settings, to: encoder)
    case .npy(let settings): try ChoiceCoding.encode(kind: "npy", settings, to: encoder)
    case .npz(let settings): try ChoiceCoding.encode(kind: "npz", settings, to: encoder)
    case .idx(let settings): try ChoiceCoding.encode(kind: "idx", settings, to: encoder)
    case .libsvm(let settings): try ChoiceCoding.encode(kind: "libsvm", settings, to: encoder)
    case .text(let settings): try ChoiceCoding.encode(kind: "text", settings, to: encoder)
    case .housePrices(let settings): try ChoiceCoding.encode(kind: "house-prices", settings, to: encoder)
    case .gaussianLinear(let settings): try ChoiceCoding.encode(kind: "gaussian-linear", settings, to: encoder)
    }
  }
}

/// What happens to a row before it reaches the network.
public enum PreprocessingConfiguration: Codable, Sendable, Equatable {
  /// Nothing.
  case none
  /// Every column to mean 0 and deviation 1 of the training part.
  case standardize
  /// Every column to mean 0 of the training part, in its own unit.
  case center
  /// Every value times a factor, for example 0.0625 for pixels from 0 to 16.
  case scale(Scale)

  /// The factor of `scale`.
  public struct Scale: Codable, Sendable, Equatable, DefaultInitializable {
    /// The factor.
    public var factor = 1.0
    /// A factor of 1.
    public init() {}
  }

  private static let kinds = ["none", "standardize", "center", "scale"]

  /// Decodes from a config or model file; a value that does not fit is an error with its place.
  public init(from decoder: any Decoder) throws {
    switch try ChoiceCoding.kind(from: decoder, known: Self.kinds) {
    case "none": self = .none
    case "center": self = .center
    case "scale": self = .scale(try ChoiceCoding.settings(Scale.self, from: decoder))
    default: self = .standardize
    }
  }

  /// Encodes so that decoding gives an equal value.
  public func encode(to encoder: any Encoder) throws {
    switch self {
    case .none: try ChoiceCoding.encode(kind: "none", to: encoder)
    case .standardize: try ChoiceCoding.encode(kind: "standardize", to: encoder)
    case .center: try ChoiceCoding.encode(kind: "center", to: encoder)
    case .scale(let settings): try ChoiceCoding.encode(kind: "scale", settings, to: encoder)
    }
  }
}

extension DataConfiguration {
  /// The preprocessing of a training part, with all columns or those that a training arm uses.
  func fitPreprocessing(to rows: some TableRows, using used: [String]? = nil) throws -> Preprocessing {
    let (kind, factor): (Preprocessing.Kind, Double) =
      switch preprocessing {
      case .none: (.none, 1)
      case .standardize: (.standardize, 1)
      case .center: (.center, 1)
      case .scale(let settings): (.scale, settings.factor)
      }
    return try Preprocessing.fit(
      kind, factor: factor, scalingTargets: scaleTargets, imputation: imputation, encoding: encoding, using: used,
      to: rows)
  }
}

extension DataConfiguration {
  /// Rows of another source with the columns of the training part, in its order and with its codes.
  func aligned(_ rows: Table, to training: Table) throws -> Table {
    try Preprocessing.fit(.none, imputation: imputation, encoding: encoding, to: training).aligned(rows)
  }
}
