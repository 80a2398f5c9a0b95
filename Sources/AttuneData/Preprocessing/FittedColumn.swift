/// A column as the training part fitted it: its levels, what replaces a missing value, and how it becomes network inputs.
public struct FittedColumn: Sendable, Equatable {
  /// Name and kind, with the levels that are known.
  public let column: Column
  /// What replaces a missing value: a number, or the code of a category; nil where a missing value is an error.
  ///
  /// The code past the last level is a category of its own.
  public let fill: Double?
  /// Whether a second input says where a number was missing.
  public let hasIndicator: Bool
  /// How categories become numbers; nothing to columns of numbers.
  public let encoding: EncodingSettings.Kind
  /// Whether one-hot inputs leave the first level out.
  public let dropsFirst: Bool
  /// What becomes of a category that is not among the levels.
  public let unknown: EncodingSettings.Unknown
  /// Whether the network sees the column.
  public let isUsed: Bool

  init(
    _ column: Column, fill: Double? = nil, hasIndicator: Bool = false, encoding: EncodingSettings.Kind = .oneHot,
    dropsFirst: Bool = false, unknown: EncodingSettings.Unknown = .error, isUsed: Bool = true
  ) {
    self.column = column
    self.fill = fill
    self.hasIndicator = hasIndicator
    self.encoding = encoding
    self.dropsFirst = dropsFirst
    self.unknown = unknown
    self.isUsed = isUsed
  }

  /// The column, which the network does not see.
  var unused: FittedColumn {
    FittedColumn(
      column, fill: fill, hasIndicator: hasIndicator, encoding: encoding, dropsFirst: dropsFirst, unknown: unknown,
      isUsed: false)
  }

  /// Whether it is a column of numbers in which a missing value is an error.
  var isPlain: Bool { column.kind == .numeric && fill == nil && !hasIndicator && isUsed }

  var isOneHot: Bool { column.levels != nil && encoding == .oneHot }

  /// Whether missing values are a category of their own.
  private var hasMissingLevel: Bool { column.levels.map { fill == Double($0.count) } ?? false }

  /// The number of categories, with that of missing values; 0 for numbers.
  var codeCount: Int { (column.levels?.count ?? 0) + (hasMissingLevel ? 1 : 0) }

  /// The names of the network inputs that the column becomes, such as `ocean_proximity=INLAND`.
  public var inputNames: [String] {
    guard isUsed else { return [] }
    guard isOneHot, let levels = column.levels else {
      return [column.name] + (hasIndicator ? ["\(column.name)=missing"] : [])
    }
    let all = levels + (hasMissingLevel ? ["missing"] : [])
    return all.dropFirst(dropsFirst ? 1 : 0).map { "\(column.name)=\($0)" }
  }

  /// The number of network inputs that the column becomes.
  public var inputCount: Int {
    !isUsed ? 0 : isOneHot ? codeCount - (dropsFirst ? 1 : 0) : hasIndicator ? 2 : 1
  }

  /// What is wrong with a description that was read; nil if nothing is.
  var problem: String? {
    guard let levels = column.levels else {
      return fill.map(\.isFinite) ?? true ? nil : "a value for missing cells that is not finite"
    }
    guard !levels.isEmpty, Set(levels).count == levels.count else { return "levels that are not different, or none" }
    guard !hasIndicator else { return "an indicator of a column of categories" }
    guard !(dropsFirst && unknown == .ignore) else { return "a first level that is dropped and unknown ones ignored" }
    guard let fill else { return nil }
    return (0...levels.count).contains { Double($0) == fill } ? nil : "a code \(fill) for missing cells"
  }
}

extension FittedColumn {
  /// What a model file says of a column that is not one of plain numbers.
  struct Description: Codable {
    var levels: [String]?
    var fill: Double?
    var hasIndicator: Bool?
    var encoding: EncodingSettings.Kind?
    var dropsFirst: Bool?
    var unknown: EncodingSettings.Unknown?
    /// False for a column that the network does not see.
    var isUsed: Bool?
  }

  init(_ name: String, _ description: Description) {
    self.init(
      Column(name, description.levels.map { .categorical(levels: $0) } ?? .numeric), fill: description.fill,
      hasIndicator: description.hasIndicator ?? false, encoding: description.encoding ?? .oneHot,
      dropsFirst: description.dropsFirst ?? false, unknown: description.unknown ?? .error,
      isUsed: description.isUsed ?? true)
  }

  var description: Description {
    guard let levels = column.levels else {
      return Description(fill: fill, hasIndicator: hasIndicator ? true : nil, isUsed: isUsed ? nil : false)
    }
    return Description(
      levels: levels, fill: fill, encoding: encoding, dropsFirst: dropsFirst ? true : nil, unknown: unknown,
      isUsed: isUsed ? nil : false)
  }
}
