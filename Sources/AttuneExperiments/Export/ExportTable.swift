internal import AttuneCore

/// A value of a table that is exported.
public enum ExportValue: Sendable, Equatable {
  /// A text.
  case text(String)
  /// A number.
  case number(Double)
  /// An integer, as its digits: seeds use all 64 bits.
  case integer(String)
  /// Yes or no.
  case flag(Bool)
  /// Nothing: the figure does not exist.
  case missing

  /// An integer.
  public init(_ value: some BinaryInteger) { self = .integer("\(value)") }

  /// A text; missing where it is nil.
  public init(_ value: String?) { self = value.map { .text($0) } ?? .missing }

  /// A number; missing where it is nil.
  public init(_ value: Double?) { self = value.map { .number($0) } ?? .missing }

  /// An integer; missing where it is nil.
  public init(_ value: Int?) { self = value.map { .integer("\($0)") } ?? .missing }

  /// Yes or no; missing where it is nil.
  public init(_ value: Bool?) { self = value.map { .flag($0) } ?? .missing }

  /// As a field of a CSV file: numbers in the shortest form that reads back the same, `true` and `false`.
  var field: String {
    switch self {
    case .text(let text): ResultsCSV.text(text)
    case .number(let value): "\(value)"
    case .integer(let digits): digits
    case .flag(let value): value ? "true" : "false"
    case .missing: ""
    }
  }

  /// As JSON, which has no NaN and no infinities: they are null.
  var json: JSONValue {
    switch self {
    case .text(let text): .string(text)
    case .number(let value): value.isFinite ? .number(JSONNumber(value)) : .null
    case .integer(let digits): (try? StrictJSON.parse(digits)) ?? .string(digits)
    case .flag(let value): .bool(value)
    case .missing: .null
    }
  }
}

/// A row of a table that is exported: values by the names of their columns, in order.
public struct ExportRow: Sendable, Equatable {
  /// The values with the names of their columns.
  public private(set) var values: [(column: String, value: ExportValue)] = []

  /// A row without values.
  public init() {}

  /// Adds a value at the end; a column that is there already keeps its place and takes the value.
  public mutating func add(_ column: String, _ value: ExportValue) {
    if let place = values.firstIndex(where: { $0.column == column }) {
      values[place].value = value
    } else {
      values.append((column, value))
    }
  }

  /// Adds a mean with the ends of its interval.
  mutating func add(_ name: String, _ estimate: Estimate?) {
    add("\(name)_mean", ExportValue(estimate?.mean))
    add("\(name)_low", ExportValue(estimate?.low))
    add("\(name)_high", ExportValue(estimate?.high))
  }

  /// Rows with equal columns in one order and equal values.
  public static func == (a: ExportRow, b: ExportRow) -> Bool {
    a.values.elementsEqual(b.values) { $0.column == $1.column && $0.value == $1.value }
  }
}

/// A table for a data frame: one thing a row, one figure a column.
public struct ExportTable: Sendable, Equatable {
  /// The names of the columns: those of all rows, in the order in which they first come.
  public let columns: [String]
  /// One value a column, row by row.
  public let rows: [[ExportValue]]

  /// A table of rows; what a row does not have is missing.
  ///
  /// - Parameter columns: those that the table has in any case, first.
  public init(_ rows: [ExportRow], columns first: [String] = []) {
    var places: [String: Int] = [:], columns: [String] = []
    func place(_ column: String) {
      guard places[column] == nil else { return }
      places[column] = columns.count
      columns.append(column)
    }
    first.forEach(place)
    for row in rows { for (column, _) in row.values { place(column) } }
    self.columns = columns
    self.rows = rows.map { row in
      var values = Array(repeating: ExportValue.missing, count: columns.count)
      for (column, value) in row.values { values[places[column, default: 0]] = value }
      return values
    }
  }

  /// The table as CSV.
  ///
  /// RFC 4180: a header, `CRLF` after every line, quotes where a field needs them. A text that a spreadsheet would take
  /// for a formula gets a leading apostrophe; what is missing is an empty field.
  public func csv() -> String {
    let lines = [columns.map(ResultsCSV.text)] + rows.map { $0.map(\.field) }
    return lines.map { $0.joined(separator: ",") + "\r\n" }.joined()
  }

  /// The table as lines of JSON, an object a row.
  public func jsonLines() -> String {
    rows.map { row in
      var object = JSONObject()
      for (column, value) in zip(columns, row) { object[column] = value.json }
      return JSONValue.object(object).text + "\n"
    }.joined()
  }
}
