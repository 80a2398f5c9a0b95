public import AttuneCore
internal import Foundation

/// The weights of a logistic regression.
public struct LogisticSolution: Sendable, Equatable {
  /// The number of classes.
  public let classes: Int
  /// One list of weights and an intercept for two classes, which gives the logit of class 1; otherwise one a class.
  public let linear: LinearSolution
  /// Newton steps.
  public let iterations: Int
  /// The largest derivative of the mean objective before the last step, by a weight of the standardized features.
  public let gradient: Double

  /// The same model as one logit a class, as a network has them: of two classes, the logits are ∓½ of the one.
  public var perClass: LinearSolution {
    guard classes == 2 else { return linear }
    return LinearSolution(
      weights: [-0.5, 0.5].map { half in linear.weights[0].map { half * $0 } },
      intercepts: [-0.5, 0.5].map { $0 * linear.intercepts[0] })
  }

  /// The probability of each class.
  ///
  /// ## Shapes
  /// - features: `[n, d]`; returns: `[n, classes]`, rows sum to 1
  ///
  /// - Throws: `ShapeError` if the rows do not have `d` columns.
  public func probabilities(_ features: Matrix) throws -> DoubleMatrix {
    let model = perClass
    let x = DoubleMatrix(features), d = linear.weights[0].count
    guard x.columns == d else {
      throw ShapeError(operation: "logistic", expected: "\(d) features", found: "\(features.shape)")
    }
    var result = x * DoubleMatrix(model.weights).transposed
    OperationCounter.add(5 * result.elements.count)
    for i in 0..<x.rows {
      let logits = (0..<classes).map { result[i, $0] + model.intercepts[$0] }
      let largest = logits.max() ?? 0
      let powers = logits.map { exp($0 - largest) }
      let sum = powers.reduce(0, +)
      for c in 0..<classes { result[i, c] = powers[c] / sum }
    }
    return result
  }
}
