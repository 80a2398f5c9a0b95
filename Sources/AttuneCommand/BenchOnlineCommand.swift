internal import ArgumentParser
internal import AttuneCore
internal import AttuneExperiments
internal import AttuneTraining

/// `attune bench online`: samples per second of a regression that learns row by row.
struct BenchOnlineCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "online", abstract: "Measure online learning: predict a row, then learn it.",
    discussion: """
      One row at a time, on 2,000 random rows again and again; reports the best of many repeats. Without --learner it is \
      linear regression by a running standard scaler and gradient descent, whose whole loop is one kernel; with it, the \
      learner of that kind with its default settings.
      """)

  @Option(help: "A kind of online learner for regression, for example recursive-least-squares.")
  var learner: String?

  @Option(help: "Features of a row.")
  var features = 16

  @Option(help: "Seconds to measure.")
  var seconds = 2.0

  @Flag(help: "Print JSON.")
  var json = false

  private struct Outcome: Encodable {
    var samplesPerSecond: Double, features: Int, lastError: Double
  }

  func run() throws {
    guard features > 0, seconds > 0, seconds.isFinite else {
      throw ValidationError("--features and --seconds take numbers above 0")
    }
    let rows = 2000
    var generator = Philox(seed: 0)
    let x = DoubleMatrix(generator.normal(rows: rows, columns: features))
    let truth = (0..<features).map { _ in generator.nextNormal() }
    let y = (0..<rows).map { i in (0..<features).reduce(0) { $0 + x[i, $1] * truth[$1] } }
    var predictions = [Double](repeating: 0, count: rows)
    let best: Double
    if let learner {
      var model = try Self.learner(learner, features: features)
      best = try fastest {
        try x.elements.withUnsafeBufferPointer { x in
          try y.withUnsafeBufferPointer { y in
            try predictions.withUnsafeMutableBufferPointer {
              try model.predictThenLearn(x, targets: y, outputs: $0) { _, error in throw error }
            }
          }
        }
      }
    } else {
      var model = try OnlineLinearRegression(features: features)
      best = fastest {
        predictions.withUnsafeMutableBufferPointer { predictions in
          x.elements.withUnsafeBufferPointer { x in
            y.withUnsafeBufferPointer { model.predictThenLearn(x, targets: $0, predictions: predictions) }
          }
        }
      }
    }
    let outcome = Outcome(
      samplesPerSecond: Double(rows) / best, features: features, lastError: abs(predictions[rows - 1] - y[rows - 1]))
    guard !json else { return try Console.output(RunFolder.json(outcome)) }
    try Console.output("\(Int(outcome.samplesPerSecond)) samples/s of \(features) features")
  }

  /// Seconds of the fastest repeat.
  private func fastest(_ body: () throws -> Void) rethrows -> Double {
    var best = Double.infinity
    let clock = ContinuousClock(), end = clock.now + .seconds(seconds)
    repeat { best = min(best, try clock.measure(body) / .seconds(1)) } while clock.now < end
    return best
  }

  private static func learner(_ kind: String, features: Int) throws -> any OnlineLearner {
    guard let configuration = OnlineLearnerConfiguration(kind: kind) else {
      let known = OnlineLearnerConfiguration.kinds.joined(separator: ", ")
      throw ValidationError("there is no online learner '\(kind)'; known: \(known)")
    }
    return try configuration.make(features: features, task: .regression)
  }
}
