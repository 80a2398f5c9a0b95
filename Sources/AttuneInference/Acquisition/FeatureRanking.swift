internal import AttuneCore
internal import AttuneTraining
internal import Foundation

/// How inputs are ranked for a fixed selection.
public enum FeatureRanking: String, Codable, Sendable, CaseIterable {
  /// By the penalty at which an input enters a linear model with an L1 penalty.
  case l1
  /// By how far the trained network's loss on held-out rows rises when an input's values change places.
  case permutation
  /// By each input's own mutual information with the target, of counts in ten levels.
  case mutualInformation = "mutual-information"

  /// A value of each input; higher is better.
  func values(
    _ network: Network, training: LabeledRows, heldOut: LabeledRows, loss: Loss, using generator: Philox
  ) throws -> [Double] {
    switch self {
    case .l1: return L1Path(training, loss: loss).values
    case .mutualInformation: return Self.information(training, loss: loss)
    case .permutation:
      return try Self.permutation(network, heldOut, loss: loss, using: generator)
    }
  }

  /// The mean rise of the loss over five permutations of each input.
  ///
  /// - Source: Breiman (2001), Random forests, doi:10.1023/A:1010933404324, section 10; scikit-learn's
  ///   `permutation_importance`.
  private static func permutation(
    _ network: Network, _ rows: LabeledRows, loss: Loss, using generator: Philox
  ) throws -> [Double] {
    func value(_ inputs: Matrix) throws -> Double {
      Double(loss(Tape().constant(try network.predict(inputs)), targets: rows.targets).value[0, 0])
    }
    let base = try value(rows.inputs)
    return try (0..<rows.inputs.columns).map { column in
      var random = generator.fork(column)
      let rises = try (0..<5).map { _ in
        let order = random.permutation(rows.inputs.rows)
        var changed = rows.inputs
        for (row, other) in order.enumerated() { changed[row, column] = rows.inputs[other, column] }
        return try value(changed) - base
      }
      return rises.reduce(0, +) / 5
    }
  }

  private static func information(_ rows: LabeledRows, loss: Loss) -> [Double] {
    let levels = FeatureLevels(rows.inputs, levels: 10), labels: [Int], classes: Int
    if case .meanSquaredError = loss {
      let targets = rows.targets.columns(at: [0]), ranges = FeatureLevels(targets, levels: 10)
      labels = targets.elements.map { ranges.level($0, 0) }
      classes = ranges.count(0)
    } else {
      (labels, classes) = (rows.targets.rowArgmax, rows.targets.columns)
    }
    return (0..<rows.inputs.columns).map { column in
      var joint = [Double](repeating: 0, count: levels.count(column) * classes)
      for (row, label) in labels.enumerated() {
        joint[levels.level(rows.inputs[row, column], column) * classes + label] += 1
      }
      OperationCounter.add(labels.count + 6 * joint.count)
      return DiscreteInformation.information(joint, width: classes)
    }
  }
}

/// A linear model with an L1 penalty that falls step by step, on standardized inputs: the penalty at which each input
/// enters.
///
/// Proximal gradient steps with momentum (Beck, Teboulle 2009, doi:10.1137/080716542), each penalty from the weights
/// of the one before.
struct L1Path {
  private static let penalties = 40
  private static let steps = 60
  /// For each input the share of the largest penalty at which it entered, plus its weight at the end where inputs enter
  /// together or not at all.
  let values: [Double]

  init(_ rows: LabeledRows, loss: Loss) {
    let x = Self.standardized(rows.inputs), n = Float(rows.inputs.rows), d = x.columns, k = rows.targets.columns
    var isClass = true
    if case .meanSquaredError = loss { isClass = false }
    let center = rows.targets.columnSums.scaled(by: 1 / n)
    var bias = isClass ? center.map { log(max($0, 1e-6)) } : center
    var weights = Matrix(rows: d, columns: k), entered = [Double](repeating: 0, count: d)
    // The curvature of the loss is at most that of the largest eigenvalue of xᵀx/n, at most its trace.
    let step = 1 / max(Self.largestEigenvalue(x) * (isClass ? 0.5 : 1), 1e-6)
    func residuals(_ weights: Matrix) -> Matrix {
      let output = Matrix.product(x, weights).addingRow(bias)
      return (isClass ? output.softmax() : output) - rows.targets
    }
    func gradient(_ weights: Matrix) -> (weights: Matrix, bias: Matrix) {
      let errors = residuals(weights).scaled(by: 1 / n)
      return (Matrix.product(x, errors, transposingLeft: true), errors.columnSums)
    }
    let highest = gradient(weights).weights.elements.map(abs).max() ?? 0
    for number in 1...Self.penalties where highest > 0 {
      let share = pow(0.001, Double(number) / Double(Self.penalties)), penalty = Float(share) * highest
      var ahead = weights, momentum = 1.0
      for _ in 0..<Self.steps {
        let slope = gradient(ahead)
        bias.add(slope.bias, scaledBy: -step)
        var next = ahead
        next.add(slope.weights, scaledBy: -step)
        next = next.map { $0 > 0 ? max(0, $0 - step * penalty) : min(0, $0 + step * penalty) }
        let following = (1 + (1 + 4 * momentum * momentum).squareRoot()) / 2
        ahead = next
        ahead.add(next - weights, scaledBy: Float((momentum - 1) / following))
        (weights, momentum) = (next, following)
      }
      for j in 0..<d where entered[j] == 0 && weights.row(j).contains(where: { $0 != 0 }) { entered[j] = share }
    }
    values = (0..<d).map { j in
      entered[j] + 1e-6 * weights.row(j).reduce(0) { $0 + Double(abs($1)) } / (1 + Double(k))
    }
  }

  private static func standardized(_ x: Matrix) -> Matrix {
    let (mean, variance) = x.columnMoments
    let inverse = variance.map { $0 > 1e-12 ? 1 / $0.squareRoot() : 0 }
    return x.addingRow(mean.scaled(by: -1)).multiplyingRow(inverse)
  }

  private static func largestEigenvalue(_ x: Matrix) -> Float {
    var vector = Matrix(rows: x.columns, columns: 1, repeating: 1), value: Float = 0
    for _ in 0..<50 {
      let next = Matrix.product(x, Matrix.product(x, vector), transposingLeft: true).scaled(by: 1 / Float(x.rows))
      value = Float(next.elementwiseProduct(next).sum.squareRoot())
      guard value > 0 else { return 0 }
      vector = next.scaled(by: 1 / value)
    }
    return value * 1.1
  }
}
