internal import AttuneCore
internal import AttuneData
internal import AttuneInference
internal import AttuneTraining
internal import Foundation

/// Finds the settings of an arm for one model and one stream.
struct SettingChoice {
  let configuration: SettingChoiceConfiguration
  let model: Model
  /// The stream that the arm is going to serve.
  let stream: PreparedStream
  /// Training rows with their labels, that have been learned from only where the training arm validates on none.
  let source: Table
  /// What a strategy is told, by the strategy.
  let context: (any AdaptationStrategy) throws -> AdaptationContext
  let seed: UInt64

  /// The strategy that serves, and how it was found.
  ///
  /// - Throws: `NoSettingServes` where the strategy fails with every alternative.
  func choose() throws -> (strategy: any AdaptationStrategy, outcome: ChoiceOutcome) {
    let clock = ContinuousClock(), begin = clock.now
    var failure = ""
    let counted = try OperationCounter.count {
      try configuration.alternatives.map { alternative -> Double? in
        try Cancellation.check()
        do {
          let score = try score(alternative.strategy)
          return score.isFinite ? score : nil
        } catch let error where !(error is CancellationError || error is FileError) {
          failure = "\(error)"
          return nil
        }
      }
    }
    let scores = counted.result
    guard let best = scores.compactMap(\.self).min(), let chosen = scores.firstIndex(of: best) else {
      throw NoSettingServes(alternatives: scores.count, last: failure)
    }
    return (
      configuration.alternatives[chosen].strategy,
      ChoiceOutcome(
        criterion: configuration.criterion.rawValue,
        alternatives: zip(configuration.titles, scores).map { ChoiceOutcome.Alternative(settings: $0, score: $1) },
        chosen: chosen, operations: counted.operations, seconds: (clock.now - begin) / .seconds(1))
    )
  }

  private func score(_ strategy: any AdaptationStrategy) throws -> Double {
    let context = try context(strategy)
    switch configuration.criterion {
    case .oracle:
      return try StreamEvaluation(model: model, stream: stream).run(strategy, in: context).quality ?? .infinity
    case .syntheticShifts: return try errorUnderShifts(strategy, context)
    case .entropy:
      return try meanOverPrefix(strategy, context) { output, _, _ in output.rowEntropies().elements.map(Double.init) }
    case .consistency:
      var generator = Philox(seed: seed).fork("consistency")
      let deviation = stream.inputs.columnMoments.variance.map { 0.3 * $0.squareRoot() }
      return try meanOverPrefix(strategy, context) { output, rows, running in
        let noise = generator.normal(rows: rows.rows, columns: rows.columns).multiplyingRow(deviation)
        let moved = try running.answer(rows + noise)
        guard model.task == .classification else {
          return (0..<rows.rows).map { row in
            (0..<output.columns).reduce(0) { $0 + pow(Double(output[row, $1] - moved[row, $1]), 2) }
          }
        }
        // The answer without noise is taken after the step too, so that only the noise tells the two apart.
        return zip(try running.answer(rows).rowArgmax, moved.rowArgmax).map { $0 == $1 ? 0 : 1 }
      }
    }
  }

  /// The mean quality figure over the synthetic shifts, each from a fresh start, in batches of the stream's size.
  private func errorUnderShifts(_ strategy: any AdaptationStrategy, _ context: AdaptationContext) throws -> Double {
    var generator = Philox(seed: seed).fork("synthetic shifts")
    let order = generator.permutation(source.count).prefix(SourceSamples.limit)
    let rows = source.rows(at: Array(order)), inputs = try model.preprocessing.apply(rows.features)
    let figures = try SyntheticShift.allCases.map { shift -> Double in
      var own = generator.fork(shift.rawValue)
      let shifted = PreparedStream(
        inputs: shift.apply(to: inputs, using: &own), targets: rows.targets, batchSize: stream.batchSize)
      var known = context
      if known.target != nil { known.target = shifted.inputs }
      return try StreamEvaluation(model: model, stream: shifted).run(strategy, in: known).quality ?? .infinity
    }
    return figures.reduce(0, +) / Double(figures.count)
  }

  /// The mean of a figure over the first batches of the stream, as many as hold the share of its rows.
  private func meanOverPrefix(
    _ strategy: any AdaptationStrategy, _ context: AdaptationContext,
    _ figure: (_ output: Matrix, _ rows: Matrix, _ running: any RunningStrategy) throws -> [Double]
  ) throws -> Double {
    var running = try strategy.run(model.network, in: context), sum = 0.0, seen = 0
    let limit = Double(stream.inputs.rows) * configuration.prefix
    for range in stream.batches {
      let rows = stream.inputs.rows(range)
      sum += try figure(try running.predict(rows), rows, running).reduce(0, +)
      seen += rows.rows
      if Double(seen) >= limit { break }
    }
    return seen == 0 ? .infinity : sum / Double(seen)
  }
}

/// A strategy failed with all settings that it could have had.
struct NoSettingServes: Error, Equatable, CustomStringConvertible {
  let alternatives: Int
  let last: String

  var description: String { "all \(alternatives) alternatives of 'choose' failed; the last: \(last)" }
}
