/// The last rows of a stream with their labels: those whose labels are on the way, and those that are being answered.
struct RecentRows {
  /// What is known of the label of a row.
  enum Label: UInt8 {
    /// It is in the data, and comes.
    case comes
    /// It is in the data, but never comes to the learners.
    case withheld
    /// It is not even in the data.
    case unknown
  }

  let width: Int
  private let capacity: Int
  private var features: [Double]
  private var targets: [Double]
  private var labels: [Label]

  init(width: Int, capacity: Int) {
    (self.width, self.capacity) = (width, capacity)
    features = Array(repeating: 0, count: width * capacity)
    targets = Array(repeating: 0, count: capacity)
    labels = Array(repeating: .unknown, count: capacity)
  }

  mutating func set(_ row: Int, _ values: [Double], target: Double, label: Label) {
    let place = row % capacity
    features.withUnsafeMutableBufferPointer { out in
      for j in 0..<width { out[place * width + j] = values[j] }
    }
    targets[place] = target
    labels[place] = label
  }

  @inline(__always)
  func withRow<Result>(
    _ row: Int, _ body: (_ features: UnsafeBufferPointer<Double>, _ target: Double, _ label: Label) throws -> Result
  ) rethrows -> Result {
    let place = row % capacity
    return try features.withUnsafeBufferPointer {
      try body(UnsafeBufferPointer(rebasing: $0[place * width..<(place + 1) * width]), targets[place], labels[place])
    }
  }
}
