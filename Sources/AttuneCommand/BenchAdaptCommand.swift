internal import ArgumentParser
internal import AttuneCore
internal import AttuneExperiments
internal import AttuneInference
internal import Foundation

/// `attune bench adapt`: samples per second of a strategy that serves and adapts.
struct BenchAdaptCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "adapt", abstract: "Measure a strategy: answer a batch and adapt to it.",
    discussion: """
      Times whole batches of random rows on a network of random weights, each window from the strategy's start, and reports \
      the best of several windows.
      """)

  @Option(
    help: "Name of a strategy, or a .yaml file with the keys of a recipe.", completion: .file(extensions: ["yaml"]))
  var strategy = "tent"

  @Option(
    name: .customLong("set"), parsing: .singleValue,
    help: "Override a setting of the strategy, for example timing.steps=2; repeatable.")
  var settings: [String] = []

  @Option(help: "Widths from input to output, separated by commas.")
  var layers = "784,1200,1200,10"

  @Option(help: "Normalization of the hidden layers: batch or none.")
  var norm = "batch"

  @Option(help: "Rows of a batch.")
  var batch = 64

  @Option(help: "Threads of matrix products.")
  var threads = 1

  @Option(help: "Seconds to measure.")
  var seconds = 3.0

  @Flag(help: "Print JSON.")
  var json = false

  private struct Outcome: Encodable {
    var samplesPerSecond: Double, secondsPerBatch: Double, medianSecondsPerBatch: Double, operationsPerRow: Double
    var operationsRelativeToPlain: Double, gflops: Double
    var strategy: String, layers: [Int], batch: Int, threads: Int, blasKernels: String
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
    let chosen = try StrategyConfiguration.load(strategy, overrides: settings, registry: AttuneCommand.registry)
    OpenBLAS.threads = threads
    let outcome = try SampleServing.fitting(
      widths: widths, batchNorm: norm == "batch", batch: batch, batches: 4
    ) { try measure(chosen.strategy, $0) }
    guard !json else { return try Console.output(RunFolder.json(outcome)) }
    try Console.output(
      "\(chosen.name): \(Int(outcome.samplesPerSecond)) samples/s, "
        + String(
          format: "%.4g ms a batch of %d, %.4g FLOPs a row (%.3g × plain inference), %.3g GFLOP/s",
          1e3 * outcome.secondsPerBatch, batch, outcome.operationsPerRow, outcome.operationsRelativeToPlain,
          outcome.gflops))
  }

  /// One measurement, in seconds: long against the clock, short against what else the machine does.
  private static let windowSeconds = 0.05

  private func measure(_ strategy: any AdaptationStrategy, _ serving: SampleServing) throws -> Outcome {
    let start = try serving.prepared(strategy).run(serving.network, in: serving.context), clock = ContinuousClock()
    let usesLabels = type(of: strategy).usesLabels
    func serve(_ running: inout any RunningStrategy, _ index: Int) throws {
      let rows = serving.batches[index % serving.batches.count]
      _ = try running.predict(rows)
      guard usesLabels else { return }
      try running.learn(from: Feedback(inputs: rows, targets: serving.targets[index % serving.targets.count]))
    }
    // What is counted is one round after one that warms up: a strategy may do less at its first batches.
    var counted = start
    let count = serving.batches.count
    for index in 0..<count { try serve(&counted, index) }
    let operations = try OperationCounter.count { for index in 0..<count { try serve(&counted, index) } }.operations
    let plain = try OperationCounter.count {
      for rows in serving.batches { _ = try serving.network.predict(rows) }
    }.operations
    let end = clock.now + .seconds(seconds)
    var best = Double.infinity, times: [Double] = []
    repeat {
      var running = start, window = 0.0, batches = 0
      while window < Self.windowSeconds || batches < count {
        let elapsed = try clock.measure { try serve(&running, batches) } / .seconds(1)
        window += elapsed
        batches += 1
        times.append(elapsed)
      }
      best = min(best, window / Double(batches))
    } while clock.now < end
    let perRow = Double(operations) / Double(count * batch)
    return Outcome(
      samplesPerSecond: Double(batch) / best, secondsPerBatch: best,
      medianSecondsPerBatch: times.sorted()[times.count / 2], operationsPerRow: perRow,
      operationsRelativeToPlain: Double(operations) / Double(max(1, plain)),
      gflops: perRow * Double(batch) / best / 1e9,
      strategy: type(of: strategy).name,
      layers: [serving.network.inputDimension] + (serving.network.layers.compactMap(\.linearOutputs)), batch: batch,
      threads: threads, blasKernels: OpenBLAS.kernels)
  }
}

extension Layer {
  /// The outputs of a linear layer; nil for others.
  fileprivate var linearOutputs: Int? {
    if case .linear(let layer) = self { layer.outputDimension } else { nil }
  }
}
