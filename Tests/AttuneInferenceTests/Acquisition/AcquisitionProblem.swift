import AttuneCore
import AttuneInference

/// Four classes, of which input 0 tells the half, input 1 the class in the first half and input 2 that in the second
/// half; all other inputs are coins. Two inputs are enough, if the second depends on the first.
enum HalvesProblem {
  /// All equally likely combinations once, so that counts are exact; `coins` further inputs.
  static func all(coins: Int = 2) -> LabeledRows {
    var inputs: [[Float]] = [], labels: [Int] = []
    for label in 0..<4 {
      for bits in 0..<(1 << (coins + 1)) {
        inputs.append(row(label, coins: (0...coins).map { Float((bits >> $0) & 1) }))
        labels.append(label)
      }
    }
    return LabeledRows(inputs: Matrix(inputs), targets: Matrix.oneHot(labels, classes: 4))
  }

  /// Rows at random.
  static func random(_ count: Int, coins: Int, using generator: inout Philox) -> LabeledRows {
    var inputs: [[Float]] = [], labels: [Int] = []
    for _ in 0..<count {
      let label = generator.nextIndex(below: 4)
      inputs.append(row(label, coins: (0...coins).map { _ in generator.nextUniform() < 0.5 ? 0 : 1 }))
      labels.append(label)
    }
    return LabeledRows(inputs: Matrix(inputs), targets: Matrix.oneHot(labels, classes: 4))
  }

  private static func row(_ label: Int, coins: [Float]) -> [Float] {
    let half = Float(label / 2), last = Float(label % 2)
    return [half, label < 2 ? last : coins[0], label < 2 ? coins[0] : last] + coins.dropFirst()
  }

  /// The share of rows whose class is the largest output.
  static func accuracy(_ output: Matrix, _ rows: LabeledRows) -> Double {
    let right = zip(output.rowArgmax, rows.targets.rowArgmax).count { $0.0 == $0.1 }
    return Double(right) / Double(output.rows)
  }

  /// A model of the right shape; what it answers does not matter.
  static func network(inputs: Int, outputs: Int = 4) -> Network {
    var generator = Philox(seed: 1)
    return Network.linear(inputDimension: inputs, outputDimension: outputs, using: &generator)
  }

  /// A context with names `x0`, `x1`, ….
  static func context(
    _ training: LabeledRows, heldOut: LabeledRows? = nil, task: PredictionTask = .classification
  ) -> PreparationContext {
    PreparationContext(
      task: task, training: training, heldOut: heldOut ?? training,
      inputNames: (0..<training.inputs.columns).map { "x\($0)" }, generator: Philox(seed: 7))
  }
}

extension PreparedStrategy {
  /// Prepares the strategy and answers rows once.
  func answer(
    _ batch: Matrix, after context: PreparationContext
  ) throws -> (output: Matrix, selection: InputSelection?, curve: [CurveAnswer]) {
    let network = HalvesProblem.network(inputs: batch.columns, outputs: context.training.targets.columns)
    let strategy = try prepared(for: network, in: context).strategy
    var running = try strategy.run(network, in: AdaptationContext(task: context.task))
    let output = try running.predict(batch)
    return (output, running.takeDetails().selection, try running.curve(batch))
  }
}
