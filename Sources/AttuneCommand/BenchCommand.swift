internal import ArgumentParser
internal import AttuneCore
internal import AttuneExperiments
internal import AttuneTraining
internal import Foundation

/// `attune bench`: speed on this machine.
struct BenchCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bench", abstract: "Measure speed on this machine.", subcommands: [BenchTrainCommand.self])
}

/// `attune bench train`: samples per second of training steps on random data.
struct BenchTrainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "train", abstract: "Measure training steps: forward, backward, update.",
    discussion: """
      Times whole steps on one fixed random batch and reports the best of several repeats, beside the peak of matrix \
      products (1024 × 1024) measured in the same call.
      """)

  @Option(help: "Widths from input to output, separated by commas.")
  var layers = "784,1200,1200,10"

  @Option(help: "Normalization of the hidden layers: batch or none.")
  var norm = "batch"

  @Option(help: "The optimizer, with its default settings.")
  var optimizer = "adam"

  @Option(help: "Rows of a batch.")
  var batch = 128

  @Option(help: "Threads of matrix products.")
  var threads = 1

  @Option(help: "Seconds to measure.")
  var seconds = 3.0

  @Flag(help: "Print JSON.")
  var json = false

  private struct Outcome: Encodable {
    var samplesPerSecond: Double, gflops: Double, peakGflops: Double, shareOfPeak: Double
    var layers: [Int], batch: Int, threads: Int, optimizer: String, blasKernels: String
  }

  func run() throws {
    // What is no number counts as a width of 0, which is refused.
    let widths = layers.split(separator: ",", omittingEmptySubsequences: false).map { Int($0) ?? 0 }
    guard widths.count >= 2, widths.allSatisfy({ $0 > 0 }), batch > 0, threads > 0, seconds > 0, seconds.isFinite
    else {
      throw ValidationError("--layers takes at least two widths above 0, --batch, --threads, --seconds numbers above 0")
    }
    guard ["batch", "none"].contains(norm) else { throw ValidationError("--norm takes batch or none, found '\(norm)'") }
    OpenBLAS.threads = threads
    let rule = try rule()
    var generator = Philox(seed: 0)
    let classes = widths[widths.count - 1]
    var network = Network.mlp(
      inputDimension: widths[0], hidden: Array(widths[1..<(widths.count - 1)]),
      outputDimension: widths[widths.count - 1],
      batchNorm: norm == "batch", using: &generator)
    let trainer = Trainer(optimizer: rule, loss: .crossEntropy(labelSmoothing: 0), epochs: 1, batchSize: batch)
    let input = generator.normal(rows: batch, columns: widths[0])
    let labels = (0..<batch).map { _ in generator.nextIndex(below: classes) }
    let targets = Matrix.oneHot(labels, classes: classes)
    // An epoch of `steps` batches is one measurement.
    let once = try Self.time { _ = try trainer.train(&network, features: input, targets: targets, using: generator) }
    let steps = max(1, Int(1 / max(once, 1e-6)))
    let features = Matrix.concatenatingRows(Array(repeating: input, count: steps))
    let answers = Matrix.concatenatingRows(Array(repeating: targets, count: steps))
    var best = Double.infinity, operations = 0
    let end = ContinuousClock.now + .seconds(seconds)
    repeat {
      let elapsed = try Self.time {
        operations = try trainer.train(&network, features: features, targets: answers, using: generator).operations
      }
      best = min(best, elapsed)
    } while ContinuousClock.now < end
    let peak = Self.peak(&generator), rate = Double(operations) / best / 1e9
    let outcome = Outcome(
      samplesPerSecond: Double(steps * batch) / best, gflops: rate, peakGflops: peak, shareOfPeak: rate / peak,
      layers: widths, batch: batch, threads: threads, optimizer: optimizer, blasKernels: OpenBLAS.kernels)
    guard !json else { return try Console.output(RunFolder.json(outcome)) }
    try Console.output(
      "\(Int(outcome.samplesPerSecond)) samples/s, \(Int(rate)) GFLOP/s, \(Int(100 * outcome.shareOfPeak)) % of the peak "
        + "of matrix products (\(Int(peak)) GFLOP/s)")
  }

  private func rule() throws -> any Optimizer {
    switch optimizer {
    case SGD.name: try OptimizerConfiguration.sgd(SGD.Configuration()).make()
    case Adam.name: try OptimizerConfiguration.adam(Adam.Configuration()).make()
    case AdamW.name: try OptimizerConfiguration.adamw(AdamW.Configuration()).make()
    case RMSprop.name: try OptimizerConfiguration.rmsprop(RMSprop.Configuration()).make()
    default:
      throw ValidationError(
        "unknown optimizer '\(optimizer)'; known: \(OptimizerConfiguration.kinds.joined(separator: ", "))")
    }
  }

  private static func time(_ work: () throws -> Void) rethrows -> Double {
    let start = ContinuousClock.now
    try work()
    return (ContinuousClock.now - start) / .seconds(1)
  }

  /// GFLOP/s of a product of two 1024 × 1024 matrices, the best of several.
  private static func peak(_ generator: inout Philox) -> Double {
    let a = generator.normal(rows: 1024, columns: 1024), b = generator.normal(rows: 1024, columns: 1024)
    let times = (0..<20).map { _ in time { _ = Matrix.product(a, b) } }
    return 2 * 1024 * 1024 * 1024 / (times.min() ?? .infinity) / 1e9
  }
}
