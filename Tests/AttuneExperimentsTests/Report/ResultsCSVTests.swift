import AttuneCore
import AttuneInference
import Testing

@testable import AttuneExperiments

@Suite struct ResultsCSVTests {
  /// Lines of fields, with quotes and doubled quotes undone.
  private func parse(_ text: String) -> [[String]] {
    var lines: [[String]] = []
    var (line, field, isQuoted): ([String], String, Bool) = ([], "", false)
    var scalars = Array(text.unicodeScalars)[...]
    while let scalar = scalars.popFirst() {
      switch (scalar, isQuoted) {
      case ("\"", true) where scalars.first == "\"": field.unicodeScalars.append(scalars.removeFirst())
      case ("\"", _): isQuoted.toggle()
      case (",", false): (line, field) = (line + [field], "")
      case ("\r", false) where scalars.first == "\n":
        scalars.removeFirst()
        lines.append(line + [field])
        (line, field) = ([], "")
      default: field.unicodeScalars.append(scalar)
      }
    }
    return lines
  }

  @Test func `a line per cell with every figure`() {
    let table = parse(ResultsCSV.render(HandMadeResults.make()))
    #expect(table.count == 13)
    #expect(
      table[0] == [
        "training", "inference", "scenario", "metric", "mean", "low", "high", "seed_11", "seed_12", "seed_13",
        "difference_mean", "difference_low", "difference_high", "verdict", "flops_per_sample", "single_queries",
        "single_p50_us", "single_p99_us", "batch_rows", "batch_queries", "batch_p50_us", "batch_p99_us", "model_bytes",
        "training_seconds", "training_seconds_low", "training_seconds_high", "training_flops", "preparation_seconds",
        "preparation_flops", "domain_mean", "domain_low", "domain_high", "adapted_share", "chosen_by",
        "state_bytes", "seeds", "labels", "label_delay", "protocol", "reset", "prediction", "source_access", "pairs",
        "interval_method", "p_t", "p_permutation", "p_permutation_smallest", "test", "p_adjusted", "comparisons",
        "effect_size", "error_reduction", "conclusion", "training_difference_mean", "training_difference_low",
        "training_difference_high", "training_p_adjusted", "training_verdict", "events", "failures",
      ])
    let row = table[2]
    #expect(Array(row[0...3]) == ["plain", "adapt", "noise", "error"])
    #expect(
      Array(row[7...]) == [
        "0.2", "0.22", "0.21", "-0.0875", "-0.0925", "-0.0825", "helps", "56700.0", "800", "12.75", "9.5", "50", "90",
        "183.0", "", "37888", "3.42", "3.21", "3.63", "2500000000.0", "0.0", "0.0", "",
        "", "", "", "", "", "3", "never", "", "", "", "", "statistics", "", "", "", "", "", "", "", "", "", "", "helps",
        "", "", "", "", "", "0", "",
      ])
  }

  @Test func `protocol and comparison stand in every line`() throws {
    var results = HandMadeResults.make()
    results.inferenceArms[1].usesLabels = true
    results.inferenceArms[1].conventions = StrategyConventions(
      statistics: "batch", variance: .biased, scope: "scale and shift", prediction: "after", steps: 1, dropout: false)
    results.compare(by: StatisticsConfiguration())
    let table = parse(ResultsCSV.render(results))
    func field(_ row: Int, _ name: String) throws -> String { table[row][try #require(table[0].firstIndex(of: name))] }
    #expect(try field(2, "labels") == "late" && field(2, "prediction") == "after" && field(2, "pairs") == "3")
    #expect(try field(2, "interval_method") == "t" && field(2, "comparisons") == "8")
    #expect(try field(2, "conclusion") == "helps" && field(2, "p_permutation_smallest") == "0.25")
    #expect(try field(3, "conclusion") == "no difference shown" && field(1, "conclusion") == "baseline")
    #expect(try field(4, "training_verdict") == "helps" && field(1, "training_verdict").isEmpty)
    #expect(Set(table.map(\.count)).count == 1)
  }

  @Test func `a line per cell and seed, with the baseline of the same seed`() {
    var results = HandMadeResults.make()
    results.cells[1].perSeed[2] = nil
    let table = parse(ResultsCSV.renderSeeds(results))
    #expect(table.count == 1 + 12 * 3)
    #expect(table[0] == ["training", "inference", "scenario", "seed", "metric", "value", "baseline", "difference"])
    #expect(Array(table[4].prefix(7)) == ["plain", "adapt", "noise", "11", "error", "0.2", "0.3"])
    #expect(Double(table[4][7]) == 0.2 - 0.3)
    #expect(Array(table[6].suffix(3)) == ["", "0.32", ""])
  }

  @Test func `numbers read back the same`() throws {
    var results = HandMadeResults.make()
    let value = 0.1 + 0.2
    results.cells[0].quality = Estimate(mean: value, low: 1e-300, high: .pi)
    let row = parse(ResultsCSV.render(results))[1]
    #expect(Double(row[4]) == value)
    #expect(row[4] == "0.30000000000000004")
    #expect(Double(row[5]) == 1e-300)
    #expect(Double(row[6]) == .pi)
  }

  @Test func `quotes, commas and line ends survive, every line has as many fields`() {
    var results = HandMadeResults.make()
    results.cells[0].training = "a \"b\", c"
    results.cells[1].failures = ["line 1\r\nline 2", "x"]
    results.cells[2].perSeed = [0.5]
    let table = parse(ResultsCSV.render(results))
    #expect(table[1][0] == "a \"b\", c")
    #expect(table[2].last == "line 1\r\nline 2 | x")
    #expect(Set(table.map(\.count)) == [60])
  }

  @Test(arguments: ["=1+1", "+1", "-1", "@x", "\tx"])
  func `text that looks like a formula is protected, negative numbers are not`(name: String) {
    var results = HandMadeResults.make()
    results.cells[1].inference = name
    let row = parse(ResultsCSV.render(results))[2]
    #expect(row[1] == "'" + name)
    #expect(row[10] == "-0.0875")
  }

  @Test func `a failed cell has empty figures and its error`() {
    var results = HandMadeResults.make()
    results.cells[1].quality = nil
    results.cells[1].perSeed = [nil, nil, nil]
    results.cells[1].difference = nil
    results.cells[1].failures = ["loss is not finite"]
    let row = parse(ResultsCSV.render(results))[2]
    #expect(row[4...12].joined().isEmpty)
    #expect(row.last == "loss is not finite")
  }
}
