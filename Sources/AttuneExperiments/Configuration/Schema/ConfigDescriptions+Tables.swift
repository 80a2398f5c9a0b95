extension ConfigDescriptions {
  /// The tables.
  static let tables: [String] = []
}
