internal import Foundation

/// How much more often than by chance a row is given the class of the row before it.
///
/// With P the share of neighbors of one class and Q = Σ πc² the share that chance would give, the persistence is
/// ρ = (P − Q) / (1 − Q): 0 in random order, 1 where a class never changes. It counts from three standard errors on.
struct ClassPersistence: Codable, Sendable, Equatable {
  /// Rows after which a row counts for 1/e.
  static let window = 1000.0

  private var same = 0.0
  private var pairs = 0.0
  private var counts: [Double]
  private var last: Int?
  /// The persistence ρ, from 0 to 1; 0 where chance explains what was seen.
  private(set) var value = 0.0

  init(classes: Int) { counts = Array(repeating: 0, count: classes) }

  /// Takes in the predicted classes of rows, in the order of the stream.
  mutating func add(_ labels: [Int]) {
    let sequence = (last.map { [$0] } ?? []) + labels
    let fresh = Double(sequence.count - 1), kept = exp(-fresh / Self.window)
    same = kept * same + Double(zip(sequence, sequence.dropFirst()).count { $0 == $1 })
    pairs = kept * pairs + fresh
    let keptRows = exp(-Double(labels.count) / Self.window)
    for c in counts.indices { counts[c] *= keptRows }
    for label in labels { counts[label] += 1 }
    last = labels.last ?? last
    let total = counts.reduce(0) { $0 + $1 + 1 }
    let chance = counts.reduce(0) { $0 + ($1 + 1) * ($1 + 1) } / (total * total)
    let found = pairs > 0 ? same / pairs : 0
    let error = (chance * (1 - chance) / max(pairs, 1)).squareRoot()
    value = pairs >= 10 && found - chance > 3 * error ? (found - chance) / (1 - chance) : 0
  }
}
