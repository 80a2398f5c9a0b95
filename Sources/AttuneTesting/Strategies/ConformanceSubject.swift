internal import AttuneCore
internal import AttuneInference

/// A network, what is known of its source, and a stream to adapt to.
struct ConformanceSubject {
  let name: String
  let network: Network
  let context: AdaptationContext
  /// Batches of 32 rows, the last of 8.
  let stream: [Matrix]
  /// Labels of each batch, on the network's scale.
  let labels: [Matrix]
  /// What a strategy that prepares itself learns from.
  let preparation: PreparationContext

  static let inputDimension = 6

  /// Multilayer perceptrons with batch norm, of 2 and of 10 classes.
  static var classification: [ConformanceSubject] {
    [2, 10].map { classes in
      var generator = Philox(seed: 17).fork(classes)
      let network = perceptron(outputs: classes, using: &generator)
      return ConformanceSubject("classification, \(classes) classes", network, .classification, &generator) { rows in
        Matrix.oneHot((0..<rows).map { $0 % classes }, classes: classes)
      }
    }
  }

  /// A linear network of one output, and a multilayer perceptron with batch norm of two.
  static var regression: [ConformanceSubject] {
    var generator = Philox(seed: 18)
    let linear = Network.linear(inputDimension: inputDimension, outputDimension: 1, using: &generator)
    let deep = perceptron(outputs: 2, using: &generator)
    var noise = generator.fork("targets")
    return [("linear regression", linear), ("regression network", deep)].map { name, network in
      ConformanceSubject(name, network, .regression, &generator) { rows in
        noise.normal(rows: rows, columns: network.outputDimension)
      }
    }
  }

  /// The same with a network that drops a quarter of its inputs while training.
  func withDropout() throws -> ConformanceSubject {
    try ConformanceSubject(
      name: "\(name), dropout", network: Network([.dropout(rate: 0.25)] + network.layers), context: context,
      stream: stream, labels: labels, preparation: preparation)
  }

  private init(
    name: String, network: Network, context: AdaptationContext, stream: [Matrix], labels: [Matrix],
    preparation: PreparationContext
  ) {
    (self.name, self.network, self.context) = (name, network, context)
    (self.stream, self.labels, self.preparation) = (stream, labels, preparation)
  }

  private init(
    _ name: String, _ network: Network, _ task: PredictionTask, _ generator: inout Philox, labels: (Int) -> Matrix
  ) {
    self.name = name
    self.network = network
    let inputs = generator.normal(rows: 500, columns: Self.inputDimension), classes = network.outputDimension
    let isClassifier = task == .classification
    let shares = isClassifier ? Array(repeating: 1 / Double(classes), count: classes) : []
    // Features 0 and 1 move from the third batch on, so that strategies that wait for a change have one.
    stream = [32, 32, 32, 32, 32, 8].enumerated().map { index, rows in
      var batch = generator.normal(rows: rows, columns: Self.inputDimension)
      for row in 0..<rows where index > 1 {
        batch[row, 0] = 3
        batch[row, 1] = 2 * batch[row, 1] + 2
      }
      return batch
    }
    self.labels = stream.map { labels($0.rows) }
    context = AdaptationContext(
      task: task, source: SourceStatistics(inputs: inputs, classShares: shares),
      samples: SourceSamples(inputs: inputs, labels: isClassifier ? (0..<500).map { $0 % classes } : nil),
      target: Matrix.concatenatingRows(stream), generator: Philox(seed: 5))
    let targets = labels(inputs.rows)
    preparation = PreparationContext(
      task: task, training: LabeledRows(inputs: inputs.rows(0..<400), targets: targets.rows(0..<400)),
      heldOut: LabeledRows(inputs: inputs.rows(400..<500), targets: targets.rows(400..<500)), source: context.source,
      generator: Philox(seed: 6))
  }

  /// A network whose batch norms have the statistics and parameters of a trained one: neither 0 nor 1.
  private static func perceptron(outputs: Int, using generator: inout Philox) -> Network {
    var network = Network.mlp(
      inputDimension: inputDimension, hidden: [16, 8], outputDimension: outputs, batchNorm: true, using: &generator)
    for index in network.normalizationLayers {
      let width = network[normalization: index].dimension
      network[normalization: index].runningMean = generator.uniform(rows: 1, columns: width, in: -0.3..<0.3)
      network[normalization: index].runningVariance = generator.uniform(rows: 1, columns: width, in: 0.3..<1.5)
      network[normalization: index].gamma = generator.uniform(rows: 1, columns: width, in: 0.5..<1.5)
      network[normalization: index].beta = generator.uniform(rows: 1, columns: width, in: -0.3..<0.3)
    }
    return network
  }

  /// Batches that streams hold sooner or later, by what is odd about them; all their values are finite.
  static var hostile: [(name: String, batches: [Matrix])] {
    var generator = Philox(seed: 19)
    func normal(_ rows: Int) -> Matrix { generator.normal(rows: rows, columns: inputDimension) }
    let row = normal(1), ones = Matrix(rows: 16, columns: inputDimension, repeating: 1)
    var constant = normal(32)
    for i in 0..<constant.rows { (constant[i, 2], constant[i, 4]) = (0, 1.5) }
    return [
      ("one row", [row]),
      ("two rows", [normal(2)]),
      ("a small last batch", [normal(32), normal(5)]),
      ("equal rows", [Matrix.concatenatingRows(Array(repeating: row, count: 16))]),
      ("equal rows again and again", Array(repeating: ones, count: 40)),
      ("constant columns", [constant]),
      ("zeros", [Matrix(rows: 8, columns: inputDimension)]),
      ("values of 1000", [normal(32).scaled(by: 1e3), normal(1).scaled(by: 1e3)]),
      ("single rows, 200 of them", (0..<200).map { _ in normal(1) }),
    ]
  }
}
