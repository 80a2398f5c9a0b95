internal import AttuneCore
internal import Foundation

/// Writes what a training tells into a metrics folder: an observer.
///
/// A record at the end of each epoch (`loss/train`, `learning_rate`, where there is validation `loss/validation` and the
/// quality figure) and, if asked for, one every so many steps (`loss/batch`, `learning_rate`, `gradient_norm` where
/// gradients are clipped). A training that goes on from a checkpoint goes on in the same folder; where there are no metrics,
/// they begin there. One that starts again at step 0 starts its metrics anew.
public final class MetricsRecorder {
  private let folder: String
  private let interval: Int
  private let quality: String
  private let identity: [String: String]
  private let startsAnew: Bool
  private let clock: () -> Double
  private var files: MetricsFolder?
  private var lock: FileLock?

  /// A recorder; the files are made, or cut to where the training goes on, when it starts.
  ///
  /// - Parameters:
  ///   - folder: of this training alone.
  ///   - interval: steps between two records within an epoch; 0 records the ends of epochs only.
  ///   - quality: the name of the quality figure, for example `error/validation`.
  ///   - identity: what tells the training from others, by name. Where it is empty, metrics that are there are never
  ///     replaced.
  ///   - startsAnew: whether a training at step 0 replaces the metrics of another one, too.
  ///   - clock: the seconds since 1970; nil for the system's.
  public init(
    folder: String, interval: Int = 0, quality: String, identity: [String: String] = [:], startsAnew: Bool = false,
    clock: (() -> Double)? = nil
  ) {
    precondition(interval >= 0, "an interval of \(interval) steps")
    (self.folder, self.interval, self.quality) = (folder, interval, quality)
    (self.identity, self.startsAnew) = (identity, startsAnew)
    self.clock = clock ?? { Date().timeIntervalSince1970 }
  }

  /// Takes note of an event.
  ///
  /// - Throws: `MetricsFileError` where the folder has the metrics of another training, or damaged ones; `FileBusy` where
  ///   another training writes there now; `FileError` where they cannot be read or written.
  public func note(_ event: TrainingEvent) throws {
    switch event {
    case .started(let position, _, _):
      try MetricsFolder.make(folder)
      lock = try FileLock(folder + "/metrics.lock", removesFile: true)
      files = try MetricsFolder(
        of: identity, in: folder, at: MetricPosition(step: position.globalStep, epochs: position.epoch - 1),
        startsAnew: startsAnew, time: clock())
    case .step(let record, let speed):
      guard interval > 0, record.globalStep % interval == 0 else { return }
      var values = ["loss/batch": record.loss, "learning_rate": record.learningRate]
      values["gradient_norm"] = record.gradientNorm
      try files?.append(
        MetricRecord(step: record.globalStep, values: values, time: clock(), samplesPerSecond: speed))
    case .epoch(let record):
      var values = ["loss/train": record.loss, "learning_rate": record.learningRate]
      values["loss/validation"] = record.validationLoss
      values[quality] = record.validationQuality
      try files?.append(
        MetricRecord(
          step: record.globalStep, epoch: record.epoch, values: values, time: clock(),
          samplesPerSecond: record.samplesPerSecond))
    case .checkpointing: try files?.synchronize()
    }
  }
}
