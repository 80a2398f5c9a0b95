import AttuneCore
import Foundation
import Testing

/// Every differentiable operation against finite differences of an independent twin in double precision.
///
/// The table is an exhaustive `switch`: a new `DifferentiableOperation` does not compile without a row, and a row that does not record
/// its operation fails.
@Suite struct GradientTests {
  @Test(arguments: DifferentiableOperation.allCases, 0..<20)
  func `gradient and value equal those of the double twin`(operation: DifferentiableOperation, sample: Int) throws {
    var generator = Philox(seed: 7).fork(operation.rawValue).fork(sample)
    let check = GradientCheck.make(operation, using: &generator)
    let tape = Tape()
    let variables = check.inputs.map(tape.variable)
    let output = check.float(tape, variables)
    #expect(tape.operations.contains(operation), "the row does not run the operation")

    // A random projection makes a scalar of the output, so that one gradient checks the whole Jacobian.
    let projection = generator.normal(rows: output.value.rows, columns: output.value.columns)
    let loss = (output * tape.constant(projection)).sum()
    let gradients = tape.gradients(of: loss, withRespectTo: variables)

    let inputs = check.inputs.map(DoubleArray.init)
    let reference = check.double(inputs)
    expectClose(output.value, reference.elements, "value of \(operation)")
    for (index, input) in inputs.enumerated() {
      let expected = input.elements.indices.map { element in
        let step = 1e-5 * max(1, abs(input.elements[element]))
        func shifted(_ by: Double) -> Double {
          var moved = inputs
          moved[index].elements[element] += by
          return zip(check.double(moved).elements, projection.elements).reduce(0) { $0 + $1.0 * Double($1.1) }
        }
        return (shifted(step) - shifted(-step)) / (2 * step)
      }
      expectClose(gradients[index], expected, "gradient of \(operation) for input \(index)")
    }
  }

  /// Float against double: 2e-5 of the largest element, about a hundred roundings of 2⁻²⁴.
  private func expectClose(_ found: Matrix, _ expected: [Double], _ what: String) {
    #expect(found.count == expected.count, "\(what)")
    let scale = max(1, expected.map(abs).max() ?? 0)
    let worst = zip(found.elements, expected).map { abs(Double($0) - $1) / scale }.max() ?? 0
    #expect(worst < 2e-5, "\(what): off by \(worst)")
  }

  @Test func `a variable that the loss does not use has a zero gradient`() {
    let tape = Tape()
    let used = tape.variable(Matrix(row: [1, 2])), unused = tape.variable(Matrix(row: [3, 4, 5]))
    let gradients = tape.gradients(of: used.square().sum(), withRespectTo: [used, unused])
    #expect(gradients[0] == Matrix(row: [2, 4]))
    #expect(gradients[1] == Matrix(row: [0, 0, 0]))
  }

  @Test func `what does not lead to a variable is not recorded`() {
    let tape = Tape()
    let x = tape.constant(Matrix(row: [1, 2])), weight = tape.constant(Matrix(rows: 3, columns: 2, repeating: 1))
    let gamma = tape.variable(Matrix(row: [1, 1, 1]))
    _ = x.linear(weight: weight, bias: nil).multiplyingRow(gamma).relu().sum()
    #expect(tape.operations == [.multiplyRow, .relu, .sum])
  }

  @Test func `a variable used twice collects both gradients`() {
    let tape = Tape()
    let x = tape.variable(Matrix(row: [3]))
    let gradients = tape.gradients(of: (x * x + x).sum(), withRespectTo: [x])
    #expect(gradients[0] == Matrix(row: [7]))
  }
}
