public import AttuneCore

/// How categories become numbers; the levels are those of the training part.
public struct EncodingSettings: Codable, Sendable, Equatable, DefaultInitializable, ValidatedConfiguration {
  /// Kinds of encoding.
  public enum Kind: String, Codable, Sendable, CaseIterable {
    /// An input for each level: 1 for the row's own, else 0.
    case oneHot = "one-hot"
    /// One input: the place of the level in its order, from 0.
    case ordinal
  }

  /// What becomes of a category that the training part does not have.
  public enum Unknown: String, Codable, Sendable, CaseIterable {
    /// An error.
    case error
    /// No level: zeros in one-hot inputs, −1 in an ordinal one.
    case ignore
  }

  /// How categories become numbers.
  public var kind = Kind.oneHot
  /// Whether one-hot inputs leave the first level out, whose rows have zeros only.
  public var dropFirst = false
  /// What becomes of a category that the training part does not have.
  public var unknown = Unknown.error
  /// The levels of columns in their order; the other columns have those of the training part, sorted.
  public var levels: [String: [String]] = [:]
  /// The encoding of single columns, whatever the others have.
  public var columns: [String: Kind] = [:]

  /// One-hot inputs for all levels; an unknown one is an error.
  public init() {}

  /// Throws a `ConfigValueError` for the first setting that does not fit the others.
  public func validate() throws {
    try ConfigCheck.require(
      !dropFirst || unknown == .error, "dropFirst",
      "must be false where unknown is ignore: an unknown category would look like the first one")
    for (name, levels) in levels.sorted(by: { $0.key < $1.key }) {
      try ConfigCheck.require(
        !levels.isEmpty && Set(levels).count == levels.count && !levels.contains(""), "levels",
        "must be different texts that are not empty, one or more for each column; look at \(name)")
    }
  }
}
