import AttuneTraining
import Foundation
import Testing

@testable import AttuneExperiments

/// The whole way from a config file to the figures against river's own, in Tests/Fixtures/online.
@Suite struct RiverReferenceTests {
  private struct Fixture: Decodable {
    struct Run: Decodable { let metrics: [String: Double] }
    let runs: [String: Run]
    let delayed: [String: Run]?
  }

  private static let dataFolder = ProcessInfo.processInfo.environment["ATTUNE_DATA"]

  private func fixture(_ name: String) throws -> Fixture {
    let path = SmallExperiment.repository.path + "/Tests/Fixtures/online/\(name).json"
    return try JSONDecoder().decode(Fixture.self, from: Data(contentsOf: URL(filePath: path)))
  }

  private func check(_ cell: OnlineCell, _ metrics: [String: Double], tolerance: Double = 1e-9) {
    for (name, value) in metrics {
      let found = name == "rmse" ? cell.quality?.mean : cell.metrics[name]?.mean
      #expect(
        found.map { abs($0 - value) <= tolerance * max(1, abs(value)) } ?? false,
        "\(cell.learner) \(name): \(found ?? .nan), \(value)")
    }
  }

  @Test func `the approval ratings that are shipped give river's figures`() async throws {
    let fixture = try fixture("trump")
    let results = try await OnlineExperiment.run(
      try OnlineExperiment.load(
        stream: """
          task: regression, source: {kind: csv, path: \(SmallExperiment.repository.path)/datasets/trump-approval.csv, \
          target: five_thirty_eight}
          """,
        learners: """
          {name: linear, learner: linear-regression},
          {name: "linear, intercept rate 0.1", learner: {kind: linear-regression, interceptLearningRate: 0.1}},
          {name: bayesian, learner: {kind: bayesian-linear-regression, scaler: none}}
          """))
    for name in ["linear", "linear, intercept rate 0.1"] {
      check(try results.cell(name), try #require(fixture.runs[name]).metrics)
    }
    // The sums of this data are ill-conditioned: river's own last digits are not to be trusted.
    check(try results.cell("bayesian"), try #require(fixture.runs["bayesian"]).metrics, tolerance: 1e-6)
  }

  @Test(arguments: [0, 1, 2, 20, 100])
  func `labels that come late come when river's do`(delay: Int) async throws {
    let fixture = try #require(try fixture("phishing").delayed?["\(delay)"])
    let results = try await OnlineExperiment.run(
      try OnlineExperiment.load(
        stream: """
          task: classification, source: {kind: csv, path: \(SmallExperiment.repository.path)/datasets/phishing.csv, \
          target: is_phishing}, labels: {delay: \(delay)}
          """,
        learners: "{name: logistic, learner: {kind: logistic-regression, optimizer: {kind: sgd, learningRate: 0.1}}}"))
    check(try results.cell("logistic"), fixture.metrics)
  }

  @Test(.enabled(if: dataFolder != nil, "set ATTUNE_DATA to the folder with river and electricity"))
  func `every figure of the reproduction is met, to the digits that are printed`() async throws {
    let path = SmallExperiment.repository.path + "/experiments/reproduce/online-river.yaml"
    guard case .online(var experiment) = try RunConfiguration.load(path: path) else {
      Issue.record("no online experiment")
      return
    }
    #expect(experiment.expect.count >= 35)
    // The long stream takes a minute without optimization, and is run by `make reproduce`.
    experiment.streams.removeAll { $0.name == "electricity" }
    experiment.learners = experiment.learners.compactMap { arm in
      var arm = arm
      arm.streams = arm.streams?.filter { $0 != "electricity" }
      return arm.streams?.isEmpty == true ? nil : arm
    }
    experiment.expect.removeAll { $0.stream == "electricity" }
    let results = try await OnlineExperiment.run(experiment)
    for outcome in results.expected {
      #expect(
        outcome.isMet, "\(outcome.place) \(outcome.metric): \(outcome.found ?? .nan), expected \(outcome.figure.text)")
    }
    let fixture = try fixture("phishing")
    for (name, run) in [("ALMA", "alma"), ("perceptron", "perceptron"), ("logistic, SGD, rate 0.1", "logistic, sgd")] {
      check(try results.cell(name, "phishing"), try #require(fixture.runs[run]).metrics)
    }
  }

  @Test func `the quick example and the reproduction load`() throws {
    for name in ["online-quick", "reproduce/online-river"] {
      let path = SmallExperiment.repository.path + "/experiments/\(name).yaml"
      guard case .online(let experiment) = try RunConfiguration.load(path: path) else {
        Issue.record("\(name) is no online experiment")
        continue
      }
      #expect(name.hasSuffix(experiment.name) && !experiment.expect.isEmpty)
    }
  }
}
