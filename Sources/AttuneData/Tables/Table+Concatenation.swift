internal import AttuneCore

extension Table {
  /// The rows of several tables with equal columns, one table after the other.
  ///
  /// - Parameter tables: at least one table; all have the columns and the classes of the first, but for levels that are not
  ///   known.
  public init(concatenating tables: [Table]) {
    guard let first = tables.first else { preconditionFailure("there is no table to concatenate") }
    let rows = tables.reduce(0) { $0 + $1.count }, width = first.features.columns
    let features = Matrix(rows: rows, columns: width) { out in
      var start = 0
      for table in tables {
        precondition(table.features.columns == width, "tables of \(width) and \(table.features.columns) columns")
        table.features.withElements { part in
          for (index, value) in part.enumerated() { out[start + index] = value }
          start += part.count
        }
      }
    }
    self.init(
      features: features, targets: Targets(concatenating: tables.map(\.targets)), columns: first.columns,
      image: first.image)
  }
}

extension Targets {
  /// The answers of several tables in a row, all of the kind of the first.
  init(concatenating parts: [Targets]) {
    switch parts.first {
    case .classes(_, let names):
      self = .classes(
        labels: parts.flatMap { part -> [Int] in
          guard case .classes(let labels, _) = part else { preconditionFailure("targets of another kind") }
          return labels
        }, names: names)
    case .values:
      let values = parts.flatMap { part -> [Float] in
        guard case .values(let values) = part else { preconditionFailure("targets of another kind") }
        return values.elements
      }
      self = .values(Matrix(rows: values.count, columns: 1, values))
    case .some(.none), nil: self = .none
    }
  }
}
