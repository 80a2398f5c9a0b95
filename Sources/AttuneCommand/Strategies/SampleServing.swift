internal import AttuneCore
internal import AttuneData
internal import AttuneInference

/// A network of random weights with random rows, on which costs are measured.
struct SampleServing {
  let network: Network
  let context: AdaptationContext
  let batches: [Matrix]
  /// Targets of each batch, for strategies that learn from labels.
  let targets: [Matrix]
  /// Rows with targets, for strategies that prepare themselves.
  private let training: LabeledRows

  /// A perceptron of some widths from input to output, and some batches.
  init(
    widths: [Int], batchNorm: Bool = true, dropout: Float = 0, task: PredictionTask = .classification, batch: Int,
    batches count: Int
  ) {
    var generator = Philox(seed: 0)
    let inputs = widths[0], outputs = widths[widths.count - 1]
    var network = Network.mlp(
      inputDimension: inputs, hidden: Array(widths[1..<(widths.count - 1)]), outputDimension: outputs,
      batchNorm: batchNorm, dropout: dropout, using: &generator)
    // As sure of itself as a trained network is, so that what waits for sure rows finds some.
    for id in network.parameterIDs where id.layer == network.outputLayerIndex {
      network[id] = network[id].scaled(by: 10)
    }
    self.network = network
    let source = generator.normal(rows: 256, columns: inputs)
    let isClassifier = task == .classification
    let shares = isClassifier ? [Double](repeating: 1 / Double(outputs), count: outputs) : []
    batches = (0..<count).map { _ in generator.normal(rows: batch, columns: inputs) }
    targets = batches.map { Matrix(rows: $0.rows, columns: outputs, repeating: 1) }
    training = LabeledRows(
      inputs: source,
      targets: isClassifier
        ? Matrix.oneHot((0..<256).map { $0 % outputs }, classes: outputs)
        : generator.normal(rows: 256, columns: outputs))
    let side = Int(Double(inputs).squareRoot())
    context = AdaptationContext(
      task: task, source: SourceStatistics(inputs: source, classShares: shares),
      samples: SourceSamples(inputs: source, labels: isClassifier ? (0..<256).map { $0 % outputs } : nil),
      target: Matrix.concatenatingRows(batches),
      image: side * side == inputs ? ImageShape(height: side, width: side) : nil, generator: Philox(seed: 1))
  }

  /// The widths of the network, `64-128-64-10`.
  var widths: String {
    let outputs = network.layers.compactMap { layer -> Int? in
      if case .linear(let linear) = layer { linear.outputDimension } else { nil }
    }
    return ([network.inputDimension] + outputs).map(String.init).joined(separator: "-")
  }

  /// The strategy, prepared where it prepares itself.
  func prepared(_ strategy: any AdaptationStrategy) throws -> any AdaptationStrategy {
    guard let strategy = strategy as? any PreparedStrategy else { return strategy }
    let context = PreparationContext(
      task: context.task, training: training.rows(0..<192), heldOut: training.rows(192..<256), source: context.source,
      generator: Philox(seed: 2))
    return try Self.opened(strategy, network, context)
  }

  private static func opened(
    _ strategy: some PreparedStrategy, _ network: Network, _ context: PreparationContext
  ) throws -> any AdaptationStrategy {
    try strategy.prepared(for: network, in: context).strategy
  }

  /// The widths and the task that a strategy can serve: the wanted ones, or one of its own.
  ///
  /// - Throws: what the strategy's start throws for other reasons.
  static func fitting<Result>(
    widths: [Int], batchNorm: Bool = true, batch: Int, batches: Int, _ body: (SampleServing) throws -> Result
  ) throws -> Result {
    func serving(
      _ outputs: Int, _ task: PredictionTask, isLinear: Bool = false, dropout: Float = 0
    ) -> SampleServing {
      SampleServing(
        widths: (isLinear ? [widths[0]] : widths.dropLast()) + [outputs], batchNorm: batchNorm, dropout: dropout,
        task: task, batch: batch, batches: batches)
    }
    do {
      return try body(serving(widths[widths.count - 1], .classification))
    } catch is BinaryOnly {
      return try body(serving(2, .classification))
    } catch is RegressionOnly {
      do {
        return try body(serving(1, .regression))
      } catch is LinearOnly {
        return try body(serving(1, .regression, isLinear: true))
      }
    } catch is MissingDropout {
      return try body(serving(widths[widths.count - 1], .classification, dropout: 0.1))
    }
  }
}

/// What a strategy costs per row, counted.
struct StrategyCost: Encodable {
  /// The network that is counted on, unless a strategy is for others only.
  static let widths = [64, 128, 64, 10], batch = 64

  var operationsPerRow: Double
  /// As a multiple of answering without adaptation.
  var relativeToPlain: Double
  /// The network that was counted on, by its widths.
  var network: String

  /// Counts two batches after a first one, and what is learned from late labels.
  init(of strategy: any AdaptationStrategy) throws {
    self = try SampleServing.fitting(widths: Self.widths, batch: Self.batch, batches: 3) { serving in
      var running = try serving.prepared(strategy).run(serving.network, in: serving.context)
      _ = try running.predict(serving.batches[0])
      let used = try OperationCounter.count {
        for (rows, targets) in zip(serving.batches, serving.targets).dropFirst() {
          _ = try running.predict(rows)
          if type(of: strategy).usesLabels { try running.learn(from: Feedback(inputs: rows, targets: targets)) }
        }
      }.operations
      let plain = try OperationCounter.count {
        for rows in serving.batches.dropFirst() { _ = try serving.network.predict(rows) }
      }.operations
      return StrategyCost(
        operationsPerRow: Double(used) / Double(2 * Self.batch), relativeToPlain: Double(used) / Double(max(1, plain)),
        network: serving.widths)
    }
  }

  private init(operationsPerRow: Double, relativeToPlain: Double, network: String) {
    (self.operationsPerRow, self.relativeToPlain, self.network) = (operationsPerRow, relativeToPlain, network)
  }
}

extension LabeledRows {
  /// Some of the rows.
  fileprivate func rows(_ range: Range<Int>) -> LabeledRows {
    LabeledRows(inputs: inputs.rows(range), targets: targets.rows(range))
  }
}
