import AttuneCore
import CKernels
import Testing

/// Logits far apart, long columns, and rows without classes.
@Suite struct KernelExtremesTests {
  /// Rows in which one, two or no logit wins, up to ±1e4 and with impossible classes.
  static let rows: [[Float]] = [
    [1e4, -1e4, 0, 9999], [-1e4, -1e4, -1e4, -1e4], [1e4, 1e4, 1e4, -1e4], [1e4, 1e4 - 2, -87, 88],
    [0, -87, -88, -104],
    [1.5e38, -1.5e38, 0, 1], [-.infinity, 0, 1, -.infinity],
  ]

  @Test(arguments: rows) func `softmax, entropy and cross-entropy of extreme logits are those of Double`(row: [Float]) {
    let twin = SoftmaxTwin(row), logits = Matrix(row: row), tape = Tape()
    // A probability below 1e-37 may be zero; the others have exp's relative error.
    let p = logits.softmax().elements
    #expect(zip(p, twin.probabilities).allSatisfy { abs(Double($0) - $1) <= 4e-7 * $1 + 1e-37 })
    let terms = zip(twin.probabilities, twin.logarithms).map { p, log -> Double in p == 0 ? 0 : -p * log }
    let entropy: Double = terms.reduce(0, +)
    #expect(abs(Double(logits.rowEntropies()[0, 0]) - entropy) < 1e-6)

    let x = tape.variable(logits)
    let slope = tape.gradients(of: x.entropy().sum(), withRespectTo: [x])[0].elements
    for (j, slope) in slope.enumerated() {
      let (p, l) = (twin.probabilities[j], twin.logarithms[j])
      #expect(abs(Double(slope) - (p == 0 ? 0 : -p * (l + entropy))) < 1e-6)
    }
    for target in row.indices where row[target].isFinite {
      let loss = x.crossEntropy(targets: Matrix.oneHot([target], classes: row.count))
      let expected = -twin.logarithms[target]
      #expect(abs(Double(loss.value[0, 0]) - expected) <= 2e-7 * expected + 1e-6)
      let gradient = tape.gradients(of: loss, withRespectTo: [x])[0].elements
      for j in row.indices {
        #expect(abs(Double(gradient[j]) - twin.probabilities[j] + (j == target ? 1 : 0)) < 1e-6)
      }
    }
  }

  @Test func `a target of zero asks nothing of an impossible class`() {
    let tape = Tape(), x = tape.variable(Matrix(row: [0, -.infinity]))
    let loss = x.crossEntropy(targets: Matrix(row: [1, 0]))
    #expect(loss.value[0, 0] == 0)
    #expect(tape.gradients(of: loss, withRespectTo: [x])[0] == Matrix(row: [0, 0]))
  }

  @Test(arguments: [0, 1, 3]) func `rows without classes have no probabilities and an entropy of zero`(rows: Int) {
    // Memory of the same size that held something else goes back to the pool first.
    for _ in 0..<4 { _ = Matrix(rows: rows, columns: 1, repeating: 7) }
    let logits = Matrix(rows: rows, columns: 0)
    #expect(logits.softmax().count == 0)
    #expect(logits.logSoftmax().count == 0)
    #expect(logits.rowEntropies() == Matrix(rows: rows, columns: 1))
  }

  @Test func `moments of a long column far from zero keep their digits`() {
    var generator = Philox(seed: 11)
    let n = 100_000, x = generator.normal(rows: n, columns: 3).map { 1e4 + $0 }
    let (mean, variance) = x.columnMoments
    for j in 0..<3 {
      let column = (0..<n).map { Double(x[$0, j]) }
      let expected = column.reduce(0, +) / Double(n)
      let spread = column.reduce(0) { $0 + ($1 - expected) * ($1 - expected) } / Double(n)
      // A unit in the last place of 1e4 is 1e-3; the variance is taken about the rounded mean, which adds its square.
      #expect(abs(Double(mean[0, j]) - expected) < 1e-3)
      #expect(abs(Double(variance[0, j]) - spread) < 1e-5 * spread)
    }
  }
}
