internal import ArgumentParser
internal import AttuneCore
internal import AttuneExperiments
internal import AttuneTraining
internal import Foundation

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

  @Option(help: "Threads of a training step.")
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
    let cores = ProcessInfo.processInfo.activeProcessorCount
    if threads > cores { Console.note("attune: --threads \(threads) is more than this machine's cores, \(cores)") }
    OpenBLAS.threads = threads
    let rule = try rule()
    var generator = Philox(seed: 0)
    let classes = widths[widths.count - 1]
    var network = Network.mlp(
      inputDimension: widths[0], hidden: Array(widths[1..<(widths.count - 1)]),
      outputDimension: widths[widths.count - 1],
      batchNorm: norm == "batch", using: &generator)
    let trainer = Trainer(optimizer: rule, loss: .crossEntropy(labelSmoothing: 0), epochs: .max - 1, batchSize: batch)
    let input = generator.normal(rows: batch, columns: widths[0])
    let labels = (0..<batch).map { _ in generator.nextIndex(below: classes) }
    let targets = Matrix.oneHot(labels, classes: classes)
    // The same few rows again and again: how memory is read is the business of data sets.
    let steps = max(16, (1 << 16) / (batch * widths[0]))
    let features = Matrix.concatenatingRows(Array(repeating: input, count: steps))
    let answers = Matrix.concatenatingRows(Array(repeating: targets, count: steps))
    let (best, operations) = try Self.epochTimes(
      trainer, &network, features, answers, generator, seconds: seconds)
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
    guard let configuration = OptimizerConfiguration(kind: optimizer) else {
      throw ValidationError(
        "unknown optimizer '\(optimizer)'; known: \(OptimizerConfiguration.kinds.joined(separator: ", "))")
    }
    return try configuration.make()
  }

  /// One measurement, in seconds: long against the clock, short against what else the machine does.
  private static let windowSeconds = 0.05

  private struct Enough: Error {}

  /// The seconds of an epoch in the quickest window of one training run, and the operations of an epoch.
  private static func epochTimes(
    _ trainer: Trainer, _ network: inout Network, _ features: Matrix, _ targets: Matrix, _ generator: Philox,
    seconds: Double
  ) throws -> (best: Double, operations: Int) {
    let end = ContinuousClock.now + .seconds(seconds)
    var start = ContinuousClock.now, best = Double.infinity, epochs = 0, first = 0
    let (_, operations) = try OperationCounter.count {
      do {
        _ = try trainer.train(&network, features: features, targets: targets, using: generator) { epoch, _ in
          let now = ContinuousClock.now, elapsed = (now - start) / .seconds(1)
          epochs = epoch
          guard elapsed > windowSeconds else { return }
          // The first window warms up.
          if first > 0 { best = min(best, elapsed / Double(epoch - first)) }
          (start, first) = (now, epoch)
          if best < .infinity, now > end { throw Enough() }
        }
      } catch is Enough {}
    }
    return (best, operations / epochs)
  }

  /// GFLOP/s of a product of two 1024 × 1024 matrices, the best of several.
  private static func peak(_ generator: inout Philox) -> Double {
    let a = generator.normal(rows: 1024, columns: 1024), b = generator.normal(rows: 1024, columns: 1024)
    let clock = ContinuousClock()
    let times = (0..<20).map { _ in clock.measure { _ = Matrix.product(a, b) } / .seconds(1) }
    return 2 * 1024 * 1024 * 1024 / (times.min() ?? .infinity) / 1e9
  }
}
