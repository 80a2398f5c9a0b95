/// Where an adaptation, or a training arm, does not help or hurts.
enum VerdictSection {
  static func render(_ data: ReportData) -> Markup {
    guard data.start != nil else { return .empty }
    let inference = data.inferenceNames.filter { $0 != data.results.baseline }.map { VerdictTally(inference: $0, data) }
    let training = Array(data.trainingNames.dropFirst()).map { VerdictTally(training: $0, data) }
    var text: Markup = ""
    if !inference.isEmpty {
      text += """
        \(overview(inference, data))
        <h3>Inference arms</h3>
        \(table("Inference arms against \(data.results.baseline), each on the same training arm", inference, data))
        \(hopeless(data))
        """
    }
    if !training.isEmpty {
      text += """
        <h3>Training arms</h3>
        \(table("Training arms against \(data.reference ?? ""), all under \(data.results.baseline)", training, data))
        """
    }
    return text + ComparisonSection.render(data)
  }

  private static func overview(_ tallies: [VerdictTally], _ data: ReportData) -> Markup {
    let cells = tallies.reduce(0) { $0 + $1.cells }
    let helps = tallies.reduce(0) { $0 + $1.helps }
    let hurts = tallies.reduce(0) { $0 + $1.hurtCount }
    let unclear = tallies.reduce(0) { $0 + $1.unclearCount }
    let one: Markup =
      data.results.seeds.count == 1 ? " With one seed no difference can be shown, whatever its size." : ""
    return """
      <p class="lead">Of \(Wording.counted(cells, "comparison")) of an inference arm with the baseline arm, \
      <b>\(helps)</b> \(helps == 1 ? "shows" : "show") that it helps, <b>\(hurts)</b> that it hurts, and \
      <b>\(unclear)</b> \(unclear == 1 ? "shows" : "show") no difference.\(one)</p>
      """
  }

  private static func table(_ caption: String, _ tallies: [VerdictTally], _ data: ReportData) -> Markup {
    let rows = tallies.map { tally -> Markup in
      """
      <tr><th scope="row">\(Wording.name(tally.arm))</th>\
      <td class="tally">\(bar(tally))<span>\(counts(tally))</span></td>\
      <td>\(places(tally.hurts, data, sized: true))</td><td>\(places(tally.unclear, data, sized: false))</td></tr>

      """
    }
    return Wording.scrollable(
      caption,
      """
      <table class="verdicts">
      <caption><span>\(caption)</span></caption>
      <thead><tr><th scope="col">Arm</th><th scope="col">Comparisons</th><th scope="col">Hurts in</th>\
      <th scope="col">No difference shown in</th></tr></thead>
      <tbody>
      \(rows.joined())</tbody>
      </table>
      """)
  }

  /// `helps in 12 of 20, hurts in 3`.
  static func counts(_ tally: VerdictTally) -> String {
    var text = "helps in \(tally.helps) of \(tally.cells), hurts in \(tally.hurtCount)"
    if tally.failed > 0 { text += ", \(tally.failed) failed" }
    return text
  }

  private static func bar(_ tally: VerdictTally) -> Markup {
    let total = Double(max(1, tally.cells))
    var x = 0.0
    let parts = [("helps", tally.helps), ("noDifferenceShown", tally.unclearCount), ("hurts", tally.hurtCount)]
    let boxes = parts.map { style, count -> Markup in
      let width = Double(count) / total * 120
      defer { x += width }
      return count == 0 ? "" : "<rect class=\"\(style)\" x=\"\(x)\" y=\"0\" width=\"\(width)\" height=\"8\"/>"
    }
    return "<svg class=\"bar\" viewBox=\"0 0 120 8\" aria-hidden=\"true\">\(boxes.joined())</svg>"
  }

  /// `label-shift (all 4 training arms, up to +8.1 points); clean (plain, +0.3 points)`.
  static func places(_ places: [VerdictTally.Place], _ data: ReportData, sized: Bool) -> Markup {
    guard !places.isEmpty else { return "—" }
    return places.map { place -> Markup in
      let all = data.trainingNames.count
      var details: [String] = []
      // With one training arm, or a training arm on its own, the scenario says it all.
      if all > 1, place.trainings.count == all {
        details.append("all \(all) training arms")
      } else if place.trainings.count > 2 {
        details.append("\(place.trainings.count) of \(all) training arms")
      } else if all > 1, !place.isWhole {
        details.append(place.trainings.joined(separator: ", "))
      }
      if sized, let largest = place.largest {
        details.append((place.trainings.count > 1 ? "up to " : "") + data.format.change(largest))
      }
      let suffix: Markup = details.isEmpty ? "" : " <span class=\"quiet\">(\(details.joined(separator: ", ")))</span>"
      return "\(Wording.name(place.scenario))\(suffix)"
    }.joined("; ")
  }

  /// Scenarios in which no inference arm helps on any training arm.
  private static func hopeless(_ data: ReportData) -> Markup {
    guard data.results.seeds.count > 1 else { return .empty }
    let scenarios = data.scenarioNames.filter { scenario in
      let cells = data.results.cells.filter { $0.scenario == scenario && $0.difference != nil }
      return !cells.isEmpty && !cells.contains { $0.verdict == .helps }
    }
    guard !scenarios.isEmpty else { return .empty }
    return
      "<p>In \(Wording.list(scenarios.map { Wording.name($0) })) no inference arm helps, whatever the training arm.</p>"
  }
}
