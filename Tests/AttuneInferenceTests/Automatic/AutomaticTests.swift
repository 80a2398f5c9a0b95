import AttuneCore
import AttuneTraining
import Testing

@testable import AttuneInference

@Suite struct AutomaticTests {
  private let classes = 4, width = 8

  /// Rows around a centre per class.
  private func rows(_ labels: [Int], _ generator: inout Philox) -> Matrix {
    var centres = Philox(seed: 99)
    let centre = centres.normal(rows: classes, columns: width).scaled(by: 3)
    var rows = generator.normal(rows: labels.count, columns: width)
    for (row, label) in labels.enumerated() {
      for j in 0..<width { rows[row, j] += centre[label, j] }
    }
    return rows
  }

  private func labels(_ count: Int, _ generator: inout Philox) -> [Int] {
    (0..<count).map { _ in generator.nextIndex(below: classes) }
  }

  /// A network trained on such rows, with what a strategy may know of them.
  private func trained() throws -> (network: Network, context: AdaptationContext) {
    var generator = Philox(seed: 31)
    let labels = labels(2000, &generator), inputs = rows(labels, &generator)
    var network = Network.mlp(
      inputDimension: width, hidden: [16], outputDimension: classes, batchNorm: true, using: &generator)
    let trainer = Trainer(
      optimizer: try Adam(learningRate: 0.01), loss: .crossEntropy(labelSmoothing: 0), epochs: 5, batchSize: 50)
    _ = try trainer.train(
      &network, features: inputs, targets: Matrix.oneHot(labels, classes: classes), using: generator.fork("training"))
    let samples = SourceSamples(inputs: inputs, labels: labels)
    return (
      network, AdaptationContext(task: .classification, source: SourceStatistics(inputs: inputs), samples: samples)
    )
  }

  private func error(
    _ strategy: some AdaptationStrategy, _ batches: [(inputs: Matrix, labels: [Int])], _ network: Network,
    _ context: AdaptationContext
  ) throws -> Double {
    var state = try strategy.start(network, in: context), wrong = 0, count = 0
    for batch in batches {
      let found = try strategy.predict(batch.inputs, &state).rowArgmax
      wrong += zip(found, batch.labels).count { $0 != $1 }
      count += found.count
    }
    return Double(wrong) / Double(count)
  }

  /// A gain and an offset per column: what batch norm can undo.
  private func shifted(_ rows: Matrix) -> Matrix {
    let gain = Matrix(row: (0..<width).map { $0 % 2 == 0 ? 0.4 : 1.6 as Float })
    return rows.multiplyingRow(gain).addingRow(Matrix(row: (0..<width).map { Float($0 % 3) * 8 - 4 }))
  }

  private func batches(_ sizes: [Int], seed: UInt64, sorted: Bool = false) -> [(inputs: Matrix, labels: [Int])] {
    var generator = Philox(seed: seed), all = labels(sizes.reduce(0, +), &generator), start = 0
    if sorted { all.sort() }
    return sizes.map { size in
      defer { start += size }
      let labels = Array(all[start..<(start + size)])
      return (rows(labels, &generator), labels)
    }
  }

  @Test(arguments: [1, 8, 64]) func `on rows like the source's the answers are the source's`(size: Int) throws {
    let (network, context) = try trained(), strategy = try Automatic()
    var state = try strategy.start(network, in: context), equal = 0
    let stream = batches(Array(repeating: size, count: 640 / size), seed: 41)
    for batch in stream where try strategy.predict(batch.inputs, &state) == network.predict(batch.inputs) { equal += 1 }
    #expect(equal >= stream.count * 9 / 10)
  }

  @Test(arguments: [1, 8, 64, 200]) func `under a shift it recovers, whatever the batch size`(size: Int) throws {
    let (network, context) = try trained()
    let stream = batches(Array(repeating: size, count: 800 / size), seed: 42).map { (shifted($0.inputs), $0.labels) }
    let source = try error(NoAdaptation(), stream, network, context)
    let found = try error(Automatic(), stream, network, context)
    #expect(source > 0.3)
    #expect(found < 0.1, "\(found)")
  }

  @Test func `sorted rows are not taken for a shift, and are answered along the stream`() throws {
    let (network, context) = try trained()
    let stream = batches(Array(repeating: 50, count: 16), seed: 43, sorted: true)
    let source = try error(NoAdaptation(), stream, network, context)
    #expect(try error(Automatic(), stream, network, context) <= source)
    #expect(try error(Recipe<BatchNormBatch>(), stream, network, context) > source + 0.3)
  }

  @Test func `a sudden shift is told, and so is an order of classes`() throws {
    let (network, context) = try trained(), strategy = try Automatic()
    var state = try strategy.start(network, in: context)
    for batch in batches(Array(repeating: 64, count: 4), seed: 44) { _ = try strategy.predict(batch.inputs, &state) }
    #expect(strategy.takeEvents(&state).isEmpty)
    for batch in batches([64, 64], seed: 45) { _ = try strategy.predict(shifted(batch.inputs), &state) }
    #expect(strategy.takeEvents(&state).map(\.kind).first == .reset)
    for batch in batches([100, 100], seed: 46, sorted: true) { _ = try strategy.predict(batch.inputs, &state) }
    #expect(strategy.takeEvents(&state).contains { $0.kind == .rate })
    #expect(state.classPersistence > 0.3)
  }

  @Test func `without training rows it says what is missing`() throws {
    let (network, _) = try trained()
    #expect(throws: MissingSourceSamples(strategy: "auto")) {
      try Automatic().start(network, in: AdaptationContext(task: .classification))
    }
  }

  @Test func `a batch that is not finite is answered and leaves no trace`() throws {
    let (network, context) = try trained(), strategy = try Automatic()
    var state = try strategy.start(network, in: context), broken = batches([16], seed: 47)[0].inputs
    broken[3, 2] = .nan
    let before = state.window
    #expect(try strategy.predict(broken, &state).rows == 16)
    #expect(state.window == before)
  }
}
