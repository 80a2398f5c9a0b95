internal import AttuneCore

/// What a data file holds: the columns, how the file is written, and what looks wrong.
public struct TableDescription: Codable, Sendable, Equatable {
  /// A record of another length than most.
  public struct OddRow: Codable, Sendable, Equatable {
    /// The line, from 1, as an editor counts.
    public var line: Int
    /// Cells of the record.
    public var cells: Int
  }

  /// The file as the caller named it.
  public var path: String
  /// `csv` or `npy`.
  public var format: String
  /// Bytes of the file.
  public var bytes: Int
  /// Rows without the header, without blank ones and without those of another length.
  public var rows: Int
  /// The columns in their order.
  public var columns: [ColumnSummary]
  /// What stands between cells: a character, `tab` or `space`.
  public var separator: String?
  /// Whether the first record names the columns.
  public var hasHeader: Bool?
  /// Whether the first record is taken for names, but might as well be a row.
  public var isHeaderUncertain: Bool?
  /// Whether numbers have a comma before their decimals.
  public var decimalComma: Bool?
  /// Whether blanks stand around cells.
  public var hasBlanks: Bool?
  /// Records whose cells are all empty.
  public var blankRows = 0
  /// Those of them that a loader takes for rows: with separators, or with rows after them.
  public var blankRecords = 0
  /// Records of another length than the first ones.
  public var oddRowCount = 0
  /// The first of them.
  public var oddRows: [OddRow] = []
  /// Whether the first record is blank or of another length than most.
  public var hasOddStart = false
  /// Names that the header gives to several columns.
  public var repeatedNames: [String] = []
  /// Made-up names of columns whose header is empty.
  public var unnamedColumns: [String] = []
  /// Whether the labels of what looks like a LIBSVM file are classes; nil for any other file.
  public var hasSparseClasses: Bool?
  /// The type of the elements of a NumPy file, for example `f4`.
  public var elementType: String?

  /// Describes a CSV file in one pass, in memory that does not grow with its rows.
  ///
  /// - Parameters:
  ///   - path: a CSV file in UTF-8.
  ///   - separator: what stands between cells; nil guesses it from the first records.
  ///   - header: whether the first record names the columns; nil guesses it.
  /// - Throws: `FileError` if the file cannot be read, `DataError` if it is no CSV file.
  public static func csv(path: String, separator: Character? = nil, header: Bool? = nil) throws -> TableDescription {
    var pass = try CSVPass(path: path, separator: separator, header: header)
    return try pass.run()
  }
}

/// One pass over a CSV file.
private struct CSVPass: ~Copyable {
  /// Values that are counted over all columns at most, so that wide tables take no more memory than narrow ones.
  static let levelBudget = 400_000

  private var blocks: CSVBlocks
  private let path: String
  private let separator: UInt8?
  private let header: Bool?
  private var columns: [ColumnProfile] = []
  /// Blank lines without separators after which no row came yet.
  private var waitingBlankLines = 0
  private var result: TableDescription

  init(path: String, separator: Character?, header: Bool?) throws {
    blocks = try CSVBlocks(path: path)
    (self.path, self.separator, self.header) = (path, separator?.asciiValue, header)
    result = TableDescription(path: path, format: "csv", bytes: blocks.size, rows: 0, columns: [])
  }

  mutating func run() throws -> TableDescription {
    var guess: CSVGuess?
    while let block = try blocks.next() {
      let known = try guess ?? start(block)
      let isFirst = guess == nil
      guess = known
      try read(block, known, isFirst: isFirst)
    }
    guard guess != nil else {
      throw DataError(
        path: path, problems: [.init(expected: "rows, but the file is empty")], advice: "check how the file was written"
      )
    }
    result.columns = columns.map { $0.summary() }
    return result
  }

  private mutating func start(_ block: [UInt8]) throws -> CSVGuess {
    let guess = try CSVGuess(block, path: path, separator: separator, header: header)
    result.separator = try CSVGuess.dialect(guess.separator).separator.name
    if separator == nil, header == nil { result.hasSparseClasses = SparseGuess(block)?.isClassification }
    (result.hasHeader, result.decimalComma, result.hasBlanks) = (guess.hasHeader, guess.decimalComma, false)
    if guess.isHeaderUncertain { result.isHeaderUncertain = true }
    return guess
  }

  private mutating func read(_ block: [UInt8], _ guess: CSVGuess, isFirst: Bool) throws {
    let firstLine = blocks.firstLine
    do {
      var
        reader = try CSVReader(
          bytes: block, dialect: CSVGuess.dialect(guess.separator), path: path, namesOptions: true),
        cells: [CSVReader.Cell] = []
      var isHeader = isFirst && guess.hasHeader
      if isFirst, !guess.hasHeader { name((1...guess.width).map { "column\($0)" }) }
      var isStart = isFirst
      while try reader.next(into: &cells) {
        if isStart { result.hasOddStart = cells.count != guess.width }
        isStart = false
        // Blank lines may stand before the header.
        if isHeader, cells.count == guess.width {
          isHeader = false
          nameFromHeader(cells, reader)
        } else {
          add(cells, reader, guess, line: firstLine + reader.recordLine - 1)
        }
      }
    } catch let error as DataError {
      throw DataError(
        path: path,
        problems: error.problems.map { problem in
          var moved = problem
          moved.line = problem.line.map { $0 + firstLine - 1 }
          return moved
        }, count: error.count, advice: error.advice)
    }
  }

  private mutating func nameFromHeader(_ cells: [CSVReader.Cell], _ reader: CSVReader) {
    var seen: [String: Int] = [:]
    let names = cells.enumerated().map { index, cell in
      let text = CSVCell.trimmed(reader.text(cell))
      guard !text.isEmpty else {
        result.unnamedColumns.append("column\(index + 1)")
        return "column\(index + 1)"
      }
      seen[text, default: 0] += 1
      return text
    }
    result.repeatedNames = seen.filter { $0.value > 1 }.keys.sorted()
    name(names)
  }

  private mutating func name(_ names: [String]) {
    let limit = max(16, min(1000, Self.levelBudget / names.count))
    columns = names.map { ColumnProfile(name: $0, levelLimit: limit) }
  }

  private mutating func add(_ cells: [CSVReader.Cell], _ reader: CSVReader, _ guess: CSVGuess, line: Int) {
    guard !cells.allSatisfy({ $0.range.isEmpty }) else {
      result.blankRows += 1
      if cells.count > 1 { result.blankRecords += 1 } else { waitingBlankLines += 1 }
      return
    }
    result.blankRecords += waitingBlankLines
    waitingBlankLines = 0
    guard cells.count == columns.count else {
      result.oddRowCount += 1
      if result.oddRows.count < 3 { result.oddRows.append(.init(line: line, cells: cells.count)) }
      return
    }
    result.rows += 1
    for i in cells.indices {
      columns[i].add(cells[i], reader, decimalComma: guess.decimalComma, row: result.rows, line: line)
    }
    if result.hasBlanks == false {
      result.hasBlanks = cells.contains { cell in
        guard let first = cell.range.first, let last = cell.range.last else { return false }
        return [reader.bytes[first], reader.bytes[last]].contains { $0 == 0x20 || $0 == 0x09 }
      }
    }
  }
}
