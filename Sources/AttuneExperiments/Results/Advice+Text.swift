extension Advice {
  /// The advice in lines for a terminal, each ended by a line feed.
  public var text: String {
    let format = QualityFormat(metric: metric)
    var lines = ["\(question)", ""]
    if let choice { lines += chosen(choice, format) } else { lines += nothing(format) }
    lines += ["", exclusions]
    if leftOut > 0 { lines.append("\(Wording.counted(leftOut, "combination")) not looked at: failed, or an oracle.") }
    lines += notes.map { "Note: \($0)" }
    return lines.map { $0 + "\n" }.joined()
  }

  private var question: String {
    let place = scenarios.count == 1 ? scenarios[0] : "\(scenarios.count) scenarios"
    return
      "For \(NumberFormat.withoutTrailingZeros(NumberFormat.count(limits.predictions))) predictions, over \(place), "
      + "\(Wording.counted(seeds, "seed")), total cost in \(unit == .flops ? "FLOPs" : "seconds"):"
  }

  private func chosen(_ choice: Alternative, _ format: QualityFormat) -> [String] {
    var lines = [
      "Take \(choice.served.figures.name).",
      "  \(format.metric.title) \(format.full(choice.served.figures.quality))\(interval(format)), "
        + "total \(unit.text(choice.total))",
      "  \(served(choice.served))",
    ]
    lines.append("  " + reason)
    if let bestMeasured {
      let isNext = bestMeasured == runnerUp
      lines.append(line(isNext ? "Best as measured, and runner-up" : "Best as measured", bestMeasured, format))
    }
    if let runnerUp, runnerUp != bestMeasured {
      let isCheaper = runnerUp == nextCheaper
      lines.append(line(isCheaper ? "Runner-up, and best of the cheaper ones" : "Runner-up", runnerUp, format))
    }
    if nextCheaper == nil {
      lines.append("No combination that fits costs less.")
    } else if let nextCheaper, nextCheaper != runnerUp || runnerUp == bestMeasured {
      lines.append(line("Best of the cheaper ones", nextCheaper, format))
    }
    return lines
  }

  /// Why it is the choice.
  private var reason: String {
    guard seeds > 1 else { return "The best as measured." }
    guard bestMeasured == nil else {
      return
        "The cheapest of \(notShownWorse) on the front of quality and cost that are not shown to be worse than the best."
    }
    return "The best as measured; what costs less is shown to be worse, or as measured worse than what costs no more."
  }

  private func interval(_ format: QualityFormat) -> String {
    guard let quality, quality.low < quality.high else { return "" }
    return " [\(format.bare(quality.low)), \(format.bare(quality.high))]"
  }

  private func served(_ served: ServedFigures) -> String {
    let call = served.callRows.map { "a call of \(Wording.counted($0, "row"))" } ?? "a call"
    let latency =
      served.latency.map { "p99 of \(call) \(ServedFigures.latencyText($0))" }
      ?? served.queries.map { "p99 not stated: \($0) calls are too few" } ?? "latency not measured"
    let state = served.stateBytes.map { " and \(NumberFormat.bytes($0)) of state" } ?? " (state not counted)"
    return "\(latency); model \(NumberFormat.bytes(served.modelBytes))\(state); "
      + "labels: \(served.figures.seesLabels ? "late" : "never"); of the training data: \(served.sourceAccess)"
  }

  /// An alternative with what the choice changes against it.
  private func line(_ title: String, _ other: Alternative, _ format: QualityFormat) -> String {
    var text =
      "\(title): \(other.served.figures.name), \(format.full(other.served.figures.quality)), "
      + "total \(unit.text(other.total))"
    if let comparison = other.comparison, comparison.pairs > 1 {
      let verdict =
        switch comparison.verdict {
        case .helps: "the choice is shown to be better"
        case .hurts: "the choice is shown to be worse"
        default: "no difference shown"
        }
      text +=
        "; choice against it \(format.change(comparison.difference)) (\(verdict), p "
        + "\(ComparisonText.probability(comparison.probability)))"
    }
    return text + "."
  }

  private func nothing(_ format: QualityFormat) -> [String] {
    guard fitting == 0 else { return ["Combinations fit, but none has a measured cost in seconds."] }
    return ["Nothing fits. Nearest:"]
      + nearest.map { miss in
        "  \(miss.served.figures.name), \(format.metric.title) \(format.full(miss.served.figures.quality)): "
          + miss.misses.map { "\($0.limit.rawValue): \($0.text)" }.joined(separator: "; ")
      }
  }

  private var exclusions: String {
    let named = AdviceLimits.Kind.allCases.compactMap { kind in
      excluded[kind.rawValue].map { "\(kind.rawValue) excludes \($0)" }
    }
    let start = "\(fitting) of \(candidates) \(candidates == 1 ? "combination fits" : "combinations fit")"
    return start + (named.isEmpty ? "." : "; " + named.joined(separator: ", ") + ".")
  }
}
