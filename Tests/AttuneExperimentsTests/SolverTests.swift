import AttuneCore
import AttuneData
import AttuneInference
import AttuneTraining
import Testing

@testable import AttuneExperiments

@Suite struct SolverTests {
  private func experiment(
    solver: String, task: String = "classification", network: String = "linear", more: String = ""
  ) throws -> ExperimentConfiguration {
    let yaml = """
      name: solver
      seeds: [0]
      data:
        source: {kind: csv, path: rows.csv, target: y}
        task: \(task)
        preprocessing: none
      network: {kind: \(network)}
      training:
        - {name: solved, solver: \(solver)\(more)}
      inference:
        - {name: none, strategy: none}
      scenarios:
        - {name: clean, shifts: []}
      """
    return try decode(ExperimentConfiguration.self, yaml, userInfo: [.strategies: StrategyRegistry.builtIn])
  }

  static let features = Matrix([[0, 1], [1, 3], [2, 0], [3, 2], [4, 4], [5, 1], [6, 0], [7, 5], [8, 2]])

  private func table(labels: [Int], names: [String]) -> Table {
    Table(features: Self.features, targets: .classes(labels: labels, names: names), columnNames: ["a", "b"])
  }

  @Test(arguments: [
    ([0, 1, 0, 1, 0, 1, 0, 1, 1], ["no", "yes"]), ([0, 1, 0, 2, 1, 1, 2, 0, 2], ["a", "b", "c"]),
  ])
  func `the solved network has the probabilities of the logistic regression`(labels: [Int], names: [String]) throws {
    let configuration = try experiment(solver: "{kind: logistic, c: 0.5}")
    let rows = table(labels: labels, names: names)
    let (model, report) = try ModelTraining(configuration.training[0], in: configuration).train(on: rows, seed: 1)
    var settings = LogisticRegression.Configuration()
    settings.c = 0.5
    let expected = try LogisticRegression(settings)
      .fit(features: Self.features, labels: labels, classes: names.count).probabilities(Self.features)
    let found = try model.predict(Self.features).softmax()
    #expect(found.columns == names.count)
    for i in 0..<found.rows {
      for c in 0..<found.columns { #expect(abs(Double(found[i, c]) - expected[i, c]) < 1e-6) }
    }
    #expect(report.losses.isEmpty && report.operations > 1000)
  }

  @Test func `ridge of an experiment is that of the library`() throws {
    let configuration = try experiment(solver: "{kind: ridge, l2: 3}", task: "regression")
    let targets = Matrix([[1], [3], [2], [5], [4], [7], [7], [6], [9]])
    let rows = Table(features: Self.features, targets: .values(targets), columnNames: ["a", "b"])
    let model = try ModelTraining(configuration.training[0], in: configuration).train(on: rows, seed: 1).model
    let solution = try LeastSquares.ridge(features: Self.features, targets: targets, l2: 3)
    let found = try model.predict(Self.features)
    for i in 0..<9 {
      let expected = (0..<2).reduce(solution.intercepts[0]) {
        $0 + solution.weights[0][$1] * Double(Self.features[i, $1])
      }
      #expect(abs(Double(found[i, 0]) - expected) < 1e-4)
    }
  }

  @Test func `a solver has defaults, and survives writing`() throws {
    for text in ["least-squares", "ridge", "logistic", "{kind: logistic, c: 0.25}"] {
      let arm = try decode(TrainingArmConfiguration.self, "{name: a, solver: \(text)}")
      let read = try decode(TrainingArmConfiguration.self, try ConfigWriter.yaml(from: arm))
      #expect(arm.solver != nil && read.solver == arm.solver)
    }
    #expect(
      try decode(TrainingArmConfiguration.self, "{name: a, solver: logistic}").summary
        == "logistic regression (Newton), c 1.0")
  }

  @Test func `a solver of the other task and a deep network are refused`() {
    #expect(
      errorText { try experiment(solver: "logistic", task: "regression") }.contains(
        "arm 'solved' has the solver logistic, which needs data.task: classification"))
    #expect(
      errorText { try experiment(solver: "ridge") }.contains(
        "arm 'solved' has the solver ridge, which needs data.task: regression"))
    #expect(
      errorText { try experiment(solver: "logistic", network: "mlp") }.contains(
        "arm 'solved' has the solver logistic, which needs network.kind: linear"))
  }

  @Test func `settings out of range and settings of an optimizer are refused`() {
    #expect(
      errorText { try experiment(solver: "{kind: logistic, c: 0}") }.contains("c: must be a finite number above 0"))
    #expect(
      errorText { try experiment(solver: "logistic", more: ", epochs: 3") }.contains("does nothing beside 'solver'"))
  }
}
