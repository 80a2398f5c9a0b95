internal import AttuneCore

/// The inputs of each row in the order of how much they matter.
struct RankedInputs: Sendable {
  /// The rank within its row of each element, from 0; of equal ones the first column comes first.
  private let ranks: [Int]

  /// - Parameter attributions: of either sign; their size counts.
  /// - Throws: `NonFiniteSaliency` for the first that is NaN or infinite.
  init(_ attributions: SparseRows, names: [String]) throws(NonFiniteSaliency) {
    var ranks = [Int](repeating: 0, count: attributions.count)
    for row in 0..<attributions.rows {
      let places = attributions.range(ofRow: row)
      for k in places where !attributions.values[k].isFinite {
        let column = attributions.column(at: k)
        throw NonFiniteSaliency(
          row: row, input: names.indices.contains(column) ? names[column] : "\(column)", value: attributions.values[k])
      }
      let order = places.sorted { left, right in
        let (a, b) = (abs(attributions.values[left]), abs(attributions.values[right]))
        return a > b || (a == b && left < right)
      }
      for (rank, place) in order.enumerated() { ranks[place] = rank }
    }
    // A comparison sort; the logarithm of a row's length is some five to ten.
    OperationCounter.add(attributions.count * 8)
    self.ranks = ranks
  }

  /// Whether an element is among the `count` that matter most in its row.
  func isAmong(_ count: Int, place: Int) -> Bool { ranks[place] < count }
}

/// An attribution is NaN or infinite, so that inputs cannot be ranked.
public struct NonFiniteSaliency: Error, Equatable, CustomStringConvertible {
  /// The row of the batch, from 0.
  public let row: Int
  /// Name of the input, or its number.
  public let input: String
  /// What it is.
  public let value: Float

  /// NaN differs from itself; two errors about it are equal.
  public static func == (left: Self, right: Self) -> Bool {
    left.row == right.row && left.input == right.input
      && (left.value == right.value || (left.value.isNaN && right.value.isNaN))
  }

  /// An attribution that is not finite.
  public init(row: Int, input: String, value: Float) { (self.row, self.input, self.value) = (row, input, value) }

  /// Where it is, and what to do.
  public var description: String {
    "the saliency of input '\(input)' in row \(row) of the batch is \(value), and inputs cannot be ranked; the network's "
      + "weights or the row's values are too large or not finite: train at a lower learning rate, or check the row"
  }
}
