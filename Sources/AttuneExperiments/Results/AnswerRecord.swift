/// What the answers of an arm along a stream were like: how sure, which classes were taken for which, how far off.
///
/// Records of several seeds add up.
public struct AnswerRecord: Codable, Sendable, Equatable {
  /// Confidence against accuracy; nil for regression.
  public var calibration: CalibrationBins?
  /// Which class was answered for which; nil for regression and beyond `ConfusionCounts.limit` classes.
  public var confusion: ConfusionCounts?
  /// Predicted against actual values by quantiles of the actual ones; empty for classification.
  public var quantiles: [QuantileBin]

  /// The record over all seeds; nil where none has one.
  static func sum(_ records: [AnswerRecord]) -> AnswerRecord? {
    guard var sum = records.first else { return nil }
    for record in records.dropFirst() {
      if let other = record.calibration { sum.calibration?.add(other) }
      if let other = record.confusion { sum.confusion?.add(other) }
      sum.quantiles = zip(sum.quantiles, record.quantiles).map { $0.merged(with: $1) }
    }
    return sum
  }
}

/// Answers by their confidence, the largest probability: 15 bins of equal width, `(low, high]`.
///
/// - Source: Guo, Pleiss, Sun and Weinberger (2017), On calibration of modern neural networks, arXiv:1706.04599.
public struct CalibrationBins: Codable, Sendable, Equatable {
  /// Number of bins.
  public static let count = 15
  /// Answers in each bin.
  public var rows: [Int]
  /// Right answers in each bin.
  public var right: [Int]
  /// The sum of the confidences in each bin.
  public var confidence: [Double]

  /// Bins without answers.
  public init() {
    rows = Array(repeating: 0, count: Self.count)
    right = rows
    confidence = Array(repeating: 0, count: Self.count)
  }

  /// Takes an answer.
  public mutating func add(confidence value: Double, isRight: Bool) {
    let bin = min(Self.count - 1, max(0, Int((value * Double(Self.count)).rounded(.up)) - 1))
    rows[bin] += 1
    right[bin] += isRight ? 1 : 0
    confidence[bin] += value
  }

  /// Takes the answers of other bins.
  public mutating func add(_ other: CalibrationBins) {
    rows = zip(rows, other.rows).map(+)
    right = zip(right, other.right).map(+)
    confidence = zip(confidence, other.confidence).map(+)
  }

  /// The expected calibration error: `Σ |accuracy − confidence| · share of rows`; nil without rows.
  public var expectedError: Double? {
    let all = rows.reduce(0, +)
    guard all > 0 else { return nil }
    return rows.indices.reduce(0) { $0 + abs(Double(right[$1]) - confidence[$1]) } / Double(all)
  }
}

/// How often each class was answered for each class, in the order of the class names.
public struct ConfusionCounts: Codable, Sendable, Equatable {
  /// The most classes that are counted.
  public static let limit = 50
  /// Rows are the true classes, columns the answered ones.
  public private(set) var counts: [[Int]]

  /// No answers yet for `classes` classes.
  public init(classes: Int) { counts = Array(repeating: Array(repeating: 0, count: classes), count: classes) }

  /// Takes an answer.
  public mutating func add(actual: Int, answered: Int) { counts[actual][answered] += 1 }

  /// Takes the answers of other counts, of as many classes.
  public mutating func add(_ other: ConfusionCounts) {
    guard counts.count == other.counts.count else { return }
    counts = zip(counts, other.counts).map { zip($0, $1).map(+) }
  }

  /// A line of numbers a class: pretty-printed arrays of arrays would take a line a number.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    let lines = try container.decode([String].self)
    counts = lines.map { $0.split(separator: " ").compactMap { Int($0) } }
    guard counts.allSatisfy({ $0.count == lines.count }) else {
      throw DecodingError.dataCorruptedError(in: container, debugDescription: "not a square of counts")
    }
  }

  /// Writes a line of numbers a class.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(counts.map { $0.map(String.init).joined(separator: " ") })
  }
}

/// Rows whose actual values are between two quantiles.
public struct QuantileBin: Codable, Sendable, Equatable {
  /// Number of bins.
  public static let count = 10
  /// Rows in the bin.
  public var rows: Int
  /// Mean of the actual values.
  public var actual: Double
  /// Mean of the predicted values.
  public var predicted: Double
  /// Root of the mean squared difference of the two.
  public var error: Double

  /// The bins of some predictions: as equally many rows each as can be; fewer bins where there are fewer rows.
  static func bins(_ pairs: [(actual: Double, predicted: Double)]) -> [QuantileBin] {
    let sorted = pairs.sorted { $0.actual < $1.actual }
    let bins = min(count, sorted.count)
    return (0..<bins).map { bin in
      let part = sorted[sorted.count * bin / bins..<sorted.count * (bin + 1) / bins]
      let n = Double(part.count)
      let squares = part.reduce(0.0) { $0 + ($1.actual - $1.predicted) * ($1.actual - $1.predicted) }
      return QuantileBin(
        rows: part.count, actual: part.reduce(0) { $0 + $1.actual } / n,
        predicted: part.reduce(0) { $0 + $1.predicted } / n, error: (squares / n).squareRoot())
    }
  }

  func merged(with other: QuantileBin) -> QuantileBin {
    let (first, second) = (Double(rows), Double(other.rows)), all = first + second
    guard all > 0 else { return self }
    let squares = (first * error * error + second * other.error * other.error) / all
    return QuantileBin(
      rows: rows + other.rows, actual: (first * actual + second * other.actual) / all,
      predicted: (first * predicted + second * other.predicted) / all, error: squares.squareRoot())
  }
}
