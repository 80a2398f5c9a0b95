import AttuneCore
import Testing

@Suite struct SamplingTests {
  @Test(arguments: [0.003, 0.05, 0.5, 0.9] as [Float]) func `each element is dropped with the layer's rate`(
    _ rate: Float
  ) throws {
    let one = Matrix((0..<4).map { row in (0..<4).map { $0 == row ? 1 : 0 } })
    let network = try Network([.dropout(rate: rate), .linear(Linear(weight: one, bias: nil))])
    var generator = Philox(seed: 1)
    let n = 50_000, found = try network.sample(Matrix(rows: n, columns: 4, repeating: 2), using: &generator)
    let deviation = (Double(rate) * Double(1 - rate) / Double(n)).squareRoot()
    for column in 0..<4 {
      let values = (0..<n).map { found[$0, column] }
      #expect(Set(values) == [0, 2 * (1 / (1 - rate))])
      let share = Double(values.count { $0 == 0 }) / Double(n)
      #expect(abs(share - Double(rate)) < 5 * deviation, "column \(column): \(share)")
    }
    // Neighbors are dropped independently: the last of a row and the first of the next.
    let pairs = (1..<n).count { found[$0, 0] == 0 && found[$0 - 1, 3] == 0 }
    let expected = Double(rate * rate)
    #expect(abs(Double(pairs) / Double(n) - expected) < 5 * (expected / Double(n)).squareRoot())
  }

  @Test func `without dropout it is the answer, with a rate of 1 nothing is left`() throws {
    var generator = Philox(seed: 2)
    let plain = Network.mlp(inputDimension: 3, hidden: [5], outputDimension: 2, batchNorm: true, using: &generator)
    let batch = generator.normal(rows: 9, columns: 3)
    #expect(try plain.sample(batch, using: &generator) == plain.predict(batch))
    #expect(!plain.hasDropout)
    let silent = try Network([.dropout(rate: 1)] + plain.layers)
    #expect(silent.hasDropout)
    #expect(try silent.sample(batch, using: &generator) == plain.predict(Matrix(rows: 9, columns: 3)))
    #expect(throws: ShapeError.self) { _ = try plain.sample(Matrix(rows: 2, columns: 4), using: &generator) }
  }
}
