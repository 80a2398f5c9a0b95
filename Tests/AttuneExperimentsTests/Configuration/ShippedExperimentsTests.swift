import AttuneCore
import AttuneData
import AttuneInference
import AttuneTraining
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

  @Test func `every reproduction loads, and has notes or no figures that were published`() throws {
    let folder = SmallExperiment.repository.path + "/experiments/reproduce"
    let notes = try String(contentsOfFile: folder + "/notes.md", encoding: .utf8)
    let files = try FileManager.default.contentsOfDirectory(atPath: folder).filter { $0.hasSuffix(".yaml") }
    #expect(files.count >= 20)
    for file in files {
      let name = String(file.dropLast(".yaml".count))
      let expected: [ExpectedFigure]
      switch try RunConfiguration.load(path: "\(folder)/\(file)") {
      case .experiment(let experiment):
        #expect(experiment.name == name)
        expected = experiment.expect
      case .online(let experiment):
        #expect(experiment.name == name)
        expected = experiment.expect
      }
      let isNoted = notes.contains(try Regex("(?m)^- runs: .*\\b\(name)\\b"))
      #expect(isNoted == !expected.isEmpty, "\(name)")
      #expect(expected.allSatisfy { $0.source != nil }, "\(name)")
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

  @Test(arguments: [("boston", 13), ("concrete", 8), ("energy", 8), ("wine", 11), ("yacht", 6)])
  func `the configs of Monte Carlo dropout differ in data, rate and precision only`(name: String, inputs: Int) throws {
    let path = SmallExperiment.repository.path + "/experiments/reproduce/mcdropout-\(name).yaml"
    let experiment = try ExperimentConfiguration.load(path: path)
    #expect(experiment.name == "mcdropout-\(name)" && experiment.seeds.count == 20)
    #expect(experiment.network.dropout == experiment.network.inputDropout && experiment.network.hidden == [50])
    let training = try #require(experiment.training.first)
    #expect(training.epochs == 4000 && training.batchSize == 128)
    let strategies = experiment.inference.compactMap { $0.strategy.strategy as? MonteCarloDropout }
    #expect(strategies.map(\.configuration.samples) == [1, 10_000])
    let precision = try #require(strategies[0].configuration.precision)
    #expect(strategies[1].configuration.precision == precision)
    guard case .adam(let adam) = training.optimizer, case .csv(let csv) = experiment.data.source else {
      Issue.record("\(training.optimizer), \(experiment.data.source)")
      return
    }
    // The factor of the penalty holds for the number of training rows, nine tenths of all.
    let counts: [String: Double] = ["boston": 455, "concrete": 927, "energy": 691, "wine": 1439, "yacht": 277]
    let rows = try #require(counts[name])
    let decay = 1e-4 * (1 - experiment.network.dropout) / (rows * precision)
    #expect(abs(adam.weightDecay / decay - 1) < 1e-4 && adam.epsilon == 1e-7)
    #expect(csv.target == "column\(inputs + 1)")
  }

  @Test func `the config of SSA tests on the Bay Area alone`() throws {
    let path = SmallExperiment.repository.path + "/experiments/reproduce/ssa-california.yaml"
    let experiment = try ExperimentConfiguration.load(path: path)
    guard case .group(let group) = experiment.data.split else {
      Issue.record("\(experiment.data.split)")
      return
    }
    var generator = Philox(seed: 0)
    let network = experiment.network.make(inputDimension: 8, outputDimension: 1, using: &generator)
    // Hidden layers without a bias: weight, scale and shift each; the last one with.
    #expect(network.parameterIDs.count == 5 * 3 + 2 && network.parameterCount == 8 * 100 + 4 * 10_000 + 5 * 200 + 101)
    #expect(group.test == ["NEAR BAY"] && experiment.baselineName == "none")
    #expect(experiment.inference.map(\.name) == ["none", "ssa", "bn-batch", "bn-prior", "restandardize"])
  }
}
