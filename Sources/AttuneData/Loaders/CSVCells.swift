internal import AttuneCore

/// Turns the cells of a CSV file whose rows all have one length into features and targets.
struct CSVCells {
  let path: String
  let names: [String]
  let targetColumn: Int?
  /// For each column of the file its place among the features; nil for the target and for columns that are not read.
  let featurePlaces: [Int?]
  let task: PredictionTask
  let classes: [String]?

  private var values: [Float] = []
  private var labels: [Int] = []
  private var classNames: [String]
  private var classNumbers: [String: Int]
  private var problems: [DataError.Problem] = []
  private var problemCount = 0
  private var hasBadNumber = false

  init(
    path: String, names: [String], targetColumn: Int?, featurePlaces: [Int?], task: PredictionTask, classes: [String]?
  ) {
    (self.path, self.names, self.targetColumn, self.task, self.classes) = (path, names, targetColumn, task, classes)
    self.featurePlaces = featurePlaces
    classNames = classes ?? []
    classNumbers = Dictionary(zip(classNames, classNames.indices), uniquingKeysWith: { first, _ in first })
  }

  /// The features of all rows; the targets are kept.
  mutating func read(_ start: CSVReader, rows: Int) throws -> Matrix {
    var reader = start, cells: [CSVReader.Cell] = []
    let width = featurePlaces.count { $0 != nil }
    let features = try Matrix(rows: rows, columns: width) { out in
      var row = 0
      while try reader.next(into: &cells) {
        row += 1
        for column in cells.indices {
          if column == targetColumn {
            readTarget(cells[column], column, row, reader)
          } else if let place = featurePlaces[column] {
            out[(row - 1) * width + place] = number(cells[column], column, row, reader)
          }
        }
      }
    }
    guard problemCount == 0 else {
      throw DataError(path: path, problems: problems, count: problemCount, advice: advice)
    }
    return features
  }

  /// The targets of the rows read, with the classes in order.
  func targets() -> Targets {
    guard targetColumn != nil else { return .none }
    guard task == .classification else { return .values(Matrix(rows: values.count, columns: 1, values)) }
    guard classes == nil else { return .classes(labels: labels, names: classNames) }
    let order = CSVCells.sorted(classNames)
    let rank = Dictionary(uniqueKeysWithValues: zip(order, order.indices))
    let renumbered = classNames.map { rank[$0, default: 0] }
    return .classes(labels: labels.map { renumbered[$0] }, names: order)
  }

  /// Classes in the order of their numbers if all are numbers, else of their text.
  static func sorted(_ classes: [String]) -> [String] {
    let numbers = classes.compactMap { DecimalNumber.isNumber($0) ? Double($0) : nil }
    guard numbers.count == classes.count else { return classes.sorted() }
    return zip(numbers, classes).sorted { $0 < $1 }.map(\.1)
  }

  private mutating func number(_ cell: CSVReader.Cell, _ column: Int, _ row: Int, _ reader: CSVReader) -> Float {
    if let value = DecimalNumber.float(reader.bytes, cell.range) { return value }
    hasBadNumber = true
    note(cell, column, row, reader, expected: "a finite decimal number")
    return 0
  }

  private mutating func readTarget(_ cell: CSVReader.Cell, _ column: Int, _ row: Int, _ reader: CSVReader) {
    guard task == .classification else {
      values.append(number(cell, column, row, reader))
      return
    }
    let name = reader.text(cell)
    if name.isEmpty {
      note(cell, column, row, reader, expected: "a class label")
    } else if let label = classNumbers[name] {
      labels.append(label)
    } else if let classes {
      let shown = classes.prefix(10).map(\.debugDescription).joined(separator: ", ")
      note(cell, column, row, reader, expected: "one of the classes \(shown)\(classes.count > 10 ? ", …" : "")")
    } else {
      labels.append(classNames.count)
      classNumbers[name] = classNames.count
      classNames.append(name)
    }
  }

  private mutating func note(
    _ cell: CSVReader.Cell, _ column: Int, _ row: Int, _ reader: CSVReader, expected: String
  ) {
    problemCount += 1
    guard problems.count < DataError.problemLimit else { return }
    problems.append(
      .init(
        line: reader.recordLine, row: row, column: names[column], value: reader.text(cell), expected: expected))
  }

  private var advice: String {
    hasBadNumber
      ? "write numbers with a decimal point and without separators or blanks, and fill in or remove missing values"
      : "correct the labels, or the list of classes"
  }
}
