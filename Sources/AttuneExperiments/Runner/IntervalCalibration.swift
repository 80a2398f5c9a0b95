internal import AttuneCore
internal import AttuneData
internal import AttuneInference
internal import AttuneTraining

/// Calibrates the intervals of an inference arm on rows that no model was trained on.
///
/// The arm's own strategy answers them from a fresh start, in batches as the stream has them and without labels, so that what
/// it costs or gains on rows of the training domain is in the residuals. For an arm without adaptation these are the residuals
/// of the model, and split conformal intervals have their guarantee on rows like them.
struct IntervalCalibration {
  let model: Model
  /// The rows; nil where none are held out.
  let heldOut: Table?
  /// The stream that the arm is going to serve.
  let stream: PreparedStream

  /// Intervals before the first answer, and what their calibration cost.
  struct Calibrated {
    var intervals: ConformalIntervals
    var operations = 0, seconds = 0.0
  }

  /// The intervals before the first answer, and what the calibration cost.
  ///
  /// - Throws: `MissingHeldOutRows` where split conformal intervals have nothing to calibrate on; what the strategy throws.
  func intervals(
    _ configuration: IntervalConfiguration, of strategy: any AdaptationStrategy, in context: AdaptationContext
  ) throws -> Calibrated {
    let started = ThreadClock.now
    guard let heldOut else {
      guard configuration.usesLabels else { throw MissingHeldOutRows(user: "intervals of kind \(configuration.kind)") }
      return Calibrated(intervals: ConformalIntervals(configuration))
    }
    let rows = PreparedStream(
      inputs: try model.preprocessing.apply(heldOut.features), targets: heldOut.targets, batchSize: stream.batchSize,
      window: stream.window)
    var known = context
    known.generator = context.generator.fork("calibration")
    if known.target != nil { known.target = rows.inputs }
    var serving = try StreamServing(strategy, model, rows, in: known), scores: [Double] = []
    for range in rows.batches {
      try Cancellation.check()
      let output = try serving.answer(range) { model.networkTargets(heldOut.targets, rows: $0) }
      let targets = model.networkTargets(heldOut.targets, rows: range)
      scores += (0..<output.rows).map { abs(Double(targets[$0, 0]) - Double(output[$0, 0])) }
    }
    return Calibrated(
      intervals: ConformalIntervals(configuration, calibration: scores), operations: serving.operations,
      seconds: ThreadClock.now - started)
  }
}
