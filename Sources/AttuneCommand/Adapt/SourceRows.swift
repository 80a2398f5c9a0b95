internal import AttuneCore
internal import AttuneData
internal import AttuneInference
internal import AttuneTraining

/// What rows of the training data tell a strategy.
struct SourceRows {
  /// The most training rows that a strategy is given, as in experiments.
  static let limit = 2000

  let statistics: SourceStatistics
  let samples: SourceSamples

  /// Reads rows, and their classes where a file has them.
  ///
  /// - Throws: as for the rows of a stream.
  init(_ path: String, labels: String?, for model: Model, _ reading: RowOptions, seed: UInt64) throws {
    var blocks: [Matrix] = []
    try reading.forEachBlock(of: path, for: model) { blocks.append(try model.preprocessing.apply($0)) }
    let inputs = Matrix.concatenatingRows(blocks)
    let classes: [Int]? = try labels.flatMap { labels in
      let known = try StreamLabels(labels, for: model)
      try known.checkCount(rows: inputs.rows)
      return model.task == .classification ? known.classes : nil
    }
    // Without classes of these rows, the shares that the model carries are as good as any.
    var shares = model.source?.classShares ?? []
    if let classes {
      var counts = [Int](repeating: 0, count: model.network.outputDimension)
      for label in classes { counts[label] += 1 }
      shares = counts.map { Double($0) / Double(inputs.rows) }
    }
    statistics = SourceStatistics(inputs: inputs, classShares: shares)
    var generator = Philox(seed: seed).fork("source samples")
    let rows = generator.permutation(inputs.rows).prefix(Self.limit).sorted()
    samples = SourceSamples(inputs: inputs.rows(at: rows), labels: classes.map { all in rows.map { all[$0] } })
  }
}

/// A strategy needs what the model does not tell of its training data.
struct SourceNeeded: Error, Equatable, CustomStringConvertible {
  /// What is missing.
  let reason: String

  /// The error for one of a strategy's start; nil where rows of the training data do not help.
  init?(_ error: any Error) {
    switch error {
    case let error as MissingSourceStatistics where error.inputs == nil: reason = error.description
    case let error as MissingSourceSample where error.inputs == nil: reason = error.description
    case is MissingSourceSamples, is MissingSourceLabels, is MissingClassShares, is MissingNormalization:
      reason = "\(error)"
    default: return nil
    }
  }

  var description: String {
    "\(reason); here --source FILE gives rows of the training data, and --source-labels FILE their classes"
  }
}
