internal import AttuneCore

/// Turns the cells of a CSV file into features and targets, row by row.
struct CSVCells {
  let path: String
  let options: CSVOptions
  let layout: CSVLayout
  let task: PredictionTask

  private let marks: [[UInt8]]
  private let decimalMark: UInt8
  private var values: [Float] = []
  private var labels: [Int] = []
  private var classes: CSVLevels
  /// The levels of each feature; nil for numbers.
  private var levels: [CSVLevels?]
  private var problems = CSVProblems()
  /// Rows that were read, those of them that could not be used, and those that were not asked for.
  private(set) var rows = 0, skipped = 0, filtered = 0
  /// Good rows whose targets were taken away.
  private var forgotten = 0
  private var keyTexts: [String] = []

  init(path: String, options: CSVOptions, layout: CSVLayout, task: PredictionTask) {
    (self.path, self.options, self.layout, self.task) = (path, options, layout, task)
    marks = options.dialect.missing.map { Array($0.utf8) }
    decimalMark = UInt8(ascii: options.dialect.decimalComma ? "," : ".")
    classes = CSVLevels(given: options.classes, acceptsUnknown: false)
    levels = layout.features.map { name in
      guard layout.isCategorical(name, options) else { return nil }
      return CSVLevels(given: options.levels[name], acceptsUnknown: options.acceptsUnknownLevels)
    }
  }

  /// The features of all rows that can be used; their targets are kept.
  mutating func read(_ start: CSVReader, rows: Int) throws -> Matrix {
    var reader = start, cells: [CSVReader.Cell] = []
    let width = layout.features.count
    let features = try Matrix(rows: rows, columns: width) { out in
      while self.rows < rows, try reader.next(into: &cells) {
        guard let base = out.baseAddress else { return }
        readRow(cells, reader, into: base + kept * width)
      }
    }
    try finish()
    return kept == rows ? features : features.rows(0..<kept)
  }

  /// Reads the cells of the next row and writes its features; those of a row that is left out mean nothing.
  mutating func readRow(_ cells: [CSVReader.Cell], _ reader: CSVReader, into out: UnsafeMutablePointer<Float>) {
    rows += 1
    guard isAskedFor(cells, reader) else {
      filtered += 1
      return
    }
    let before = problems.count
    if cells.count == layout.names.count {
      if let key = layout.key { readKey(cells[key], key, rows, reader) }
      for column in cells.indices {
        if column == layout.target {
          readTarget(cells[column], column, rows, reader)
        } else if let place = layout.places[column] {
          out[place] = feature(cells[column], place, column, rows, reader)
        }
      }
    } else {
      problems.note(CSVLayout.ragged(cells, layout.names.count, rows, reader), .ragged)
    }
    finishRow(isGood: problems.count == before)
  }

  /// Whether the filters let a row through; a row that lacks cells is bad, and not filtered.
  private func isAskedFor(_ cells: [CSVReader.Cell], _ reader: CSVReader) -> Bool {
    guard cells.count == layout.names.count else { return true }
    return layout.filters.allSatisfy { $0.texts.contains(reader.text(cells[$0.column])) }
  }

  /// Throws what is wrong with the rows, unless such rows are left out, and where the filters let no row through.
  func finish() throws {
    if rows > 0, filtered == rows, let filter = layout.filters.first {
      throw DataError(
        path: path,
        problems: [
          .init(
            column: layout.names[filter.column],
            expected:
              "a row with \(filter.texts.sorted().map(\.debugDescription).joined(separator: " or ")), but none is left")
        ], advice: "check the texts of 'where'")
    }
    guard problems.count == 0 || (options.badRows == .skip && kept > 0) else { throw problems.error(path, options) }
  }

  /// Whether the file is refused already, whatever comes.
  var isRefused: Bool { problems.count > 0 && options.badRows == .fail }

  /// Rows that can be used.
  var kept: Int { rows - skipped - filtered }

  /// The numbers of the targets since the last call, classes in the order in which they came, which are then forgotten.
  mutating func takeTargets() -> [Float] {
    defer {
      values.removeAll(keepingCapacity: true)
      labels.removeAll(keepingCapacity: true)
      forgotten = kept
    }
    return task == .classification ? labels.map { Float($0) } : values
  }

  /// The names of the classes in order, and for each class number its place among them.
  func classOrder() -> (names: [String], codes: [Int]) { classes.order() }

  /// For each feature the levels in order and the place of each code among them; nil for numbers.
  func levelOrders() -> [(names: [String], codes: [Int])?] { levels.map { $0?.order() } }

  /// The texts of the column to split by; nil where none is read.
  var keys: [String]? { layout.key == nil ? nil : keyTexts }

  /// The rows that were left out; nil where there are none.
  func skippedRows(of rows: Int) -> SkippedRows? {
    skipped == 0 ? nil : SkippedRows(path: path, count: skipped, rows: rows, problems: problems.first)
  }

  /// The targets of the rows read, with the classes in order.
  func targets() -> Targets {
    guard layout.target != nil else { return .none }
    guard task == .classification else { return .values(Matrix(rows: values.count, columns: 1, values)) }
    let order = classes.order()
    return .classes(labels: labels.map { order.codes[$0] }, names: order.names)
  }

  /// The columns, and `features` with the codes of categories in the order of the levels.
  func columns(_ features: inout Matrix) -> [Column] {
    zip(layout.features, levels).enumerated().map { place, column in
      guard let found = column.1 else { return Column(column.0) }
      let order = found.order()
      if order.codes != Array(order.codes.indices) {
        for row in 0..<features.rows where !features[row, place].isNaN {
          features[row, place] = Float(order.codes[Int(features[row, place])])
        }
      }
      return Column(column.0, .categorical(levels: order.names))
    }
  }

  /// Keeps what a good row brought, and forgets it of a row that is left out.
  private mutating func finishRow(isGood: Bool) {
    if !isGood {
      skipped += 1
      let kept = kept - forgotten
      if values.count > kept { values.removeLast() }
      if labels.count > kept { labels.removeLast() }
      if keyTexts.count > kept { keyTexts.removeLast() }
    }
    classes.finishRow(keeps: isGood)
    for place in levels.indices { levels[place]?.finishRow(keeps: isGood) }
  }

  private mutating func feature(
    _ cell: CSVReader.Cell, _ place: Int, _ column: Int, _ row: Int, _ reader: CSVReader
  ) -> Float {
    let isCategorical = levels[place] != nil
    if isMissing(cell, reader) {
      guard !options.missingValues.allows(layout.names[column], isCategorical: isCategorical) else { return .nan }
      note(cell, column, row, reader, expected: isCategorical ? "a category" : "a number", .notFilled)
      return 0
    }
    guard isCategorical else { return number(cell, column, row, reader) }
    let name = reader.text(cell)
    guard !name.isEmpty else {
      note(cell, column, row, reader, expected: "a category", .missing)
      return 0
    }
    if let code = levels[place]?.code(of: name) { return Float(code) }
    note(cell, column, row, reader, expected: "one of the categories \(levels[place]?.listing ?? "")", .level)
    return 0
  }

  private mutating func number(_ cell: CSVReader.Cell, _ column: Int, _ row: Int, _ reader: CSVReader) -> Float {
    if let value = DecimalNumber.float(reader.bytes, cell.range, mark: decimalMark) {
      guard let transform = layout.transforms[column] else { return value }
      if let transformed = transform.apply(Double(value)) { return Float(transformed) }
      note(cell, column, row, reader, expected: transform.domain, .domain)
      return 0
    }
    note(
      cell, column, row, reader,
      expected: "a finite decimal number" + (options.dialect.decimalComma ? " with a decimal comma" : ""),
      CSVProblems.kind(of: reader.text(cell), options.dialect))
    return 0
  }

  private mutating func readTarget(_ cell: CSVReader.Cell, _ column: Int, _ row: Int, _ reader: CSVReader) {
    guard !isMissing(cell, reader) else {
      note(cell, column, row, reader, expected: "a target", .target)
      return
    }
    guard task == .classification else {
      values.append(number(cell, column, row, reader))
      return
    }
    let name = reader.text(cell)
    if name.isEmpty {
      note(cell, column, row, reader, expected: "a class label", .label)
    } else if let label = classes.code(of: name) {
      labels.append(label)
    } else {
      note(cell, column, row, reader, expected: "one of the classes \(classes.listing)", .label)
    }
  }

  private mutating func readKey(_ cell: CSVReader.Cell, _ column: Int, _ row: Int, _ reader: CSVReader) {
    let text = reader.text(cell)
    keyTexts.append(text)
    guard text.isEmpty || isMissing(cell, reader) else { return }
    note(cell, column, row, reader, expected: "a value to split by", .key)
  }

  private func isMissing(_ cell: CSVReader.Cell, _ reader: CSVReader) -> Bool {
    guard !marks.isEmpty else { return false }
    return marks.contains { $0.count == cell.range.count && $0.elementsEqual(reader.bytes[cell.range]) }
  }

  private mutating func note(
    _ cell: CSVReader.Cell, _ column: Int, _ row: Int, _ reader: CSVReader, expected: String, _ kind: CSVProblems.Kind
  ) {
    problems.note(
      .init(
        line: reader.recordLine, row: row, column: layout.names[column], value: reader.text(cell), expected: expected),
      kind)
  }
}
