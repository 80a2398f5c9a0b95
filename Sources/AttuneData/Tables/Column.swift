/// One feature of a table: its name, and what its cells hold.
public struct Column: Codable, Sendable, Equatable {
  /// What the cells of a column hold.
  public enum Kind: Codable, Sendable, Equatable {
    /// Numbers.
    case numeric
    /// Categories: a cell holds the place of its category among the levels, from 0.
    case categorical(levels: [String])
  }

  /// The name, as the file has it.
  public var name: String
  /// What the cells hold.
  public var kind: Kind

  /// A column of numbers, unless a kind is given.
  public init(_ name: String, _ kind: Kind = .numeric) {
    self.name = name
    self.kind = kind
  }

  /// The categories in the order of their codes; nil for a column of numbers.
  public var levels: [String]? {
    if case .categorical(let levels) = kind { levels } else { nil }
  }
}
