public import AttuneCore
public import AttuneData

/// A stream of an online experiment: rows with labels, read one after another.
public struct OnlineStreamConfiguration: Codable, Sendable, Equatable, ValidatedConfiguration {
  /// Name in tables.
  public var name: String
  /// Where the rows come from; their order is the stream.
  public var source: OnlineSourceConfiguration
  /// What is predicted.
  public var task: PredictionTask
  /// The columns that are inputs, in this order; nil takes all but the target and those that are ignored. CSV only.
  public var features: [String]?
  /// The classes in the order of their numbers; nil finds them in a first pass. CSV only.
  public var classes: [String]?
  /// When the labels come, and whether.
  public var labels: Labels
  /// Rows at the start that are answered and learned, but not scored.
  public var warmUp: Int
  /// Rows after which the stream ends; nil takes all.
  public var maximumRows: Int?

  /// When labels come.
  public struct Labels: Codable, Sendable, Equatable, DefaultInitializable, ValidatedConfiguration {
    /// The longest delay: the rows on the way are kept in memory.
    public static let delayLimit = 1_000_000

    /// The label of a row comes before so many rows after it is answered; 0 and 1 are the same: before the next row.
    public var delay = 0
    /// The share of rows, at random, whose label never comes; they are scored all the same.
    public var missing = 0.0

    /// Each label comes before the next row.
    public init() {}

    /// Throws a `ConfigValueError` for the first setting out of its range.
    public func validate() throws {
      try ConfigCheck.range("delay", delay, atLeast: 0, atMost: Self.delayLimit)
      try ConfigCheck.range("missing", missing, atLeast: 0, atMost: 1)
    }
  }

  private enum CodingKeys: String, CodingKey {
    case name, source, task, features, classes, labels, warmUp, maximumRows
  }

  /// Decodes from a config file; a value that does not fit is an error with its place.
  public init(from decoder: any Decoder) throws {
    let keys = try decoder.container(keyedBy: CodingKeys.self)
    name = try keys.decode(String.self, forKey: .name)
    source = try keys.decode(OnlineSourceConfiguration.self, forKey: .source)
    task = try keys.decode(PredictionTask.self, forKey: .task)
    features = try keys.decodeIfPresent([String].self, forKey: .features)
    classes = try keys.decodeIfPresent([String].self, forKey: .classes)
    labels = try keys.decodeIfPresent(Labels.self, forKey: .labels) ?? Labels()
    warmUp = try keys.decodeIfPresent(Int.self, forKey: .warmUp) ?? 0
    maximumRows = try keys.decodeIfPresent(Int.self, forKey: .maximumRows)
  }

  /// Throws a `ConfigValueError` for the first setting that does not fit the others.
  public func validate() throws {
    try ConfigCheck.require(!name.isEmpty, "name", "must not be empty")
    try ConfigCheck.range("warmUp", warmUp, atLeast: 0)
    if let maximumRows {
      try ConfigCheck.range("maximumRows", maximumRows, atLeast: 1)
      try ConfigCheck.require(warmUp < maximumRows, "warmUp", "must be below maximumRows, or nothing is scored")
    }
    for (key, names) in [("features", features), ("classes", classes)] {
      guard let names else { continue }
      guard case .data(.csv(let csv)) = source else {
        throw ConfigValueError("is for a csv source only; remove it", key: key)
      }
      try ConfigCheck.require(!names.isEmpty, key, "must not be empty")
      try ConfigCheck.require(Set(names).count == names.count, key, "must name each once")
      guard key == "features" else { continue }
      try ConfigCheck.require(!names.contains(csv.target), key, "must not name the target '\(csv.target)'")
      if let ignored = names.first(where: csv.ignore.contains) {
        throw ConfigValueError("must not name a column that is ignored", key: key, given: ignored)
      }
    }
    if let classes {
      try ConfigCheck.require(task == .classification, "classes", "is for classification only; remove it")
      try ConfigCheck.require(classes.count >= 2, "classes", "must be two or more")
    }
    guard case .data(let source) = source else { return }
    if task == .classification, let name = source.generatedName {
      throw ConfigValueError("\(name) are numbers: expected regression", key: "task", given: "classification")
    }
    if case .text = source {
      throw ConfigValueError(
        "must be of another kind: the words of texts become columns when a training part is known, and a stream has none",
        key: "source", given: "text")
    }
    if case .csv(let csv) = source {
      try ConfigCheck.require(csv.pixels == nil, "source", "has 'pixels', which streams do not know; remove it")
      try ConfigCheck.require(
        !csv.streaming, "source", "has 'streaming', which does nothing here: streams are read row by row; remove it")
    }
  }

  /// The configuration with every path replaced.
  func mappingPaths(_ transform: (String) -> String) -> OnlineStreamConfiguration {
    var copy = self
    if case .data(let source) = source { copy.source = .data(source.mappingPaths(transform)) }
    return copy
  }

  /// The rules under which labels come, in words.
  var labelText: String {
    var parts = [labels.delay > 1 ? "labels \(labels.delay) rows late" : "each label before the next row"]
    if labels.missing > 0 { parts.append("\(NumberFormat.significant(labels.missing * 100)) % never come") }
    return parts.joined(separator: ", ")
  }
}

/// Where the rows of a stream come from: a source of data, or a generator.
public enum OnlineSourceConfiguration: Codable, Sendable, Equatable {
  /// Files, or generated house prices, as in `data.source`.
  case data(DataSourceConfiguration)
  /// A generated stream whose relation changes.
  case hyperplane(Hyperplane)

  static let hyperplaneKind = "hyperplane"

  /// Decodes from a config file; a value that does not fit is an error with its place.
  public init(from decoder: any Decoder) throws {
    let known = DataSourceConfiguration.kinds + [Self.hyperplaneKind]
    guard try ChoiceCoding.kind(from: decoder, known: known) == Self.hyperplaneKind else {
      self = .data(try decoder.singleValueContainer().decode(DataSourceConfiguration.self))
      return
    }
    self = .hyperplane(try ChoiceCoding.settings(Hyperplane.self, from: decoder))
  }

  /// Encodes so that decoding gives an equal value.
  public func encode(to encoder: any Encoder) throws {
    switch self {
    case .data(let source): try source.encode(to: encoder)
    case .hyperplane(let plane): try ChoiceCoding.encode(kind: Self.hyperplaneKind, plane, to: encoder)
    }
  }

  /// Whether each seed has rows of its own.
  var isGenerated: Bool {
    switch self {
    case .hyperplane: true
    case .data(let source): source.generatedName != nil
    }
  }

  /// The paths of all files, as given.
  var paths: [String] {
    if case .data(let source) = self { source.paths } else { [] }
  }

  /// One line for tables.
  var summary: String {
    switch self {
    case .hyperplane(let plane):
      "hyperplane of \(plane.features) inputs"
        + (plane.driftEvery > 0 ? ", a new one every \(plane.driftEvery) rows" : "")
    case .data(.gaussianLinear(let rows)): rows.summary
    case .data(let source):
      source.generatedName
        ?? source.paths.map { $0.split(separator: "/").last.map(String.init) ?? $0 }.joined(separator: ", ")
    }
  }
}
