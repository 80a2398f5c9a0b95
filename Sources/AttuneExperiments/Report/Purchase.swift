/// What training-time optimization buys, what inference-time optimization buys, and what both buy together.
///
/// All are compared with the same start, the first training arm under the baseline arm. Arms that see labels are no
/// candidates: they play under other rules and stand beside the others.
struct Purchase: Sendable {
  /// A combination of arms, how good it is and what it changes against the start.
  struct Choice: Sendable {
    let combination: ReportData.Combination
    /// Mean over the scenarios.
    let quality: Double
    /// The paired change against the start; nil for the start itself and where no seed finished both.
    let change: SeedDifference?
  }

  /// First training arm, baseline inference arm.
  let start: Choice
  /// Best training arm under the baseline inference arm; the start where none is better.
  let training: Choice
  /// Best inference arm on the first training arm; the start where none is better.
  let inference: Choice
  /// Best of all.
  let both: Choice
  /// The best arm that sees labels on the first training arm, better than the start or not; nil where none finished.
  let labeled: Choice?

  /// The comparison over `scenarios`; nil where the start failed in one of them.
  init?(_ data: ReportData, over scenarios: [String]) {
    typealias Combination = ReportData.Combination
    guard let origin = data.start, let quality = data.quality(origin, over: scenarios) else { return nil }
    let start = Choice(combination: origin, quality: quality, change: nil)

    // The best of several is picked on the numbers that it is judged by: its test is corrected for all candidates.
    func best(_ candidates: [Combination]) -> Choice {
      let others = candidates.filter { $0 != origin }
      var changes = others.map { data.difference(from: origin, to: $0, over: scenarios) }
      let corrected = data.statistics.corrected(changes.compactMap { $0?.comparison })
      var next = corrected.makeIterator()
      for index in changes.indices where changes[index] != nil {
        if let comparison = next.next() { changes[index]?.comparison = comparison }
      }
      var best = start
      for (candidate, change) in zip(others, changes) {
        guard let quality = data.quality(candidate, over: scenarios), quality < best.quality else { continue }
        best = Choice(combination: candidate, quality: quality, change: change)
      }
      return best
    }
    func cross(_ inferences: [String]) -> [Combination] {
      data.trainingNames.flatMap { training in
        inferences.map { Combination(training: training, inference: $0) }
      }
    }

    self.start = start
    training = best(cross([origin.inference]))
    inference = best(data.unlabeledNames.map { Combination(training: origin.training, inference: $0) })
    both = best(cross(data.unlabeledNames))
    labeled =
      data.results.inferenceArms.filter { $0.usesLabels && $0.name != origin.inference }
      .compactMap { arm -> Choice? in
        let candidate = Combination(training: origin.training, inference: arm.name)
        guard let quality = data.quality(candidate, over: scenarios),
          let change = data.difference(from: origin, to: candidate, over: scenarios)
        else { return nil }
        return Choice(combination: candidate, quality: quality, change: change)
      }.min { $0.quality < $1.quality }
  }
}

extension Purchase {
  /// Whether the best of both is more than one of the two alone.
  var combines: Bool {
    both.change != nil && both.combination != training.combination && both.combination != inference.combination
  }

  /// Whether a choice is shown to be no better than the start, or is the start: a single seed shows nothing either way.
  static func isUnshown(_ choice: Choice) -> Bool {
    guard let change = choice.change else { return false }
    return change.seeds > 1 && change.verdict == .noDifferenceShown
  }

  /// Whether both training alone and inference alone are shown to help.
  var areBothShown: Bool { training.change?.verdict == .helps && inference.change?.verdict == .helps }

  /// Whether the smaller of the two gains is at least half of the larger one.
  ///
  /// Their costs are compared only then: what costs less but buys much less is no cheaper way to the same quality.
  var areGainsAlike: Bool {
    guard let training = training.change?.estimate.mean, let inference = inference.change?.estimate.mean else {
      return false
    }
    return training < 0 && inference < 0 && max(training, inference) <= min(training, inference) / 2
  }
}

/// What the choices of a purchase cost.
extension Purchase {
  /// The number of predictions after which the extra training has cost less than the extra work per prediction.
  ///
  /// `(training FLOPs of the better training arm − those of the first arm − preparation) / (extra FLOPs per row)`; 0
  /// where the training is cheaper from the start on; nil where one of the two buys nothing or adapting
  /// costs no more per prediction than the better training arm without it.
  func breakEven(_ data: ReportData, over scenarios: [String]) -> Double? {
    guard training.change != nil, inference.change != nil,
      let first = data.results.trainingArms.first,
      let better = data.results.trainingArms.first(where: { $0.name == training.combination.training }),
      let base = data.flopsPerSample(training.combination, over: scenarios),
      let adapted = data.flopsPerSample(inference.combination, over: scenarios), adapted > base
    else { return nil }
    let preparation = data.cells(inference.combination, over: scenarios).map(\.cost.preparationFlops).max() ?? 0
    return max(0, (better.flops - first.flops - preparation) / (adapted - base))
  }
}
