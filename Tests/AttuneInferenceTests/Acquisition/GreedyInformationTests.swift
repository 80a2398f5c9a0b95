import AttuneCore
import Foundation
import Testing

@testable import AttuneInference

@Suite struct GreedyInformationTests {
  private func settings(
    _ kind: GreedyInformation.Kind, _ stop: AcquisitionStop, costs: [String: Double] = [:], curve: [Double] = []
  ) throws -> GreedyInformation {
    var configuration = GreedyInformation.Configuration()
    (configuration.kind, configuration.stop, configuration.costs) = (kind, stop, costs)
    (configuration.curve, configuration.shrinkage) = (curve, 0)
    return try GreedyInformation(configuration)
  }

  @Test func `counted information is that of the distribution, in nats`() {
    let rows = HalvesProblem.all(), model = DiscreteInformation(rows, levels: 4), all = Array(0..<rows.inputs.rows)
    let bit = log(2.0)
    // Input 1 has one bit of entropy, and half a bit given the class: known in one half, a coin in the other.
    for (input, bits) in [1, 0.5, 0.5, 0, 0].enumerated() {
      #expect(abs(model.information(input, all) - bits * bit) < 1e-12, "input \(input)")
    }
    let first = all.filter { rows.inputs[$0, 0] == 0 }
    #expect(abs(model.information(1, first) - bit) < 1e-12)
    #expect(abs(model.information(2, first)) < 1e-12)
  }

  @Test func `two inputs are enough where the second depends on the first`() throws {
    let rows = HalvesProblem.all()
    let found = try settings(.discrete, .budget(2), curve: [0, 1, 2, 5]).answer(
      rows.inputs, after: HalvesProblem.context(rows))
    #expect(HalvesProblem.accuracy(found.output, rows) == 1)
    let selection = try #require(found.selection)
    for row in 0..<rows.inputs.rows {
      let second = rows.inputs[row, 0] == 0 ? 1 : 2
      #expect((0..<5).filter { selection[row, $0] } == [0, second], "row \(row)")
    }
    #expect(selection.acquisitionCost == Double(2 * rows.inputs.rows))
    #expect(selection.replacement == .zero)
    #expect(found.curve.map { HalvesProblem.accuracy($0.output, rows) } == [0.25, 0.5, 1, 1])
    // Nothing is left to learn after two inputs: a budget of five buys no more.
    #expect(found.curve.map { $0.keptCount / rows.inputs.rows } == [0, 1, 2, 2])
  }

  @Test func `no fixed pair of inputs is right more often than three times in four`() throws {
    let rows = HalvesProblem.all(), model = DiscreteInformation(rows, levels: 4)
    var best = 0.0
    for first in 0..<5 {
      for second in first + 1..<5 {
        var mask = Matrix(rows: rows.inputs.rows, columns: 5)
        for row in 0..<rows.inputs.rows { (mask[row, first], mask[row, second]) = (1, 1) }
        let output = try model.answers(MaskedRows(rows.inputs, mask: mask))
        best = max(best, HalvesProblem.accuracy(output, rows))
      }
    }
    #expect(best == 0.75)
  }

  @Test func `an input that only says which other one matters is never acquired first`() throws {
    // y = x1 where x0 = 0 and x2 where x0 = 1: the index tells nothing by itself.
    var inputs: [[Float]] = [], labels: [Int] = []
    for bits in 0..<8 {
      let row = (0..<3).map { Float((bits >> $0) & 1) }
      inputs.append(row)
      labels.append(Int(row[0] == 0 ? row[1] : row[2]))
    }
    let rows = LabeledRows(inputs: Matrix(inputs), targets: Matrix.oneHot(labels, classes: 2))
    let model = DiscreteInformation(rows, levels: 2)
    #expect(abs(model.information(0, Array(0..<8))) < 1e-12)
    let found = try settings(.discrete, .budget(2), curve: [1, 2]).answer(
      rows.inputs, after: HalvesProblem.context(rows))
    // With the index first, two inputs would always be right; greedy acquires x1 first, and is not.
    #expect(HalvesProblem.accuracy(found.output, rows) < 1)
    let selection = try #require(found.selection)
    #expect((0..<8).allSatisfy { selection[$0, 1] })
  }

  @Test func `information of a Gaussian equals that of regressions on every subset`() throws {
    var generator = Philox(seed: 4)
    let mixing = generator.normal(rows: 5, columns: 5), weights = generator.normal(rows: 5, columns: 1)
    let inputs = Matrix.product(generator.normal(rows: 400, columns: 5), mixing)
    let targets = Matrix.product(inputs, weights) + generator.normal(rows: 400, columns: 1)
    let joint = SourceStatistics(inputs: Matrix.concatenatingColumns(inputs, targets))
    let covariance = try #require(joint.covariance)
    let model = LinearInformation(mean: joint.mean, covariance: covariance, inputs: 5)
    // Var[y | x_S] by the normal equations, not by Schur complements step by step.
    func residual(_ known: [Int]) throws -> Double {
      guard !known.isEmpty else { return covariance[5, 5] }
      let gram = DoubleMatrix(known.map { i in known.map { covariance[i, $0] } })
      let cross = DoubleMatrix(known.map { [covariance[$0, 5]] }), solved = try Cholesky(gram).solve(cross)
      return covariance[5, 5] - known.indices.reduce(0) { $0 + solved[$1, 0] * cross[$1, 0] }
    }
    for bits in 0..<32 {
      let known = (0..<5).filter { bits >> $0 & 1 == 1 }, information = model.information(known)
      for input in 0..<5 {
        let expected =
          known.contains(input) ? 0 : 0.5 * log(try residual(known) / residual((known + [input]).sorted()))
        #expect(abs(information[input] - expected) < 1e-7, "\(input) given \(known)")
      }
    }
  }

  @Test func `the answers of a Gaussian are those of least squares on the acquired inputs`() throws {
    var generator = Philox(seed: 5)
    let inputs = generator.normal(rows: 200, columns: 4), weights = Matrix([[2], [0], [-1], [0.1]])
    let targets = Matrix.product(inputs, weights) + generator.normal(rows: 200, columns: 1).scaled(by: 0.1)
    let rows = LabeledRows(inputs: inputs, targets: targets)
    let found = try settings(.gaussian, .budget(2)).answer(
      inputs, after: HalvesProblem.context(rows, task: .regression))
    let selection = try #require(found.selection)
    #expect((0..<4).filter { selection[0, $0] } == [0, 2])
    let chosen = DoubleMatrix((0..<200).map { [Double(inputs[$0, 0]), Double(inputs[$0, 2]), 1] })
    let right = DoubleMatrix((0..<200).map { [Double(targets[$0, 0])] })
    let solved = try Cholesky(chosen.gram).solve(chosen.transposedProduct(with: right))
    for row in 0..<200 {
      let expected = (0..<3).reduce(0) { $0 + chosen[row, $1] * solved[$1, 0] }
      #expect(abs(Double(found.output[row, 0]) - expected) < 1e-4)
    }
  }

  @Test func `classes that are Gaussians are told apart as linear discriminants do`() throws {
    var generator = Philox(seed: 6)
    var inputs = generator.normal(rows: 600, columns: 4)
    let labels = (0..<600).map { $0 % 3 }
    for (row, label) in labels.enumerated() { inputs[row, 1 + label % 2] += label == 0 ? 0 : 4 }
    let rows = LabeledRows(inputs: inputs, targets: Matrix.oneHot(labels, classes: 3))
    let found = try settings(.gaussian, .confidence(probability: 0.95)).answer(
      inputs, after: HalvesProblem.context(rows))
    #expect(HalvesProblem.accuracy(found.output, rows) > 0.9)
    let selection = try #require(found.selection)
    // Rows stop when they are sure: the two inputs that tell, or more where those leave doubt.
    #expect(Double(selection.keptCount) / 600 < 3)
    #expect((0..<600).allSatisfy { selection[$0, 1] || selection[$0, 2] })
  }

  @Test func `a dear input waits, and a penalty stops where information is not worth its cost`() throws {
    let rows = HalvesProblem.all(), context = HalvesProblem.context(rows)
    // x0 brings one bit for 4, x1 and x2 half a bit for 1 each.
    let dear = try settings(.discrete, .budget(1), costs: ["x0": 4]).answer(rows.inputs, after: context)
    #expect(try #require(dear.selection)[0, 1])
    #expect(!(try #require(dear.selection)[0, 0]))
    // ln 2 = 0.693 nats for the first input, as much for the second.
    let free = try settings(.discrete, .penalized(lambda: 0.69)).answer(rows.inputs, after: context)
    #expect(free.selection?.keptCount == 2 * rows.inputs.rows)
    let strict = try settings(.discrete, .penalized(lambda: 0.7)).answer(rows.inputs, after: context)
    #expect(strict.selection?.keptCount == 0)
    #expect(HalvesProblem.accuracy(strict.output, rows) == 0.25)
  }
}
