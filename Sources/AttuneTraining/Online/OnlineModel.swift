/// What learns the rows of a `ScaledLearner`, which has checked and scaled them.
protocol OnlineModel: Sendable, Codable {
  static var name: String { get }
  static var summary: String { get }
  var featureCount: Int { get }
  var outputCount: Int { get }
  var isClassifier: Bool { get }
  var regularizations: [OnlineRegularization] { get }
  func predict(_ row: UnsafeBufferPointer<Double>, into output: UnsafeMutableBufferPointer<Double>)
  func variance(_ row: UnsafeBufferPointer<Double>) -> Double?
  /// Learns a row of finite numbers; false, and nothing is changed, where what follows from them is not finite.
  mutating func learn(_ row: UnsafeBufferPointer<Double>, target: Double) -> Bool
}

extension OnlineModel {
  var isClassifier: Bool { outputCount > 1 }
  var regularizations: [OnlineRegularization] { [] }
  func variance(_ row: UnsafeBufferPointer<Double>) -> Double? { nil }
}

/// A model with the scaling of its features: a row is standardized by the moments of the rows before it to be answered, and
/// by those with itself to be learned.
struct ScaledLearner<Model: OnlineModel>: Sendable, Codable {
  private(set) var model: Model
  private(set) var moments: RunningMoments?
  private(set) var rowsLearned = 0
  private var rowsRefused = 0

  init(_ model: Model, scaler: OnlineScaler) {
    self.model = model
    moments = scaler == .standard ? RunningMoments(features: model.featureCount) : nil
  }

  var featureCount: Int { model.featureCount }
  var outputCount: Int { model.outputCount }
  var regularizations: [OnlineRegularization] { model.regularizations }

  @inline(__always)
  private func scaled<Result>(
    _ row: UnsafeBufferPointer<Double>, _ body: (UnsafeBufferPointer<Double>) -> Result
  ) -> Result {
    guard let moments else { return body(row) }
    return withUnsafeTemporaryAllocation(of: Double.self, capacity: row.count) { memory in
      moments.standardize(row, into: memory)
      return body(UnsafeBufferPointer(memory))
    }
  }

  @inline(__always)
  func predict(_ row: UnsafeBufferPointer<Double>, into output: UnsafeMutableBufferPointer<Double>) {
    precondition(row.count == featureCount && output.count == outputCount, "\(row.count) features of \(featureCount)")
    scaled(row) { model.predict($0, into: output) }
  }

  func variance(_ row: UnsafeBufferPointer<Double>) -> Double? { scaled(row) { model.variance($0) } }

  @inline(__always)
  mutating func learn(_ row: UnsafeBufferPointer<Double>, target: Double) throws {
    precondition(row.count == featureCount, "\(row.count) features of \(featureCount)")
    do {
      try check(row, target)
      guard learnScaled(row, target) else {
        throw NonFiniteRow(row: rowsLearned + rowsRefused, place: .result, value: .nan)
      }
      rowsLearned += 1
    } catch {
      rowsRefused += 1
      throw error
    }
  }

  private mutating func learnScaled(_ row: UnsafeBufferPointer<Double>, _ target: Double) -> Bool {
    guard moments != nil else { return model.learn(row, target: target) }
    return withUnsafeTemporaryAllocation(of: Double.self, capacity: 3 * row.count) { memory in
      moments?.standardizeAfterwards(row, into: memory)
      let z = UnsafeBufferPointer(rebasing: memory[..<row.count])
      // Squares of features beyond 1e154 overflow.
      guard isFinite(UnsafeBufferPointer(memory)), model.learn(z, target: target) else { return false }
      moments?.commit(UnsafeBufferPointer(memory))
      return true
    }
  }

  /// The product of each number with 0 is 0 where it is finite: one sum, without a branch.
  private func isFinite(_ numbers: UnsafeBufferPointer<Double>) -> Bool {
    var sum = SIMD4<Double>(), j = 0
    while j + 4 <= numbers.count {
      sum += SIMD4<Double>(numbers[j], numbers[j + 1], numbers[j + 2], numbers[j + 3]) * 0
      j += 4
    }
    var rest = sum.sum()
    while j < numbers.count {
      rest += numbers[j] * 0
      j += 1
    }
    return rest == 0
  }

  @inline(__always)
  private func check(_ row: UnsafeBufferPointer<Double>, _ target: Double) throws {
    guard isFinite(row), target.isFinite else { throw notFinite(row, target) }
    guard model.isClassifier else { return }
    let classes = model.outputCount
    guard target >= 0, target < Double(classes), target == target.rounded(.towardZero) else {
      throw UnknownClass(row: rowsLearned + rowsRefused, target: target, classes: classes)
    }
  }

  private func notFinite(_ row: UnsafeBufferPointer<Double>, _ target: Double) -> NonFiniteRow {
    let place = row.firstIndex { !$0.isFinite }
    return NonFiniteRow(
      row: rowsLearned + rowsRefused, place: place.map { .feature($0) } ?? .target,
      value: place.map { row[$0] } ?? target)
  }
}
