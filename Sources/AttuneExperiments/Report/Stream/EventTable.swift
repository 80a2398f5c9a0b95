internal import AttuneInference

/// What strategies told along the streams: marks on the lines, and a table.
enum EventTable {
  /// The most events of a cell that the table lists.
  static let limit = 10

  /// A table of the events of each cell with its first seed that has any; nothing where nothing happened.
  ///
  /// - Parameter unit: what the row of an event is, in a stream that is learned row by row; nil for batches.
  static func render(_ data: ReportData, unit: String? = nil) -> Markup {
    let eventful = data.results.cells.filter { !$0.events.isEmpty }
    guard !eventful.isEmpty else { return .empty }
    let intro =
      unit == nil ? "What the strategies told of themselves, without a label:" : "What detectors and learners told:"
    return """
      <h3>Alarms and other events</h3>
      <p>\(intro) of each cell the first \(limit) events with the first seed that has any. The row is \
      \(unit.map { "the \($0)" } ?? "the first of the batch that was being answered").</p>
      \(Wording.scrollable(
        "Events",
        """
        <table>
        <thead><tr><th scope="col">Cell</th><th scope="col">Seed</th><th scope="col">Row</th>\
        <th scope="col">Event</th><th scope="col">What happened</th></tr></thead>
        <tbody>
        \(eventful.map(rows).joined())</tbody>
        </table>
        """))
      """
  }

  private static func rows(_ cell: ResultCell) -> Markup {
    guard let first = cell.events.first else { return .empty }
    let shown = first.log.events.prefix(limit)
    let name: Markup =
      "\(Wording.name(cell.training)) with \(Wording.name(cell.inference)) in \(Wording.name(cell.scenario))"
    let listed = shown.map { event -> Markup in
      """
      <tr><th scope="row">\(name)</th><td>\(String(first.seed))</td><td>\(event.row)</td>\
      <td class="text">\(event.kind.rawValue)</td><td class="text">\(event.message)</td></tr>

      """
    }
    let more = first.log.more + first.log.events.count - shown.count
    let counts = first.log.counts.sorted { $0.key < $1.key }.map { "\($0.value) × \($0.key)" }.joined(separator: ", ")
    let rest: Markup =
      more == 0
      ? .empty
      : """
      <tr><th scope="row">\(name)</th><td>\(String(first.seed))</td><td></td><td class="text">and \(more) more</td>\
      <td class="text">in all: \(counts)</td></tr>

      """
    return listed.joined() + rest
  }

  /// A mark on an arm's line for each batch with an event of the cell's first seed that has any, but for alarms, which
  /// stand on the axis.
  static func marks(
    _ frame: PlotFrame, _ values: [Double], of cell: ResultCell?, _ data: ReportData
  ) -> Markup {
    guard let cell, let first = cell.events.first else { return .empty }
    var seen: Set<Int> = []
    return first.log.events.filter { $0.kind != .alarm }.map { event -> Markup in
      let batch = event.batch
      guard values.indices.contains(batch), values[batch].isFinite, seen.insert(batch).inserted else { return .empty }
      let point = frame.point(Double(batch + 1), values[batch])
      return """
        <g class="point \(SeriesStyle.color(cell.inference, data))">\(SeriesStyle.mark(4, x: point.x, y: point.y - 6))\
        <title>\(cell.inference), row \(event.row): \(event.kind.rawValue), \(event.message)</title></g>

        """
    }.joined()
  }
}
