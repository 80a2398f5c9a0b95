import AttuneCore
import Testing

@Suite struct SparseRowsTests {
  private let dense = Matrix([[0, 2, 0, -1], [0, 0, 0, 0], [3, 0, 0, 0]])

  @Test func `sparse rows hold what is not zero, and give it back`() throws {
    let rows = try SparseRows(dense)
    #expect(rows.rows == 3 && rows.columns == 4 && rows.count == 3 && rows.longestRow == 2 && rows.density == 0.25)
    #expect(rows.elements(ofRow: 0) == [.init(column: 1, value: 2), .init(column: 3, value: -1)])
    #expect(rows.elements(ofRow: 1).isEmpty)
    #expect(rows.dense() == dense)
    #expect(try SparseRows(columns: 4, (0..<3).map(rows.elements)) == rows)
  }

  @Test func `rows may be held as differences from a reference`() throws {
    let reference = Matrix(row: [0, 2, 1, 0] as [Float])
    let rows = try SparseRows(dense, differingFrom: reference)
    #expect(rows.elements(ofRow: 0) == [.init(column: 2, value: -1), .init(column: 3, value: -1)])
    #expect(rows.dense(addingTo: reference) == dense)
    #expect(throws: ShapeError.self) { try SparseRows(dense, differingFrom: Matrix(rows: 1, columns: 3)) }
  }

  @Test func `NaN is held, and rows without columns or none at all are fine`() throws {
    let rows = try SparseRows(Matrix([[0, .nan]]))
    #expect(rows.count == 1 && rows.values[0].isNaN)
    #expect(try SparseRows(Matrix(rows: 0, columns: 3)).rows == 0)
    #expect(try SparseRows(Matrix(rows: 2, columns: 0)).rows == 2)
  }

  @Test func `columns that do not ascend or do not exist are refused with the row`() {
    func message(_ elements: [Int]) -> String {
      let error = #expect(throws: ShapeError.self) {
        try SparseRows(columns: 4, [[], elements.map { .init(column: $0, value: 1) }])
      }
      return error?.description ?? ""
    }
    let expected = "sparse row 1: expected columns that ascend, from 0 and below 4, found column "
    #expect(message([4]) == expected + "4")
    #expect(message([2, 2]) == expected + "2 after 2")
    #expect(message([3, 1]) == expected + "1 after 3")
    #expect(message([-1]) == expected + "-1")
  }

  @Test func `rows keep some of their elements`() throws {
    let rows = try SparseRows(dense)
    let kept = rows.filtered { rows.values[$0] > 0 }
    #expect(kept.dense() == Matrix([[0, 2, 0, 0], [0, 0, 0, 0], [3, 0, 0, 0]]))
    #expect(rows.withValues([1, 2, 3]).dense() == Matrix([[0, 1, 0, 2], [0, 0, 0, 0], [3, 0, 0, 0]]))
    #expect(rows.withValues(of: dense.scaled(by: 2)).values == [4, -2, 6])
  }

  /// A network with dropout before its first layer, and batch norm that does something.
  private func network(inputs: Int, using generator: inout Philox) -> Network {
    var network = Network.mlp(
      inputDimension: inputs, hidden: [70, 5], outputDimension: 3, batchNorm: true, dropout: 0.5, inputDropout: 0.2,
      using: &generator)
    for index in network.normalizationLayers {
      let width = network[normalization: index].dimension
      network[normalization: index].runningMean = generator.uniform(rows: 1, columns: width, in: -0.3..<0.3)
    }
    return network
  }

  @Test func `a network answers sparse rows as it answers dense ones, and pays for what they hold`() throws {
    var generator = Philox(seed: 1)
    let network = network(inputs: 300, using: &generator), input = try SparseInputNetwork(network)
    var x = generator.normal(rows: 9, columns: 300)
    for i in 0..<9 { for j in 0..<300 where (i + j) % 20 != 0 { x[i, j] = 0 } }
    let rows = try SparseRows(x)
    let dense = try OperationCounter.count { try network.predict(x) }
    let sparse = try OperationCounter.count { try input.predict(rows) }
    // Sums of 15 terms in another order.
    #expect(zip(dense.result.elements, sparse.result.elements).allSatisfy { abs($0 - $1) < 1e-5 })
    #expect(dense.operations - sparse.operations == 2 * (9 * 300 - rows.count) * 70)
    // Inputs that are left out count as the reference's.
    let reference = generator.normal(rows: 1, columns: 300), differences = try SparseRows(x, differingFrom: reference)
    let shifted = try input.predict(differences, base: input.hidden(reference))
    #expect(zip(dense.result.elements, shifted.elements).allSatisfy { abs($0 - $1) < 1e-4 })
    #expect(throws: ShapeError.self) { try input.predict(SparseRows(Matrix(rows: 1, columns: 299))) }
    #expect(try input.predict(SparseRows(Matrix(rows: 0, columns: 300))).shape == Shape(rows: 0, columns: 3))
  }

  @Test func `a network that begins with another layer says so`() throws {
    let linear = Linear(weight: Matrix(rows: 2, columns: 3), bias: nil)
    let network = try Network([.dropout(rate: 0.1), .batchNorm(BatchNorm(dimension: 3)), .linear(linear)])
    let error = #expect(throws: NoLinearInputLayer.self) { try SparseInputNetwork(network) }
    #expect(
      error?.description
        == "sparse inputs need a network that begins with a linear layer, found batch norm at layer 1; "
        + "fold that layer into the preprocessing, or give dense rows")
    // Without a bias the base is a row of zeros.
    #expect(try SparseInputNetwork(Network([.linear(linear)])).bias == Matrix(rows: 1, columns: 2))
  }
}
