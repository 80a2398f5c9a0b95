import Testing

@testable import AttuneCommand
@testable import AttuneTraining

@Suite struct TrainingLineTests {
  private func line() -> TrainingLine { TrainingLine("train a", quality: { "error \($0 * 100) %" }) }

  private func step(_ number: Int, loss: Double = 0.5) -> TrainingEvent {
    let record = StepRecord(
      epoch: (number - 1) / 10 + 1, step: (number - 1) % 10 + 1, globalStep: number, rows: 32, loss: loss,
      learningRate: 0.1, gradientNorm: nil)
    return .step(record, samplesPerSecond: 1234.5)
  }

  private func position(epoch: Int, step: Int) -> TrainingPosition {
    var position = TrainingPosition()
    (position.epoch, position.step, position.globalStep) = (epoch, step, (epoch - 1) * 10 + step)
    return position
  }

  @Test func `a line tells epoch, losses, speed and the time left`() {
    var line = line()
    #expect(line.note(.started(TrainingPosition(), epochs: 4, stepsPerEpoch: 10)) == nil)
    for number in 1...10 { _ = line.note(step(number)) }
    #expect(line.text(seconds: 1) == "train a: epoch 0/4, loss 0.5, 1234 samples/s")
    let record = EpochRecord(
      epoch: 1, globalStep: 10, loss: 0.123456, validationLoss: 0.25, validationQuality: 0.125, learningRate: 0.1,
      seconds: 1, samplesPerSecond: 1)
    _ = line.note(.epoch(record))
    #expect(
      line.text(seconds: 5)
        == "train a: epoch 1/4, loss 0.1235, validation 0.25 (error 12.5 %), 1234 samples/s, 15 s left")
    #expect(!line.isDone)
  }

  @Test func `the time left counts only what was done in this run, which is told`() {
    var line = line()
    #expect(
      line.note(.started(position(epoch: 3, step: 5), epochs: 4, stepsPerEpoch: 10))
        == "going on from the checkpoint: epoch 3 of 4, 5 of 10 steps done")
    for number in 26...30 { _ = line.note(step(number)) }
    #expect(line.text(seconds: 5).hasSuffix(", 10 s left"))
    var finished = self.line()
    #expect(
      finished.note(.started(position(epoch: 5, step: 0), epochs: 4, stepsPerEpoch: 10))
        == "the checkpoint holds the finished training")
  }
}
