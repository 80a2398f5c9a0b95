public import AttuneCore

/// The rows of a CSV file from front to back, one at a time and in double precision, in memory that does not grow with the
/// file.
///
/// Every cell of a feature must be a finite decimal number, or a category where its column is declared as one: a category
/// is one input a level. A target that is marked as missing is a label that never comes. What else cannot be used is an
/// error with its place, or a row left out and counted where the options say so.
public final class CSVStream: LabeledStream {
  /// What a first pass over a file finds.
  public struct Survey: Sendable, Equatable {
    /// The classes in order; nil for regression.
    public var classes: [String]?
    /// The levels of each column of categories, in order.
    public var levels: [String: [String]]
    /// Rows that can be used.
    public var rows: Int
  }

  /// The names of the inputs, in their order.
  public let inputNames: [String]
  /// The classes, in the order of their numbers; empty for regression.
  public var classNames: [String] { task == .classification ? classes.names : [] }
  /// The number of rows, where a first pass counted them.
  public let count: Int?

  let path: String
  let task: PredictionTask
  let options: CSVOptions
  let layout: CSVLayout
  private var blocks: CSVBlocks
  private var reader: CSVReader
  private var cells: [CSVReader.Cell] = []
  private let marks: [[UInt8]]
  private let decimalMark: UInt8
  /// Where the inputs of each feature begin.
  private let starts: [Int]
  private(set) var classes: CSVLevels
  private(set) var levels: [CSVLevels?]
  private var problems = CSVProblems(), all = CSVProblems()
  /// Rows that were read, those of them that could not be used, and those that were not asked for.
  private var rows = 0, left = 0, filtered = 0

  /// Opens a file.
  ///
  /// - Parameters:
  ///   - path: a CSV file in UTF-8, which gzip may have packed.
  ///   - target: the column of the labels.
  ///   - task: what the labels are.
  ///   - options: how the file is written, and what its columns hold; the classes and the levels of all columns of categories
  ///     must be given, as `survey` finds them.
  ///   - count: the number of rows, where it is known.
  /// - Throws: `FileError`, `PackedFileError`; `DataError` where the header does not fit.
  public convenience init(
    path: String, target: String, task: PredictionTask, options: CSVOptions, count: Int? = nil
  ) throws {
    try self.init(path, target, task, options, count: count, blockSize: 1 << 20)
  }

  init(
    _ path: String, _ target: String, _ task: PredictionTask, _ options: CSVOptions, count: Int?, blockSize: Int
  ) throws {
    (self.path, self.task, self.options, self.count) = (path, task, options, count)
    blocks = try CSVBlocks(path: path, blockSize: blockSize, dialect: options.dialect)
    guard let first = try blocks.next() else { throw CSVReader.emptyFile(path) }
    reader = try CSVReader(block: first, firstLine: 1, isStart: true, dialect: options.dialect, path: path)
    let layout = try CSVLayout(&reader, target: target, options: options)
    self.layout = layout
    marks = options.dialect.missing.map { Array($0.utf8) }
    decimalMark = UInt8(ascii: options.dialect.decimalComma ? "," : ".")
    classes = CSVLevels(given: options.classes, acceptsUnknown: false)
    levels = layout.features.map { name in
      layout.isCategorical(name, options) ? CSVLevels(given: options.levels[name], acceptsUnknown: false) : nil
    }
    let names = layout.features.map { name in options.levels[name].map { $0.map { "\(name)=\($0)" } } ?? [name] }
    inputNames = names.flatMap(\.self)
    starts = names.reduce(into: [0]) { $0.append(($0.last ?? 0) + $1.count) }
  }

  /// Reads a file once, and finds its classes and the levels of its columns of categories where they are not given.
  ///
  /// - Throws: what reading the rows throws.
  public static func survey(
    path: String, target: String, task: PredictionTask, options: CSVOptions
  ) throws -> Survey {
    let stream = try CSVStream(path: path, target: target, task: task, options: options)
    var row = [Double](repeating: 0, count: stream.inputNames.count), rows = 0
    while try stream.next(into: &row) != nil { rows += 1 }
    let levels = zip(stream.layout.features, stream.levels).compactMap { name, found in
      found.map { (name, $0.order().names) }
    }
    return Survey(
      classes: task == .classification ? stream.classes.order().names : nil,
      levels: Dictionary(levels, uniquingKeysWith: { first, _ in first }), rows: rows)
  }

  /// The rows that were left out so far; nil where there are none.
  public var skipped: SkippedRows? {
    left == 0 ? nil : SkippedRows(path: path, count: left, rows: rows, problems: all.first)
  }

  /// Writes the inputs of the next row and returns its label; nil at the end of the file.
  ///
  /// - Throws: `DataError` for a row that cannot be used, unless such rows are left out, and for a file without a row;
  ///   `FileError` and `PackedFileError` where the file cannot be read.
  public func next(into row: inout [Double]) throws -> StreamLabel? {
    while try nextRecord() {
      rows += 1
      guard isAskedFor() else {
        filtered += 1
        continue
      }
      problems = CSVProblems()
      let label = readRow(into: &row), isGood = problems.count == 0
      classes.finishRow(keeps: isGood)
      for place in levels.indices { levels[place]?.finishRow(keeps: isGood) }
      if isGood { return label }
      guard options.badRows == .skip else { throw problems.error(path, options) }
      left += 1
      for problem in problems.first { all.note(problem, .text) }
    }
    guard rows > 0 else { throw CSVTableLoader.noRows(path) }
    if filtered == rows, let filter = layout.filters.first {
      let texts = filter.texts.sorted().map(\.debugDescription).joined(separator: " or ")
      throw DataError(
        path: path,
        problems: [.init(column: layout.names[filter.column], expected: "a row with \(texts), but none is left")],
        advice: "check the texts of 'where'")
    }
    guard rows > left + filtered else {
      throw DataError(
        path: path, problems: all.first, count: all.count, advice: "no row can be used; check how the file is written")
    }
    return nil
  }

  /// Whether the filters let the row through; one that lacks cells is bad, and not filtered.
  private func isAskedFor() -> Bool {
    guard cells.count == layout.names.count else { return true }
    return layout.filters.allSatisfy { $0.texts.contains(reader.text(cells[$0.column])) }
  }

  /// Reads the next record into `cells`; false at the end of the file.
  private func nextRecord() throws -> Bool {
    let keepsBlankLines = layout.names.count == 1 && options.dialect.missing.contains("")
    while true {
      if keepsBlankLines || !reader.isAtTrailingLines, try reader.next(into: &cells) { return true }
      guard let block = try blocks.next() else { return false }
      reader = try CSVReader(
        block: block, firstLine: blocks.firstLine, isStart: false, dialect: options.dialect, path: path)
    }
  }

  private func readRow(into row: inout [Double]) -> StreamLabel {
    guard cells.count == layout.names.count else {
      problems.note(CSVLayout.ragged(cells, layout.names.count, rows, reader), .ragged)
      return .missing
    }
    var label = StreamLabel.missing
    for column in cells.indices {
      if column == layout.target {
        label = readLabel(column)
      } else if let place = layout.places[column] {
        read(column, place, into: &row)
      }
    }
    return label
  }

  private func read(_ column: Int, _ place: Int, into row: inout [Double]) {
    let cell = cells[column]
    guard levels[place] != nil else {
      if let value = isMissing(cell) ? notNumber(column) : number(column) { row[starts[place]] = value }
      return
    }
    let name = reader.text(cell)
    guard !name.isEmpty, !isMissing(cell) else { return note(column, "a category", .missing) }
    guard let code = levels[place]?.code(of: name) else {
      return note(column, "one of the categories \(levels[place]?.listing ?? "")", .level)
    }
    let first = starts[place], width = starts[place + 1] - first
    // In the first pass the levels are not known yet, and the row is not used.
    guard code < width else { return }
    for level in 0..<width { row[first + level] = level == code ? 1 : 0 }
  }

  private func readLabel(_ column: Int) -> StreamLabel {
    let cell = cells[column]
    guard !isMissing(cell) else { return .missing }
    if task == .regression { return number(column, missing: .target).map { .known($0) } ?? .missing }
    let name = reader.text(cell)
    if name.isEmpty {
      note(column, "a class label", .label)
    } else if let label = classes.code(of: name) {
      return .known(Double(label))
    } else {
      note(column, "one of the classes \(classes.listing)", .label)
    }
    return .missing
  }

  /// The number of a cell, after the function of its column; nil where it is none, which is noted.
  private func number(_ column: Int, missing: CSVProblems.Kind = .missing) -> Double? {
    guard let value = DecimalNumber.double(reader.bytes, cells[column].range, mark: decimalMark) else {
      return notNumber(column, missing: missing)
    }
    guard let transform = layout.transforms[column] else { return value }
    let transformed = transform.apply(value)
    if transformed == nil { note(column, transform.domain, .domain) }
    return transformed
  }

  private func notNumber(_ column: Int, missing: CSVProblems.Kind = .missing) -> Double? {
    let kind = CSVProblems.kind(of: reader.text(cells[column]), options.dialect)
    note(
      column, "a finite decimal number" + (options.dialect.decimalComma ? " with a decimal comma" : ""),
      kind == .missing ? missing : kind)
    return nil
  }

  private func isMissing(_ cell: CSVReader.Cell) -> Bool {
    guard !marks.isEmpty else { return false }
    return marks.contains { $0.count == cell.range.count && $0.elementsEqual(reader.bytes[cell.range]) }
  }

  private func note(_ column: Int, _ expected: String, _ kind: CSVProblems.Kind) {
    problems.note(
      .init(
        line: reader.recordLine, row: rows, column: layout.names[column], value: reader.text(cells[column]),
        expected: expected), kind)
  }
}
