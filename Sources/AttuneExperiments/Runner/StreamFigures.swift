internal import AttuneCore
internal import AttuneData
internal import AttuneInference
internal import AttuneTraining
internal import Foundation

/// Gathers the answers of a stream for the figures besides the quality figure.
struct StreamFigures {
  private let model: Model
  private let targets: Targets
  private var sums = [StreamMetric: Double]()
  private var rows = 0
  private var valueRows = 0.0, valueMean = 0.0, variation = 0.0, squaredErrors = 0.0
  /// Score of the second class and whether it is the true one, of each row of a stream of two classes.
  private var binary: [(score: Float, isPositive: Bool)] = []
  private var confusion = (truePositives: 0, falsePositives: 0, falseNegatives: 0)
  private var intervals = (rows: 0, held: 0, finite: 0, width: 0.0)
  private var mixtureRows = 0, selectedRows = 0
  /// In how many rows each input was used.
  private var rowsByInput: [Int] = []
  /// The share of targets of each batch that lay in their intervals.
  private(set) var coverage: [Double] = []

  init(model: Model, targets: Targets) { (self.model, self.targets) = (model, targets) }

  /// Takes the answers of a batch.
  ///
  /// - Parameters:
  ///   - output: what the strategy answered, on the network's scale.
  ///   - range: the rows of the stream that it answered.
  ///   - details: what the strategy said besides.
  mutating func add(_ output: Matrix, rows range: Range<Int>, details: AnswerDetails = AnswerDetails()) {
    if let selection = details.selection {
      selectedRows += selection.rows
      let counts = selection.rowsByInput
      rowsByInput = rowsByInput.isEmpty ? counts : zip(rowsByInput, counts).map(+)
      sums[.features, default: 0] += Double(selection.keptCount)
      sums[.acquisitionCost, default: 0] += selection.acquisitionCost
      sums[.savedOperations, default: 0] += Double(selection.savedOperations)
    }
    switch targets {
    case .classes(let labels, let names): add(output, labels: labels[range], classes: names.count)
    case .values(let values):
      let known = range.map { Double(values[$0, 0]) }
      add(values: known, model.output(output))
      if let intervals = details.intervals { add(intervals, model.networkTargets(targets, rows: range)) }
      if let mixture = details.predictive { add(mixture, known) }
    case .none: return
    }
    rows += range.count
  }

  private mutating func add(_ output: Matrix, labels: ArraySlice<Int>, classes: Int) {
    for (row, label) in labels.enumerated() {
      sums[.logLoss, default: 0] += Self.logLoss(output, row: row, label: label)
      guard classes == 2 else { continue }
      let score = output[row, 1] - output[row, 0]
      binary.append((score, label == 1))
      switch (score > 0, label == 1) {
      case (true, true): confusion.truePositives += 1
      case (true, false): confusion.falsePositives += 1
      case (false, true): confusion.falseNegatives += 1
      case (false, false): break
      }
    }
  }

  private static func logLoss(_ output: Matrix, row: Int, label: Int) -> Double {
    let logits = (0..<output.columns).map { Double(output[row, $0]) }
    let highest = logits.max() ?? 0
    return highest + log(logits.reduce(0) { $0 + exp($1 - highest) }) - logits[label]
  }

  private mutating func add(values: [Double], _ predicted: Matrix) {
    for (row, value) in values.enumerated() {
      let difference = Double(predicted[row, 0]) - value
      sums[.meanAbsoluteError, default: 0] += abs(difference)
      squaredErrors += difference * difference
      // The squares of values far from zero would cancel (Welford 1962).
      valueRows += 1
      let distance = value - valueMean
      valueMean += distance / valueRows
      variation += distance * (value - valueMean)
    }
  }

  /// - Parameter values: the targets on the network's scale, on which the intervals were made.
  private mutating func add(_ given: PredictionIntervals, _ values: Matrix) {
    guard given.lower.count == values.rows, values.rows > 0 else { return }
    let unit = model.preprocessing.targetScaling?.standardDeviation ?? 1
    var held = 0
    for row in 0..<values.rows {
      let (lower, upper, value) = (given.lower[row], given.upper[row], Double(values[row, 0]))
      if lower <= value, value <= upper { held += 1 }
      guard (upper - lower).isFinite else { continue }
      intervals.finite += 1
      intervals.width += max(0, upper - lower) * unit
    }
    intervals.rows += values.rows
    intervals.held += held
    coverage.append(Double(held) / Double(values.rows))
  }

  private mutating func add(_ mixture: PredictiveMixture, _ values: [Double]) {
    guard mixture.means.rows == values.count else { return }
    let count = mixture.means.columns, scale = model.preprocessing.targetScaling
    let constant = 0.5 * log(mixture.precision) - 0.5 * log(2 * Double.pi) - log(Double(count))
    for (row, value) in values.enumerated() {
      let exponents = (0..<count).map { column -> Double in
        let mean = Double(mixture.means[row, column])
        let difference = value - (scale?.inverse(mean) ?? mean)
        return -0.5 * mixture.precision * difference * difference
      }
      let highest = exponents.max() ?? 0
      sums[.logLikelihood, default: 0] += highest + log(exponents.reduce(0) { $0 + exp($1 - highest) }) + constant
    }
    mixtureRows += values.count
  }

  /// The share of rows in which each input was used, by its name; nil where nothing selects.
  var inputUse: [String: Double]? {
    let names = model.preprocessing.inputNames
    guard selectedRows > 0, names.count == rowsByInput.count else { return nil }
    return Dictionary(
      zip(names, rowsByInput.map { Double($0) / Double(selectedRows) }), uniquingKeysWith: { first, _ in first })
  }

  /// The figures over all rows so far, by their names.
  var metrics: [String: Double] {
    var result: [StreamMetric: Double] = [:]
    if rows > 0 {
      for metric in [StreamMetric.meanAbsoluteError, .logLoss] {
        result[metric] = sums[metric].map { $0 / Double(rows) }
      }
    }
    if case .values = targets, rows > 0 { result[.meanSquaredError] = squaredErrors / Double(rows) }
    if case .values = targets, variation > 0 { result[.r2] = 1 - squaredErrors / variation }
    if !binary.isEmpty {
      result[.auroc] = RankStatistic.areaUnderCurve(binary)
      let relevant = 2 * confusion.truePositives + confusion.falsePositives + confusion.falseNegatives
      result[.f1] = relevant == 0 ? 0 : Double(2 * confusion.truePositives) / Double(relevant)
    }
    if mixtureRows > 0 { result[.logLikelihood] = sums[.logLikelihood].map { $0 / Double(mixtureRows) } }
    if intervals.rows > 0 {
      result[.coverage] = Double(intervals.held) / Double(intervals.rows)
      if intervals.finite > 0 { result[.intervalWidth] = intervals.width / Double(intervals.finite) }
      result[.infiniteIntervals] = Double(intervals.rows - intervals.finite) / Double(intervals.rows)
    }
    if selectedRows > 0 {
      for metric in [StreamMetric.features, .acquisitionCost, .savedOperations] {
        result[metric] = sums[metric].map { $0 / Double(selectedRows) }
      }
    }
    return Dictionary(
      uniqueKeysWithValues: result.filter { $0.value.isFinite }.map { ($0.key.rawValue, $0.value) })
  }
}

/// Statistics of ranks.
enum RankStatistic {
  /// The share of pairs of a positive and a negative row in which the positive one has the higher score, ties counting
  /// one half; nil where one of the kinds is absent.
  static func areaUnderCurve(_ rows: [(score: Float, isPositive: Bool)]) -> Double? {
    let positives = rows.count(where: { $0.isPositive }), negatives = rows.count - positives
    guard positives > 0, negatives > 0 else { return nil }
    let sorted = rows.sorted { $0.score < $1.score }
    var rankSum = 0.0, start = 0
    while start < sorted.count {
      var end = start + 1
      while end < sorted.count, sorted[end].score == sorted[start].score { end += 1 }
      let tied = sorted[start..<end].count(where: { $0.isPositive })
      rankSum += Double(tied) * Double(start + 1 + end) / 2
      start = end
    }
    let pairs = Double(positives) * Double(negatives)
    return (rankSum - Double(positives) * Double(positives + 1) / 2) / pairs
  }
}
