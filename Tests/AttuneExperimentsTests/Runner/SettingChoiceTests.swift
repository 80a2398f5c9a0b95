import AttuneCore
import AttuneInference
import Foundation
import Testing

@testable import AttuneExperiments

@Suite struct SettingChoiceTests {
  private typealias Small = SmallExperiment
  private static let trained = "{name: adam, optimizer: {kind: adam, learningRate: 0.01}, epochs: 10}"

  private func arm(_ by: String) -> String {
    """
    {name: \(by), strategy: tent, choose: {by: \(by), among: [{optimizer: {kind: adam, learningRate: 0.001}}, \
    {optimizer: {kind: adam, learningRate: 0.5}}]}}
    """
  }
  private let fixed = ["0.001", "0.5"].map {
    "{name: fixed-\($0), strategy: tent, optimizer: {kind: adam, learningRate: \($0)}}"
  }

  @Test func `each criterion takes the alternative of the lowest score, and the oracle is marked everywhere`()
    async throws
  {
    let criteria = SettingChoiceConfiguration.Criterion.allCases.map(\.rawValue)
    let experiment = try Small.load(
      training: [Self.trained], inference: [Small.none] + fixed + criteria.map(arm), scenarios: [Small.noise])
    let results = try await Small.run(experiment)
    func cell(_ arm: String) throws -> ResultCell {
      try #require(results.cell(training: "adam", inference: arm, scenario: "noise"))
    }
    for criterion in criteria {
      let choices = try #require(try cell(criterion).choices)
      #expect(choices.map(\.seed) == [3, 4])
      for (index, choice) in choices.map(\.choice).enumerated() {
        #expect(choice.criterion == criterion && choice.operations > 0)
        #expect(choice.alternatives.map(\.settings) == ["optimizer.learningRate 0.001", "optimizer.learningRate 0.5"])
        let scores = choice.alternatives.compactMap(\.score)
        #expect(scores.count == 2 && scores[choice.chosen] == scores.min())
        // What served is the strategy with these settings, at its price.
        let fixed = try cell(choice.chosen == 0 ? "fixed-0.001" : "fixed-0.5")
        #expect(try cell(criterion).perSeed[index] == fixed.perSeed[index])
        if criterion == "oracle" {
          #expect(
            try choice.alternatives.map(\.score) == ["fixed-0.001", "fixed-0.5"].map { try cell($0).perSeed[index] })
        }
        if criterion == "synthetic-shifts" { #expect(choice.chosen == 0) }
      }
    }
    #expect(try cell("none").choices == nil)
    #expect(try cell("oracle").cost.flopsPerSample == cell("fixed-0.001").cost.flopsPerSample)
    checkMarks(results)
  }

  private func checkMarks(_ results: ExperimentResults) {
    #expect(results.inferenceArms.map(\.isOracle) == [false, false, false, false, false, false, true])
    #expect(ReportData(results).unlabeledNames.contains("entropy"))
    #expect(!ReportData(results).unlabeledNames.contains("oracle"))
    let page = HTMLReport.render(results)
    #expect(
      page.contains("oracle<span class=\"tag\">oracle</span>")
        || page.contains("oracle <span class=\"tag\">oracle</span>"))
    #expect(page.contains("were chosen by the error on the stream itself"))
    #expect(page.contains("optimizer.learningRate 0.001"))
    #expect(WellFormedness.failure(of: page) == nil)
    #expect(TerminalTable.render(results, color: false, width: 200).contains("(oracle)"))
    let lines = ResultsCSV.render(results).split(separator: "\r\n").map {
      $0.split(separator: ",", omittingEmptySubsequences: false)
    }
    let column = lines[0].firstIndex(of: "chosen_by")
    #expect(
      column.map { column in lines.dropFirst().map { $0[column] } }
        == ["", "", "", "synthetic-shifts", "entropy", "consistency", "oracle"])
  }

  @Test func `the protocol repeats the conventions of each arm, in results and report`() async throws {
    let arms = [
      Small.none, "{strategy: tent, recovery: [{kind: on-alarm, action: source}]}", "{strategy: eata}",
      "{strategy: adabn}",
    ]
    let results = try await Small.run(Small.load(training: [Small.sgd], inference: arms, scenarios: [Small.clean]))
    let tent = try #require(results.inferenceArms[1].conventions)
    #expect(tent.statistics == "batch (variance biased)" && tent.variance == .biased && tent.scope == "norm-affine")
    #expect(tent.prediction == "before" && tent.steps == 1 && !tent.dropout && !tent.seesTarget)
    #expect(tent.recovery?.hasPrefix("on-alarm (monitors [collapse") == true)
    #expect(results.inferenceArms[3].conventions?.seesTarget == true)
    let page = HTMLReport.render(results)
    #expect(page.contains("The conventions of each inference arm"))
    #expect(page.contains("<td class=\"text\">before the update</td>") && page.contains("action source, cooldown 10)"))
    #expect(page.contains("<td class=\"text\">all of it</td>") && page.contains("<td class=\"text\">samples</td>"))
    let read = try JSONDecoder.results.decode(ExperimentResults.self, from: Data(try RunFolder.json(results).utf8))
    #expect(read.inferenceArms == results.inferenceArms)
  }

  @Test func `an arm whose alternatives all fail says so`() async throws {
    let arm =
      "{name: none-serves, strategy: recursive-least-squares, choose: {by: oracle, among: [{}, {forgetting: 0.9}]}}"
    let results = try await Small.run(
      Small.load(training: [Small.sgd], inference: [Small.none, arm], scenarios: [Small.clean]))
    let cell = try #require(results.cell(training: "sgd", inference: "none-serves", scenario: "clean"))
    #expect(cell.failures.first?.hasPrefix("seed 3: all 2 alternatives of 'choose' failed; the last: ") == true)
  }
}

extension JSONDecoder {
  fileprivate static var results: JSONDecoder {
    let decoder = JSONDecoder()
    decoder.dateDecodingStrategy = .iso8601
    return decoder
  }
}
