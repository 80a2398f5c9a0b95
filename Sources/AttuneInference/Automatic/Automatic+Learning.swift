internal import AttuneCore
internal import Foundation

extension Automatic {
  /// Lets features learn from a batch, and answers with what they learned, where that is safe: in large batches, in random
  /// order, under a shift, with no class missing. Elsewhere the answer stays as it is, and nothing is learned.
  ///
  /// - Source: information maximization, Liang et al. (2020), arXiv:2002.08546, which assumes balanced classes.
  func learned(_ logits: Matrix, _ batch: Matrix, _ state: inout State) throws -> Matrix {
    guard configuration.learns, state.mayLearn(from: batch) else { return logits }
    let learned = try learner.predict(batch, &state.learner)
    guard learned.isFinite else { return logits }
    // A geometric mean, in which what was learned counts twice.
    return logits.logSoftmax().interpolated(to: learned.logSoftmax(), weight: 2 / 3)
  }
}

extension Automatic {
  /// The answers, or the source's where these have been the surer ones: what shifted rows of a source need is surer answers,
  /// and statistics that fit other rows better give less sure ones.
  func guarded(_ logits: Matrix, _ asSource: Matrix, unlearned: Matrix, _ state: inout State) -> Matrix {
    guard configuration.guards, logits.isFinite else { return logits }
    let both = Matrix(
      rows: logits.rows, columns: 2,
      zip(asSource.rowEntropies().elements, unlearned.rowEntropies().elements).flatMap { [$0, $1] })
    state.entropies.add(BatchMoments(both, classes: []), window: Self.window)
    let margin = Self.guardMargin * log(Double(max(2, logits.columns)))
    let distance = state.used.min { $0.key < $1.key }?.value.distance ?? 0
    let fallsBack = distance < Self.guardDistance && state.entropies.mean[1] > state.entropies.mean[0] + margin
    if fallsBack != state.isFallingBack {
      state.isFallingBack = fallsBack
      state.events.append(
        AdaptationEvent(
          .fallback,
          fallsBack
            ? "the source's answers are surer than those with the stream's statistics: the source answers"
            : "the answers with the stream's statistics are as sure as the source's again"))
    }
    return fallsBack ? asSource : logits
  }
}

extension Automatic.State {
  /// Whether features can learn from a batch.
  fileprivate func mayLearn(from batch: Matrix) -> Bool {
    guard batch.rows >= Automatic.learningRows, classPersistence == 0, !used.isEmpty else { return false }
    let weight = used.values.reduce(0) { $0 + $1.weight } / Double(used.count)
    let entropy = answered.shares.reduce(0) { $0 - ($1 > 0 ? $1 * log($1) : 0) }
    return weight >= Automatic.learningWeight
      && entropy >= Automatic.learningBalance * log(Double(max(2, shares.count)))
  }
}
