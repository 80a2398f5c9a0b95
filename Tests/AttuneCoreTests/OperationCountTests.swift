import AttuneCore
import Testing

/// Operations counted where they are done, against the formulas.
@Suite struct OperationCountTests {
  @Test(arguments: [true, false]) func `a linear layer of n rows costs 2ndh, its bias included`(hasBias: Bool) throws {
    var generator = Philox(seed: 0)
    let (n, d, h) = (7, 13, 5)
    let layer = Linear(inputDimension: d, outputDimension: h, hasBias: hasBias, using: &generator)
    let network = try Network([.linear(layer)]), x = generator.normal(rows: n, columns: d)
    let (_, operations) = try OperationCounter.count { try network.predict(x) }
    #expect(operations == 2 * n * d * h)
  }

  @Test func `kernels count their elements`() {
    let x = Matrix(rows: 6, columns: 4, repeating: 1)
    #expect(OperationCounter.count { x + x }.operations == 24)
    #expect(OperationCounter.count { x.softmax() }.operations == 5 * 24)
    #expect(OperationCounter.count { x.rows(0..<3) }.operations == 0)
    #expect(OperationCounter.count { OperationCounter.count { x + x } }.operations == 24)
    #expect(OperationCounter.count { OperationCounter.add(5) }.operations == 5)
  }

  private func backward(_ network: Network, _ x: Matrix, _ ids: [ParameterID]) throws -> Int {
    let tape = Tape()
    let pass = try network.forward(x, on: tape, differentiating: ids, statistics: .batch)
    let loss = pass.output.entropy().mean()
    return OperationCounter.count { tape.gradients(of: loss, withRespectTo: pass.parameters.map(\.variable)) }
      .operations
  }

  @Test func `what is not differentiated is not paid for`() throws {
    var generator = Philox(seed: 0)
    let (n, d, h, k) = (32, 50, 40, 4)
    let network = Network.mlp(
      inputDimension: d, hidden: [h, h], outputDimension: k, batchNorm: true, using: &generator)
    let x = generator.normal(rows: n, columns: d)
    let all = try backward(network, x, network.parameterIDs)
    let affine = try backward(network, x, network.normalizationParameterIDs)
    let last = try backward(network, x, [ParameterID(layer: 6, role: .weight)])
    // The weights' gradients are one product each; the biases' are the column sums.
    let weights = 2 * n * (d * h + h * h + h * k), biases = n * (h + h + k)
    // Only the first linear layer needs the gradient that passes the first batch norm: five operations an element.
    #expect(all - affine == weights + biases + 5 * n * h)
    // The last layer's weights need neither the other layers' products nor its own input's gradient.
    #expect(last < affine && last >= 2 * n * h * k && last < 2 * n * h * k + 20 * n * k)
    #expect(try backward(network, x, []) == 0)
  }
}
