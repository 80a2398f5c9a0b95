internal import Foundation

/// Writes what a training tells into a metrics folder: an observer.
///
/// A record at the end of each epoch (`loss/train`, `learning_rate`, where there is validation `loss/validation` and the
/// quality figure) and, if asked for, one every so many steps (`loss/batch`, `learning_rate`, `gradient_norm` where
/// gradients are clipped). A training that goes on from a checkpoint goes on in the same folder.
public final class MetricsRecorder {
  private let folder: String
  private let interval: Int
  private let quality: String
  private let clock: () -> Double
  private var files: MetricsFolder?

  /// A recorder; the files are made, or cut to where the training goes on, when it starts.
  ///
  /// - Parameters:
  ///   - folder: of this training alone.
  ///   - interval: steps between two records within an epoch; 0 records the ends of epochs only.
  ///   - quality: the name of the quality figure, for example `error/validation`.
  ///   - clock: the seconds since 1970; nil for the system's.
  public init(folder: String, interval: Int = 0, quality: String, clock: (() -> Double)? = nil) {
    precondition(interval >= 0, "an interval of \(interval) steps")
    (self.folder, self.interval, self.quality) = (folder, interval, quality)
    self.clock = clock ?? { Date().timeIntervalSince1970 }
  }

  /// Takes note of an event.
  ///
  /// - Throws: `MetricsFileError` where the folder has the metrics of another training, or not those that are to be gone
  ///   on with; `FileError` where they cannot be read or written.
  public func note(_ event: TrainingEvent) throws {
    switch event {
    case .started(let position, _, _):
      files =
        position.globalStep == 0
        ? try MetricsFolder(creating: folder, time: clock())
        : try MetricsFolder(
          continuing: folder, after: MetricPosition(step: position.globalStep, epochs: position.epoch - 1))
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
