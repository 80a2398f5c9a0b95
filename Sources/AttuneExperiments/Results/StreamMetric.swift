/// Figures over a whole stream besides the quality figure.
public enum StreamMetric: String, Codable, Sendable, CaseIterable {
  /// Mean absolute error, in the target's unit.
  case meanAbsoluteError = "mae"
  /// Mean squared error, in the squared unit of the target.
  case meanSquaredError = "mse"
  /// Share of the targets' variance that is explained.
  case r2
  /// Mean negative logarithm of the probability of the true class.
  case logLoss
  /// Area under the receiver operating characteristic; two classes, the second being the positive one.
  case auroc
  /// Harmonic mean of precision and recall of the second of two classes.
  case f1
  /// Share of rows with the right class.
  case accuracy
  /// Mean over the classes of the harmonic mean of precision and recall.
  case macroF1
  /// Mean logarithm of the predictive density at the target, in the target's unit.
  case logLikelihood
  /// Share of targets that lay in their intervals.
  case coverage
  /// Mean width of the finite intervals, in the target's unit.
  case intervalWidth
  /// Share of intervals without an end.
  case infiniteIntervals
  /// Inputs used, mean over the rows.
  case features
  /// What the inputs used cost, mean over the rows.
  case acquisitionCost
  /// Operations saved by inputs left out, mean over the rows.
  case savedOperations

  /// The title in tables.
  public var title: String {
    switch self {
    case .meanAbsoluteError: "MAE"
    case .meanSquaredError: "MSE"
    case .r2: "R²"
    case .logLoss: "log loss"
    case .auroc: "AUROC"
    case .f1: "F1"
    case .accuracy: "accuracy"
    case .macroF1: "macro F1"
    case .logLikelihood: "log likelihood"
    case .coverage: "coverage"
    case .intervalWidth: "interval width"
    case .infiniteIntervals: "infinite intervals"
    case .features: "inputs used"
    case .acquisitionCost: "cost of inputs"
    case .savedOperations: "operations saved"
    }
  }
}
