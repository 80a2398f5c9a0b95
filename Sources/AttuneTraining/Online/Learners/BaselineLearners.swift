internal import AttuneCore

/// What a learner must beat: the most frequent class, the mean, or the last target. None looks at the features.
///
/// - `majority`: the share of each class so far; as likely all, before the first row
/// - `mean`: the mean of the targets so far; 0 before the first row; its variance is theirs
/// - `last-label`: the last target: its class has score 1; before the first row as `majority` and `mean`
///
/// - Source: for persistence as a baseline of streams, Žliobaitė (2013), How good is the Electricity benchmark for
///   evaluating concept drift adaptation, arXiv:1301.3524.
struct MajorityModel: OnlineModel {
  static let name = "majority"
  static let summary = "the most frequent class so far: a baseline"
  let featureCount: Int
  private(set) var counts: [Int]

  init(features: Int, classes: Int) {
    featureCount = features
    counts = Array(repeating: 0, count: classes)
  }

  var outputCount: Int { counts.count }
  var isClassifier: Bool { true }

  func predict(_ row: UnsafeBufferPointer<Double>, into output: UnsafeMutableBufferPointer<Double>) {
    let total = counts.reduce(0, +)
    for c in output.indices {
      output[c] = total == 0 ? 1 / Double(counts.count) : Double(counts[c]) / Double(total)
    }
  }

  mutating func learn(_ row: UnsafeBufferPointer<Double>, target: Double) -> Bool {
    counts[Int(target)] += 1
    return true
  }
}

struct MeanModel: OnlineModel {
  static let name = "mean"
  static let summary = "the mean of the targets so far: a baseline"
  let featureCount: Int
  private var moments = RunningMoments(features: 1)

  init(features: Int) { featureCount = features }

  var outputCount: Int { 1 }

  func predict(_ row: UnsafeBufferPointer<Double>, into output: UnsafeMutableBufferPointer<Double>) {
    output[0] = moments.means[0]
  }

  func variance(_ row: UnsafeBufferPointer<Double>) -> Double? { moments.count > 0 ? moments.variances[0] : nil }

  mutating func learn(_ row: UnsafeBufferPointer<Double>, target: Double) -> Bool {
    withUnsafeTemporaryAllocation(of: Double.self, capacity: 3) { memory in
      withUnsafePointer(to: target) {
        moments.standardizeAfterwards(UnsafeBufferPointer(start: $0, count: 1), into: memory)
      }
      guard memory[1].isFinite, memory[2].isFinite else { return false }
      moments.commit(UnsafeBufferPointer(memory))
      return true
    }
  }
}

struct LastTargetModel: OnlineModel {
  static let name = "last-label"
  static let summary = "the last target: a baseline"
  let featureCount: Int
  let outputCount: Int
  let isClassifier: Bool
  private(set) var last: Double?

  init(features: Int, task: PredictionTask, outputs: Int) {
    (featureCount, outputCount, isClassifier) = (features, outputs, task == .classification)
  }

  func predict(_ row: UnsafeBufferPointer<Double>, into output: UnsafeMutableBufferPointer<Double>) {
    guard isClassifier else {
      output[0] = last ?? 0
      return
    }
    for c in output.indices { output[c] = last.map { Double(c) == $0 ? 1 : 0 } ?? 1 / Double(outputCount) }
  }

  mutating func learn(_ row: UnsafeBufferPointer<Double>, target: Double) -> Bool {
    last = target
    return true
  }
}
