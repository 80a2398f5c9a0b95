/// Words and small pieces of markup that several sections use.
enum Wording {
  /// A number with its noun: `1 seed`, `5 batches`.
  static func counted(_ count: Int, _ noun: String) -> String {
    "\(count) \(noun)\(count == 1 ? "" : noun.hasSuffix("ch") ? "es" : "s")"
  }

  /// The name of an arm or a scenario.
  static func name(_ name: String) -> Markup {
    "<span class=\"name\">\(name)</span>"
  }

  /// Both names of a combination.
  static func name(_ combination: ReportData.Combination) -> Markup {
    "\(name(combination.training)) with \(name(combination.inference))"
  }

  /// Names in a row: `a`, `a and b`, `a, b and c`.
  static func list(_ items: [Markup]) -> Markup {
    guard let last = items.last, items.count > 1 else { return items.first ?? .empty }
    return "\(items.dropLast().joined(", ")) and \(last)"
  }

  /// The sign of a verdict; empty for the baseline.
  static func sign(_ verdict: Verdict) -> String {
    switch verdict {
    case .baseline: ""
    case .helps: "▼"
    case .hurts: "▲"
    case .noDifferenceShown: "="
    }
  }

  /// A verdict in words.
  static func words(_ verdict: Verdict) -> String {
    switch verdict {
    case .baseline: "baseline"
    case .helps: "helps"
    case .hurts: "hurts"
    case .noDifferenceShown: "no difference shown"
    }
  }

  /// The sign of a verdict for the eye and its words for screen readers.
  static func mark(_ verdict: Verdict) -> Markup {
    guard verdict != .baseline else { return "<span class=\"sr\"> (baseline)</span>" }
    return """
      <span class="mark \(verdict.rawValue)" aria-hidden="true">\(sign(verdict))</span>\
      <span class="sr"> (\(words(verdict)))</span>
      """
  }

  /// A change against something else, with the sign of what it shows.
  static func change(_ change: SeedDifference, _ data: ReportData) -> Markup {
    let text: Markup = "<span class=\"number\">\(data.format.change(change.estimate))</span>"
    return change.seeds > 1 ? "\(text) \(mark(change.verdict))" : text
  }

  /// A container in which wide content scrolls by itself, reachable with the keyboard.
  static func scrollable(_ label: String, _ content: Markup) -> Markup {
    "<div class=\"scroll\" role=\"region\" tabindex=\"0\" aria-label=\"\(label)\">\n\(content)\n</div>\n"
  }
}
