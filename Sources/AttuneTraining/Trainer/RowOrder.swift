internal import AttuneCore

/// The random order of the rows of an epoch: four bytes a row, as long as the numbers of the rows fit.
struct RowOrder: Sendable, Equatable {
  private var short: [UInt32] = []
  private var long: [Int] = []

  /// No order.
  init() {}

  /// The order of `Philox.permutation`.
  init(_ count: Int, using generator: inout Philox) {
    if count <= Int(UInt32.max) {
      short = generator.permutation(count, of: UInt32.self)
    } else {
      long = generator.permutation(count)
    }
  }

  var isEmpty: Bool { short.isEmpty && long.isEmpty }

  /// The rows at some places of the order.
  func rows(_ places: Range<Int>) -> ArraySlice<Int> {
    short.isEmpty ? long[places] : ArraySlice(short[places].map { Int($0) })
  }
}
