extension ConfigDescriptions {
  /// The tables.
  static let tables: [String] = [table1, table2, table3]
}
