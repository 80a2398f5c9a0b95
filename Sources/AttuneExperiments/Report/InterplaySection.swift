/// Whether the gains of training and of inference add up, and when training has paid for itself.
enum InterplaySection {
  static func render(_ purchase: Purchase, _ data: ReportData, _ scenarios: [String]) -> Markup {
    let sentences = [
      sum(purchase, data), increments(purchase, data, scenarios), breakEven(purchase, data, scenarios),
    ].filter { $0 != .empty }
    return sentences.isEmpty ? .empty : "<p>\(sentences.joined(" "))</p>"
  }

  private static func sum(_ purchase: Purchase, _ data: ReportData) -> Markup {
    guard purchase.combines, let training = purchase.training.change, let inference = purchase.inference.change,
      let both = purchase.both.change
    else { return .empty }
    return """
      Training alone and inference alone add up to \
      <b>\(data.format.change(training.estimate.mean + inference.estimate.mean))</b>; the best of both together \
      gives <b>\(data.format.change(both.estimate.mean))</b>.
      """
  }

  /// What both together change against each of the two alone, paired by seed; against the start it stands in the box.
  private static func increments(_ purchase: Purchase, _ data: ReportData, _ scenarios: [String]) -> Markup {
    guard purchase.combines else { return .empty }
    let parts = [("inference alone", purchase.inference), ("training alone", purchase.training)].compactMap {
      name, alone -> Markup? in
      guard alone.combination != purchase.start.combination,
        let change = data.difference(from: alone.combination, to: purchase.both.combination, over: scenarios)
      else { return nil }
      let verdict = change.seeds > 1 ? " (\(Wording.words(change.verdict)))" : ""
      return "<b>\(data.format.change(change.estimate))</b>\(verdict) over \(name)"
    }
    return parts.isEmpty ? .empty : "Both together give \(Wording.list(parts))."
  }

  /// A comparison of two remedies says something only where both are shown to work, and about equally well.
  private static func breakEven(_ purchase: Purchase, _ data: ReportData, _ scenarios: [String]) -> Markup {
    guard purchase.areBothShown, purchase.areGainsAlike,
      let predictions = purchase.breakEven(data, over: scenarios)
    else { return .empty }
    let (training, inference) = (purchase.training, purchase.inference)
    let adapting: Markup = """
      costs less than adapting by \(Wording.name(inference.combination.inference)), which reaches \
      <b>\(data.format.full(inference.quality))</b>,
      """
    let reached: Markup = """
      \(Wording.name(training.combination.training)), which reaches <b>\(data.format.full(training.quality))</b>,
      """
    guard predictions > 0 else {
      return "Counted in FLOPs, training by \(reached) \(adapting) from the first prediction on."
    }
    return """
      Counted in FLOPs, the costlier training by \(reached) \(adapting) after \
      <b>\(NumberFormat.count(predictions.rounded(.up)))</b> predictions.
      """
  }
}
