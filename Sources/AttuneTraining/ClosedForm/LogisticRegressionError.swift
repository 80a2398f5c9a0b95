/// Labels that logistic regression cannot use, or a solution that it cannot reach.
public enum LogisticRegressionError: Error, Equatable, CustomStringConvertible {
  /// The numbers of rows and labels differ.
  case counts(rows: Int, labels: Int)
  /// Fewer than two classes.
  case tooFewClasses(Int)
  /// A label that is no class.
  case label(Int, row: Int, classes: Int)
  /// A class that no row has, whose intercept would be minus infinity.
  case absentClass(Int)
  /// A Newton system with too many unknowns to factorize.
  case tooLarge(unknowns: Int)
  /// No penalty, and after so many iterations the weights tell the classes of all rows.
  case separated(iteration: Int)
  /// A Newton system that is singular up to rounding.
  case notUnique(c: Double)
  /// The limit of iterations was reached, or no step decreases the objective any more.
  case notConverged(iterations: Int, gradient: Double, c: Double)

  /// What happened and what to do.
  public var description: String {
    switch self {
    case .counts(let rows, let labels):
      "logistic: \(rows) rows of features, \(labels) labels; give one label a row"
    case .tooFewClasses(let classes):
      "logistic: \(classes) \(classes == 1 ? "class" : "classes"), at least 2 are needed; check the target column"
    case .label(let label, let row, let classes):
      "logistic: row \(row) (from 0) has the label \(label); labels must be in 0..<\(classes)"
    case .absentClass(let label):
      "logistic: no row has the label \(label), so its intercept would be minus infinity; "
        + "remove the class, or give rows of it"
    case .tooLarge(let unknowns):
      "logistic: \(unknowns) unknowns, (features + 1) · classes, are more than \(LogisticRegression.maximumUnknowns), "
        + "which is the largest Newton system; train with an optimizer, for example adam, or choose fewer features"
    case .separated(let iteration):
      "logistic: after \(iteration) iterations the weights separate the classes without an error, so without a penalty "
        + "they grow without end; set c to a finite value"
    case .notUnique(let c):
      "logistic: the Newton system is singular: features depend on each other, or separate classes in part; "
        + (c == .infinity ? "set c to a finite value" : "c is \(c); set a smaller value")
    case .notConverged(let iterations, let gradient, let c):
      "logistic: not converged after \(iterations) iterations, largest derivative \(gradient); "
        + (c == .infinity
          ? "the classes may be separable, and then only a finite c has a solution; set one, or raise the limit"
          : "raise the limit of iterations or the tolerance, or set a smaller c than \(c)")
    }
  }
}
