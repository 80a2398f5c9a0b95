/// A table for the terminal: named rows, columns with wrapped heads, cut into blocks where it is wider than the
/// terminal.
struct TerminalGrid {
  /// A field and how it is stressed where color is on.
  struct Field {
    var text: String
    var emphasis: TerminalText.Emphasis?
  }

  /// What stands above the names of the rows.
  let corner: String
  let rows: [String]
  let columns: [String]
  /// A list of fields per row, one per column.
  let fields: [[Field]]

  /// Widest that a head makes a column; longer heads are wrapped.
  private static let headWidth = 12
  private static let gap = 2

  /// The lines of the table, each at most `width` columns wide as long as that leaves room for a name and one field.
  func lines(width: Int, color: Bool) -> [String] {
    let names = rows.map(TerminalText.clean)
    let heads = columns.map(TerminalText.clean)
    let longest = ([corner] + names).map { TerminalText.width($0) }.max() ?? 0
    let nameWidth = min(longest, max(8, min(28, width / 3)))
    let widths = heads.indices.map { columnWidth($0, head: heads[$0], limit: max(6, width - nameWidth - Self.gap)) }
    var lines: [String] = []
    for block in blocks(widths, room: width - nameWidth) {
      if !lines.isEmpty { lines.append("") }
      lines += self.lines(of: block, names: names, heads: heads, nameWidth: nameWidth, widths: widths, color: color)
    }
    return lines
  }

  /// Ranges of columns that fit beside the names.
  private func blocks(_ widths: [Int], room: Int) -> [Range<Int>] {
    var blocks: [Range<Int>] = []
    var start = 0
    var used = 0
    for (index, width) in widths.enumerated() {
      if index > start, used + Self.gap + width > room {
        blocks.append(start..<index)
        (start, used) = (index, 0)
      }
      used += Self.gap + width
    }
    return start < widths.count ? blocks + [start..<widths.count] : blocks
  }

  private func columnWidth(_ column: Int, head: String, limit: Int) -> Int {
    let field = fields.map { TerminalText.width($0[column].text) }.max() ?? 0
    let wrapped = TerminalText.wrapped(head, to: max(field, Self.headWidth)).map { TerminalText.width($0) }.max() ?? 0
    return min(max(field, wrapped), limit)
  }

  private func lines(
    of block: Range<Int>, names: [String], heads: [String], nameWidth: Int, widths: [Int], color: Bool
  ) -> [String] {
    let gap = String(repeating: " ", count: Self.gap)
    let wrapped = block.map { TerminalText.wrapped(heads[$0], to: widths[$0]) }
    let height = wrapped.map(\.count).max() ?? 0
    var lines = (0..<height).map { line -> String in
      // Heads end at the line above the fields.
      let name = TerminalText.padded(
        line == height - 1 ? TerminalText.truncated(corner, to: nameWidth) : "", to: nameWidth, alignRight: false)
      let parts = zip(block, wrapped).map { column, parts in
        let part = line - (height - parts.count)
        return TerminalText.padded(part >= 0 ? parts[part] : "", to: widths[column], alignRight: true)
      }
      return TerminalText.styled(([name] + parts).joined(separator: gap), .dim, color: color)
    }
    for (row, name) in names.enumerated() {
      let head = TerminalText.padded(TerminalText.truncated(name, to: nameWidth), to: nameWidth, alignRight: false)
      let parts = block.map { column in
        let field = fields[row][column]
        let text = TerminalText.truncated(field.text, to: widths[column])
        return TerminalText.styled(
          TerminalText.padded(text, to: widths[column], alignRight: true), field.emphasis, color: color)
      }
      lines.append(([head] + parts).joined(separator: gap))
    }
    return lines
  }
}
