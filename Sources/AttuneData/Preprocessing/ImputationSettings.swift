public import AttuneCore

/// What a missing value becomes.
public enum Imputation: Codable, Sendable, Equatable {
  /// An error: no value is made up.
  case none
  /// The mean of the training part's values; numbers only.
  case mean
  /// The median of the training part's values; numbers only.
  case median
  /// A number; numbers only.
  case constant(Constant)
  /// The training part's most frequent value; of equally frequent ones the first, or the lowest.
  case mostFrequent
  /// A category of its own, `missing`; categories only.
  case category

  /// The number of `constant`.
  public struct Constant: Codable, Sendable, Equatable, DefaultInitializable {
    /// The number.
    public var value = 0.0
    /// 0.
    public init() {}
  }

  private static let kinds = ["none", "mean", "median", "constant", "most-frequent", "category"]

  /// Decodes a name, or a mapping with `kind: constant` and the `value`.
  public init(from decoder: any Decoder) throws {
    switch try ChoiceCoding.kind(from: decoder, known: Self.kinds) {
    case "mean": self = .mean
    case "median": self = .median
    case "constant": self = .constant(try ChoiceCoding.settings(Constant.self, from: decoder))
    case "most-frequent": self = .mostFrequent
    case "category": self = .category
    default: self = .none
    }
  }

  /// Encodes so that decoding gives an equal value.
  public func encode(to encoder: any Encoder) throws {
    if case .constant(let settings) = self {
      try ChoiceCoding.encode(kind: name, settings, to: encoder)
    } else {
      try ChoiceCoding.encode(kind: name, to: encoder)
    }
  }

  /// The name in config files.
  var name: String {
    switch self {
    case .none: "none"
    case .mean: "mean"
    case .median: "median"
    case .constant: "constant"
    case .mostFrequent: "most-frequent"
    case .category: "category"
    }
  }

  var fitsNumbers: Bool { self != .category }
  var fitsCategories: Bool { self == .none || self == .mostFrequent || self == .category }
}

/// What missing values become, column by column; fitted on the training part.
public struct ImputationSettings: Codable, Sendable, Equatable, DefaultInitializable, ValidatedConfiguration {
  /// In columns of numbers.
  public var numeric = Imputation.none
  /// In columns of categories.
  public var categorical = Imputation.none
  /// Whether a column of numbers in which the training part has missing values gets a second input: 1 where it was missing.
  public var indicators = false
  /// In single columns, whatever the others have.
  public var columns: [String: Imputation] = [:]

  /// A missing value is an error.
  public init() {}

  /// Throws a `ConfigValueError` for the first setting that does not fit its columns.
  public func validate() throws {
    try ConfigCheck.require(
      numeric.fitsNumbers, "numeric", "must be none, mean, median, constant or most-frequent: these are numbers")
    try ConfigCheck.require(
      categorical.fitsCategories, "categorical", "must be none, most-frequent or category: these are no numbers")
  }

  /// What a missing value of a column becomes.
  public func imputation(of column: String, isCategorical: Bool) -> Imputation {
    columns[column] ?? (isCategorical ? categorical : numeric)
  }

  /// In which columns a value may be missing.
  public var missingRule: MissingRule {
    MissingRule(
      numeric: numeric != .none, categorical: categorical != .none, columns: columns.mapValues { $0 != .none })
  }
}
