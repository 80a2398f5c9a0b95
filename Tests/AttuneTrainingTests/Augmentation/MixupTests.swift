import AttuneCore
import AttuneTraining
import Testing

@Suite struct MixupTests {
  /// One feature that says which row it is, and its one-hot target.
  private func batch(_ rows: Int) -> (features: Matrix, targets: Matrix) {
    (Matrix(rows: rows, columns: 1, (0..<rows).map { Float($0) }), Matrix.oneHot(Array(0..<rows), classes: rows))
  }

  @Test func `features and targets are mixed with one partner in one proportion`() {
    let n = 16, (x, y) = batch(n)
    var generator = Philox(seed: 3)
    var shares: Set<Float> = []
    for _ in 0..<20 {
      let (features, targets) = Mixup(alpha: 1).mixed(x, y, using: &generator)
      var partners: [Int] = [], share: Float?
      for row in 0..<n {
        let weights = targets.row(row)
        #expect(abs(weights.reduce(0, +) - 1) < 1e-6)
        let partner = weights.indices.first { $0 != row && weights[$0] > 0 } ?? row
        partners.append(partner)
        if partner != row {
          if let share { #expect(share == weights[row]) } else { share = weights[row] }
        }
        // The feature tells of the same partner in the same proportion.
        let expected = weights[row] * Float(row) + (partner == row ? 0 : weights[partner] * Float(partner))
        #expect(abs(features[row, 0] - expected) < 1e-5)
      }
      #expect(partners.sorted() == Array(0..<n), "the partners are a permutation")
      if let share { shares.insert(share) }
    }
    #expect(shares.count == 20, "each batch has a proportion of its own")
  }

  @Test func `a small alpha mixes little, a large one half and half`() {
    let (x, y) = batch(8)
    var generator = Philox(seed: 4)
    func shares(_ alpha: Double) -> [Float] {
      (0..<200).map { _ in
        let targets = Mixup(alpha: alpha).mixed(x, y, using: &generator).targets
        return (0..<8).map { targets[$0, $0] }.min() ?? 1
      }
    }
    #expect(shares(0.01).count { $0 > 0.05 && $0 < 0.95 } < 20)
    #expect(shares(1000).allSatisfy { abs($0 - 0.5) < 0.1 })
  }

  @Test func `the same seed gives the same batch, and a batch of one row stays`() {
    let (x, y) = batch(5)
    var first = Philox(seed: 5), second = Philox(seed: 5)
    #expect(Mixup(alpha: 0.4).mixed(x, y, using: &first) == Mixup(alpha: 0.4).mixed(x, y, using: &second))
    let one = Mixup(alpha: 1).mixed(Matrix([[0]]), Matrix([[0, 0]]), using: &first)
    #expect(one == (Matrix([[0]]), Matrix([[0, 0]])))
  }
}
