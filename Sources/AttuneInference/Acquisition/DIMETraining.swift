internal import AttuneCore
internal import AttuneTraining

/// Joint training of answers and of estimates of the information that each input would bring.
///
/// The predictor and the value network share all layers but the last, so that they are one network of `k + d` outputs.
struct DIMETraining {
  var network: Network
  /// Outputs that are answers; the others are one for each input.
  let outputs: Int
  let loss: Loss
  /// Inputs that a row acquires.
  let steps: Int
  let scaling: InformationScaling
  let costs: [Double]

  /// The input that each row takes next, given the estimates per cost; it may be one that the row has.
  typealias Choice = (_ estimates: Matrix) -> [Int]

  /// One pass over a batch.
  private struct Pass {
    let tape: Tape
    let output: Variable
    let parameters: [Variable]
    let answers: Matrix
    let values: Matrix
    let losses: [Float]
    let gradient: Matrix
  }

  /// The mean loss over no input and all steps of a batch, and the gradients of that and of the errors of the
  /// estimates.
  func gradients(
    _ inputs: Matrix, _ targets: Matrix, choice: Choice, dropout: inout Philox?
  ) throws -> (loss: Double, valueLoss: Double, gradients: [Matrix]) {
    var mask = Matrix(rows: inputs.rows, columns: inputs.columns), sums: [Matrix] = []
    var total = 0.0, valueTotal = 0.0, pass = try self.pass(inputs, mask, targets, &dropout)
    for step in 0...steps {
      total += pass.losses.reduce(0) { $0 + Double($1) } / Double(inputs.rows)
      var valueGradient = Matrix(rows: inputs.rows, columns: inputs.columns), next: Pass?
      if step < steps {
        let (estimates, slopes) = scaling.information(pass.values, answers: pass.answers)
        let taken = choice(perCost(estimates))
        mask.set(taken, to: 1)
        let after = try self.pass(inputs, mask, targets, &dropout)
        for (row, input) in taken.enumerated() {
          // The estimate learns the fall of the loss; the fall itself has no gradient.
          let error = estimates[row, input] - (pass.losses[row] - after.losses[row])
          valueTotal += Double(error * error) / Double(inputs.rows)
          valueGradient[row, input] = 2 * error * slopes[row, input] / Float(inputs.rows)
        }
        next = after
      }
      let back = Matrix.concatenatingColumns(pass.gradient, valueGradient).scaled(by: 1 / Float(steps + 1))
      let found = pass.tape.gradients(of: pass.output, along: back, withRespectTo: pass.parameters)
      if sums.isEmpty { sums = found } else { for place in sums.indices { sums[place].add(found[place]) } }
      if let next { pass = next }
    }
    return (total / Double(steps + 1), valueTotal / Double(max(1, steps)), sums)
  }

  /// The mean loss over no input and all steps, each the best that a row does not have.
  func validation(_ inputs: Matrix, _ targets: Matrix) throws -> Double {
    var mask = Matrix(rows: inputs.rows, columns: inputs.columns), sum = 0.0
    for step in 0...steps {
      let (answers, values) = split(try network.predict(MaskedRows(inputs, mask: mask).joined))
      sum += Double(losses(answers, targets).values.reduce(0, +)) / Double(inputs.rows)
      guard step < steps else { break }
      let estimates = scaling.information(values, answers: answers).estimates
      mask.set(perCost(ConcreteSelection.without(mask, estimates)).rowArgmax, to: 1)
    }
    return sum / Double(steps + 1)
  }

  private func pass(
    _ inputs: Matrix, _ mask: Matrix, _ targets: Matrix, _ dropout: inout Philox?
  ) throws -> Pass {
    let tape = Tape()
    var recorded = RecordedNetwork(network, on: tape, differentiating: network.parameterIDs)
    (recorded.dropout, recorded.drawsDropoutInBulk) = (dropout, true)
    let output = try recorded.forward(MaskedRows(inputs, mask: mask).joined, statistics: .batch).output
    dropout = recorded.dropout
    let (answers, values) = split(output.value), (losses, gradient) = losses(answers, targets)
    return Pass(
      tape: tape, output: output, parameters: recorded.parameters.map(\.variable), answers: answers, values: values,
      losses: losses, gradient: gradient)
  }

  /// The loss of each row, and the gradient of their mean.
  private func losses(_ answers: Matrix, _ targets: Matrix) -> (values: [Float], gradient: Matrix) {
    let n = answers.rows, tape = Tape(), variable = tape.variable(answers)
    let gradient = tape.gradients(of: loss(variable, targets: targets), withRespectTo: [variable])[0]
    let terms =
      if case .meanSquaredError = loss {
        (answers - targets).elementwiseProduct(answers - targets).scaled(by: 1 / Float(outputs))
      } else { answers.logSoftmax().elementwiseProduct(targets).scaled(by: -1) }
    return ((0..<n).map { terms.row($0).reduce(0, +) }, gradient)
  }

  func split(_ output: Matrix) -> (answers: Matrix, values: Matrix) {
    (
      output.columns(at: Array(0..<outputs)), output.columns(at: Array(outputs..<output.columns))
    )
  }

  private func perCost(_ estimates: Matrix) -> Matrix {
    costs.allSatisfy { $0 == 1 }
      ? estimates : estimates.multiplyingRow(Matrix(row: costs.map { Float(1 / $0) }))
  }
}
