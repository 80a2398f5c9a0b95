/// The summary: what training alone, inference alone and both buy, on average and per scenario.
enum SummarySection {
  static func render(_ data: ReportData) -> Markup {
    guard let start = data.start else {
      return
        "<p>There is no arm <b>\(data.results.baseline)</b> among the results, so that nothing is compared.</p>"
    }
    let scenarios = data.scenarioNames
    let complete = scenarios.filter { data.quality(start, $0) != nil }
    guard let overall = Purchase(data, over: complete), !complete.isEmpty else {
      return "<p>The baseline \(Wording.name(start)) finished in no scenario, so that nothing is compared.</p>"
    }
    let seeds =
      data.results.seeds.count > 1
      ? "Changes are paired by seed; brackets are 95 % intervals over \(data.results.seeds.count) seeds."
      : "There is one seed, so that no interval and no verdict can be stated."
    return """
      \(Headline.render(overall, data, complete))
      \(lead(overall, data, complete))
      \(tiles(overall, data, complete))
      \(InterplaySection.render(overall, data, complete))
      <h3>By scenario</h3>
      \(table(data))
      <p class="note">\(seeds) The best arms were picked on these same numbers, which flatters them a little. \
      \(labelNote(data))\(omitted(scenarios.filter { !complete.contains($0) }))</p>
      """
  }

  /// Which scenarios the averages leave out.
  private static func omitted(_ scenarios: [String]) -> Markup {
    guard !scenarios.isEmpty else { return .empty }
    return " Left out of the averages: \(Wording.list(scenarios.map { Wording.name($0) })), where the start failed."
  }

  /// One paragraph in words with the numbers first.
  private static func lead(_ purchase: Purchase, _ data: ReportData, _ scenarios: [String]) -> Markup {
    let format = data.format
    let place: Markup =
      scenarios.count == 1
      ? "In \(Wording.name(scenarios[0]))" : "Averaged over \(Wording.counted(scenarios.count, "scenario"))"
    var text: Markup = """
      \(place), \(Wording.name(purchase.start.combination)) has \
      <b>\(format.full(purchase.start.quality))</b> \(format.metric.title).
      """
    if let change = purchase.training.change, Purchase.isUnshown(purchase.training) {
      text += """
         No training arm alone is shown to be better; the best as measured, \
        \(Wording.name(purchase.training.combination.training)), changes that by \
        <b>\(format.change(change.estimate))</b> (no difference shown).
        """
    } else if let change = purchase.training.change {
      text += """
         The best training arm alone, \(Wording.name(purchase.training.combination.training)), changes that by \
        <b>\(format.change(change.estimate))</b>.
        """
    } else {
      text += " No other training arm is better while nothing adapts."
    }
    if let change = purchase.inference.change, Purchase.isUnshown(purchase.inference) {
      text += """
         No inference arm alone is shown to be better; the best as measured, \
        \(Wording.name(purchase.inference.combination.inference)), changes it by \
        <b>\(format.change(change.estimate))</b> (no difference shown).
        """
    } else if let change = purchase.inference.change {
      text += """
         The best inference arm alone, \(Wording.name(purchase.inference.combination.inference)), changes it by \
        <b>\(format.change(change.estimate))</b>.
        """
    } else {
      text += " No inference arm is better on the first training arm."
    }
    if purchase.combines, let change = purchase.both.change {
      text += """
         Both together, \(Wording.name(purchase.both.combination)), change it by \
        <b>\(format.change(change.estimate))</b>\(doubt(change)).
        """
    }
    return "<p>\(text)</p>"
  }

  private static func doubt(_ change: SeedDifference) -> String {
    change.seeds > 1 && change.verdict == .noDifferenceShown ? " (no difference shown)" : ""
  }

  private static func tiles(_ purchase: Purchase, _ data: ReportData, _ scenarios: [String]) -> Markup {
    var entries: [(String, Purchase.Choice, String)] = [
      ("Start", purchase.start, "tile"),
      ("Training alone", purchase.training, "tile"),
      ("Inference alone", purchase.inference, "tile"),
    ]
    if purchase.combines { entries.append(("Both", purchase.both, "tile strong")) }
    if let labeled = purchase.labeled { entries.append(("With late labels", labeled, "tile")) }
    let items = entries.enumerated().map { index, entry -> Markup in
      let (title, choice, style) = entry
      let change: Markup
      if entry.0 != "With late labels", Purchase.isUnshown(choice), let difference = choice.change {
        return unshown(title, choice, difference, style, data)
      }
      if let difference = choice.change {
        change = Wording.change(difference, data)
      } else {
        change = Markup(stringLiteral: index == 0 ? "first training arm, baseline" : "nothing better found")
      }
      return """
        <li class="\(style)"><span class="kicker">\(title)</span>\
        <span class="big">\(data.format.full(choice.quality))</span>\
        <span class="change">\(change)</span>\
        <span class="arms">\(choice.combination.training) · \(choice.combination.inference)</span>\
        <span class="costs">\(costs(choice, purchase.start, data, scenarios))</span></li>

        """
    }
    return "<ul class=\"tiles\">\n\(items.joined())</ul>"
  }

  /// A box whose best arm is not shown to be better: the conclusion is large, the arm as measured small.
  private static func unshown(
    _ title: String, _ choice: Purchase.Choice, _ change: SeedDifference, _ style: String, _ data: ReportData
  ) -> Markup {
    """
    <li class="\(style)"><span class="kicker">\(title)</span>\
    <span class="big small">nothing better shown</span>\
    <span class="change">best as measured: \(data.format.full(choice.quality)), \(Wording.change(change, data))</span>\
    <span class="arms">\(choice.combination.training) · \(choice.combination.inference)</span></li>

    """
  }

  /// What a choice costs, next to the start.
  private static func costs(
    _ choice: Purchase.Choice, _ start: Purchase.Choice, _ data: ReportData, _ scenarios: [String]
  ) -> String {
    func training(_ choice: Purchase.Choice) -> Double {
      data.results.trainingArms.first { $0.name == choice.combination.training }?.flops ?? 0
    }
    let inference = data.flopsPerSample(choice.combination, over: scenarios) ?? 0
    let base = data.flopsPerSample(start.combination, over: scenarios) ?? 0
    if choice.combination == start.combination {
      return "\(NumberFormat.count(training(choice))) FLOPs to train, \(NumberFormat.count(inference)) per prediction"
    }
    guard training(start) > 0, base > 0 else { return "" }
    let ratios = (
      NumberFormat.ratio(training(choice) / training(start)), NumberFormat.ratio(inference / base)
    )
    return "\(ratios.0) FLOPs to train, \(ratios.1) per prediction"
  }

  private static func table(_ data: ReportData) -> Markup {
    let rows = data.scenarioNames.map { scenario -> Markup in
      let head: Markup = "<th scope=\"row\">\(Wording.name(scenario))</th>"
      guard let purchase = Purchase(data, over: [scenario]) else {
        return "<tr>\(head)<td colspan=\"5\">failed: the baseline did not finish</td></tr>\n"
      }
      return """
        <tr>\(head)\
        <td><b>\(data.format.full(purchase.start.quality))</b></td>\
        <td>\(choice(purchase.training, purchase.training.combination.training, data))</td>\
        <td>\(choice(purchase.inference, purchase.inference.combination.inference, data))</td>\
        <td>\(choice(purchase.both, both(purchase), data))</td>\
        <td>\(againstBaseline(purchase, scenario, data))</td></tr>

        """
    }
    let start = data.start.map { "\($0.training) · \($0.inference)" } ?? ""
    return Wording.scrollable(
      "What buys what, by scenario",
      """
      <table class="buys">
      <caption><span>The best arms per scenario, and what they change against the start (\(start)). Negative is \
      better.</span></caption>
      <thead><tr><th scope="col">Scenario</th><th scope="col">Start</th><th scope="col">Training alone</th>\
      <th scope="col">Inference alone</th><th scope="col">Best of all</th>\
      <th scope="col">Best of all against the baseline arm on its training arm</th></tr></thead>
      <tbody>
      \(rows.joined())</tbody>
      </table>
      """)
  }

  private static func both(_ purchase: Purchase) -> String {
    "\(purchase.both.combination.training) · \(purchase.both.combination.inference)"
  }

  private static func choice(_ choice: Purchase.Choice, _ name: String, _ data: ReportData) -> Markup {
    guard let change = choice.change else { return "<span class=\"quiet\">nothing better than the start</span>" }
    let doubt: Markup =
      Purchase.isUnshown(choice) ? "<span class=\"quiet\">nothing better shown; best as measured:</span><br/>" : ""
    return """
      \(doubt)<b>\(data.format.full(choice.quality))</b> \(name)<br/>\
      <span class="quiet number">\(Wording.change(change, data))</span>
      """
  }

  private static func againstBaseline(_ purchase: Purchase, _ scenario: String, _ data: ReportData) -> Markup {
    guard let cell = data.cell(purchase.both.combination, scenario) else { return "—" }
    if cell.verdict == .baseline { return "<span class=\"quiet\">is the baseline arm</span>" }
    guard let difference = cell.difference else { return "<span class=\"quiet\">the baseline arm failed</span>" }
    return "<span class=\"number\">\(data.format.change(difference)) \(Wording.mark(cell.verdict))</span>"
  }

  private static func labelNote(_ data: ReportData) -> Markup {
    let labeled = data.results.inferenceArms.filter(\.usesLabels).map { Wording.name($0.name) }
    let oracles = data.results.inferenceArms.filter(\.isOracle).map { Wording.name($0.name) }
    guard oracles.isEmpty else {
      return
        "\(Wording.list(labeled + oracles)): no candidates for the other boxes, as labels of the stream play a part."
    }
    guard !labeled.isEmpty else { return "No inference arm sees a label." }
    let role = labeled.count == 1 ? "sees labels and is no candidate" : "see labels and are no candidates"
    return "\(Wording.list(labeled)) \(role) for the other boxes: what learns from labels plays under other rules."
  }
}
