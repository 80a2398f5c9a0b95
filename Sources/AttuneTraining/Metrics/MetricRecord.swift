/// What was measured at one moment of a training run.
public struct MetricRecord: Sendable, Equatable {
  /// Updates of the parameters so far in the whole run, at least 0.
  public var step: Int
  /// The epoch that has ended, from 1; nil within an epoch.
  public var epoch: Int?
  /// Values by name, for example `loss/train`.
  public var values: [String: Double]
  /// When, in seconds since 1970.
  public var time: Double
  /// Rows trained per second; nil where it was not measured.
  public var samplesPerSecond: Double?

  /// A record of values.
  public init(
    step: Int, epoch: Int? = nil, values: [String: Double], time: Double, samplesPerSecond: Double? = nil
  ) {
    precondition(step >= 0, "a record of step \(step)")
    self.step = step
    self.epoch = epoch
    self.values = values
    self.time = time
    self.samplesPerSecond = samplesPerSecond
  }

  /// The name of the speed in files.
  static let speedName = "samples_per_second"
}

/// How far a training run was at a checkpoint, for the files that go on from there.
public struct MetricPosition: Sendable, Equatable {
  /// Updates of the parameters so far.
  public var step: Int
  /// Epochs that have ended, their records included.
  public var epochs: Int

  /// A position.
  public init(step: Int, epochs: Int) {
    self.step = step
    self.epochs = epochs
  }

  /// Whether a record came before the checkpoint. Between an epoch's last update and its end the step alone cannot say.
  func includes(step: Int, epoch: Int?) -> Bool { step <= self.step && (epoch ?? 0) <= epochs }
}

/// A metrics file that is there but cannot be gone on with.
public struct MetricsFileError: Error, Equatable, CustomStringConvertible {
  /// The file or folder.
  public let path: String
  /// Where in it and what is wrong.
  public let problem: String
  /// What to do about it.
  public let advice: String

  /// An error of a file.
  public init(path: String, problem: String, advice: String) {
    self.path = path
    self.problem = problem
    self.advice = advice
  }

  /// Path, problem and advice in one sentence.
  public var description: String { "'\(path)': \(problem); \(advice)" }
}
