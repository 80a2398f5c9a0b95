internal import Foundation

/// How much more often than by chance a row is given the class of the row before it.
///
/// With P the share of neighbors of one class and Q that of rows a lag apart, or Σ πc² for a stream of independent rows, the
/// persistence is ρ = (P − Σ πc²) / (1 − Σ πc²) where P exceeds Q by three standard errors, and else 0.
struct ClassPersistence: Codable, Sendable, Equatable {
  /// Rows after which a row counts for 1/e.
  static let window = 1000.0
  /// Rows between those that are held against neighbors.
  static let lag = 64

  /// Whether neighbors must agree more often than rows a lag apart: predictions that collapse in one way before a change of
  /// the inputs and in another after it agree over any distance.
  private let comparesWithDistantRows: Bool
  private var same = 0.0
  private var distantSame = 0.0
  private var pairs = 0.0
  private var distantPairs = 0.0
  private var counts: [Double]
  private var recent: [Int] = []
  /// The persistence ρ, from 0 to 1; 0 where chance explains what was seen.
  private(set) var value = 0.0

  init(classes: Int, comparesWithDistantRows: Bool) {
    counts = Array(repeating: 0, count: classes)
    self.comparesWithDistantRows = comparesWithDistantRows
  }

  /// Takes in the predicted classes of rows, in the order of the stream.
  mutating func add(_ labels: [Int]) {
    for label in labels {
      let kept = exp(-1 / Self.window)
      if let last = recent.last {
        same = kept * same + (last == label ? 1 : 0)
        pairs = kept * pairs + 1
      }
      if recent.count == Self.lag {
        distantSame = kept * distantSame + (recent[0] == label ? 1 : 0)
        distantPairs = kept * distantPairs + 1
        recent.removeFirst()
      }
      recent.append(label)
      for c in counts.indices { counts[c] *= kept }
      counts[label] += 1
    }
    value = pairs >= 10 ? persistence : 0
  }

  private var persistence: Double {
    let total = counts.reduce(0) { $0 + $1 + 1 }
    let chance = counts.reduce(0) { $0 + ($1 + 1) * ($1 + 1) } / (total * total)
    let found = same / pairs
    var expected = chance, variance = chance * (1 - chance) / pairs
    if comparesWithDistantRows, distantPairs > 0 {
      let distant = distantSame / distantPairs
      if distant > expected {
        expected = distant
        variance = distant * (1 - distant) / pairs + distant * (1 - distant) / distantPairs
      }
    }
    return found - expected > 3 * variance.squareRoot() ? (found - chance) / (1 - chance) : 0
  }
}
