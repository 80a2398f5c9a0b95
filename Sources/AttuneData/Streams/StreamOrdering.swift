public import AttuneCore

/// In which order the rows of a table arrive, and which of them.
///
/// In a config file a kind by its name, or a mapping: `{kind: dirichlet-chunks, concentration: 0.1}`.
public enum StreamOrdering: Codable, Sendable, Equatable {
  /// In the table's order, for example by time.
  case asGiven
  /// In random order.
  case shuffled
  /// All rows of class 0, then of class 1, and so on, each class in the table's order.
  case sortedByClass
  /// Classes spread unevenly over slots, as RoTTA does.
  case dirichletSlots(DirichletSlots)
  /// Classes spread unevenly over equally full chunks, as NOTE does.
  case dirichletChunks(DirichletChunks)
  /// One class after the other dominates, as in SAR's label shift.
  case dominantClass(DominantClass)
  /// Random order under other class frequencies.
  case longTail(LongTail)

  private static let kinds = [
    "asGiven", "shuffled", "sortedByClass", "dirichlet-slots", "dirichlet-chunks", "dominant-class", "long-tail",
  ]

  /// Decodes from a config or model file; a value that does not fit is an error with its place.
  public init(from decoder: any Decoder) throws {
    switch try ChoiceCoding.kind(from: decoder, known: Self.kinds) {
    case "asGiven": self = .asGiven
    case "sortedByClass": self = .sortedByClass
    case "dirichlet-slots": self = .dirichletSlots(try ChoiceCoding.settings(DirichletSlots.self, from: decoder))
    case "dirichlet-chunks": self = .dirichletChunks(try ChoiceCoding.settings(DirichletChunks.self, from: decoder))
    case "dominant-class": self = .dominantClass(try ChoiceCoding.settings(DominantClass.self, from: decoder))
    case "long-tail": self = .longTail(try ChoiceCoding.settings(LongTail.self, from: decoder))
    default: self = .shuffled
    }
  }

  /// Encodes so that decoding gives an equal value.
  public func encode(to encoder: any Encoder) throws {
    switch self {
    case .asGiven: try ChoiceCoding.encode(kind: "asGiven", to: encoder)
    case .shuffled: try ChoiceCoding.encode(kind: "shuffled", to: encoder)
    case .sortedByClass: try ChoiceCoding.encode(kind: "sortedByClass", to: encoder)
    case .dirichletSlots(let settings): try ChoiceCoding.encode(kind: "dirichlet-slots", settings, to: encoder)
    case .dirichletChunks(let settings): try ChoiceCoding.encode(kind: "dirichlet-chunks", settings, to: encoder)
    case .dominantClass(let settings): try ChoiceCoding.encode(kind: "dominant-class", settings, to: encoder)
    case .longTail(let settings): try ChoiceCoding.encode(kind: "long-tail", settings, to: encoder)
    }
  }

  /// A few words for tables and reports.
  public var summary: String {
    switch self {
    case .asGiven: "as given"
    case .shuffled: "shuffled"
    case .sortedByClass: "sorted by class"
    case .dirichletSlots(let settings): "Dirichlet(\(settings.concentration)) over slots"
    case .dirichletChunks(let settings): "Dirichlet(\(settings.concentration)) over chunks"
    case .dominantClass(let settings): settings.summary
    case .longTail(let settings): settings.summary
    }
  }

  /// The rows of a table in the order of arrival; a row may come more than once or not at all where class frequencies
  /// are changed.
  ///
  /// - Parameter generator: draws what is random; `asGiven` and `sortedByClass` leave it alone.
  /// - Throws: `StreamError` where the order goes by classes and the table has none, or too few rows.
  public func rows(of table: Table, using generator: inout Philox) throws(StreamError) -> [Int] {
    switch self {
    case .asGiven: return Array(0..<table.count)
    case .shuffled: return generator.permutation(table.count)
    default: break
    }
    guard case .classes(let labels, let names) = table.targets else { throw StreamError.noClasses }
    switch self {
    case .dirichletSlots(let settings): return settings.order(labels, classes: names.count, using: &generator)
    case .dirichletChunks(let settings): return try settings.order(labels, classes: names.count, using: &generator)
    case .dominantClass(let settings): return settings.order(labels, classes: names.count, using: &generator)
    case .longTail(let settings): return settings.order(labels, classes: names.count, using: &generator)
    default: return labels.indices.sorted { (labels[$0], $0) < (labels[$1], $1) }
    }
  }
}

/// A stream that its table does not allow.
public enum StreamError: Error, Equatable, CustomStringConvertible {
  /// The order goes by classes, and the table has none.
  case noClasses
  /// There are not enough rows to give every chunk its least number.
  case tooFewRows(rows: Int, chunks: Int, minimum: Int)
  /// So many draws left a chunk with fewer rows than its least number.
  case unevenChunks(draws: Int, minimum: Int)

  /// What does not fit, and what to do.
  public var description: String {
    switch self {
    case .noClasses:
      "the stream cannot be sorted by class: the table has no classes; choose the ordering asGiven or shuffled"
    case .tooFewRows(let rows, let chunks, let minimum):
      "the order dirichlet-chunks needs \(chunks) chunks of at least \(minimum) rows, and the stream has \(rows) rows; "
        + "lower minimumRows, or take more rows"
    case .unevenChunks(let draws, let minimum):
      "the order dirichlet-chunks left a chunk with fewer than \(minimum) rows in each of \(draws) draws; lower "
        + "minimumRows, or raise the concentration"
    }
  }
}
