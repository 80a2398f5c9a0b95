internal import AttuneCore
internal import AttuneData
internal import AttuneInference
internal import AttuneTraining
internal import Synchronization

/// Strategies that learned from labeled training rows, kept for who needs them again: the latency phase serves those of
/// the first seed.
final class PreparationCache: Sendable {
  private struct Key: Hashable {
    let training: String
    let inference: String
    let seed: UInt64
  }

  private let prepared = Mutex<[Key: any AdaptationStrategy]>([:])
  /// The seed whose strategies are kept.
  private let seed: UInt64?

  init(keeping seed: UInt64?) { self.seed = seed }

  subscript(training: String, inference: String, seed: UInt64) -> (any AdaptationStrategy)? {
    get { prepared.withLock { $0[Key(training: training, inference: inference, seed: seed)] } }
    set {
      guard seed == self.seed else { return }
      prepared.withLock { $0[Key(training: training, inference: inference, seed: seed)] = newValue }
    }
  }
}

extension UnitRun {
  /// The strategy of an inference arm, ready to start, and what its preparation cost; nil where it needs none.
  ///
  /// - Throws: what the preparation throws.
  func prepare(
    _ inference: InferenceArmConfiguration, _ model: Model, _ arm: TrainingArmConfiguration, seed: UInt64
  ) throws -> (strategy: any AdaptationStrategy, report: TrainingReport?) {
    guard let strategy = inference.strategy.strategy as? any PreparedStrategy else {
      return (inference.strategy.strategy, nil)
    }
    let parts = try data.parts(seed: seed)
    let (prepared, report) = try strategy.anyPrepared(
      for: model.network,
      in: try Self.preparationContext(
        inference, model, train: parts.train,
        heldOut: inference.intervals == nil ? parts.heldOut : parts.heldOut?.everyOther(from: 0), seed: seed))
    cache[arm.name, inference.name, seed] = prepared
    return (prepared, report)
  }

  /// What a strategy may know while it prepares itself for a model.
  static func preparationContext(
    _ inference: InferenceArmConfiguration, _ model: Model, train: Table, heldOut: Table?, seed: UInt64
  ) throws -> PreparationContext {
    func labeled(_ table: Table) throws -> LabeledRows {
      LabeledRows(
        inputs: try model.preprocessing.apply(table.features),
        targets: model.networkTargets(table.targets, rows: 0..<table.count))
    }
    // Arms with the same strategy share its random numbers, whatever they are called.
    return PreparationContext(
      task: model.task, training: try labeled(train), heldOut: try heldOut.map(labeled),
      source: model.source, inputNames: model.preprocessing.inputNames,
      generator: Philox(seed: seed).fork("preparation").fork(inference.strategy.name),
      checkCancellation: { try Cancellation.check() })
  }
}

extension PreparedStrategy {
  fileprivate func anyPrepared(
    for network: Network, in context: PreparationContext
  ) throws -> (any AdaptationStrategy, TrainingReport) {
    let (strategy, report) = try prepared(for: network, in: context)
    return (strategy, report)
  }
}

extension Table {
  /// Every other row, from the first or the second: two halves that are as alike as rows in order can be. Where an arm both
  /// prepares itself and has intervals, it learns from one half of the rows that are held out and is calibrated on the other.
  func everyOther(from start: Int) -> Table { rows(at: Array(stride(from: start, to: count, by: 2))) }
}
