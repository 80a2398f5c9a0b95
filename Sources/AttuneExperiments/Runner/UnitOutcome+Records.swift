internal import AttuneCore
internal import AttuneTraining

extension TrainingCost {
  init(_ report: TrainingReport, modelBytes: Int, model: Model) {
    self.init(
      seconds: report.seconds, operations: report.operations, modelBytes: modelBytes,
      parameters: model.network.parameterCount, epochs: report.epochs.isEmpty ? nil : report.epochs.count,
      bestEpoch: report.bestEpoch)
  }
}

extension UnitOutcome {
  /// A unit whose training ended.
  init(training: String, seed: UInt64, _ record: TrainingRecord, arms: [ArmOutcome]) {
    self.init(training: training, seed: seed, cost: record.cost, failure: record.failure, arms: arms)
    modelHash = record.modelHash
    isReused = record.isReused
  }

  /// How the training ended.
  var record: TrainingRecord {
    TrainingRecord(cost: cost, failure: failure, modelHash: modelHash, isReused: isReused)
  }
}

extension ArmOutcome {
  init(failed error: any Error, inference: String, scenario: String) {
    self.init(
      inference: inference, scenario: scenario, quality: nil, trace: [], rows: 0, operationsPerSample: 0,
      preparation: nil,
      failure: "\(error)")
  }
}
