import AttuneCore
import AttuneTraining
import Foundation
import Testing

@Suite struct LossTests {
  /// Float losses of about 1 against formulas in Double.
  static let tolerance = 2e-6

  private func softmax(_ logits: [Double]) -> [Double] {
    let exponentials = logits.map { exp($0) }, sum = exponentials.reduce(0, +)
    return exponentials.map { $0 / sum }
  }

  private func evaluate(_ loss: Loss, _ output: Matrix, _ targets: Matrix) -> (value: Double, gradient: Matrix) {
    let tape = Tape(), x = tape.variable(output), value = loss(x, targets: targets)
    return (Double(value.value[0, 0]), tape.gradients(of: value, withRespectTo: [x])[0])
  }

  static let logits = Matrix([[0.5, -1, 2], [1, 1, -3]])

  @Test(arguments: [0, 0.1, 1]) func `label smoothing is the cross-entropy of smoothed targets`(share: Double) {
    let labels = [2, 0]
    let found = evaluate(.crossEntropy(labelSmoothing: share), Self.logits, Matrix.oneHot(labels, classes: 3))
    var expected = 0.0
    for (i, label) in labels.enumerated() {
      let p = softmax((0..<3).map { Double(Self.logits[i, $0]) })
      for c in 0..<3 {
        let target: Double = (1 - share) * (c == label ? 1 : 0) + share / 3
        expected -= target * log(p[c]) / 2
        #expect(abs(Double(found.gradient[i, c]) - (p[c] - target) / 2) < Self.tolerance)
      }
    }
    #expect(abs(found.value - expected) < Self.tolerance)
  }

  @Test(arguments: [0.5, 1, 4]) func `distillation has the gradient T (q − p) / n`(temperature: Double) {
    let teacher = Matrix([[1, 0, -1], [0.3, 2, 0]])
    let found = evaluate(.distillation(temperature: temperature), Self.logits, teacher)
    var expected = 0.0
    for i in 0..<2 {
      let q = softmax((0..<3).map { Double(Self.logits[i, $0]) / temperature })
      let p = softmax((0..<3).map { Double(teacher[i, $0]) / temperature })
      for c in 0..<3 {
        expected -= temperature * temperature * p[c] * log(q[c]) / 2
        let slope = (q[c] - p[c]) / temperature * temperature * temperature / 2
        #expect(abs(Double(found.gradient[i, c]) - slope) < temperature * Self.tolerance)
      }
    }
    #expect(abs(found.value - expected) < 1e-6 * max(1, expected))
  }

  @Test func `a student of its teacher's logits has no gradient`() {
    let found = evaluate(.distillation(temperature: 3), Self.logits, Self.logits)
    #expect(found.gradient.elements.allSatisfy { abs(Double($0)) < Self.tolerance })
  }

  @Test func `the mean squared error is the mean over all elements`() {
    let found = evaluate(.meanSquaredError, Matrix([[1, 2], [3, 4]]), Matrix([[0, 2], [3, 0]]))
    #expect(found.value == 17.0 / 4)
    #expect(found.gradient == Matrix([[0.5, 0], [0, 2]]))
  }
}
