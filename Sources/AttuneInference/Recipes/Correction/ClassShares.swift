internal import AttuneCore
internal import Foundation

/// A strategy needs the share of each class in the training rows, and the model does not carry them for its classes.
public struct MissingClassShares: Error, Equatable, CustomStringConvertible {
  /// Name of the strategy.
  public let strategy: String
  /// The number of classes that the network tells apart.
  public let classes: Int
  /// The number of shares that the model carries.
  public let found: Int

  /// The strategy `strategy` cannot run.
  public init(strategy: String, classes: Int, found: Int) {
    self.strategy = strategy
    self.classes = classes
    self.found = found
  }

  /// What is missing and how to get it.
  public var description: String {
    "strategy '\(strategy)' needs the share of each of \(classes) classes in the training data, and the model has \(found); "
      + "train the model with attune, or choose another strategy"
  }
}

/// A strategy needs training rows with their classes, and the rows come without.
public struct MissingSourceLabels: Error, Equatable, CustomStringConvertible {
  /// Name of the strategy.
  public let strategy: String

  /// The strategy `strategy` cannot run.
  public init(strategy: String) {
    self.strategy = strategy
  }

  /// What is missing and what to do.
  public var description: String {
    "strategy '\(strategy)' needs the classes of its rows of the training data, and they are not given; give them, or choose "
      + "a strategy that needs no labels of the source"
  }
}

extension RecipeSetup {
  /// The share of each class in the training rows; a class without rows counts as half a row, so that ratios exist.
  ///
  /// - Throws: `MissingSourceStatistics` where the model has no statistics, `MissingClassShares` where these have no
  ///   shares of as many classes as the network tells apart.
  func classShares() throws -> [Double] {
    let source = try sourceStatistics()
    guard source.classShares.count == classes else {
      throw MissingClassShares(strategy: strategy, classes: classes, found: source.classShares.count)
    }
    let least = 0.5 / Double(max(1, source.rows))
    let shares = source.classShares.map { $0.isFinite ? max($0, least) : least }
    let sum = shares.reduce(0, +)
    return shares.map { $0 / sum }
  }
}

extension DoubleMatrix {
  /// The softmax of logits, in double precision.
  init(probabilitiesOf logits: Matrix) {
    self = DoubleMatrix(logits).softmaxWithNormalizers().probabilities
  }

  /// Each row times weights of the columns, brought to sum 1; a row that sums to 0 stays as it was.
  func reweighted(by weights: [Double]) -> DoubleMatrix {
    OperationCounter.add(3 * rows * columns)
    var result = elements
    for start in stride(from: 0, to: result.count, by: max(1, columns)) {
      var sum = 0.0
      for j in 0..<columns { sum += result[start + j] * weights[j] }
      guard sum > 0 else { continue }
      for j in 0..<columns { result[start + j] *= weights[j] / sum }
    }
    return DoubleMatrix(rows: rows, columns: columns, result)
  }

  /// Logarithms of probabilities, as logits: those below 1e-30 count as that, so that every logit is finite.
  var logits: Matrix {
    Matrix(rows: rows, columns: columns, elements.map { Float(log(max($0, 1e-30))) })
  }
}

extension Answer {
  /// Multiplies the probabilities of each class by a weight above 0: adds its logarithm to the logits.
  mutating func multiplyClasses(by weights: [Double]) {
    logits = logits.addingRow(Matrix(row: weights.map { Float(log(max($0, 1e-12))) }))
  }
}
