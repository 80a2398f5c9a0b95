internal import AttuneInference

/// What is drawn along the axis of a stream besides the lines: where it changes, where its error does, and alarms.
enum StreamMarks {
  /// A domain of a stream that begins at a batch, from 0.
  struct Start: Equatable {
    let batch: Int
    let name: String
  }

  /// Where a domain begins that differs from the one before, the first included.
  static func domains(_ view: ScenarioView?) -> [Start] {
    var starts: [Start] = []
    for change in view?.changes ?? [] where change.domain != starts.last?.name {
      starts.append(Start(batch: change.batch, name: change.domain))
    }
    return starts
  }

  /// Where only a severity changes.
  static func severities(_ view: ScenarioView?) -> [Int] {
    let starts = Set(domains(view).map(\.batch))
    return (view?.changes ?? []).map(\.batch).filter { !starts.contains($0) }
  }

  /// Lines with names where domains begin, and ticks where severities change.
  static func changes(_ frame: PlotFrame, _ view: ScenarioView?) -> Markup {
    let floor = frame.height - frame.bottom
    let lines = domains(view).map { start -> Markup in
      let x = frame.point(Double(start.batch + 1), frame.y.low).x
      // The name runs down along its line, at the right of it.
      return """
        <line class="change" x1="\(x)" y1="\(frame.top)" x2="\(x)" y2="\(floor)"/>\
        <text class="change-name" transform="translate(\(x + 3) \(frame.top + 2)) rotate(90)">\(start.name)</text>

        """
    }
    let ticks = severities(view).map { batch -> Markup in
      let x = frame.point(Double(batch + 1), frame.y.low).x
      return "<line class=\"change\" x1=\"\(x)\" y1=\"\(floor - 6)\" x2=\"\(x)\" y2=\"\(floor)\"/>\n"
    }
    return (lines + ticks).joined()
  }

  /// A diamond on top of the plot and a dotted line where a change of the error was detected.
  static func detected(_ frame: PlotFrame, _ batches: [Int]) -> Markup {
    batches.map { batch -> Markup in
      let x = frame.point(Double(batch + 1), frame.y.low).x
      return """
        <g class="detected"><title>error of the baseline changes at \(batch + 1)</title>\
        <line x1="\(x)" y1="\(frame.top)" x2="\(x)" y2="\(frame.height - frame.bottom)"/>\
        <polygon points="\(x),\(frame.top - 9) \(x + 4.5),\(frame.top - 4.5) \(x),\(frame.top) \(x - 4.5),\
        \(frame.top - 4.5)"/></g>

        """
    }.joined()
  }

  /// The alarms of a cell's first seed that has any: triangles on the time axis, those of another arm a line higher.
  static func alarms(_ frame: PlotFrame, of cell: ResultCell?, line: Int, _ data: ReportData) -> Markup {
    guard let cell, let first = cell.events.first else { return .empty }
    var seen: Set<Int> = []
    let y = frame.height - frame.bottom - 5 - 9 * Double(line)
    return first.log.events.filter { $0.kind == .alarm }.map { event -> Markup in
      guard seen.insert(event.batch).inserted, Double(event.batch + 1) <= frame.x.high else { return .empty }
      let x = frame.point(Double(event.batch + 1), frame.y.low).x
      return """
        <g class="point alarm \(SeriesStyle.color(cell.inference, data))">\(SeriesStyle.mark(2, x: x, y: y, radius: 4.5))\
        <title>alarm of \(cell.inference), row \(event.row): \(event.message)</title></g>

        """
    }.joined()
  }

  /// What the marks mean; those that the plots have.
  static func key(changes: Bool, detected: Bool, alarms: Bool) -> Markup {
    var parts: [Markup] = []
    if changes {
      parts.append("Solid vertical lines: a domain of the stream begins; short ticks: its severity changes.")
    }
    if detected {
      parts.append(
        """
        Diamonds with a dotted line: the level of the baseline's error changes, as found by binary segmentation of its \
        batch errors (a cut must lower the squared distances by \(NumberFormat.fixed(ChangePoints.penalty, 0)) σ² log n).
        """)
    }
    if alarms { parts.append("Triangles on the time axis: alarms, in the color of the arm.") }
    return parts.isEmpty ? .empty : "<p class=\"note\">\(parts.joined(" "))</p>\n"
  }
}
