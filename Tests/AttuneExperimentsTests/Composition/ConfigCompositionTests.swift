import AttuneData
import AttuneTraining
import Foundation
import Testing

@testable import AttuneExperiments

@Suite struct ConfigCompositionTests {
  private let files = [
    "main.yaml": """
    defaults:
      - data: houses
      - training: [adam, sgd]
      - scenarios/late
      - _self_
    name: composed
    seeds: [1, 2]
    network: {hidden: [8]}
    training:
      - {name: adam, epochs: 7}
      - {name: own, epochs: 1}
    inference: [{strategy: none}]
    """,
    "data/houses.yaml": "source: {kind: house-prices, rows: 500}\ntask: regression\n",
    "data/other.yaml": "defaults: [houses]\nsource: {rows: 700}\n",
    "training/adam.yaml": "optimizer: {kind: adam, learningRate: 0.01}\nepochs: 3\n",
    "training/sgd.yaml": "optimizer: {kind: sgd, learningRate: 0.1}\n",
    "training/pair.yaml": "- {name: a, epochs: 1}\n- {name: b, epochs: 2}\n",
    "scenarios/late.yaml": "labelDelay: 30\n",
  ]

  private func error(_ changes: [String: String], overrides: [String] = []) -> String {
    errorText { try ComposedFiles.load(files.merging(changes) { $1 }, overrides: overrides) }
  }

  @Test func `groups put files under their keys, and the file's own keys win`() throws {
    let experiment = try ComposedFiles.load(files)
    #expect(experiment.training.map(\.name) == ["adam", "sgd", "own"])
    #expect(experiment.training.map(\.epochs) == [7, 30, 1])
    guard case .adam(let adam) = experiment.training[0].optimizer else {
      Issue.record("\(experiment.training[0].optimizer)")
      return
    }
    #expect(adam.learningRate == 0.01)
    #expect(experiment.scenarios.map(\.name) == ["late"] && experiment.scenarios[0].labelDelay == 30)
    #expect(experiment.network.hidden == [8])
  }

  @Test func `the command line chooses another option, and further settings`() throws {
    let experiment = try ComposedFiles.load(
      files, overrides: ["data=other", "training=[sgd,pair]", "training.sgd.epochs=4"])
    #expect(experiment.training.map(\.name) == ["sgd", "a", "b", "adam", "own"])
    #expect(experiment.training[0].epochs == 4)
    guard case .housePrices(let houses) = experiment.data.source else {
      Issue.record("\(experiment.data.source)")
      return
    }
    #expect(houses.rows == 700)
  }

  @Test func `where _self_ comes first the included files win`() throws {
    let main = """
      defaults: [_self_, base]
      name: own
      training: [{name: a}]
      """
    let experiment = try ComposedFiles.load(["main.yaml": main, "base.yaml": "name: base\n" + ComposedFiles.rest])
    #expect(experiment.name == "base")
  }

  @Test func `a mapping of another kind replaces the one below`() throws {
    let main = """
      defaults: [training: adam]
      name: x
      training: [{name: adam, optimizer: {kind: sgd, momentum: 0.5}}]
      \(ComposedFiles.rest)
      """
    let arm = try ComposedFiles.load(files.merging(["main.yaml": main]) { $1 }).training[0]
    guard case .sgd(let sgd) = arm.optimizer else {
      Issue.record("\(arm.optimizer)")
      return
    }
    #expect(sgd.momentum == 0.5 && arm.epochs == 3)
  }

  @Test func `a missing option is answered with the nearest and all that there are`() {
    #expect(
      error(["main.yaml": "defaults:\n  - data: house\n"])
        == "main.yaml:2:11: defaults[0]: 'data' has no option 'house': data/house.yaml does not exist; "
        + "did you mean 'houses'? Options: houses, other")
    #expect(
      error([:], overrides: ["data=othr"])
        == "--set data=othr: defaults[0]: 'data' has no option 'othr': data/othr.yaml does not exist; "
        + "did you mean 'other'? Options: houses, other")
  }

  @Test func `an error in an included file names that file`() {
    #expect(
      error(["training/sgd.yaml": "epochs: 1\nepoks: 2\n"]).hasPrefix(
        "training/sgd.yaml:2:1: training[1].epoks: unknown key; did you mean 'epochs'?"))
    #expect(error(["training/sgd.yaml": "epochs: [1\n"]).hasPrefix("training/sgd.yaml:2:1: not valid YAML"))
  }

  @Test func `files that include each other are refused`() {
    #expect(
      error(["data/houses.yaml": "defaults: [other]\n"])
        == "data/other.yaml:1:12: defaults[0]: a file cannot include itself: data/houses.yaml → data/other.yaml → "
        + "data/houses.yaml; remove one of them")
    #expect(error(["main.yaml": "defaults: [main]"]).contains("a file cannot include itself"))
  }

  @Test(arguments: [
    ("defaults: x", "defaults: expected a list, found 'x'"),
    ("defaults: [[a]]", "defaults[0]: expected one group with its option, found a sequence"),
    ("defaults: [{data: null}]", "defaults[0].data: expected the name of a file, found null"),
    ("defaults: [{data: '${a}'}]", "defaults[0].data: interpolation is not known here"),
    ("defaults: [_self_, _self_]", "defaults[1]: _self_ is given twice"),
    ("defaults: [training/pair, 'training/']", "defaults[1]: 'training' has no option ''"),
    ("defaults: [nothing]", "defaults[0]: there is no file 'nothing' to include: nothing.yaml does not exist"),
  ])
  func `a list of defaults that means nothing is refused`(main: String, message: String) {
    #expect(error(["main.yaml": main]).contains(message))
  }

  @Test func `the written config is whole, and a run of composed files goes on`() async throws {
    let arm = SmallExperiment.sgd.replacing("name: sgd, ", with: "").dropFirst().dropLast()
    let main = """
      defaults: [{training: fast}]
      name: x
      \(SmallExperiment.data)
      inference: [\(SmallExperiment.none)]
      scenarios: [\(SmallExperiment.clean)]
      sweep: {over: {training.fast.batchSize: [16, 32]}}
      """
    let training = arm.split(separator: ", epochs").joined(separator: "\nepochs")
    let experiment = try ComposedFiles.load(["main.yaml": main, "training/fast.yaml": training])
    #expect(experiment.training.map(\.name) == ["fast[batchSize=16]", "fast[batchSize=32]"])
    try await SmallExperiment.inFolder { folder in
      let first = try await SmallExperiment.run(experiment, in: folder)
      let kept = try ExperimentConfiguration.load(path: folder + "/config.yaml")
      #expect(kept.training.map(\.name) == experiment.training.map(\.name))
      let again = try await SmallExperiment.run(experiment, in: folder)
      #expect(Figures.all(first) == Figures.all(again))
      let changed = try ExperimentConfiguration.load(
        path: folder + "/config.yaml", overrides: ["training.fast[batchSize=16].epochs=3"])
      #expect(changed.training.map(\.epochs) == [3, 1])
    }
  }
}
