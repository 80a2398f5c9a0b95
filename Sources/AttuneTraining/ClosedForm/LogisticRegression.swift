public import AttuneCore

/// Logistic regression, of two classes or several, by Newton's method.
///
/// Minimizes `½·‖w‖² + c·Σ loss`, where `loss` of a row is `−ln p[label]` and the intercepts are not penalized. Two
/// classes have one list of weights, and `p[1] = 1 / (1 + e^−(x·w + b))`; k > 2 classes have k, and
/// `p = softmax(x·w + b)`. Each step solves the full Newton system by Cholesky, and is halved until the objective falls.
///
/// - Source: Hastie, Tibshirani, Friedman (2009), The Elements of Statistical Learning, second edition,
///   doi:10.1007/978-0-387-84858-7, eq. (4.20) to (4.26); for several classes Bishop (2006), Pattern Recognition and
///   Machine Learning, eq. (4.109), (4.110); Boyd, Vandenberghe (2004), Convex Optimization, algorithm 9.5; the penalty is scaled as in scikit-learn's `LogisticRegression`.
public struct LogisticRegression: Sendable, Equatable {
  /// The largest Newton system, `(features + 1) · (lists of weights)`: of 2,000 unknowns it is 32 MB.
  public static let maximumUnknowns = 2000

  /// Settings.
  public struct Configuration: Sendable, Equatable {
    /// Inverse strength of the penalty, above 0; infinity for no penalty.
    public var c = 1.0
    /// The solution is reached when every derivative of the mean objective, by a weight of the standardized features, is
    /// at most this.
    public var tolerance = 1e-10
    /// Newton steps after which an error says that the solution was not reached.
    public var maximumIterations = 100

    /// A penalty of 1 and the default limits.
    public init() {}
  }

  /// The settings.
  public let configuration: Configuration

  /// A method with its settings.
  ///
  /// - Throws: `HyperparameterError` if `c` or the tolerance is not above 0, or there is no iteration.
  public init(_ configuration: Configuration = Configuration()) throws(HyperparameterError) {
    let check = HyperparameterCheck(method: "logistic")
    if configuration.c != .infinity { try check.isPositive(configuration.c, "c") }
    try check.isPositive(configuration.tolerance, "tolerance")
    guard configuration.maximumIterations >= 1 else {
      throw HyperparameterError(
        method: "logistic", problem: "maximumIterations is \(configuration.maximumIterations)",
        advice: "give an integer of at least 1")
    }
    self.configuration = configuration
  }

  /// Fits the weights.
  ///
  /// ## Shapes
  /// - features: `[n, d]`; labels: n, each in `0..<classes`, and each of them present
  ///
  /// - Throws: `LogisticRegressionError` if labels do not fit, the Newton system is too large, or without a penalty no
  ///   unique solution exists; `FactorizationError` if a feature is NaN or infinite.
  /// - Complexity: for each step O(n·d²·k² + d³·k³) with k lists of weights.
  /// - Note: Features are standardized within, which changes the path, not the solution: the penalty is that of the
  ///   weights as given. Without a penalty, the lists of k > 2 classes sum to zero.
  public func fit(features: Matrix, labels: [Int], classes: Int) throws -> LogisticSolution {
    try check(features: features, labels: labels, classes: classes)
    let problem = LogisticProblem(features: features, labels: labels, classes: classes, l2: 1 / configuration.c)
    var parameters = DoubleMatrix(rows: problem.lists, columns: features.columns + 1)
    var state = problem.state(at: parameters)
    for iteration in 0...configuration.maximumIterations {
      let step: DoubleMatrix
      do { step = try problem.newtonStep(at: state) } catch FactorizationError.notPositiveDefinite {
        throw LogisticRegressionError.notUnique(c: configuration.c)
      }
      let gradient = state.gradient.elements.reduce(0) { max($0, abs($1)) } / Double(features.rows)
      // Where classes are separated and nothing penalizes, the gradient falls to zero, but the steps do not.
      let length = step.elements.reduce(0) { max($0, abs($1)) }
      let size = parameters.elements.reduce(1) { max($0, abs($1)) }
      if gradient <= configuration.tolerance, length <= 1e-4 * size {
        return problem.solution(parameters, iterations: iteration, gradient: gradient, last: step)
      }
      if configuration.c == .infinity, problem.isSeparated(by: state) {
        throw LogisticRegressionError.separated(iteration: iteration)
      }
      guard iteration < configuration.maximumIterations,
        let next = problem.lineSearch(from: parameters, state, along: step)
      else { throw LogisticRegressionError.notConverged(iterations: iteration, gradient: gradient, c: configuration.c) }
      (parameters, state) = next
    }
    preconditionFailure("the last iteration returns or throws")
  }

  private func check(features: Matrix, labels: [Int], classes: Int) throws {
    guard features.rows == labels.count else {
      throw LogisticRegressionError.counts(rows: features.rows, labels: labels.count)
    }
    guard classes >= 2 else { throw LogisticRegressionError.tooFewClasses(classes) }
    if let row = labels.firstIndex(where: { !(0..<classes).contains($0) }) {
      throw LogisticRegressionError.label(labels[row], row: row, classes: classes)
    }
    let present = Set(labels)
    if let absent = (0..<classes).first(where: { !present.contains($0) }) {
      throw LogisticRegressionError.absentClass(absent)
    }
    let unknowns = (features.columns + 1) * (classes == 2 ? 1 : classes)
    guard unknowns <= Self.maximumUnknowns else { throw LogisticRegressionError.tooLarge(unknowns: unknowns) }
    guard features.isFinite else {
      throw FactorizationError.notFinite(operation: "logistic", argument: "features")
    }
  }
}
