import AttuneCore

@testable import AttuneInference
import AttuneTraining
import Foundation
import Testing

/// Budgets, costs, inputs and rows at the edges of what makes sense.
@Suite struct AcquisitionEdgeTests {
  static let names = ["gdfs", "dime", "greedy-information", "static-selection"]

  /// A strategy that is learned in a moment.
  private func strategy(
    _ name: String, _ stop: AcquisitionStop, costs: [String: Double] = [:], curve: [Double] = []
  ) throws -> any PreparedStrategy {
    switch name {
    case "gdfs":
      var configuration = GDFS.Configuration()
      (configuration.stop, configuration.costs, configuration.curve) = (stop, costs, curve)
      (configuration.hidden, configuration.trainingInputs, configuration.temperatures) = ([8], 2, 1)
      (configuration.predictorEpochs, configuration.epochs) = (2, 2)
      return try GDFS(configuration)
    case "dime":
      var configuration = DIME.Configuration()
      (configuration.stop, configuration.costs, configuration.curve) = (stop, costs, curve)
      (configuration.hidden, configuration.trainingInputs) = ([8], 2)
      (configuration.predictorEpochs, configuration.epochs) = (2, 2)
      return try DIME(configuration)
    case "greedy-information":
      var configuration = GreedyInformation.Configuration()
      (configuration.stop, configuration.costs, configuration.curve) = (stop, costs, curve)
      return try GreedyInformation(configuration)
    default:
      var configuration = StaticSelection.Configuration()
      (configuration.stop, configuration.costs, configuration.curve) = (stop, costs, curve)
      (configuration.hidden, configuration.epochs) = ([8], 2)
      return try StaticSelection(configuration)
    }
  }

  private func rows(_ inputs: Matrix) -> LabeledRows {
    LabeledRows(
      inputs: inputs, targets: Matrix.oneHot((0..<inputs.rows).map { inputs[$0, 0] > 0 ? 1 : 0 }, classes: 2))
  }

  private func normal(_ rows: Int, _ columns: Int) -> Matrix {
    var generator = Philox(seed: 21)
    return generator.normal(rows: rows, columns: columns)
  }

  @Test(arguments: names) func `a budget of zero answers without a single input`(name: String) throws {
    let rows = rows(normal(60, 4))
    let found = try strategy(name, .budget(0), curve: [0]).answer(rows.inputs, after: HalvesProblem.context(rows))
    #expect(found.selection?.keptCount == 0)
    #expect(found.selection?.acquisitionCost == 0)
    #expect(found.curve.map(\.keptCount) == [0])
    #expect(found.output.isFinite)
    // Nothing is known of any row: all get the same answer.
    #expect((0..<60).allSatisfy { found.output.row($0) == found.output.row(0) })
    let changed = try strategy(name, .budget(0)).answer(
      rows.inputs.map { _ in .nan }, after: HalvesProblem.context(rows))
    #expect(changed.output == found.output)
  }

  @Test(arguments: names) func `a budget beyond all inputs acquires no more than there are`(name: String) throws {
    let rows = rows(normal(60, 4))
    let found = try strategy(name, .budget(1e9), curve: [1, 1e9]).answer(
      rows.inputs, after: HalvesProblem.context(rows))
    let kept = try #require(found.selection).keptCount
    #expect(name == "greedy-information" ? kept <= 240 && kept >= 60 : kept == 240)
    #expect(found.curve.last?.keptCount == kept)
    #expect(found.output == found.curve.last?.output)
  }

  @Test(arguments: names) func `costs count against the budget, and an unknown name is an error`(name: String) throws {
    let rows = rows(normal(60, 4)), context = HalvesProblem.context(rows)
    let dear = try strategy(name, .budget(5), costs: ["x0": 3, "x1": 3, "x2": 3, "x3": 3]).answer(
      rows.inputs, after: context)
    let selection = try #require(dear.selection)
    #expect(selection.keptCount <= 60)
    #expect(selection.acquisitionCost == 3 * Double(selection.keptCount))
    let wrong = try strategy(name, .budget(5), costs: ["y0": 3])
    #expect(
      throws: ConfigValueError(
        "no input has this name", key: "costs", given: "y0", known: ["x0", "x1", "x2", "x3"])
    ) { try wrong.answer(rows.inputs, after: context) }
    do { _ = try wrong.answer(rows.inputs, after: context) } catch {
      #expect(
        "\(error)"
          == "costs: no input has this name, found 'y0'; did you mean 'x0'? Known: x0, x1, x2, x3")
    }
  }

  @Test(arguments: names) func `constant and collinear inputs get a finite answer`(name: String) throws {
    var inputs = normal(60, 5)
    for row in 0..<60 { (inputs[row, 2], inputs[row, 3], inputs[row, 4]) = (7, inputs[row, 0], -2 * inputs[row, 0]) }
    let rows = rows(inputs)
    let found = try strategy(name, .budget(5)).answer(inputs, after: HalvesProblem.context(rows))
    #expect(found.output.isFinite)
    guard name == "greedy-information" else { return }
    // A copy of what is known and a constant tell nothing.
    let selection = try #require(found.selection)
    #expect((0..<60).allSatisfy { !selection[$0, 2] })
    #expect((0..<60).allSatisfy { row in [0, 3, 4].count { selection[row, $0] } == 1 })
  }

  @Test(arguments: names) func `fewer rows than inputs get a finite answer`(name: String) throws {
    let rows = rows(normal(6, 20))
    let found = try strategy(name, .budget(20), curve: [1, 20]).answer(
      rows.inputs, after: HalvesProblem.context(rows))
    #expect(found.output.isFinite && found.curve.allSatisfy(\.output.isFinite))
  }

  @Test(arguments: names.filter { $0 != "greedy-information" })
  func `without held-out rows the error says what to write`(name: String) throws {
    let rows = rows(normal(60, 4))
    var context = HalvesProblem.context(rows)
    context.heldOut = nil
    #expect(throws: MissingHeldOutRows(user: "strategy '\(name)'")) {
      try strategy(name, .budget(1)).answer(rows.inputs, after: context)
    }
  }

  @Test(arguments: names) func `an unprepared strategy does not start`(name: String) throws {
    #expect(throws: UnpreparedStrategy(strategy: name)) {
      _ = try strategy(name, .budget(1)).run(
        HalvesProblem.network(inputs: 4, outputs: 2), in: AdaptationContext(task: .classification))
    }
  }

  @Test func `rules that a strategy or a task cannot follow are errors`() throws {
    let network = HalvesProblem.network(inputs: 4)
    func text(_ name: String, _ stop: AcquisitionStop, _ task: PredictionTask) -> String {
      do {
        try strategy(name, stop).check(for: network, task: task)
        return "no error"
      } catch { return "\(error)" }
    }
    #expect(
      text("gdfs", .penalized(lambda: 1), .classification)
        == "stop: 'penalized' needs estimates of information, which 'gdfs' does not make; choose 'budget', or dime or "
        + "greedy-information")
    #expect(
      text("gdfs", .confidence(probability: 0.9), .regression)
        == "stop: 'confidence' is a probability of classes; a regression needs 'budget'")
    #expect(
      text("static-selection", .confidence(probability: 0.9), .classification)
        == "stop: must be a budget: the choice is the same for every row")
    #expect(text("dime", .budget(1), .regression) == "\(ClassificationOnly(strategy: "dime"))")
  }

  @Test func `settings out of their range are errors`() {
    func text(_ change: (inout GDFS.Configuration) -> Void) -> String {
      var configuration = GDFS.Configuration()
      change(&configuration)
      do {
        _ = try GDFS(configuration)
        return "no error"
      } catch { return "\(error)" }
    }
    #expect(text { $0.stop = .budget(-1) }.hasPrefix("budget: must be at least 0"))
    #expect(text { $0.stop = .budget(.nan) }.hasPrefix("budget: must be at least 0"))
    #expect(text { $0.stop = .confidence(probability: 0) }.hasPrefix("probability: must be above 0"))
    #expect(
      text { $0.costs = ["a": 0] } == "costs: the cost of input 'a' must be a finite number above 0, found '0.0'")
    #expect(
      text { $0.curve = [2, 1] } == "curve: must be finite budgets of at least 0, each above the one before it")
    #expect(text { $0.trainingInputs = 0 }.hasPrefix("trainingInputs: must be at least 1"))
    #expect(text { $0.endTemperature = 2 }.hasPrefix("endTemperature: must be above 0 and at most 1"))
  }

  @Test func `temperatures fall in equal ratios`() {
    let steps = GDFS.Configuration().temperatureSteps
    #expect(steps.count == 5 && steps[0] == 1 && abs(steps[4] - 0.1) < 1e-12)
    #expect(abs(steps[1] / steps[0] - steps[4] / steps[3]) < 1e-12)
  }

  @Test func `a preparation that is cancelled ends`() {
    let rows = rows(normal(60, 4))
    var context = HalvesProblem.context(rows)
    context.checkCancellation = { throw CancellationError() }
    #expect(throws: CancellationError.self) {
      try strategy("gdfs", .budget(1)).answer(rows.inputs, after: context)
    }
  }
}
