/// The results of an online experiment as text for a terminal: one table per stream.
public enum OnlineTerminalTable {
  /// The tables, in lines of at most `width` columns (from 40 on), each ended by a line feed.
  ///
  /// - Parameters:
  ///   - results: what to print.
  ///   - color: whether the best figure and failures are stressed with ANSI codes; without, the text is plain.
  ///   - width: columns of the terminal.
  public static func render(_ results: OnlineResults, color: Bool, width: Int) -> String {
    let width = max(width, 20)
    func wrap(_ text: String, _ emphasis: TerminalText.Emphasis) -> [String] {
      TerminalText.wrapped(text, to: width).map { TerminalText.styled($0, emphasis, color: color) }
    }
    let seeds =
      results.seeds.count > 1
      ? "mean ± half of the 95 % interval over \(results.seeds.count) seeds where anything depends on them" : "one seed"
    var lines = wrap("\(TerminalText.clean(results.name)): each row predicted, scored, then learned; \(seeds)", .bold)
    lines += wrap(
      "* lowest; costs are a row's: operations, median time, bytes of the learner's state at the end", .dim)
    for stream in results.streams {
      let columns = OnlineColumns(stream, in: results)
      lines.append("")
      lines += wrap("\(TerminalText.clean(stream.name)): \(columns.facts.joined(separator: ", "))", .bold)
      let best = columns.best
      let fields = columns.cells.map { cell -> [TerminalGrid.Field] in
        let isBest = cell.quality.map { $0.mean == best } ?? false
        return columns.fields(cell).enumerated().map { index, text in
          guard index == 0 else { return .init(text: text) }
          return .init(
            text: text + (isBest ? "*" : " "), emphasis: cell.quality == nil ? .red : isBest ? .bold : nil)
        }
      }
      lines += TerminalGrid(
        corner: "learner", rows: columns.cells.map(\.learner), columns: columns.heads, fields: fields
      )
      .lines(width: width, color: color)
    }
    lines += ExpectedTable.lines(results.expected, width: width, color: color)
    return lines.map { $0 + "\n" }.joined()
  }
}
