internal import AttuneCore

/// The quality figure along a stream in windows of equally many rows, in memory that does not grow with the stream: once
/// there are too many windows, each two become one.
struct WindowTrace {
  /// The most windows.
  static let limit = 200
  /// Rows of a window at the start.
  static let firstSize = 16

  /// Rows of a window.
  private(set) var size = Self.firstSize
  private var losses: [Double] = []
  private var counts: [Int] = []

  /// Adds the loss of a row; nil for a row that is not scored. Rows come in order.
  mutating func add(_ loss: Double?, row: Int) {
    while row / size >= Self.limit { merge() }
    let place = row / size
    while losses.count <= place {
      losses.append(0)
      counts.append(0)
    }
    guard let loss else { return }
    losses[place] += loss
    counts[place] += 1
  }

  private mutating func merge() {
    size *= 2
    losses = Self.pairs(losses, +)
    counts = Self.pairs(counts, +)
  }

  private static func pairs<Value>(_ values: [Value], _ join: (Value, Value) -> Value) -> [Value] {
    stride(from: 0, to: values.count, by: 2).map {
      $0 + 1 < values.count ? join(values[$0], values[$0 + 1]) : values[$0]
    }
  }

  /// The error or the root mean squared error of each window; nil where none of its rows was scored.
  func values(task: PredictionTask) -> [Double?] {
    zip(losses, counts).map { loss, count in
      guard count > 0 else { return nil }
      let mean = loss / Double(count)
      return task == .classification ? mean : mean.squareRoot()
    }
  }
}
