import AttuneCore
import AttuneData
import AttuneTraining
import Foundation
import Testing

@Suite struct TrainerTests {
  /// Two classes on both sides of a line.
  private func problem(rows: Int = 64, columns: Int = 6) -> (features: Matrix, targets: Matrix) {
    var generator = Philox(seed: 1)
    let x = generator.normal(rows: rows, columns: columns)
    return (x, Matrix.oneHot((0..<rows).map { x[$0, 0] + x[$0, 1] > 0 ? 1 : 0 }, classes: 2))
  }

  private func network(batchNorm: Bool = true, dropout: Float = 0.2) -> Network {
    var generator = Philox(seed: 2)
    return Network.mlp(
      inputDimension: 6, hidden: [8], outputDimension: 2, batchNorm: batchNorm, dropout: dropout, using: &generator)
  }

  private func trainer(
    _ optimizer: any Optimizer, loss: Loss = .crossEntropy(labelSmoothing: 0), epochs: Int = 3, batchSize: Int = 16
  ) -> Trainer {
    Trainer(optimizer: optimizer, loss: loss, epochs: epochs, batchSize: batchSize)
  }

  private func parameters(_ network: Network) -> [Matrix] { network.parameterIDs.map { network[$0] } }

  @Test func `a learning rate of zero changes no parameter`() throws {
    let (x, y) = problem()
    let optimizers: [any Optimizer] = [
      try SGD(learningRate: 0), try SGD(learningRate: 0, momentum: 0.9), try Adam(learningRate: 0),
      try AdamW(learningRate: 0), try RMSprop(learningRate: 0),
    ]
    for optimizer in optimizers {
      var trained = network()
      _ = try trainer(optimizer).train(&trained, features: x, targets: y, using: Philox(seed: 3))
      #expect(parameters(trained) == parameters(network()))
      #expect(trained != network(), "the running statistics move")
    }
  }

  @Test func `the same seed gives the same bits, another seed others`() throws {
    let (x, y) = problem()
    func run(_ seed: UInt64) throws -> (Network, [Double]) {
      var trained = network()
      let report = try trainer(Adam(learningRate: 0.01))
        .train(&trained, features: x, targets: y, using: Philox(seed: seed))
      return (trained, report.losses)
    }
    let first = try run(4), second = try run(4), other = try run(5)
    #expect(first.0 == second.0)
    #expect(first.1 == second.1)
    #expect(first.0 != other.0)
  }

  @Test func `no epochs change nothing`() throws {
    let (x, y) = problem()
    var trained = network()
    let report = try trainer(SGD(learningRate: 1), epochs: 0)
      .train(&trained, features: x, targets: y, using: Philox(seed: 3))
    #expect(trained == network())
    #expect(report.losses.isEmpty)
    #expect(report.operations == 0)
  }

  @Test func `a last batch of a single row is left out with batch norm only`() throws {
    let (x, y) = problem(rows: 33)
    for (batchNorm, expected) in [(true, 32), (false, 33)] {
      var trained = network(batchNorm: batchNorm), seen = 0
      let counted = Counter()
      _ = try trainer(SGD(learningRate: 0.1), epochs: 1).train(
        &trained, features: x, targets: y,
        transform: { rows, _ in
          counted.add(rows.rows)
          return rows
        }, using: Philox(seed: 3))
      // The outcome is tried on one more batch.
      seen = counted.value - 16
      #expect(seen == expected)
      #expect(parameters(trained).allSatisfy { $0.isFinite })
    }
  }

  @Test func `batches of one row are refused with batch norm`() throws {
    let (x, y) = problem()
    let wrong = ShapeError(
      operation: "train", expected: "batches of at least 2 rows for batch norm",
      found: "batches of 1 (64 rows, batch size 1)")
    let single = try trainer(SGD(learningRate: 0.1), batchSize: 1)
    var trained = network()
    #expect(throws: wrong) { try single.train(&trained, features: x, targets: y, using: Philox(seed: 3)) }
    #expect(throws: ShapeError.self) {
      try trainer(SGD(learningRate: 0.1))
        .train(&trained, features: x.rows(0..<1), targets: y.rows(0..<1), using: Philox(seed: 3))
    }
    #expect(trained == network())
    var plain = network(batchNorm: false)
    let report = try single.train(&plain, features: x, targets: y, using: Philox(seed: 3))
    #expect(report.losses[2] < report.losses[0])
  }

  @Test func `data that do not fit are refused`() throws {
    let (x, y) = problem(), trainer = try trainer(SGD(learningRate: 0.1))
    var trained = network()
    #expect(throws: ShapeError(operation: "train", expected: "targets [64, 2]", found: "[64, 1]")) {
      try trainer.train(&trained, features: x, targets: y.columns(at: [0]), using: Philox(seed: 3))
    }
    #expect(throws: ShapeError(operation: "network", expected: "6 input features", found: "5 columns")) {
      try trainer.train(&trained, features: x.columns(at: [0, 1, 2, 3, 4]), targets: y, using: Philox(seed: 3))
    }
  }

  @Test func `divergence is an error with its place, also in the very last step`() throws {
    var (x, y) = problem()
    var trained = network(batchNorm: false, dropout: 0)
    // One step of an absurd rate: the loss before it was finite, the parameters after it are not.
    #expect(throws: DivergenceError.self) {
      try trainer(SGD(learningRate: 1e38, momentum: 0), epochs: 1, batchSize: 64)
        .train(&trained, features: x.scaled(by: 1e3), targets: y.scaled(by: 1e3), using: Philox(seed: 3))
    }
    x[5, 0] = .nan
    trained = network(batchNorm: false, dropout: 0)
    do {
      _ = try trainer(SGD(learningRate: 0.1), batchSize: 64)
        .train(&trained, features: x, targets: y, using: Philox(seed: 3))
      Issue.record("no error")
    } catch let error as DivergenceError {
      #expect(error.epoch == 1 && error.step == 1 && error.loss.isNaN)
      guard case .input(_, 0, let value) = error.cause else { throw error }
      #expect(value.isNaN)
    }
  }

  @Test func `what the callback throws ends the training`() throws {
    struct Stop: Error {}
    let (x, y) = problem()
    var trained = network(), epochs: [Int] = []
    #expect(throws: Stop.self) {
      try trainer(SGD(learningRate: 0.1), epochs: 10)
        .train(&trained, features: x, targets: y, using: Philox(seed: 3)) { epoch, _ in
          epochs.append(epoch)
          if epoch == 3 { throw Stop() }
        }
    }
    #expect(epochs == [1, 2, 3])
  }

  @Test func `the loss falls on the digits`() throws {
    let path = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent().appending(path: "datasets/digits.csv").path
    let table = try CSVTableLoader.load(path: path, target: "target", task: .classification)
    guard case .classes(let labels, let names) = table.targets else { throw DataMissing() }
    let x = table.features.scaled(by: 1 / 16), y = Matrix.oneHot(labels, classes: names.count)
    var generator = Philox(seed: 1)
    var network = Network.mlp(
      inputDimension: 64, hidden: [32], outputDimension: 10, batchNorm: true, using: &generator)
    let report = try trainer(Adam(learningRate: 0.01), epochs: 5, batchSize: 64)
      .train(&network, features: x.rows(0..<1200), targets: y.rows(0..<1200), using: generator)
    #expect(zip(report.losses, report.losses.dropFirst()).allSatisfy { $0 > $1 })
    let predicted = try network.predict(x.rows(1200..<1797)).rowArgmax
    let correct = zip(predicted, labels[1200...]).count { $0 == $1 }
    #expect(Double(correct) / 597 > 0.85)
    // Forward and backward of the linear layers alone: three products of the second, two of the first, each epoch.
    #expect(report.operations > 5 * 1200 * 2 * (2 * 64 * 32 + 3 * 32 * 10))
    #expect(report.operations < 5 * 1200 * 4 * (2 * 64 * 32 + 3 * 32 * 10))
  }

  struct DataMissing: Error {}
}

/// A number that closures of any thread may raise.
final class Counter: @unchecked Sendable {
  private let lock = NSLock()
  private var count = 0
  var value: Int { lock.withLock { count } }
  func add(_ more: Int) { lock.withLock { count += more } }
}
