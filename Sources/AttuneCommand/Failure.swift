internal import ArgumentParser
internal import AttuneCore
internal import AttuneData
internal import AttuneExperiments
internal import AttuneInference
internal import AttuneTraining

/// Exit codes, after sysexits where one fits.
enum Failure {
  static let runFailed: Int32 = 1
  static let someArmsFailed: Int32 = 2
  static let guardStopped: Int32 = 3
  static let usage: Int32 = 64
  static let badData: Int32 = 65
  static let missingInput: Int32 = 66
  static let unavailable: Int32 = 69
  static let cannotCreate: Int32 = 73
  static let inputOutput: Int32 = 74
  static let temporary: Int32 = 75

  /// The exit code of an error of ours; nil for those that ArgumentParser answers.
  static func exitCode(of error: any Error) -> Int32? {
    switch error {
    case is ConfigError, is ConfigValueError, is UnknownStrategy, is NameTaken, is RunFolderMismatch,
      is HyperparameterError:
      usage
    case is MissingNormalization, is MissingSourceStatistics, is RegressionOnly, is ClassificationOnly: usage
    case is MissingSourceSample, is NotLinearRegression: usage
    case is MissingDropout, is TooFewDirections: usage
    case is MissingSourceSample, is NotLinearRegression: usage
    case is MissingSourceSamples, is MissingSourceLabels, is MissingClassShares, is SingularConfusion: usage
    case is BinaryOnly, is NoLinearOutput, is MissingImageShape: usage
    case is UnpreparedStrategy, is MissingHeldOutRows: usage
    case is SourceNeeded, is StateMismatch: usage
    case is ParameterError, is UnfitScenario, is MetricsFileError: usage
    case let error as CheckpointError:
      if case .damaged = error.problem { badData } else { usage }
    case is DataError, is ModelFileError, is ShapeError, is FactorizationError, is ShiftError, is SplitError: badData
    case is ColumnKindError, is MissingValueError, is UnknownCategoryError: badData
    case is PackedFileError, is MissingColumnError, is StreamError, is LogisticRegressionError: badData
    case is EmptyStream: badData
    case is OnlineTaskMismatch: usage
    case is DivergenceError, is NonFiniteParameters, is DivergedAdaptation: guardStopped
    case is RunFolderBusy, is FileBusy: temporary
    case is RunReferenceError, is UnfinishedRun: missingInput
    case is PortTaken: unavailable
    case is ResultsFileError, is UnitFileError: badData
    case let error as StoreError:
      switch error.problem {
      case .locked: temporary
      case .full, .other: inputOutput
      case .damaged, .foreign, .newer: badData
      case .readOnly, .unopened: cannotCreate
      }
    case is ONNXExportError, is AdviceError: usage
    case is MLflowError: unavailable
    case is MLflowAddressError: usage
    case is CancellationError, is Stopped: Signals.exitCode
    case let error as DownloadError: error.exitCode
    case let error as FileError:
      switch error.kind {
      case .notFound: missingInput
      case .unreadable, .tooLarge: badData
      case .cannotCreate: cannotCreate
      case .inputOutput: inputOutput
      }
    case is ExitCode, is ValidationError, is CleanExit: nil
    default: String(describing: type(of: error)).contains("CommandError") ? nil : runFailed
    }
  }
}

/// A command was stopped by a signal.
struct Stopped: Error, Equatable, CustomStringConvertible {
  /// What is left of it, and how to go on.
  let description: String
}
