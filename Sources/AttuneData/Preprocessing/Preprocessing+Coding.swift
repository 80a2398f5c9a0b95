extension Preprocessing: Codable {
  private enum CodingKeys: String, CodingKey {
    case kind, columnNames, columns, factor, means, deviations, targetScaling
  }

  /// Decodes what a model file says; columns that it says nothing of are plain numbers.
  ///
  /// - Throws: `DecodingError` where the parts do not fit each other.
  public init(from decoder: any Decoder) throws {
    let keys = try decoder.container(keyedBy: CodingKeys.self)
    let kind = try keys.decode(Kind.self, forKey: .kind), names = try keys.decode([String].self, forKey: .columnNames)
    let means = try keys.decode([Double].self, forKey: .means)
    let deviations = try keys.decode([Double].self, forKey: .deviations)
    let typed = try keys.decodeIfPresent([String: FittedColumn.Description].self, forKey: .columns) ?? [:]
    let factor = try keys.decode(Double.self, forKey: .factor)
    func require(_ holds: Bool, _ what: @autoclosure () -> String) throws {
      guard !holds else { return }
      throw DecodingError.dataCorrupted(.init(codingPath: decoder.codingPath, debugDescription: what()))
    }
    let isFinite = (means + deviations + [factor]).allSatisfy(\.isFinite)
    try require(
      kind != .standardize
        || (means.count == names.count && deviations.count == names.count && deviations.allSatisfy { $0 > 0 }),
      "\(means.count) means and \(deviations.count) deviations above 0 for \(names.count) columns")
    try require(
      kind != .center || (means.count == names.count && deviations.isEmpty),
      "\(means.count) means and \(deviations.count) deviations to center \(names.count) columns")
    // Neither scales nor means where the kind has none: they would be applied to typed columns.
    try require(
      kind == .standardize || kind == .center || (means.isEmpty && deviations.isEmpty),
      "means or deviations that '\(kind.rawValue)' does not have")
    try require(isFinite, "means, deviations or a factor that are not finite")
    // Rows are read by name: of two columns of one name, one would be left without values.
    let known = Set(names)
    try require(known.count == names.count, "two columns of one name")
    let columns = names.map { name in
      typed[name].map { FittedColumn(name, $0) } ?? FittedColumn(Column(name))
    }
    for name in typed.keys.sorted() { try require(known.contains(name), "a column '\(name)' that is not listed") }
    for column in columns {
      try require(column.problem == nil, "column '\(column.column.name)' with \(column.problem ?? "")")
    }
    self.init(
      kind: kind, columns: columns, factor: factor, means: means, deviations: deviations,
      targetScaling: try keys.decodeIfPresent(TargetScaling.self, forKey: .targetScaling))
  }

  /// Encodes so that decoding gives an equal value; plain columns have their names only.
  public func encode(to encoder: any Encoder) throws {
    var keys = encoder.container(keyedBy: CodingKeys.self)
    try keys.encode(kind, forKey: .kind)
    try keys.encode(columnNames, forKey: .columnNames)
    try keys.encode(factor, forKey: .factor)
    try keys.encode(means, forKey: .means)
    try keys.encode(deviations, forKey: .deviations)
    try keys.encodeIfPresent(targetScaling, forKey: .targetScaling)
    guard isTyped else { return }
    let typed = columns.filter { !$0.isPlain }.map { ($0.column.name, $0.description) }
    try keys.encode(Dictionary(typed, uniquingKeysWith: { first, _ in first }), forKey: .columns)
  }
}
