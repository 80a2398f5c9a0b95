internal import AttuneTraining

/// Finds trainings that end with finite numbers, but worse than they began.
struct LossWatch {
  private var atFirstStep: Double?

  /// Takes note of an event.
  mutating func note(_ event: TrainingEvent) {
    if case .step(let record, _) = event, record.globalStep == 1 { atFirstStep = record.loss }
  }

  /// What to tell of a training whose last loss is above 10 times that of its first epoch; nil where it is not.
  ///
  /// A training that broke within its first epoch is told by its first step: a batch varies, but not by 10⁶.
  ///
  /// - Parameter restoresBest: whether the model is that of the best epoch, whose loss then counts.
  func warning(_ report: TrainingReport, restoresBest: Bool) -> String? {
    guard let first = report.losses.first else { return nil }
    let epoch = restoresBest ? report.bestEpoch ?? report.losses.count : report.losses.count
    let last = report.losses[epoch - 1], advice = "; lower the learning rate"
    if last > 10 * first {
      return "the loss ended above where it began: \(text(first)) in epoch 1, \(text(last)) in epoch \(epoch)" + advice
    }
    if let atFirstStep, last > 1e6 * atFirstStep {
      return "the loss ended above where it began: \(text(atFirstStep)) at the first step, \(text(last)) in epoch "
        + "\(epoch)" + advice
    }
    return nil
  }

  private func text(_ loss: Double) -> String { TrainingLine.short(loss) }
}
