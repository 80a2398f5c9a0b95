/// What the first records of a CSV file tell about how it is written.
struct CSVGuess: Equatable {
  var separator: UInt8
  var decimalComma = false
  var hasHeader = false
  /// Whether the header was guessed and the first record might as well be a row.
  var isHeaderUncertain = false
  /// Cells of a record, as most of the first have it.
  var width: Int

  /// Records that are looked at.
  static let sampleSize = 200

  /// A guess from the first block of the file; what is given is not guessed.
  init(_ bytes: [UInt8], path: String, separator given: UInt8?, header: Bool?) throws {
    var best: Candidate?
    for byte in given.map({ [$0] }) ?? Array(",;\t| ".utf8) {
      // A separator with which the records cannot be read is none.
      guard let records = try? CSVGuess.records(bytes, byte, path) else { continue }
      let (width, share) = CSVGuess.commonWidth(records)
      let isBetter = best.map { CSVGuess.isBetter((byte, width, share), than: $0) } ?? true
      if width > 1 || given != nil, isBetter { best = (byte, width, share) }
    }
    let chosen = best ?? (UInt8(ascii: ","), 1, 1)
    // With a separator that fails, reading again says where and why.
    let records = try CSVGuess.records(bytes, chosen.byte, path)
    (separator, width) = (chosen.byte, chosen.share == 1 ? chosen.width : CSVGuess.commonWidth(records).width)
    let rows = records.filter { $0.count == width }
    if separator != UInt8(ascii: ",") {
      let cells = rows.dropFirst().joined()
      let commas = cells.count { CSVCell.isDecimal($0, mark: ",") }
      decimalComma = commas > cells.count { CSVCell.isDecimal($0, mark: ".") }
    }
    let guessed = CSVGuess.header(rows, isFirst: records.first?.count == width, decimalComma: decimalComma)
    hasHeader = header ?? guessed.isThere
    isHeaderUncertain = header == nil && guessed.isThere && !guessed.isSure
  }

  /// A separator, the cells of most records with it, and the share of records that have as many.
  private typealias Candidate = (byte: UInt8, width: Int, share: Double)

  /// Records of one length decide, then their number of cells; a blank is a separator only where nothing else is.
  private static func isBetter(_ candidate: Candidate, than best: Candidate) -> Bool {
    if abs(candidate.share - best.share) > 0.05 { return candidate.share > best.share }
    if candidate.byte == 0x20 { return false }
    if (candidate.share == 1) != (best.share == 1) { return candidate.share == 1 }
    return candidate.width > best.width
  }

  /// Whether the first record names the columns: its cells are no numbers, and one stands above a column of numbers, or
  /// they differ and do not occur below. It is sure above numbers, and above values that come again and again. A single
  /// column of texts has no header: nothing tells it from the other texts.
  private static func header(
    _ rows: [[String]], isFirst: Bool, decimalComma: Bool
  ) -> (isThere: Bool, isSure: Bool) {
    let none = (isThere: false, isSure: true)
    guard isFirst, let first = rows.first, rows.count > 1 else { return none }
    func isNumber(_ cell: String) -> Bool { CSVCell.number(cell, decimalComma: decimalComma) != nil }
    let named = first.indices.filter { !first[$0].isEmpty }
    guard !named.isEmpty, !named.contains(where: { isNumber(first[$0]) || first[$0] == "?" }) else { return none }
    let isAboveNumbers = named.contains { column in
      let values = rows.dropFirst().map { $0[column] }.filter { !CSVCell.missingMarks.contains($0) }
      return !values.isEmpty && values.allSatisfy(isNumber)
    }
    guard !isAboveNumbers else { return (true, true) }
    guard first.count > 1, Set(named.map { first[$0] }).count == named.count,
      !named.contains(where: { column in rows.dropFirst().contains { $0[column] == first[column] } })
    else { return none }
    let isAboveLevels = named.contains { column in
      rows.count > 10 && Set(rows.dropFirst().map { $0[column] }).count * 3 < rows.count
    }
    return (true, isAboveLevels)
  }

  /// How the file is read: with the separator of that byte, a blank standing for a run of them.
  static func dialect(_ separator: UInt8) throws -> CSVDialect {
    let name = [0x09: "tab", 0x20: "space"][separator] ?? String(UnicodeScalar(separator))
    return CSVDialect(separator: try CSVSeparator(name))
  }

  private static func records(_ bytes: [UInt8], _ separator: UInt8, _ path: String) throws -> [[String]] {
    var reader = try CSVReader(bytes: bytes, dialect: dialect(separator), path: path, namesOptions: true),
      cells: [CSVReader.Cell] = []
    var records: [[String]] = []
    while records.count < sampleSize, try reader.next(into: &cells) {
      if cells.count == 1, cells[0].range.isEmpty { continue }
      records.append(cells.map { CSVCell.trimmed(reader.text($0)) })
    }
    return records
  }

  /// The number of cells that most records have, and the share of records that have it.
  private static func commonWidth(_ records: [[String]]) -> (width: Int, share: Double) {
    var counts: [Int: Int] = [:]
    for record in records { counts[record.count, default: 0] += 1 }
    let most = counts.max { ($0.value, $0.key) < ($1.value, $1.key) }
    return most.map { ($0.key, Double($0.value) / Double(records.count)) } ?? (1, 1)
  }
}

/// Cells as text.
enum CSVCell {
  /// What commonly stands for a missing value.
  static let missingMarks: Set<String> = [
    "", "NA", "N/A", "n/a", "NaN", "nan", "NAN", "NULL", "null", "?",
  ]

  /// Without blanks at its ends.
  static func trimmed(_ text: String) -> String {
    let bytes = text.utf8
    guard let first = bytes.first, let last = bytes.last, first == 0x20 || first == 0x09 || last == 0x20 || last == 0x09
    else { return text }
    let start = bytes.firstIndex { $0 != 0x20 && $0 != 0x09 } ?? bytes.endIndex
    let end = bytes.lastIndex { $0 != 0x20 && $0 != 0x09 }.map { bytes.index(after: $0) } ?? start
    return String(text[start..<end])
  }

  /// The number that a cell is; nil where it is none or too large for a float.
  static func number(_ text: String, decimalComma: Bool) -> Double? {
    var bytes = Array(text.utf8)
    if decimalComma {
      guard !bytes.contains(UInt8(ascii: ".")) else { return nil }
      if let comma = bytes.firstIndex(of: UInt8(ascii: ",")) { bytes[comma] = UInt8(ascii: ".") }
    }
    return number(bytes, bytes.indices)
  }

  /// The number with a decimal point in `range` of `bytes`.
  ///
  /// Up to 15 digits and 22 decimals, digits and power are exact in a double, so that one division rounds correctly.
  static func number(_ bytes: [UInt8], _ range: Range<Int>) -> Double? {
    var i = range.lowerBound
    guard i < range.upperBound else { return nil }
    let negative = bytes[i] == UInt8(ascii: "-")
    if negative { i += 1 }
    var mantissa = 0, digits = 0, scale = 1.0, hasPoint = false
    while i < range.upperBound, digits <= 15 {
      let digit = bytes[i] &- 48
      if digit < 10 {
        (mantissa, digits) = (mantissa * 10 + Int(digit), digits + 1)
        if hasPoint { scale *= 10 }
      } else if bytes[i] == UInt8(ascii: "."), !hasPoint {
        hasPoint = true
      } else {
        break
      }
      i += 1
    }
    if i == range.upperBound, (1...15).contains(digits) {
      return (negative ? -1 : 1) * Double(mantissa) / scale
    }
    guard DecimalNumber.float(bytes, range) != nil else { return nil }
    return Double(String(decoding: bytes[range], as: UTF8.self))
  }

  /// Whether a cell is digits, one mark and digits.
  static func isDecimal(_ text: String, mark: Character) -> Bool {
    let parts = text.drop { $0 == "-" || $0 == "+" }.split(separator: mark, omittingEmptySubsequences: false)
    return parts.count == 2
      && parts.allSatisfy { part in !part.isEmpty && part.utf8.allSatisfy { (48...57).contains($0) } }
  }
}
