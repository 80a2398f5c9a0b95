internal import AttuneCore
internal import Foundation

/// Classes along a stream as a Markov chain that stays where it is with probability ρ and else draws anew from the shares
/// of the source; the classifier's probabilities are what is seen of it.
///
/// - Source: the forward-backward recursions of Rabiner (1989), A tutorial on hidden Markov models, Proc. IEEE 77(2), with
///   scaled emissions `p(y|x) / p(y)`.
struct ClassChain: Codable, Sendable, Equatable {
  /// What is believed of the class of the last row; nil before the first.
  private var belief: [Double]?

  /// Logits with what the neighbors in the stream say of each row: within a batch both sides, before it the past alone.
  mutating func smooth(_ logits: Matrix, persistence: Double, shares: [Double]) -> Matrix {
    let p = logits.softmax(), classes = shares.count, rows = logits.rows, stays = min(persistence, 0.99)
    let prior = shares.map { max($0, 1e-6) }
    let seen = (0..<rows).map { row in (0..<classes).map { Double(p[row, $0]) / prior[$0] + 1e-6 } }
    func next(_ belief: [Double]) -> [Double] { zip(belief, prior).map { stays * $0 + (1 - stays) * $1 } }
    func normalized(_ values: [Double]) -> [Double] {
      let total = values.reduce(0, +)
      return values.map { $0 / total }
    }
    var forward: [[Double]] = [], expected = belief.map(next) ?? prior
    for row in 0..<rows {
      forward.append(normalized(zip(expected, seen[row]).map(*)))
      expected = next(forward[row])
    }
    var backward = [Double](repeating: 1, count: classes)
    var result = Matrix(rows: rows, columns: classes)
    for row in (0..<rows).reversed() {
      let both = normalized(zip(forward[row], backward).map(*))
      for c in 0..<classes { result[row, c] = Float(log(both[c] + 1e-12)) }
      let weighted = zip(seen[row], backward).map(*)
      let drawn = zip(weighted, prior).reduce(0) { $0 + $1.0 * $1.1 }
      backward = normalized(weighted.map { stays * $0 + (1 - stays) * drawn })
    }
    belief = forward.last ?? belief
    return result
  }

  /// Forgets the past.
  mutating func forget() { belief = nil }
}
