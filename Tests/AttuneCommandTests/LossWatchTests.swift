import Testing

@testable import AttuneCommand
@testable import AttuneTraining

@Suite struct LossWatchTests {
  private func warning(_ losses: [Double], firstStep: Double? = nil, validation: [Double] = []) -> String? {
    var watch = LossWatch()
    if let firstStep {
      for step in 1...2 {
        watch.note(
          .step(
            StepRecord(
              epoch: 1, step: step, globalStep: step, rows: 1, loss: step == 1 ? firstStep : 9e9, learningRate: 1,
              gradientNorm: nil), samplesPerSecond: 1))
      }
    }
    let epochs = zip(losses, validation).enumerated().map { index, pair in
      EpochRecord(
        epoch: index + 1, globalStep: index + 1, loss: pair.0, validationLoss: pair.1, validationQuality: nil,
        learningRate: 1, seconds: 1, samplesPerSecond: 1)
    }
    let report = TrainingReport(losses: losses, seconds: 1, operations: 1, epochs: epochs)
    return watch.warning(report, restoresBest: !validation.isEmpty)
  }

  @Test func `a loss that ends far above where it began is told`() {
    #expect(
      warning([0.5, 0.25, 12.3456])
        == "the loss ended above where it began: 0.5 in epoch 1, 12.35 in epoch 3; lower the learning rate")
    #expect(
      warning([4e7, 3e7], firstStep: 2.5)
        == "the loss ended above where it began: 2.5 at the first step, 3e+07 in epoch 2; lower the learning rate")
    #expect(warning([0.5, 0.25, 4.9], firstStep: 0.1) == nil)
    #expect(warning([4e5, 3e5], firstStep: 2.5) == nil)
    #expect(warning([]) == nil)
  }

  @Test func `the best epoch counts where its model is restored`() {
    #expect(warning([0.5, 0.25, 100], validation: [0.5, 0.25, 100]) == nil)
    #expect(warning([0.5, 100, 100], validation: [9, 2, 3])?.contains("100 in epoch 2") == true)
  }
}
