import AttuneCore
import AttuneData
import AttuneTraining
import Testing

@testable import AttuneExperiments

@Suite struct TrainingArmTests {
  private func arm(_ settings: String) throws -> TrainingArmConfiguration {
    try decode(TrainingArmConfiguration.self, "{name: a, \(settings)}")
  }

  @Test func `a schedule and clipping are read with their defaults`() throws {
    let plain = try arm("epochs: 2")
    #expect(plain.schedule == nil && plain.gradientClipping == nil)
    let cosine = try arm("schedule: cosine, gradientClipping: value")
    #expect(cosine.schedule == .cosine(CosineAnnealing.Configuration()))
    #expect(cosine.gradientClipping == .value(1))
    #expect(cosine.summary == "Adam 0.001, 30 epochs, batches of 32, cosine schedule, gradient elements at most 1.0")

    let warm = try arm(
      "schedule: {kind: warmup, length: 2, then: {kind: step, size: 3}}, gradientClipping: {kind: norm, limit: 0.5}")
    var expected = LinearWarmup.Configuration(), step = StepDecay.Configuration()
    step.size = 3
    expected.length = 2
    expected.then = .step(step)
    #expect(warm.schedule == .warmup(expected))
    #expect(warm.gradientClipping == .norm(0.5))
  }

  @Test(
    arguments: ScheduleConfiguration.kinds.map { "schedule: \($0), gradientClipping: {kind: norm, limit: 0.5}" }
      + OptimizerConfiguration.kinds.map { "optimizer: \($0)" } + ["schedule: {kind: warmup, then: cosine}"])
  func `what is written is read again`(settings: String) throws {
    let first = try arm(settings)
    let again = try decode(TrainingArmConfiguration.self, try ConfigWriter.yaml(from: first))
    #expect(again.schedule == first.schedule && again.optimizer == first.optimizer)
    #expect(again.gradientClipping == first.gradientClipping)
  }

  @Test func `a wrong setting of a schedule is an error with its place`() {
    #expect(
      errorText { try arm("schedule: {kind: step, size: 0}") }
        == "x.yaml:1:21: schedule: size is 0; give an integer of at least 1")
    #expect(
      errorText { try arm("schedule: {kind: cosine, minimun: 0}") }
        == "x.yaml:1:36: schedule.minimun: unknown key; did you mean 'minimum'? Allowed here: kind, minimum, per")
    #expect(
      errorText { try arm("schedule: {kind: warmup, then: one-cycle}") }
        == "x.yaml:1:21: schedule: 'one-cycle' does not count per epoch as the warm-up before it "
        + "does; set 'per' of both to the same")
    #expect(
      errorText { try arm("gradientClipping: {kind: norm, limit: 0}") }
        == "x.yaml:1:49: gradientClipping.limit: must be above 0, found '0'")
    #expect(
      errorText { try arm("optimizer: nadamw") }
        == "x.yaml:1:22: optimizer: unknown kind, found 'nadamw'; did you mean 'adamw'? Known: "
        + "adadelta, adagrad, adam, adamax, adamw, nadam, radam, rmsprop, sgd")
    #expect(
      errorText { try arm("solver: ridge, schedule: cosine") }
        == "x.yaml:1:36: schedule: does nothing beside 'solver', which solves in closed form; "
        + "remove one, found 'cosine'")
  }

  @Test func `validation and early stopping are read, written and summarized`() throws {
    let plain = try arm("validation: {}, earlyStopping: {}")
    #expect(plain.validation == ValidationConfiguration() && plain.validation?.fraction == 0.1)
    #expect(plain.earlyStopping == EarlyStoppingConfiguration() && plain.earlyStopping?.patience == 10)
    let full = try arm(
      "validation: {fraction: 0.2}, earlyStopping: {patience: 3, minimumImprovement: 0.01, restoreBest: false}")
    #expect(
      try full.earlyStopping?.make() == EarlyStopping(patience: 3, minimumImprovement: 0.01, restoresBest: false))
    let again = try decode(TrainingArmConfiguration.self, try ConfigWriter.yaml(from: full))
    #expect(again.validation == full.validation && again.earlyStopping == full.earlyStopping)
    #expect(
      full.summary
        == "Adam 0.001, 30 epochs, batches of 32, validated on 0.2 of the rows, stopped after 3 epochs without "
        + "improvement")
  }

  @Test func `wrong settings of validation and early stopping are errors with their places`() {
    #expect(
      errorText { try arm("validation: {fraction: 1}") }
        == "x.yaml:1:34: validation.fraction: must be above 0 and below 1, found '1'")
    #expect(
      errorText { try arm("validation: {share: 0.1}") }
        == "x.yaml:1:24: validation.share: unknown key; allowed here: fraction")
    #expect(
      errorText { try arm("earlyStopping: {patience: 3}") }
        == "x.yaml:1:26: earlyStopping: needs 'validation' beside it, for example validation: {fraction: 0.1}")
    #expect(
      errorText { try arm("validation: {}, earlyStopping: {patience: 0}") }
        == "x.yaml:1:53: earlyStopping.patience: must be at least 1, found '0'")
    #expect(
      errorText { try arm("solver: ridge, validation: {}") }.hasPrefix(
        "x.yaml:1:38: validation: does nothing beside 'solver'"))
  }

  private func trained(_ settings: String) throws -> Model {
    let experiment = try SmallExperiment.load(
      training: ["{name: a, batchSize: 4, \(settings)}"], inference: [SmallExperiment.none])
    var generator = Philox(seed: 1)
    let rows = Table(
      features: generator.normal(rows: 12, columns: 3),
      targets: .classes(labels: (0..<12).map { $0 % 2 }, names: ["a", "b"]),
      columnNames: ["a", "b", "c"])
    return try ModelTraining(experiment.training[0], in: experiment).train(on: rows, seed: 1).model
  }

  @Test func `an arm trains under its schedule and clipping`() throws {
    let sgd = "optimizer: {kind: sgd, learningRate: 0.5}"
    let once = try trained("\(sgd), epochs: 1").network
    let stopped = try trained("\(sgd), epochs: 3, schedule: {kind: step, size: 3, per: step, decay: 0}").network
    let clipped = try trained("\(sgd), epochs: 1, gradientClipping: {kind: norm, limit: 0.001}").network
    for id in once.parameterIDs { #expect(stopped[id] == once[id]) }
    #expect(clipped != once)
  }
}
