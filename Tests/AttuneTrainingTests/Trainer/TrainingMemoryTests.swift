import AttuneCore
import AttuneTraining
import Testing

/// Counts the allocations of its own thread. Others may take what it gave back, so sizes are used that no other test has.
@Suite struct TrainingMemoryTests {
  @Test func `after the first steps a training step takes nothing from the system`() throws {
    var generator = Philox(seed: 0)
    let x = generator.normal(rows: 401, columns: 307), y = generator.normal(rows: 401, columns: 3)
    var network = Network.mlp(
      inputDimension: 307, hidden: [211, 101], outputDimension: 3, batchNorm: true, dropout: 0.1, using: &generator)
    var allocations: [Int] = []
    _ = try Trainer(optimizer: Adam(learningRate: 1e-3), loss: .meanSquaredError, epochs: 30, batchSize: 67).train(
      &network, features: x, targets: y, using: generator
    ) { _, _ in allocations.append(MatrixMemory.systemAllocations) }
    // Six steps an epoch, each of dozens of matrices. The quietest epoch is the one without others' allocations in it.
    let perEpoch = zip(allocations.dropFirst(), allocations).dropFirst(2).map { $0 - $1 }
    #expect(perEpoch.min() == 0, "\(perEpoch)")
  }

  @Test func `an update changes the parameters where they are`() throws {
    var generator = Philox(seed: 0)
    let x = generator.normal(rows: 64, columns: 20), y = generator.normal(rows: 64, columns: 3)
    var network = Network.mlp(
      inputDimension: 20, hidden: [30], outputDimension: 3, batchNorm: true, using: &generator)
    func addresses() -> [UnsafePointer<Float>?] {
      network.parameterIDs.map { network[$0].withElements { $0.baseAddress } }
    }
    let before = addresses()
    _ = try Trainer(optimizer: Adam(learningRate: 1e-3), loss: .meanSquaredError, epochs: 3, batchSize: 16).train(
      &network, features: x, targets: y, using: generator)
    #expect(addresses() == before)
  }
}
