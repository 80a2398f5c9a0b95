internal import AttuneCore

extension Table {
  /// The values of a feature as text, whole numbers without a point and categories by name, to group or sort rows by.
  ///
  /// - Throws: `MissingColumnError` if no feature is called so.
  public func texts(ofColumn name: String) throws -> [String] {
    let column = try position(of: name), levels = columns[column].levels
    return (0..<count).map { row in
      let value = features[row, column]
      if let levels { return value.isNaN ? "" : levels[Int(value)] }
      return Int(exactly: value).map(String.init) ?? "\(value)"
    }
  }

  /// The table without a feature.
  ///
  /// - Throws: `MissingColumnError` if no feature is called so.
  public func withoutColumn(_ name: String) throws -> Table {
    let column = try position(of: name)
    let kept = columnNames.indices.filter { $0 != column }
    return Table(features: features.columns(at: kept), targets: targets, columns: kept.map { columns[$0] })
  }

  private func position(of name: String) throws -> Int {
    guard let position = columnNames.firstIndex(of: name) else {
      throw MissingColumnError(name: name, nearest: Suggestion.nearest(to: name, among: columnNames))
    }
    return position
  }
}
