public import AttuneCore

/// What a strategy says of its last answer besides the values.
public struct AnswerDetails: Codable, Sendable, Equatable {
  /// The inputs that the answer rests on; nil where it rests on all.
  public var selection: InputSelection?
  /// Intervals about the answers; nil where the strategy gives none.
  public var intervals: PredictionIntervals?
  /// The distribution that the answers are the means of; nil where there is none.
  public var predictive: PredictiveMixture?

  /// Details; nothing by default.
  public init(
    selection: InputSelection? = nil, intervals: PredictionIntervals? = nil, predictive: PredictiveMixture? = nil
  ) {
    self.selection = selection
    self.intervals = intervals
    self.predictive = predictive
  }
}

/// The inputs that an answer rests on: a mask, what stands in place of the others, and what that saves.
public struct InputSelection: Codable, Sendable, Equatable {
  /// What stands in place of an input that was left out.
  public enum Replacement: String, Codable, Sendable, CaseIterable {
    /// Zero, with the mask beside it where the network takes one: the input was not acquired.
    case zero
    /// Its mean in the source.
    case mean
    /// Its expectation given the inputs that are kept.
    case conditional
    /// Nothing: the model was solved again without it.
    case none
  }

  /// Rows of the batch.
  public let rows: Int
  /// Inputs of a row.
  public let inputs: Int
  /// Whether an input is kept: `inputs` values that hold for the whole batch, or `rows · inputs` values row by row.
  public let kept: [Bool]
  /// What stands in place of the others.
  public let replacement: Replacement
  /// Operations of a plain answer that were not done because of the inputs left out, over the batch.
  public var savedOperations = 0
  /// What the kept inputs cost to acquire, over the batch, in the unit of the strategy's costs; their number by default.
  public var acquisitionCost: Double

  /// A mask of the whole batch.
  public init(rows: Int, kept: [Bool], replacement: Replacement, savedOperations: Int = 0) {
    (self.rows, self.kept, self.replacement, self.savedOperations) = (rows, kept, replacement, savedOperations)
    inputs = kept.count
    acquisitionCost = Double(rows * kept.count(where: { $0 }))
  }

  /// A mask of each row, one after the other.
  public init(
    rows: Int, keptByRow kept: [Bool], replacement: Replacement, savedOperations: Int = 0,
    acquisitionCost: Double? = nil
  ) {
    precondition(rows > 0 && kept.count % rows == 0, "\(kept.count) values do not make \(rows) rows")
    (self.rows, self.kept, self.replacement, self.savedOperations) = (rows, kept, replacement, savedOperations)
    inputs = kept.count / rows
    self.acquisitionCost = acquisitionCost ?? Double(kept.count(where: { $0 }))
  }

  /// Inputs that are kept, over all rows of the batch.
  public var keptCount: Int {
    let count = kept.count(where: { $0 })
    return kept.count == inputs ? count * rows : count
  }

  /// In how many rows each input is kept.
  public var rowsByInput: [Int] {
    guard kept.count != inputs else { return kept.map { $0 ? rows : 0 } }
    var counts = [Int](repeating: 0, count: inputs)
    for (place, isKept) in kept.enumerated() where isKept { counts[place % inputs] += 1 }
    return counts
  }

  /// Whether an input of a row is kept.
  public subscript(row: Int, input: Int) -> Bool {
    kept.count == inputs ? kept[input] : kept[row * inputs + input]
  }
}

/// An interval about each answer, on the network's scale. An end may be infinite.
public struct PredictionIntervals: Codable, Sendable, Equatable {
  /// The share of targets that the intervals are meant to hold, above 0 and below 1.
  public var level: Double
  /// Lower ends, one a row.
  public var lower: [Double]
  /// Upper ends, one a row.
  public var upper: [Double]

  /// Intervals of some level.
  public init(level: Double, lower: [Double], upper: [Double]) {
    precondition(lower.count == upper.count, "\(lower.count) lower and \(upper.count) upper ends")
    (self.level, self.lower, self.upper) = (level, lower, upper)
  }
}

/// A mixture of normal distributions of equal weight and precision about several predictions of each row.
public struct PredictiveMixture: Codable, Sendable, Equatable {
  /// The predictions of each row, `[n, T]`, on the network's scale.
  public var means: Matrix
  /// The inverse variance of each component, in the inverse square of the target's unit.
  public var precision: Double

  /// A mixture.
  public init(means: Matrix, precision: Double) { (self.means, self.precision) = (means, precision) }
}

/// The answers of a strategy that uses a given number of inputs: one point of the curve of quality against features.
public struct CurveAnswer: Sendable {
  /// The budget that was given, in the unit of the strategy's costs.
  public var budget: Double
  /// Inputs that were used, over all rows of the batch.
  public var keptCount: Int
  /// Logits or regression values, `[n, k]`.
  public var output: Matrix

  /// The answers at a budget.
  public init(budget: Double, keptCount: Int, output: Matrix) {
    (self.budget, self.keptCount, self.output) = (budget, keptCount, output)
  }
}
