/// What a schedule counts.
public enum ScheduleInterval: String, Codable, CaseIterable, Sendable {
  /// Passes over the data.
  case epoch
  /// Updates of the parameters.
  case step
}

/// A schedule as a trainer follows it.
public enum TrainingSchedule: Sendable {
  /// A schedule that counts epochs: the rate is the same throughout an epoch.
  case perEpoch(any LearningRateSchedule)
  /// A schedule that counts updates.
  case perStep(any LearningRateSchedule)
  /// Reduction when the validation loss of the epochs stops falling, or the mean training loss where nothing validates.
  case onPlateau(ReduceOnPlateau)
}

/// How far a training run is in its schedule.
struct ScheduleProgress: Sendable {
  private let schedule: TrainingSchedule
  private let learningRate: Double
  private let epochs: Int
  private let stepsPerEpoch: Int
  /// What a reduction on a plateau remembers; the other schedules are functions of time.
  var plateau = ReduceOnPlateau.State()

  /// The start of a run at an optimizer's own learning rate.
  init(_ schedule: TrainingSchedule, learningRate: Double, epochs: Int, stepsPerEpoch: Int) {
    self.schedule = schedule
    self.learningRate = learningRate
    self.epochs = epochs
    self.stepsPerEpoch = stepsPerEpoch
  }

  /// The learning rate of the next update, after `epoch` whole epochs and `step` updates of the present one.
  func learningRate(epoch: Int, step: Int) -> Double {
    switch schedule {
    case .perEpoch(let schedule): learningRate * schedule.factor(at: epoch, of: epochs)
    case .perStep(let schedule):
      learningRate * schedule.factor(at: epoch * stepsPerEpoch + step, of: epochs * stepsPerEpoch)
    case .onPlateau: learningRate * plateau.factor
    }
  }

  /// Takes note of the loss of an epoch that has ended.
  mutating func finishEpoch(loss: Double) {
    if case .onPlateau(let rule) = schedule { rule.observe(loss, &plateau) }
  }
}
