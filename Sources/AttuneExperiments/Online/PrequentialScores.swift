internal import AttuneCore
internal import Foundation

/// The figures over the answers of a stream so far, in memory that does not grow with it.
struct PrequentialScores {
  private let task: PredictionTask
  private let classes: Int
  /// Rows that were scored.
  private(set) var rows = 0
  /// Counts of true class × answered class.
  private var confusion: [Int]
  private var logLoss = 0.0
  /// Whether all outputs were probabilities that sum to 1, and of how many rows they were neither 0 nor 1.
  private var areProbabilities = true, graded = 0
  private var absoluteErrors = 0.0, squaredErrors = 0.0
  /// Mean of the targets, and sum of their squared distances to it (Welford).
  private var mean = 0.0, variation = 0.0

  /// The probability that a logarithm is taken of at least, as river does.
  private static let smallest = 1e-15

  init(task: PredictionTask, classes: Int) {
    (self.task, self.classes) = (task, classes)
    confusion = Array(repeating: 0, count: task == .classification ? classes * classes : 0)
  }

  /// Takes the answer to a row and returns its loss: 0 or 1 for a class, the squared error for a value.
  @inline(__always)
  mutating func add(_ output: UnsafeBufferPointer<Double>, target: Double) -> Double {
    rows += 1
    guard task == .classification else {
      let error = output[0] - target, distance = target - mean
      absoluteErrors += abs(error)
      squaredErrors += error * error
      mean += distance / Double(rows)
      variation += distance * (target - mean)
      return error * error
    }
    let label = Int(target), answer = Self.largest(output)
    confusion[label * classes + answer] += 1
    var sum = 0.0
    for score in output {
      sum += score
      if !(score >= 0 && score <= 1) { areProbabilities = false }
    }
    if abs(sum - 1) > 1e-6 { areProbabilities = false }
    let probability = output[label]
    if probability > 0, probability < 1 { graded += 1 }
    logLoss -= log(min(1 - Self.smallest, max(Self.smallest, probability)))
    return answer == label ? 0 : 1
  }

  /// The answered class: that of the largest score, the first of equal ones.
  @inline(__always)
  static func largest(_ output: UnsafeBufferPointer<Double>) -> Int {
    var best = 0
    for c in output.indices where output[c] > output[best] { best = c }
    return best
  }

  /// The error, or the root of the mean squared error; nil before the first row.
  var quality: Double? {
    guard rows > 0 else { return nil }
    return task == .classification ? 1 - accuracy : (squaredErrors / Double(rows)).squareRoot()
  }

  private var accuracy: Double {
    Double((0..<classes).reduce(0) { $0 + confusion[$1 * classes + $1] }) / Double(rows)
  }

  /// The figures besides the quality figure, by their names.
  var metrics: [String: Double] {
    guard rows > 0 else { return [:] }
    var result: [StreamMetric: Double] = [:]
    if task == .regression {
      result[.meanAbsoluteError] = absoluteErrors / Double(rows)
      if variation > 0 { result[.r2] = 1 - squaredErrors / variation }
    } else {
      result[.accuracy] = accuracy
      // Of decisions without degrees the logarithm says nothing but how many were wrong.
      if areProbabilities, graded > 0 { result[.logLoss] = logLoss / Double(rows) }
      if classes == 2 { result[.f1] = f1(of: 1) ?? 0 }
      let each = (0..<classes).compactMap(f1)
      if !each.isEmpty { result[.macroF1] = each.reduce(0, +) / Double(each.count) }
    }
    return Dictionary(
      uniqueKeysWithValues: result.filter { $0.value.isFinite }.map { ($0.key.rawValue, $0.value) })
  }

  /// The harmonic mean of precision and recall of a class; nil where it neither came nor was answered.
  private func f1(of label: Int) -> Double? {
    let hits = confusion[label * classes + label]
    let came = (0..<classes).reduce(0) { $0 + confusion[label * classes + $1] }
    let answered = (0..<classes).reduce(0) { $0 + confusion[$1 * classes + label] }
    return came + answered == 0 ? nil : 2 * Double(hits) / Double(came + answered)
  }
}
