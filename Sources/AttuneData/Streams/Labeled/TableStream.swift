internal import AttuneCore

/// The rows of a table as a stream, in their order. Categories are one input a level.
public final class TableStream: LabeledStream {
  /// The names of the inputs, in their order.
  public let inputNames: [String]
  /// The classes, in the order of their numbers; empty for regression.
  public let classNames: [String]
  /// The number of rows.
  public var count: Int? { table.count }

  private let table: Table
  private let path: String
  /// Where the inputs of each column begin.
  private let starts: [Int]
  private var position = 0

  /// The rows of a table.
  ///
  /// - Parameter path: what errors call the table.
  public init(_ table: Table, path: String) {
    (self.table, self.path) = (table, path)
    let names = table.columns.map { column in column.levels.map { $0.map { "\(column.name)=\($0)" } } ?? [column.name] }
    inputNames = names.flatMap(\.self)
    starts = names.reduce(into: [0]) { $0.append(($0.last ?? 0) + $1.count) }
    classNames = table.targets.classNames ?? []
  }

  /// Writes the inputs of the next row and returns its label; nil at the end of the table.
  ///
  /// - Throws: `DataError` for a number that is not finite.
  public func next(into row: inout [Double]) throws -> StreamLabel? {
    guard position < table.count else { return nil }
    defer { position += 1 }
    for (place, column) in table.columns.enumerated() {
      let value = Double(table.features[position, place])
      guard value.isFinite else { throw notFinite(value, column.name) }
      guard let levels = column.levels else {
        row[starts[place]] = value
        continue
      }
      for level in levels.indices { row[starts[place] + level] = Int(value) == level ? 1 : 0 }
    }
    switch table.targets {
    case .classes(let labels, _): return .known(Double(labels[position]))
    case .values(let values):
      let value = Double(values[position, 0])
      guard value.isFinite else { throw notFinite(value, "target") }
      return .known(value)
    case .none: return .missing
    }
  }

  private func notFinite(_ value: Double, _ column: String) -> DataError {
    DataError(
      path: path,
      problems: [.init(row: position + 1, column: column, value: "\(value)", expected: "a finite number")],
      advice: "correct the value, or leave the row out of the file")
  }
}
