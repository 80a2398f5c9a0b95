/// What happens to the cells of one column: plain numbers without references, because it runs for every cell.
struct PreprocessingStep: Sendable, Equatable {
  /// What became of a cell.
  enum Outcome { case written, missing, unknown }

  private let isUsed: Bool
  private let isCategorical: Bool
  private let isOneHot: Bool
  private let levelCount: Int
  /// The first code that has an input, in one-hot columns.
  private let firstCode: Int
  private let width: Int
  private let fill: Double?
  private let hasIndicator: Bool
  private let ignoresUnknown: Bool
  private let mean: Double
  private let deviation: Double
  private let factor: Double

  init(_ column: FittedColumn, mean: Double, deviation: Double, factor: Double) {
    isUsed = column.isUsed
    isCategorical = column.column.levels != nil
    isOneHot = column.isOneHot
    levelCount = column.column.levels?.count ?? 0
    firstCode = column.dropsFirst ? 1 : 0
    width = column.inputCount
    fill = column.fill
    hasIndicator = column.hasIndicator
    ignoresUnknown = column.unknown == .ignore
    self.mean = mean
    self.deviation = deviation
    self.factor = factor
  }

  /// Writes the inputs of a cell and moves `place` past them.
  @inline(__always)
  func write(_ cell: Float, to out: UnsafeMutableBufferPointer<Float>, at place: inout Int) -> Outcome {
    guard isUsed else { return .written }
    var value = Double(cell)
    let isMissing = value.isNaN
    if isMissing {
      guard let fill else { return .missing }
      value = fill
    } else if isCategorical, !(value >= 0 && value < Double(levelCount)) {
      guard ignoresUnknown else { return .unknown }
      value = -1
    }
    guard isOneHot else {
      out[place] = Float((value - mean) / deviation * factor)
      if hasIndicator { out[place + 1] = isMissing ? 1 : 0 }
      place += width
      return .written
    }
    for offset in 0..<width { out[place + offset] = 0 }
    let offset = Int(value) - firstCode
    if offset >= 0 { out[place + offset] = 1 }
    place += width
    return .written
  }
}
