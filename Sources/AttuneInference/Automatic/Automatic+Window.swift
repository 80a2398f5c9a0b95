public import AttuneCore
internal import Foundation

extension Automatic {
  /// Takes a batch into the window, layer by layer: deeper layers see inputs normalized as they will be for the answer.
  ///
  /// - Parameter classes: the sum of the probabilities of each class over the rows.
  /// - Returns: the logits with the statistics that were found.
  func learn(from batch: Matrix, classes: [Double], _ state: inout State) throws -> Matrix {
    let persistence = configuration.followsOrder ? min(state.classPersistence, 0.99) : 0
    // As many independent rows as the window has in random order.
    let repeats = (1 + persistence) / (1 - persistence)
    let window = persistence > 0.05 ? min(Self.longestWindow, Self.window * repeats) : Self.window
    let before = state
    var hasChanged: Bool?
    let logits = try state.network.predict(batch) { index, norm, inputs in
      let moments = BatchMoments(inputs, classes: classes)
      let empty = DecayingMoments(columns: norm.dimension, classes: classes.count)
      var latest = before.latest[index] ?? empty, seen = before.window[index] ?? empty
      latest.add(moments, window: Self.latestRows)
      if hasChanged == nil { hasChanged = self.hasChanged(latest, from: seen, index, repeats, before) }
      if hasChanged == true { seen = latest } else { seen.add(moments, window: window) }
      state.latest[index] = latest
      state.window[index] = seen
      let estimate = ShiftEstimate(
        seen, norm: norm, source: configuration.explainsByClasses ? before.source[index] : nil, shares: before.shares,
        shrinks: configuration.shrinks)
      let used = Statistics(
        mean: Matrix(row: estimate.mean.map(Float.init)), variance: Matrix(row: estimate.variance.map(Float.init)),
        weight: estimate.weight, distance: estimate.distance)
      state.used[index] = used
      return used.weight == 0 ? (norm.runningMean, norm.runningVariance) : (used.mean, used.variance)
    }
    state.rowsSinceStart += batch.rows
    if hasChanged == true {
      state.rowsSinceStart = batch.rows
      state.events.append(AdaptationEvent(.reset, "the inputs changed at once: the window starts anew"))
    }
    return logits
  }

  /// Whether the mean of the latest rows is farther from the window's than classes and chance explain.
  private func hasChanged(
    _ latest: DecayingMoments, from seen: DecayingMoments, _ index: Int, _ repeats: Double, _ state: State
  ) -> Bool {
    guard configuration.forgetsAtOnce, let source = state.source[index],
      Double(state.rowsSinceStart) >= Self.latestRows, latest.rows >= 0.75 * Self.latestRows
    else { return false }
    let now = source.mixture(latest.shares).mean, then = source.mixture(seen.shares).mean
    let variance = seen.variance
    let floor = variance.floorOfVariances
    var distance = 0.0
    for j in variance.indices {
      var difference = seen.mean[j] - latest.mean[j]
      if configuration.explainsByClasses { difference -= then[j] - now[j] }
      distance += difference * difference / (variance[j] + floor)
    }
    distance /= Double(max(1, variance.count))
    let chance = repeats / latest.rows + repeats / min(seen.rows, 2 * Self.window)
    return distance > Self.changeThreshold * chance
  }
}

extension Automatic.State {
  /// The logits with the statistics at hand.
  func logits(of batch: Matrix) throws -> Matrix {
    try network.predict(batch) { index, norm, _ in
      guard let used = used[index], used.weight > 0 else { return (norm.runningMean, norm.runningVariance) }
      return (used.mean, used.variance)
    }
  }
}

extension Automatic.State: Encodable {
  enum CodingKeys: String, CodingKey {
    case window, latest, rowsSinceStart, used, persistence, sourcePersistence, chain, isOrdered, learner, answered,
      entropies, isFallingBack
  }

  /// Encodes what has changed since the start.
  public func encode(to encoder: any Encoder) throws {
    var keys = encoder.container(keyedBy: CodingKeys.self)
    try keys.encode(window, forKey: .window)
    try keys.encode(latest, forKey: .latest)
    try keys.encode(rowsSinceStart, forKey: .rowsSinceStart)
    try keys.encode(used, forKey: .used)
    try keys.encode(persistence, forKey: .persistence)
    try keys.encode(sourcePersistence, forKey: .sourcePersistence)
    try keys.encode(chain, forKey: .chain)
    try keys.encode(isOrdered, forKey: .isOrdered)
    try keys.encode(learner, forKey: .learner)
    try keys.encode(answered, forKey: .answered)
    try keys.encode(entropies, forKey: .entropies)
    try keys.encode(isFallingBack, forKey: .isFallingBack)
  }
}

extension Automatic {
  /// The state that was encoded.
  public func restore(from decoder: any Decoder, _ network: Network, in context: AdaptationContext) throws -> State {
    var state = try start(network, in: context)
    let keys = try decoder.container(keyedBy: State.CodingKeys.self)
    state.window = try keys.decode([Int: DecayingMoments].self, forKey: .window)
    state.latest = try keys.decode([Int: DecayingMoments].self, forKey: .latest)
    state.rowsSinceStart = try keys.decode(Int.self, forKey: .rowsSinceStart)
    state.used = try keys.decode([Int: Statistics].self, forKey: .used)
    state.persistence = try keys.decode(ClassPersistence.self, forKey: .persistence)
    state.sourcePersistence = try keys.decode(ClassPersistence.self, forKey: .sourcePersistence)
    state.chain = try keys.decode(ClassChain.self, forKey: .chain)
    state.isOrdered = try keys.decode(Bool.self, forKey: .isOrdered)
    state.learner = try learner.restore(from: try keys.superDecoder(forKey: .learner), state.network, in: context)
    state.entropies = try keys.decode(DecayingMoments.self, forKey: .entropies)
    state.isFallingBack = try keys.decode(Bool.self, forKey: .isFallingBack)
    state.answered = try keys.decode(DecayingMoments.self, forKey: .answered)
    return state
  }
}
