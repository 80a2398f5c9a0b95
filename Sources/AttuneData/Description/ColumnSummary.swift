/// What a column of a table holds.
public struct ColumnSummary: Codable, Sendable, Equatable {
  /// What the values of a column are.
  public enum Kind: String, Codable, Sendable {
    /// Whole numbers.
    case integer
    /// Numbers.
    case number
    /// Few texts that come again and again.
    case category
    /// Texts that seldom come again.
    case text
    /// One value in all rows.
    case constant
    /// Nothing but missing values.
    case empty
  }

  /// A value with the number of its rows.
  public struct Level: Codable, Sendable, Equatable {
    /// The value as it is written.
    public var value: String
    /// Rows that have it.
    public var count: Int
  }

  /// A cell that does not fit its column.
  public struct OddCell: Codable, Sendable, Equatable {
    /// The row, from 1, without the header.
    public var row: Int
    /// The line, from 1, as an editor counts.
    public var line: Int
    /// What stands there.
    public var value: String
  }

  /// The name in the header, or a made-up one.
  public var name: String
  /// What its values are.
  public var kind: Kind
  /// Cells that mean a missing value.
  public var missing: Int
  /// The marks of missing values, and how often each stands there.
  public var missingMarks: [String: Int]
  /// Different values; nil where there are more than are counted.
  public var distinct: Int?
  /// The smallest number.
  public var minimum: Double?
  /// The mean of the numbers.
  public var mean: Double?
  /// The largest number.
  public var maximum: Double?
  /// The most frequent values first, where all are counted.
  public var levels: [Level]
  /// Cells that are no numbers in a column of numbers.
  public var oddCount: Int
  /// The first of them.
  public var oddCells: [OddCell]
  /// A number far from all others that comes again and again, perhaps a mark of missing values.
  public var suspectedMark: Level?
  /// All texts of that number, for example `-200` and `-200,0`.
  public var suspectedTexts: [String]
}

/// Gathers what a column holds, cell by cell, in memory that does not grow with the rows.
struct ColumnProfile {
  /// Odd cells that are kept.
  static let oddLimit = 3
  /// Texts of the least number that are kept.
  private static let textLimit = 16

  let name: String
  private let levelLimit: Int
  private var missingMarks: [String: Int] = [:]
  private var values = 0
  private var numbers = 0
  private var integers = 0
  private var mean = 0.0
  private var maximum = -Double.infinity
  private var minimum = (value: Double.infinity, count: 0, texts: [[UInt8]]())
  private var secondMinimum = Double.infinity
  private var odd: [ColumnSummary.OddCell] = []
  // The levels by a hash of their bytes, so that most cells need no string.
  private var places: [UInt64: Int] = [:]
  private var levels: [ColumnSummary.Level] = []
  private var hasTooManyLevels = false

  init(name: String, levelLimit: Int) {
    (self.name, self.levelLimit) = (name, levelLimit)
  }

  /// Adds the cell in `range` of the reader's bytes; blanks around it do not count.
  mutating func add(
    _ cell: CSVReader.Cell, _ reader: CSVReader, decimalComma: Bool, row: Int, line: Int
  ) {
    let bytes = reader.bytes
    var range = cell.range
    while let first = range.first, bytes[first] == 0x20 || bytes[first] == 0x09 { range = range.dropFirst() }
    while let last = range.last, bytes[last] == 0x20 || bytes[last] == 0x09 { range = range.dropLast() }
    // Most cells need no text to see that they mark nothing.
    if range.count <= 4, range.first.map({ [0x4E, 0x6E, 0x3F].contains(bytes[$0]) }) ?? true {
      let text = String(decoding: bytes[range], as: UTF8.self)
      if CSVCell.missingMarks.contains(text) {
        missingMarks[text, default: 0] += 1
        return
      }
    }
    values += 1
    countLevel(bytes, range)
    let number =
      decimalComma
      ? CSVCell.number(String(decoding: bytes[range], as: UTF8.self), decimalComma: true)
      : CSVCell.number(bytes, range)
    if let number {
      add(number, bytes, range)
    } else if odd.count < Self.oddLimit {
      odd.append(.init(row: row, line: line, value: Self.shown(reader.text(cell))))
    }
  }

  private mutating func add(_ number: Double, _ bytes: [UInt8], _ range: Range<Int>) {
    numbers += 1
    mean += (number - mean) / Double(numbers)
    maximum = max(maximum, number)
    if !bytes[range].contains(where: { $0 == 0x2E || $0 == 0x2C || $0 | 0x20 == 0x65 }) { integers += 1 }
    if number < minimum.value {
      secondMinimum = minimum.value
      minimum = (number, 1, [Array(bytes[range])])
    } else if number == minimum.value {
      minimum.count += 1
      // Only a negative one may be a mark; it may be written in several ways.
      if number < 0, minimum.texts.count < Self.textLimit,
        !minimum.texts.contains(where: { $0.elementsEqual(bytes[range]) })
      {
        minimum.texts.append(Array(bytes[range]))
      }
    } else if number < secondMinimum {
      secondMinimum = number
    }
  }

  private mutating func countLevel(_ bytes: [UInt8], _ range: Range<Int>) {
    guard !hasTooManyLevels else { return }
    // FNV-1a.
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for i in range { hash = (hash ^ UInt64(bytes[i])) &* 0x100_0000_01B3 }
    if let place = places[hash] {
      levels[place].count += 1
    } else if levels.count < levelLimit {
      places[hash] = levels.count
      levels.append(.init(value: Self.shown(String(decoding: bytes[range], as: UTF8.self)), count: 1))
    } else {
      hasTooManyLevels = true
      (places, levels) = ([:], [])
    }
  }

  /// Long texts are cut.
  private static func shown(_ text: String) -> String { text.cut(to: 60) }

  /// What was gathered.
  func summary() -> ColumnSummary {
    let distinct = hasTooManyLevels ? nil : levels.count
    // Nine of ten values that are numbers make a column of numbers in which some cells are wrong.
    let isNumeric = numbers > 0 && Double(numbers) >= 0.9 * Double(values)
    let kind: ColumnSummary.Kind =
      if values == 0 {
        .empty
      } else if distinct == 1 {
        .constant
      } else if isNumeric {
        integers == numbers ? .integer : .number
      } else if let distinct, distinct <= max(20, values / 2) {
        .category
      } else {
        .text
      }
    let hasNumbers = isNumeric && kind != .empty, mark = hasNumbers ? suspectedMark : nil
    return ColumnSummary(
      name: name, kind: kind, missing: missingMarks.values.reduce(0, +), missingMarks: missingMarks, distinct: distinct,
      minimum: hasNumbers ? minimum.value : nil, mean: hasNumbers ? mean : nil, maximum: hasNumbers ? maximum : nil,
      levels: levels.sorted { ($1.count, $0.value) < ($0.count, $1.value) },
      oddCount: hasNumbers ? values - numbers : 0, oddCells: hasNumbers ? odd : [],
      suspectedMark: mark, suspectedTexts: mark == nil ? [] : texts.sorted())
  }

  /// A negative whole minimum that repeats and lies farther from the next value than half of the others' range.
  private var suspectedMark: ColumnSummary.Level? {
    guard minimum.value < 0, minimum.value == minimum.value.rounded(), minimum.count >= max(3, numbers / 1000),
      secondMinimum < maximum, secondMinimum - minimum.value > (maximum - secondMinimum) / 2
    else { return nil }
    return .init(value: texts[0], count: minimum.count)
  }

  /// The texts of the least number, in the order in which they came.
  private var texts: [String] { minimum.texts.map { String(decoding: $0, as: UTF8.self) } }
}
