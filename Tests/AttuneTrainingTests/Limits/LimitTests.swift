import AttuneCore
import Foundation
import Testing

@testable import AttuneTraining

/// Clipping and max-norm against PyTorch (`make_schedule_fixtures.py`).
@Suite struct LimitTests {
  /// PyTorch adds the squares up in float32.
  static let tolerance: Float = 5e-7

  private func matrices(_ elements: [[Float]]) -> [Matrix] {
    [Matrix(rows: 5, columns: 7, elements[0]), Matrix(row: elements[1])]
  }

  private func expectClose(_ found: [Matrix], _ expected: [[Float]]) {
    #expect(found.count == expected.count)
    for (found, expected) in zip(found.flatMap(\.elements), expected.joined()) {
      #expect(abs(found - expected) <= Self.tolerance * max(1, abs(expected)))
    }
  }

  @Test func `clipping is PyTorch's`() throws {
    let fixture = try ScheduleFixture.load().limits
    let gradients = matrices(fixture.gradients)
    #expect(abs(GradientClipping.globalNorm(of: gradients) - fixture.globalNorm[0]) < 1e-6 * fixture.globalNorm[0])
    for (clipping, expected) in [
      (GradientClipping.norm(0.5), fixture.small), (.norm(50), fixture.large), (.value(0.75), fixture.value),
    ] {
      var clipped = gradients
      clipping.clip(&clipped)
      expectClose(clipped, expected)
    }
  }

  @Test func `gradients within the limit keep every bit`() throws {
    let gradients = matrices(try ScheduleFixture.load().limits.gradients)
    for clipping in [GradientClipping.norm(50), .value(50)] {
      var clipped = gradients
      clipping.clip(&clipped)
      #expect(clipped == gradients)
    }
  }

  @Test func `the norm is that of all gradients together, and the direction stays`() {
    var gradients = [Matrix(row: [3, 0]), Matrix([[0], [4]])]
    #expect(GradientClipping.globalNorm(of: gradients) == 5)
    GradientClipping.norm(1).clip(&gradients)
    let factor = Float(1 / (5 + 1e-6))
    #expect(gradients == [Matrix(row: [3 * factor, 0]), Matrix([[0], [4 * factor]])])
  }

  @Test func `NaN stays visible, and no gradients are fine`() {
    var gradients = [Matrix(row: [.nan, 1]), Matrix(row: [2])]
    GradientClipping.value(0.5).clip(&gradients)
    #expect(gradients[0][0, 0].isNaN && gradients[0][0, 1] == 0.5 && gradients[1][0, 0] == 0.5)
    GradientClipping.norm(0.5).clip(&gradients)
    #expect(gradients.flatMap(\.elements).allSatisfy { $0.isNaN })
    var none: [Matrix] = [], empty = [Matrix(rows: 0, columns: 3)]
    GradientClipping.norm(1).clip(&none)
    GradientClipping.norm(1).clip(&empty)
    GradientClipping.value(1).clip(&empty)
    #expect(none.isEmpty && empty == [Matrix(rows: 0, columns: 3)])
  }

  @Test func `rows of weights are limited as PyTorch's renorm does, and no other parameter`() throws {
    let fixture = try ScheduleFixture.load().limits
    let weight = Matrix(rows: 5, columns: 7, fixture.gradients[0])
    let bias = Matrix(row: [9, 9, 9, 9, 9])
    var network = try Network([.linear(Linear(weight: weight, bias: bias)), .batchNorm(BatchNorm(dimension: 5))])
    network[ParameterID(layer: 1, role: .weight)] = bias
    let before = network
    network.limitIncomingNorms(to: 2, of: [ParameterID(layer: 1, role: .weight)])
    #expect(network == before)
    network.limitIncomingNorms(to: 2, of: network.parameterIDs)
    expectClose([network[ParameterID(layer: 0, role: .weight)]], fixture.renorm)
    #expect(network[ParameterID(layer: 0, role: .bias)] == bias)
    #expect(network[ParameterID(layer: 1, role: .weight)] == bias)
    let norms = (0..<5).map { row in weight.rows(row..<(row + 1)).sumOfSquares.squareRoot() }
    #expect(norms.contains { $0 > 2 } && norms.contains { $0 < 2 })
    for row in 0..<5 where norms[row] < 2 {
      #expect(network[ParameterID(layer: 0, role: .weight)].row(row) == weight.row(row))
    }
  }

  @Test func `the operations are counted`() {
    let x = Matrix(rows: 3, columns: 4, repeating: 1)
    var y = x
    #expect(OperationCounter.count { x.sumOfSquares }.operations == 24)
    #expect(OperationCounter.count { y.clamp(to: 2) }.operations == 24)
    #expect(OperationCounter.count { y.scale(by: 2) }.operations == 12)
    #expect(OperationCounter.count { y.limitRowNorms(to: 100) }.operations == 3 * 10)
    #expect(OperationCounter.count { y.limitRowNorms(to: 1) }.operations == 3 * 16)
  }

  @Test func `the limit in a config file must be above zero`() throws {
    let clipping = try JSONDecoder().decode(GradientClipping.self, from: Data("\"norm\"".utf8))
    #expect(clipping == .norm(1))
    let value = try JSONDecoder().decode(
      GradientClipping.self, from: Data("{\"kind\": \"value\", \"limit\": 0.5}".utf8))
    #expect(value == .value(0.5))
    #expect(try JSONDecoder().decode(GradientClipping.self, from: JSONEncoder().encode(value)) == value)
    try value.validate()
    #expect(throws: ConfigValueError("must be above 0", key: "limit", given: "0")) {
      try GradientClipping.norm(0).validate()
    }
    #expect(throws: ConfigValueError("must be above 0", key: "limit", given: "nan")) {
      try GradientClipping.value(.nan).validate()
    }
    #expect(throws: ConfigValueError("must be finite", key: "limit")) {
      try GradientClipping.value(.infinity).validate()
    }
  }
}
