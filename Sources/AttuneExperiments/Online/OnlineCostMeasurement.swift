internal import AttuneCore
internal import AttuneTraining

/// What a learner costs a row, measured on a copy that is thrown away: the run itself is not slowed by clocks.
///
/// Of a few blocks, ever farther apart, all rows are predicted and then learned on end. The figures are medians over the
/// blocks; of too many, every other one is forgotten.
struct OnlineCostMeasurement {
  /// The most blocks that are kept.
  private static let limit = 64

  private var predictSeconds: [Double] = [], learnSeconds: [Double] = []
  private var predictOperations: [Double] = [], learnOperations: [Double] = []
  private var nextBlock = 0, stride = 1

  /// Whether a block is to be measured.
  func wants(block: Int) -> Bool { block >= nextBlock }

  /// Measures a learner on rows whose labels are known.
  mutating func measure(_ learner: any OnlineLearner, _ rows: Range<Int>, of recent: RecentRows, block: Int) {
    nextBlock = block + stride
    var output = [Double](repeating: 0, count: learner.outputCount)
    let count = Double(rows.count)
    let started = ThreadClock.now
    let predicted = OperationCounter.count {
      output.withUnsafeMutableBufferPointer { output in
        for row in rows { recent.withRow(row) { features, _, _ in learner.predict(features, into: output) } }
      }
    }
    predictSeconds.append((ThreadClock.now - started) / count)
    predictOperations.append(Double(predicted.operations) / count)
    measureLearning(learner, rows, of: recent)
    thin()
  }

  private mutating func measureLearning(_ learner: any OnlineLearner, _ rows: Range<Int>, of recent: RecentRows) {
    var copy = learner, learned = 0, started = 0.0
    func learn(_ row: Int) {
      recent.withRow(row) { features, target, label in
        guard label != .unknown, (try? copy.learn(features, target: target)) != nil else { return }
        learned += 1
      }
    }
    // The first row pays for the copy.
    guard let first = rows.first, rows.count > 1 else { return }
    learn(first)
    learned = 0
    let operations = OperationCounter.count {
      started = ThreadClock.now
      for row in rows.dropFirst() { learn(row) }
    }.operations
    let seconds = ThreadClock.now - started
    guard learned > 0 else { return }
    learnSeconds.append(seconds / Double(learned))
    learnOperations.append(Double(operations) / Double(learned))
  }

  private mutating func thin() {
    guard predictSeconds.count >= Self.limit else { return }
    stride *= 2
    func half(_ values: [Double]) -> [Double] { values.enumerated().filter { $0.offset % 2 == 0 }.map(\.element) }
    (predictSeconds, learnSeconds) = (half(predictSeconds), half(learnSeconds))
    (predictOperations, learnOperations) = (half(predictOperations), half(learnOperations))
  }

  /// The medians; those of learning are 0 where no label came.
  var medians: (predictSeconds: Double, learnSeconds: Double, predictOperations: Double, learnOperations: Double) {
    (
      ReportData.median(predictSeconds) ?? 0, ReportData.median(learnSeconds) ?? 0,
      ReportData.median(predictOperations) ?? 0, ReportData.median(learnOperations) ?? 0
    )
  }
}
