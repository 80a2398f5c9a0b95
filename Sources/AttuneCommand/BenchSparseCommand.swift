internal import ArgumentParser
internal import AttuneCore
internal import AttuneExperiments

/// `attune bench sparse`: time and operations of a first layer that skips zeros against one that does not.
struct BenchSparseCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sparse", abstract: "Measure a network on sparse rows, such as texts, against dense ones.",
    discussion: """
      A network of one hidden layer answers the same random rows as dense ones, as sparse ones, and as dense ones whose \
      zeros are looked for first; reports the best of many repeats.
      """)

  @Option(help: "Columns of a row, such as words that are known.")
  var columns = 5000

  @Option(help: "Units of the hidden layer.")
  var hidden = 64

  @Option(help: "Share of the columns that are not zero, above 0, at most 1.")
  var density = 0.005

  @Option(help: "Rows of a batch.")
  var batchSize = 1

  @Option(help: "Seconds to measure, shared by the three.")
  var seconds = 3.0

  @Flag(help: "Print JSON.")
  var json = false

  private struct Path: Encodable {
    var microseconds: Double, operations: Int
  }

  private struct Outcome: Encodable {
    var columns: Int, hidden: Int, elements: Int, batchSize: Int
    var dense: Path, sparse: Path, sparseFromDense: Path, largestDifference: Float
  }

  func run() throws {
    guard columns > 0, hidden > 0, batchSize > 0, seconds > 0, seconds.isFinite, density > 0, density <= 1 else {
      throw ValidationError("--columns, --hidden, --batch-size, --seconds: numbers above 0; --density: one up to 1")
    }
    var generator = Philox(seed: 0)
    let network = Network.mlp(inputDimension: columns, hidden: [hidden], outputDimension: 2, using: &generator)
    let count = max(1, Int((density * Double(columns)).rounded()))
    // Other rows in each batch: a batch that is answered again and again would lie in the nearest cache.
    let sparse = try (0..<64).map { _ in
      try SparseRows(
        columns: columns,
        (0..<batchSize).map { _ in
          generator.permutation(columns).prefix(count).sorted().map { SparseRows.Element(column: $0, value: 1) }
        })
    }
    let dense = sparse.map { $0.dense() }, input = try SparseInputNetwork(network)
    let difference = try zip(dense, sparse).map { dense, sparse in
      try zip(network.predict(dense).elements, input.predict(sparse).elements).map { abs($0 - $1) }.max() ?? 0
    }
    let outcome = Outcome(
      columns: columns, hidden: hidden, elements: count, batchSize: batchSize,
      dense: try measure { try network.predict(dense[$0]) }, sparse: try measure { try input.predict(sparse[$0]) },
      sparseFromDense: try measure { try input.predict(SparseRows(dense[$0])) },
      largestDifference: difference.max() ?? 0)
    guard !json else { return try Console.output(RunFolder.json(outcome)) }
    try Console.output(
      """
      \(batchSize) rows of \(columns) columns, \(count) not zero, \(hidden) hidden units
        dense              \(text(outcome.dense))
        sparse             \(text(outcome.sparse))
        sparse from dense  \(text(outcome.sparseFromDense))
      largest difference of outputs: \(outcome.largestDifference)
      """)
  }

  /// The best time of a batch, over passes through all of them.
  private func measure(_ answer: (Int) throws -> Matrix) throws -> Path {
    let operations = try OperationCounter.count { try answer(0) }.operations
    var best = Double.infinity
    let clock = ContinuousClock(), end = clock.now + .seconds(seconds / 3)
    repeat {
      let elapsed = try clock.measure { for batch in 0..<64 { _ = try answer(batch) } }
      best = min(best, elapsed / .microseconds(1) / 64)
    } while clock.now < end
    return Path(microseconds: best, operations: operations)
  }

  private func text(_ path: Path) -> String {
    "\((path.microseconds * 100).rounded() / 100) µs, \(path.operations) operations"
  }
}
