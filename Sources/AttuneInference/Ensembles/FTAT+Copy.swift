internal import AttuneCore

extension FTAT {
  /// A copy's pass over a batch.
  struct Copy {
    /// `[n, 2]`.
    let probabilities: DoubleMatrix
    let logits: Matrix
    private let pass: ForwardPass
    /// The entropy of each row, `[n, 1]`.
    private let entropies: Variable
    /// `P₁ − P₀`, `[n, 1]`.
    private let differences: Variable

    init(_ network: Network, _ batch: Matrix, on tape: Tape, _ settings: Configuration) throws {
      let policy: NormalizationPolicy = settings.statistics == .batch && batch.rows > 1 ? .batch : .running
      pass = try network.forward(batch, on: tape, differentiating: network.parameterIDs, statistics: policy)
      logits = pass.output.value
      probabilities = DoubleMatrix(probabilitiesOf: logits)
      let p = pass.output.softmax()
      // The published code takes the entropy of softmax(p).
      let (shares, logarithms) =
        settings.asPublished ? (p.softmax(), p.logSoftmax()) : (p, pass.output.logSoftmax())
      entropies = (shares * logarithms).rowSums().scaled(by: -1)
      differences = p.matrixProduct(tape.constant(Matrix(rows: 2, columns: 1, [-1, 1])))
    }

    var isFinite: Bool { logits.isFinite && entropies.value.isFinite }

    /// `mean(H d)`.
    var meanUncertainty: Double {
      let products = zip(entropies.value.elements, differences.value.elements).map { Double($0) * Double(abs($1)) }
      return products.reduce(0, +) / Double(max(1, products.count))
    }

    /// The gradients of the mean of `H d` over some rows.
    func gradients(of rows: [Int], on tape: Tape) -> [Matrix] {
      // d is the difference times its sign; the sign and the mean are one factor a row.
      var factors = Matrix(rows: logits.rows, columns: 1)
      for row in rows {
        let difference = differences.value[row, 0]
        factors[row, 0] = difference == 0 ? 0 : (difference > 0 ? 1 : -1) / Float(rows.count)
      }
      let loss = (entropies * differences).masked(by: factors).sum()
      return tape.gradients(of: loss, withRespectTo: pass.parameters.map(\.variable))
    }
  }
}
