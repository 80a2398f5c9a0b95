public import AttuneCore
public import AttuneTraining

/// The part of the training rows that a training arm does not learn from, but looks at after each epoch.
public struct ValidationConfiguration: Codable, Sendable, Equatable, DefaultInitializable, ValidatedConfiguration {
  /// Share of the training rows, above 0 and below 1.
  public var fraction = 0.1

  /// A tenth of the rows.
  public init() {}

  /// Throws a `ConfigValueError` for the first setting out of its range.
  public func validate() throws {
    try ConfigCheck.range("fraction", fraction, above: 0, below: 1)
  }
}

/// The end of a training whose validation loss no longer falls.
public struct EarlyStoppingConfiguration: Codable, Sendable, Equatable, DefaultInitializable, ValidatedConfiguration {
  /// Epochs without improvement until training stops.
  public var patience = 10
  /// The fall of the validation loss that counts as an improvement.
  public var minimumImprovement = 0.0
  /// Whether the model is that of the best epoch rather than the last.
  public var restoreBest = true

  /// Ten epochs, any improvement, the best epoch's model.
  public init() {}

  /// Throws a `ConfigValueError` for the first setting out of its range.
  public func validate() throws {
    try ConfigCheck.range("patience", patience, atLeast: 1)
    try ConfigCheck.range("minimumImprovement", minimumImprovement, atLeast: 0, below: .infinity)
  }

  /// The rule.
  public func make() throws(HyperparameterError) -> EarlyStopping {
    try EarlyStopping(patience: patience, minimumImprovement: minimumImprovement, restoresBest: restoreBest)
  }
}
