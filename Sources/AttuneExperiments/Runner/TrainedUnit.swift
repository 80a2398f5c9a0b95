internal import AttuneCore
internal import AttuneData
internal import AttuneInference
internal import AttuneTraining

/// How the training of a unit ended, as the run folder keeps it from then on.
struct TrainingRecord: Codable, Sendable, Equatable {
  /// What it cost, where it was done first; nil where it failed.
  var cost: TrainingCost?
  /// Why it failed; nil where it did not.
  var failure: String?
  /// SHA-256 of the model file; nil where there is none.
  var modelHash: String?
  /// Whether the model was trained before, by another arm or run; nil where it was not.
  var isReused: Bool?
}

/// A unit whose model is trained, with what its arms share.
final class TrainedUnit: Sendable {
  let arm: TrainingArmConfiguration
  let seed: UInt64
  /// The model as its file gives it, so that a run that goes on computes with the same numbers.
  let model: Model
  let modelBytes: Int
  let train: Table
  let test: Table
  private let streams: [MadeOnce<PreparedStream>]
  private let served: [MadeOnce<ServedArm>]
  /// Labeled rows that no model is trained on.
  let heldOut = MadeOnce<Table?>()

  init(
    _ arm: TrainingArmConfiguration, seed: UInt64, model: Model, modelBytes: Int, parts: (train: Table, test: Table),
    in experiment: ExperimentConfiguration
  ) {
    (self.arm, self.seed, self.model, self.modelBytes) = (arm, seed, model, modelBytes)
    (train, test) = parts
    streams = experiment.scenarios.map { _ in MadeOnce() }
    served = experiment.inference.map { _ in MadeOnce() }
  }

  /// The stream of a scenario, by its number.
  func stream(_ scenario: Int, _ make: () throws -> PreparedStream) throws -> PreparedStream {
    try streams[scenario].get(make)
  }

  /// What serves in an inference arm, by its number.
  func served(_ inference: Int, _ make: () throws -> ServedArm) throws -> ServedArm {
    try served[inference].get(make)
  }

  /// Lets go of what serves in an inference arm: all its scenarios are done.
  func release(inference: Int) { served[inference].clear() }
}

/// What serves in an inference arm.
final class ServedArm: Sendable {
  /// The trained model, or a student of it.
  let model: Model
  /// The strategy, prepared where it prepares itself.
  let strategy: any AdaptationStrategy
  /// What was spent between training and serving; nil where nothing was.
  let cost: TrainingCost?
  /// Training rows for strategies that ask for some; made when something asks for them.
  let samples = MadeOnce<SourceSamples>()

  init(model: Model, strategy: any AdaptationStrategy, cost: TrainingCost?) {
    (self.model, self.strategy, self.cost) = (model, strategy, cost)
  }

  /// The cost with that of a calibration.
  func cost(calibrating intervals: IntervalCalibration.Calibrated?, modelBytes: Int) -> TrainingCost? {
    guard let intervals, intervals.operations > 0 else { return cost }
    var sum =
      cost
      ?? TrainingCost(TrainingReport(losses: [], seconds: 0, operations: 0), modelBytes: modelBytes, model: model)
    sum.operations += intervals.operations
    sum.seconds += intervals.seconds
    return sum
  }
}

extension InferenceArmConfiguration {
  /// Whether something happens between training and serving that all scenarios share and that takes time.
  var isPreparedOnce: Bool { student != nil || strategy.strategy is any PreparedStrategy }
}
