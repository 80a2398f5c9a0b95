/// The first sentence of a report: what the best arms cut the figure to, at what cost, and where nothing is shown.
enum Headline {
  static func render(_ purchase: Purchase, _ data: ReportData, _ scenarios: [String]) -> Markup {
    let choice = purchase.both, format = data.format, start = purchase.start
    guard let change = choice.change, change.seeds < 2 || change.verdict == .helps else {
      return """
        <p class="lead">No difference shown: no combination of training and inference arm is shown to be better than \
        \(Wording.name(start.combination)), which has <b>\(format.full(start.quality))</b> \(format.metric.title) \
        \(place(scenarios)).</p>
        """
    }
    return """
      <p class="lead">\(Wording.name(choice.combination)) \(change.seeds < 2 ? "changes" : "cuts") the \
      \(format.metric.title) from <b>\(format.full(start.quality))</b> to <b>\(format.full(choice.quality))</b> \
      \(place(scenarios))\(costs(choice, start, data, scenarios))\(exceptions(purchase, data, scenarios)).</p>
      """
  }

  private static func place(_ scenarios: [String]) -> Markup {
    scenarios.count == 1
      ? "in \(Wording.name(scenarios[0]))" : "on average over \(Wording.counted(scenarios.count, "scenario"))"
  }

  /// `, at 1.03 × the compute per prediction and 2.2 × that of the training`.
  private static func costs(
    _ choice: Purchase.Choice, _ start: Purchase.Choice, _ data: ReportData, _ scenarios: [String]
  ) -> String {
    func training(_ choice: Purchase.Choice) -> Double? {
      data.results.trainingArms.first { $0.name == choice.combination.training }?.flops
    }
    var parts: [String] = []
    if let first = data.flopsPerSample(start.combination, over: scenarios), first > 0,
      let other = data.flopsPerSample(choice.combination, over: scenarios)
    {
      parts.append("\(ratio(other / first)) the compute per prediction")
    }
    if choice.combination.training != start.combination.training, let first = training(start), first > 0,
      let other = training(choice)
    {
      parts.append("\(ratio(other / first)) that of the training")
    }
    return parts.isEmpty ? "" : ", at " + parts.joined(separator: " and ")
  }

  private static func ratio(_ value: Double) -> String { "\(NumberFormat.ratio(value).dropFirst()) ×" }

  /// The scenarios in which the same combination shows no difference, or hurts.
  private static func exceptions(_ purchase: Purchase, _ data: ReportData, _ scenarios: [String]) -> Markup {
    guard data.results.seeds.count > 1 else { return "; one seed shows no difference, whatever its size" }
    guard scenarios.count > 1 else { return .empty }
    func names(_ verdict: Verdict) -> [Markup] {
      scenarios.filter { scenario in
        data.difference(from: purchase.start.combination, to: purchase.both.combination, over: [scenario])?.verdict
          == verdict
      }.map { Wording.name($0) }
    }
    let (unclear, worse) = (names(.noDifferenceShown), names(.hurts))
    var text: Markup = ""
    if !unclear.isEmpty { text += "; no difference shown for \(Wording.list(unclear))" }
    if !worse.isEmpty { text += "; it hurts in \(Wording.list(worse))" }
    return text
  }
}
