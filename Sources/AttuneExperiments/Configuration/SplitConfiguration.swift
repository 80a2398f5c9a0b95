public import AttuneCore

/// The split of rows into a training part and a test part.
public enum SplitConfiguration: Codable, Sendable, Equatable {
  /// At random, anew for each seed.
  case random(Random)
  /// The first rows train, the later ones test.
  case time(Time)
  /// By groups of rows, none of which is on both sides.
  case group(Group)
  /// By lists of rows in files.
  case rows(Rows)

  /// The settings of a random split.
  public struct Random: Codable, Sendable, Equatable, DefaultInitializable, ValidatedConfiguration {
    /// Share of the rows that train, above 0 and below 1.
    public var trainFraction = 0.5
    /// Whether classes keep their shares; nil does so for a classification.
    public var stratified: Bool?

    /// Half of the rows.
    public init() {}

    /// Throws a `ConfigValueError` for the first setting out of its range.
    public func validate() throws { try SplitConfiguration.requireFraction(trainFraction) }
  }

  /// The settings of a split in time.
  public struct Time: Codable, Sendable, Equatable, DefaultInitializable, ValidatedConfiguration {
    /// Share of the rows that train, above 0 and below 1.
    public var trainFraction = 0.5
    /// The column to sort by; nil keeps the order of the file.
    public var column: String?
    /// Whether that column is a feature too.
    public var feature = false

    /// The first half of the rows.
    public init() {}

    /// Throws a `ConfigValueError` for the first setting out of its range.
    public func validate() throws {
      try SplitConfiguration.requireFraction(trainFraction)
      if feature, column == nil {
        throw ConfigValueError("does nothing without 'column', the column that it is about", key: "feature")
      }
    }
  }

  /// The settings of a split by group.
  public struct Group: Codable, Sendable, Equatable, ValidatedConfiguration {
    static let defaultFraction = 0.5

    /// The column that names the group of a row.
    public var column: String
    /// Share of the rows that train, above 0 and below 1; met as well as whole groups allow. Nil is one half.
    public var trainFraction: Double?
    /// The groups that test; nil chooses them at random.
    public var test: [String]?
    /// Whether the column is a feature too; nil is no.
    public var feature: Bool?

    /// Throws a `ConfigValueError` for the first setting out of its range.
    public func validate() throws {
      if let trainFraction { try SplitConfiguration.requireFraction(trainFraction) }
      guard let test else { return }
      try ConfigCheck.require(!test.isEmpty, "test", "must be one name of a group or more")
      if trainFraction != nil {
        throw ConfigValueError("does nothing beside 'test', which names the groups; remove one", key: "trainFraction")
      }
    }
  }

  /// The settings of a split by published lists of rows.
  public struct Rows: Codable, Sendable, Equatable {
    /// Path of the training rows, relative to the config file: one number a line, from 0; `{seed}` stands for the seed.
    public var train: String
    /// Path of the test rows, likewise.
    public var test: String
  }

  /// Half of the rows, at random.
  public init() { self = .random(Random()) }

  private enum Key: String, CodingKey { case kind }
  private static let kinds = ["random", "time", "group", "rows"]

  /// Decodes from a config or model file; a value that does not fit is an error with its place.
  public init(from decoder: any Decoder) throws {
    if let keys = try? decoder.container(keyedBy: Key.self), !keys.contains(.kind) {
      self = .random(try decoder.singleValueContainer().decode(Random.self))
      return
    }
    switch try ChoiceCoding.kind(from: decoder, known: Self.kinds) {
    case "time": self = .time(try ChoiceCoding.settings(Time.self, from: decoder))
    case "group": self = .group(try decoder.singleValueContainer().decode(Group.self))
    case "rows": self = .rows(try decoder.singleValueContainer().decode(Rows.self))
    default: self = .random(try ChoiceCoding.settings(Random.self, from: decoder))
    }
  }

  /// Encodes so that decoding gives an equal value.
  public func encode(to encoder: any Encoder) throws {
    switch self {
    case .random(let settings): try ChoiceCoding.encode(kind: "random", settings, to: encoder)
    case .time(let settings): try ChoiceCoding.encode(kind: "time", settings, to: encoder)
    case .group(let settings): try ChoiceCoding.encode(kind: "group", settings, to: encoder)
    case .rows(let settings): try ChoiceCoding.encode(kind: "rows", settings, to: encoder)
    }
  }

  fileprivate static func requireFraction(_ fraction: Double) throws {
    try ConfigCheck.require(fraction > 0 && fraction < 1, "trainFraction", "must be a number above 0 and below 1")
  }
}

extension SplitConfiguration {
  /// The column that the split goes by; nil where it goes by none.
  var column: String? {
    switch self {
    case .time(let time): time.column
    case .group(let group): group.column
    case .random, .rows: nil
    }
  }

  /// Whether that column is a feature too.
  var isFeature: Bool {
    switch self {
    case .time(let time): time.feature
    case .group(let group): group.feature ?? false
    case .random, .rows: false
    }
  }

  /// The files of the split for some seeds, as given.
  func paths(seeds: [UInt64]) -> [String] {
    guard case .rows(let lists) = self else { return [] }
    return seeds.flatMap { seed in [lists.train, lists.test].map { Rows.path($0, seed: seed) } }
  }

  /// The split with every path replaced.
  func mappingPaths(_ transform: (String) -> String) -> SplitConfiguration {
    guard case .rows(var lists) = self else { return self }
    (lists.train, lists.test) = (transform(lists.train), transform(lists.test))
    return .rows(lists)
  }
}

extension SplitConfiguration.Rows {
  func trainPath(seed: UInt64, folder: String) -> String {
    DataPath.resolve(Self.path(train, seed: seed), folder: folder)
  }

  func testPath(seed: UInt64, folder: String) -> String {
    DataPath.resolve(Self.path(test, seed: seed), folder: folder)
  }

  static func path(_ template: String, seed: UInt64) -> String {
    template.replacing("{seed}", with: "\(seed)")
  }
}
