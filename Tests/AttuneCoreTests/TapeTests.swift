import AttuneCore
import Testing

/// What can be asked of a tape, and what not.
@Suite struct TapeTests {
  @Test func `the gradient of an intermediate result is there when asked for`() {
    let tape = Tape(), x = tape.variable(Matrix(row: [1, 2]))
    let y = x.square(), loss = y.scaled(by: 3).sum()
    let gradients = tape.gradients(of: loss, withRespectTo: [y, x, loss])
    #expect(gradients == [Matrix(row: [3, 3]), Matrix(row: [6, 12]), Matrix(row: [1])])
  }

  @Test func `a tape can be differentiated twice`() {
    let tape = Tape(), x = tape.variable(Matrix(row: [3]))
    let square = x.square(), cube = square * x
    #expect(tape.gradients(of: cube.sum(), withRespectTo: [x]) == [Matrix(row: [27])])
    #expect(tape.gradients(of: square.sum(), withRespectTo: [x]) == [Matrix(row: [6])])
  }

  @Test func `a loss that is a constant has zero gradients`() {
    let tape = Tape(), x = tape.variable(Matrix(row: [3, 4]))
    #expect(tape.gradients(of: tape.constant(Matrix(row: [1])), withRespectTo: [x]) == [Matrix(row: [0, 0])])
  }

  @Test func `variables of two tapes do not mix`() async {
    await #expect(processExitsWith: .failure) {
      let other = Tape().variable(Matrix(row: [1]))
      _ = Tape().variable(Matrix(row: [1])) + other
    }
    await #expect(processExitsWith: .failure) {
      let x = Tape().variable(Matrix(row: [1])), weight = Tape().constant(Matrix(row: [1]))
      _ = x.linear(weight: weight, bias: nil)
    }
  }

  @Test func `gradients along a given one are those of a loss with that gradient`() {
    let tape = Tape(), x = tape.variable(Matrix([[1, -2], [3, 0.5]]))
    let output = x.square(), along = Matrix([[1, 2], [-1, 4]])
    let loss = output.masked(by: along).sum()
    #expect(
      tape.gradients(of: output, along: along, withRespectTo: [x])
        == tape.gradients(of: loss, withRespectTo: [x]))
    #expect(tape.gradients(of: output, along: along, withRespectTo: [x]) == [Matrix([[2, -8], [-6, 4]])])
  }

  @Test func `only a single number has a gradient, and on its own tape`() async {
    await #expect(processExitsWith: .failure) {
      let tape = Tape(), x = tape.variable(Matrix(row: [1, 2]))
      _ = tape.gradients(of: x, withRespectTo: [x])
    }
    await #expect(processExitsWith: .failure) {
      let x = Tape().variable(Matrix(row: [1]))
      _ = Tape().gradients(of: x, withRespectTo: [])
    }
  }
}
