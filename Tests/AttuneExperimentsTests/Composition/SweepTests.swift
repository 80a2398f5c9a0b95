import AttuneCore
import AttuneTraining
import Foundation
import Testing

@testable import AttuneExperiments

@Suite struct SweepTests {
  private let arms = """
    name: x
    training:
      - {name: adam, optimizer: {kind: adam, learningRate: 0.01}}
      - {name: sgd, optimizer: {kind: sgd}, epochs: 3}
    """

  private func names(_ sweeps: String..., file: String = "", overrides: [String] = []) throws -> [String] {
    try ComposedFiles.load(arms + "\n" + file, overrides: overrides, sweeps: sweeps).training.map(\.name)
  }

  private func error(_ sweeps: String..., file: String = "") -> String {
    errorText { try ComposedFiles.load(arms + "\n" + file, sweeps: sweeps) }
  }

  @Test func `one arm becomes an arm for each value`() throws {
    let experiment = try ComposedFiles.load(arms, sweeps: ["training.adam.optimizer.learningRate=1e-4,1e-3"])
    #expect(
      experiment.training.map(\.name) == ["adam[learningRate=0.0001]", "adam[learningRate=0.001]", "sgd"])
    guard case .adam(let settings) = experiment.training[1].optimizer else {
      Issue.record("\(experiment.training[1].optimizer)")
      return
    }
    #expect(settings.learningRate == 0.001)
  }

  @Test func `a path without an arm sweeps all, and several paths are a grid in one bracket`() throws {
    #expect(
      try names("training.optimizer.learningRate=0.1,0.2", "training.sgd.epochs=range(1,3)") == [
        "adam[learningRate=0.1]", "adam[learningRate=0.2]",
        "sgd[learningRate=0.1,epochs=1]", "sgd[learningRate=0.1,epochs=2]",
        "sgd[learningRate=0.2,epochs=1]", "sgd[learningRate=0.2,epochs=2]",
      ])
  }

  @Test func `the network is swept in arms of their own`() throws {
    let experiment = try ComposedFiles.load(
      arms + "\nnetwork: {hidden: [4], batchNorm: false}", sweeps: ["network.hidden=[64],[128,64]"])
    #expect(
      experiment.training.map(\.name)
        == ["adam[hidden=64]", "adam[hidden=128-64]", "sgd[hidden=64]", "sgd[hidden=128-64]"])
    #expect(experiment.training.map { $0.network?.hidden ?? [] } == [[64], [128, 64], [64], [128, 64]])
    #expect(experiment.training.allSatisfy { $0.network?.batchNorm == false } && experiment.network.hidden == [4])
  }

  @Test func `names take the shortest end of a path that tells them apart`() throws {
    let experiment = try ComposedFiles.load(
      arms,
      overrides: ["++training.adam.averaging={kind: swa}", "++training.adam.schedule={kind: warmup, start: 0.5}"],
      sweeps: ["training.adam.averaging.start=0.5", "training.adam.schedule.start=0.25"])
    #expect(experiment.training[0].name == "adam[averaging.start=0.5,schedule.start=0.25]")
  }

  @Test func `inference arms and scenarios are swept alike`() throws {
    let text = """
      name: x
      training: [{name: a}]
      data: {source: {kind: house-prices}, task: regression}
      inference: [{strategy: restandardize}, {strategy: none}]
      scenarios: [{name: noise, shifts: [{kind: gaussian-noise}]}]
      expect: [{training: a, inference: restandardize, scenario: noise, maximum: 1}, {inference: none, scenario: noise, value: 3}]
      """
    func load(_ sweeps: String...) throws -> ExperimentConfiguration {
      try .load(bytes: Array(text.utf8), file: "x.yaml", sweeps: sweeps)
    }
    let scenarios = try load("scenarios.noise.shifts[0].standardDeviation=1,2.5", "scenarios.batchSize=8")
    #expect(
      scenarios.scenarios.map(\.name)
        == ["noise[standardDeviation=1,batchSize=8]", "noise[standardDeviation=2.5,batchSize=8]"])
    #expect(scenarios.expect.isEmpty)
    let inference = try load("inference.none.student.hidden=[8],[16]")
    #expect(inference.inference.map(\.name) == ["restandardize", "none[hidden=8]", "none[hidden=16]"])
    #expect(inference.expect.map(\.inference) == ["restandardize"])
    // Whole choices are values too.
    #expect(
      try ComposedFiles.load(arms, sweeps: ["training.adam.optimizer=sgd,{kind: adam, beta1: 0.5}"]).training.map(
        \.name)
        == ["adam[optimizer=sgd]", "adam[optimizer=adam(beta1=0.5)]", "sgd"])
  }

  @Test func `a file sweeps by lists, ranges and intervals`() throws {
    let file = """
      sweep:
        over:
          training.adam.epochs: {range: [0, 10, 4]}
          training.sgd.optimizer.momentum: [0, 0.5]
      """
    #expect(
      try names(file: file)
        == ["adam[epochs=0]", "adam[epochs=4]", "adam[epochs=8]", "sgd[momentum=0]", "sgd[momentum=0.5]"])
    // The command line's values take the place of the file's.
    #expect(
      try names("training.adam.epochs=2", file: file) == ["adam[epochs=2]", "sgd[momentum=0]", "sgd[momentum=0.5]"])
  }

  @Test func `a random search draws the same numbers again, whatever else is swept`() throws {
    let file =
      "sweep: {method: random, samples: 4, seed: 7, over: {training.optimizer.learningRate: {logUniform: [1e-5, 1e-1]}}}"
    let drawn = try names(file: file)
    #expect(drawn.count == 8 && Set(drawn).count == 8)
    #expect(try names(file: file) == drawn)
    let values = { (name: String) in name.drop { $0 != "[" } }
    #expect(drawn.prefix(4).map(values) == drawn.suffix(4).map(values))
    #expect(try names(file: file, overrides: ["sweep.seed=8"]) != drawn)
    let more = try names("training.adam.batchSize=intrange(1,3)", file: file)
    #expect(zip(more, drawn).prefix(4).allSatisfy { $0.hasPrefix($1.dropLast() + ",batchSize=") })
    // Three values can be drawn three times only.
    #expect(try names("training.adam.epochs=intrange(1,3)", overrides: ["sweep.samples=50"]).count == 4)
  }

  @Test func `numbers are drawn from where they should be`() throws {
    var generator = Philox(seed: 1)
    for kind in [SweepValues.Interval.Kind.uniform, .logUniform, .integers] {
      let interval = SweepValues.Interval(kind: kind, low: 2, high: 200)
      let drawn = (0..<4000).map { _ in interval.draw(using: &generator) }
      #expect(drawn.allSatisfy { (2...200).contains($0) })
      let median = drawn.sorted()[2000]
      #expect(abs(median - (kind == .logUniform ? 20 : 101)) < (kind == .logUniform ? 2 : 6))
      #expect(kind != .integers || drawn.allSatisfy { $0 == $0.rounded() } && drawn.contains(2) && drawn.contains(200))
    }
  }

  @Test func `online learners and streams are swept, and learners keep their streams`() throws {
    let text = """
      name: x
      streams: [{name: s, task: regression, source: {kind: house-prices}}]
      learners: [{learner: {kind: linear-regression}, streams: [s]}]
      """
    guard
      case .online(let online) = try RunConfiguration.load(
        bytes: Array(text.utf8), file: "x.yaml",
        sweeps: ["streams.s.labels.delay=0,7", "learners.linear-regression.learner.interceptLearningRate=0.1,0.2"])
    else {
      Issue.record("not online")
      return
    }
    #expect(online.streams.map(\.name) == ["s[delay=0]", "s[delay=7]"])
    #expect(
      online.learners.map(\.name)
        == ["linear-regression[interceptLearningRate=0.1]", "linear-regression[interceptLearningRate=0.2]"])
    #expect(online.learners[0].streams == ["s[delay=0]", "s[delay=7]"])
  }

  @Test(arguments: [
    (
      "data.split.trainFraction=0.1,0.2",
      "'data.split.trainFraction' cannot be swept: it is no setting of an arm; the rows are those of a whole "
        + "experiment: run it once for each, and compare the runs' reports"
    ),
    ("seeds=0,1", "'seeds' is no setting of an arm; list them, seeds=[0,1,2]: every arm runs with each"),
    (
      "training.adm.epochs=1",
      "there is no arm 'adm' under 'training'; did you mean 'adam'? Named there: adam, sgd"
    ),
    ("training.adam=1", "'training.adam' is an arm and no setting of one; name a setting: training.adam.…=…"),
    ("training.epochs", "values are missing; write path=values, such as training.optimizer.learningRate=1e-4,1e-3"),
    ("training.epochs=1,,2", "a value between commas is empty; write null, or '' for the empty text"),
    (
      "training.epochs=rang(1,2)",
      "no such function of values; did you mean 'range'? Known: choice, interval, intrange, loguniform, range"
    ),
    ("training.epochs=range(1,x)", "range takes numbers"),
    ("training.epochs=range(5,1)", "holds no number: the step must lead from the start to the end"),
    ("training.epochs=interval(5,1)", "must be two numbers, the lower one first"),
    ("training.epochs=loguniform(0,1)", "must be numbers above 0"),
    (
      "training.epochs=range(0,600)",
      "the sweep makes 1200 arms under 'training', 1000 at most; take fewer values, or draw some of them: "
        + "sweep.method=random sweep.samples=20"
    ),
  ])
  func `what cannot be swept is refused with what to do`(sweep: String, message: String) {
    #expect(error(sweep) == "--sweep \(sweep): \(message)")
  }

  @Test func `errors of values point to the sweep`() {
    #expect(
      error("training.adam.epochs=ten,5")
        == "--sweep training.adam.epochs=ten,5: training[0].epochs: expected an integer, found 'ten'")
    #expect(
      error(file: "sweep: {over: {training.epochs: {rang: [1, 2]}}}").hasPrefix("x.yaml:5:"))
    #expect(
      error(file: "sweep: {method: grid, over: {training.epochs: {uniform: [1, 2]}}}")
        == "x.yaml:5:30: an interval has no end of values, which a grid cannot try; "
        + "list values, use a range, or set sweep.method=random")
  }
}
