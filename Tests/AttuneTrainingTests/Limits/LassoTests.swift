import AttuneCore
import Testing

@testable import AttuneTraining

/// The L1 penalty against scikit-learn's `Lasso` (`make_regularization_fixtures.py`).
@Suite struct LassoTests {
  struct Fixture: Decodable {
    struct Solution: Decodable {
      let alpha: Double, weights: [Double], intercept: Double
    }
    let features: [Float], targets: [Float], solutions: [Solution]
  }

  private func problem() throws -> (features: Matrix, targets: Matrix, solutions: [Fixture.Solution]) {
    let fixture = try FixtureFile.decode(Fixture.self, from: "regularization/lasso.json")
    return (
      Matrix(rows: 40, columns: 8, fixture.features), Matrix(rows: 40, columns: 1, fixture.targets), fixture.solutions
    )
  }

  private static let weight = ParameterID(layer: 0, role: .weight), bias = ParameterID(layer: 0, role: .bias)

  @Test func `gradient descent with the L1 penalty ends at the lasso`() throws {
    let (x, y, solutions) = try problem()
    for solution in solutions {
      var generator = Philox(seed: 1)
      var network = Network.linear(inputDimension: 8, outputDimension: 1, using: &generator)
      // The mean squared error is twice scikit-learn's loss.
      let trainer = Trainer(
        optimizer: try SGD(learningRate: 0.1), loss: .meanSquaredError, epochs: 2000, batchSize: 40,
        l1: 2 * solution.alpha)
      _ = try trainer.train(&network, features: x, targets: y, using: generator)
      let weights = network[Self.weight].elements
      for (found, expected) in zip(weights, solution.weights) { #expect(abs(Double(found) - expected) < 1e-4) }
      #expect(weights.map { $0 == 0 } == solution.weights.map { $0 == 0 }, "the same weights are exactly 0")
      #expect(abs(Double(network[Self.bias][0, 0]) - solution.intercept) < 1e-4)
    }
  }

  @Test func `weights of linear layers shrink, biases and batch norm do not`() {
    var generator = Philox(seed: 2)
    let before = Network.mlp(
      inputDimension: 3, hidden: [4], outputDimension: 2, batchNorm: true, inputDropout: 0.1, using: &generator)
    var network = before
    network.shrinkWeights(by: 0.3, of: network.parameterIDs)
    for id in network.parameterIDs {
      guard case .linear = network.layers[id.layer], id.role == .weight else {
        #expect(network[id] == before[id])
        continue
      }
      let expected = before[id].map { abs($0) <= 0.3 ? 0 : $0 - ($0 < 0 ? -0.3 : 0.3) }
      #expect(network[id] == expected)
      #expect(expected.elements.contains(0) && expected.elements.contains { $0 != 0 })
    }
  }

  @Test func `a group's learning rate scales the penalty, and parameters left out keep their bits`() throws {
    var generator = Philox(seed: 2)
    let before = Network.mlp(inputDimension: 3, hidden: [4], outputDimension: 2, using: &generator)
    var network = before
    let first = ParameterID(layer: 0, role: .weight), last = ParameterID(layer: 2, role: .weight)
    network.shrinkWeights(by: 0.2, of: [first], groups: [try ParameterGroup(.layers([0]), learningRateFactor: 0.5)])
    var expected = before[first]
    expected.softThreshold(by: 0.1)
    #expect(network[first] == expected && network[first] != before[first])
    #expect(network[last] == before[last])
  }

  @Test func `the operations are counted`() {
    var x = Matrix(rows: 3, columns: 4, repeating: 1)
    #expect(OperationCounter.count { x.softThreshold(by: 0.25) }.operations == 24)
    #expect(x == Matrix(rows: 3, columns: 4, repeating: 0.75))
  }
}
