import AttuneCore
import Testing

/// Counts the allocations of its own thread.
@Suite struct MatrixMemoryTests {
  @Test func `memory that a matrix gave back serves the next one`() {
    var generator = Philox(seed: 0)
    func work() {
      let x = generator.normal(rows: 321, columns: 123)
      for _ in 0..<10 { _ = (x + x).scaled(by: 2) }
    }
    work()
    let before = MatrixMemory.systemAllocations
    for _ in 0..<10 { work() }
    #expect(MatrixMemory.systemAllocations - before < 10)
  }

  @Test func `a tape gives all its memory back`() throws {
    var generator = Philox(seed: 0)
    let network = Network.mlp(
      inputDimension: 301, hidden: [211], outputDimension: 7, batchNorm: true, using: &generator)
    let input = generator.normal(rows: 33, columns: 301)
    func step() throws {
      let tape = Tape()
      let pass = try network.forward(
        input, on: tape, differentiating: network.parameterIDs, statistics: .batch)
      _ = tape.gradients(of: pass.output.entropy().mean(), withRespectTo: pass.parameters.map(\.variable))
      _ = pass.output.softmax()  // recorded, and never differentiated
    }
    try step()
    let before = MatrixMemory.systemAllocations
    for _ in 0..<20 { try step() }
    #expect(MatrixMemory.systemAllocations - before < 20)
  }
}
