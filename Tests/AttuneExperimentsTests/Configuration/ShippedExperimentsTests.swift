import AttuneData
import Foundation
import Testing

@testable import AttuneExperiments

@Suite struct ShippedExperimentsTests {
  @Test(arguments: [("quickstart", 4, 8, 5), ("house-prices", 5, 4, 4)])
  func `a shipped experiment loads, and its scenarios fit its data`(
    name: String, training: Int, inference: Int, scenarios: Int
  ) throws {
    let folder = SmallExperiment.repository.path + "/experiments"
    let experiment = try ExperimentConfiguration.load(path: "\(folder)/\(name).yaml")
    #expect(experiment.name == name)
    #expect(experiment.training.count == training)
    #expect(experiment.inference.count == inference)
    #expect(experiment.scenarios.count == scenarios)
    #expect(experiment.baselineName == "none")
    let data = try ExperimentData(experiment.data, folder: folder)
    let (train, test) = try data.split(seed: experiment.seeds[0])
    for scenario in experiment.scenarios {
      let stream = try data.stream(of: scenario, train: train, test: test, seed: experiment.seeds[0])
      #expect(stream.count > 0 && stream.columnNames == train.columnNames)
    }
  }

  @Test(arguments: [("softmax-mnist", 0), ("softmax-fashion", 10), ("lenet-mnist", 0)])
  func `a reproduction reads its config`(name: String, classes: Int) throws {
    let path = SmallExperiment.repository.path + "/experiments/reproduce/\(name).yaml"
    let experiment = try ExperimentConfiguration.load(path: path)
    #expect(experiment.name == name && experiment.training.count == 1)
    let paths = experiment.data.source.paths + (experiment.data.test?.paths ?? [])
    #expect(paths.count == 4 && paths.allSatisfy { $0.hasPrefix("$ATTUNE_DATA/") })
    guard case .idx(let idx) = experiment.data.source else {
      Issue.record("the source is \(experiment.data.source)")
      return
    }
    #expect(idx.classes?.count ?? 0 == classes)
  }
}
