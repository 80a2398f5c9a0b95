internal import ArgumentParser
internal import AttuneCore
internal import AttuneExperiments

/// `attune bench drift`: microseconds of a drift check of many features.
struct BenchDriftCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "drift", abstract: "Measure a drift check of every feature of a batch.",
    discussion: """
      Tests normal rows against as many values of other normal rows as models keep, on one core: statistics, p-values and \
      the adjustment of these for the number of features; reports the best and the median of many repeats.
      """)

  @Option(help: "Features of a row.")
  var features = 1000

  @Option(help: "Rows of a batch.")
  var rows = 256

  @Option(help: "The test: ks, wasserstein, psi or moments.")
  var test = "ks"

  @Option(help: "Seconds to measure.")
  var seconds = 2.0

  @Flag(help: "Print JSON.")
  var json = false

  private struct Outcome: Encodable {
    var microseconds: Double, median: Double, features: Int, rows: Int, test: String, drifted: Int
  }

  func run() throws {
    guard features > 0, rows > 0, seconds > 0, seconds.isFinite else {
      throw ValidationError("--features, --rows and --seconds take numbers above 0")
    }
    guard features <= SourceStatistics.covarianceLimit else {
      throw ValidationError("--features takes up to \(SourceStatistics.covarianceLimit), for which models keep values")
    }
    guard let test = DriftTest(rawValue: test) else {
      throw ValidationError(
        "--test takes \(DriftTest.allCases.map(\.rawValue).joined(separator: ", ")), not '\(test)'")
    }
    var generator = Philox(seed: 0)
    let source = SourceStatistics(
      inputs: generator.normal(rows: SourceStatistics.sampleLimit, columns: features))
    let reference = try DriftReference(source, for: [test], user: "the benchmark")
    let batch = generator.normal(rows: rows, columns: features)
    var times: [Double] = [], drifted = 0
    let clock = ContinuousClock(), end = clock.now + .seconds(seconds)
    repeat {
      let elapsed = clock.measure {
        drifted = reference.check(batch, test).drifted(falseDiscoveryRate: 0.01).count
      }
      times.append(elapsed / .microseconds(1))
    } while clock.now < end
    times.sort()
    let outcome = Outcome(
      microseconds: times[0], median: times[times.count / 2], features: features, rows: rows, test: test.rawValue,
      drifted: drifted)
    guard !json else { return try Console.output(RunFolder.json(outcome)) }
    try Console.output(
      "\(Int(outcome.microseconds.rounded())) µs per check (median \(Int(outcome.median.rounded())) µs): \(test.rawValue) of "
        + "\(features) features on \(rows) rows")
  }
}
