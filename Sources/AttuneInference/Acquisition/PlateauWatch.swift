internal import AttuneTraining

/// A learning rate that falls on a plateau, and the end of a training some epochs later.
///
/// - Source: the training loops of Covert et al. (2023), Learning to maximize mutual information for dynamic feature
///   selection, ICML, arXiv:2301.00557: PyTorch's `ReduceLROnPlateau`, and an end after `patience + 2` epochs that
///   are not the best.
struct PlateauWatch {
  private let schedule: ReduceOnPlateau
  private var state = ReduceOnPlateau.State()
  private let patience: Int
  /// Epochs since the best.
  private(set) var badEpochs = 0

  init(decay: Double, patience: Int) throws {
    schedule = try ReduceOnPlateau(decay: decay, patience: patience)
    self.patience = patience
  }

  /// What the learning rate is multiplied by.
  var factor: Double { state.factor }
  /// Whether the training is over.
  var isOver: Bool { badEpochs > patience + 1 }

  /// Takes note of the validation loss of an epoch.
  ///
  /// - Returns: whether the loss is the best so far.
  mutating func observe(_ loss: Double) -> Bool {
    schedule.observe(loss, &state)
    let isBest = loss == state.best
    badEpochs = isBest ? 0 : badEpochs + 1
    return isBest
  }

  /// Forgets the epochs that were bad, and the reductions; the best loss stays.
  mutating func restart() {
    badEpochs = 0
    state.factor = 1
  }
}
