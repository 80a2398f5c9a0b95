internal import AttuneCore
internal import AttuneTraining

/// Joint training of a predictor and a selector, step by step as rows acquire inputs.
struct GDFSTraining {
  var predictor: Network
  var selector: Network
  let loss: Loss
  /// Inputs that a row acquires.
  let steps: Int

  /// Noise of the relaxed or of the hard choices, `[n, d]`.
  typealias Noise = (_ rows: Int, _ columns: Int) -> Matrix

  /// What a batch says.
  struct Gradients {
    var loss = 0.0
    var predictor: [Matrix] = []
    var selector: [Matrix] = []
  }

  /// The mean loss over all steps of a batch, and its gradients: through the relaxed choice of each step, not through
  /// the inputs that earlier steps took.
  ///
  /// - Parameter noise: drawn twice a step: for the relaxed choice, then for the hard one.
  func gradients(
    _ inputs: Matrix, _ targets: Matrix, temperature: Double, noise: Noise, dropout: inout Philox?
  ) throws -> Gradients {
    var result = Gradients(), mask = Matrix(rows: inputs.rows, columns: inputs.columns)
    for _ in 0..<steps {
      let tape = Tape()
      var choosing = RecordedNetwork(selector, on: tape, differentiating: selector.parameterIDs)
      (choosing.dropout, choosing.drawsDropoutInBulk) = (dropout, true)
      let chosen = try choosing.forward(MaskedRows(inputs, mask: mask).joined, statistics: .batch).output
      dropout = choosing.dropout
      let logits = chosen.value
      let soft = ConcreteSelection.soft(logits, noise: noise(mask.rows, mask.columns), temperature: temperature)

      let answers = Tape(), shown = ConcreteSelection.maximum(mask, soft)
      var answering = RecordedNetwork(predictor, on: answers, differentiating: predictor.parameterIDs)
      (answering.dropout, answering.drawsDropoutInBulk) = (dropout, true)
      let seen = answers.variable(MaskedRows(inputs, mask: shown).joined)
      let output = try answering.forward(seen, statistics: .batch).output
      dropout = answering.dropout
      let value = loss(output, targets: targets).scaled(by: 1 / Float(steps))
      result.loss += Double(value.value[0, 0])
      let gradients = answers.gradients(
        of: value, withRespectTo: answering.parameters.map(\.variable) + [seen])
      Self.add(gradients.dropLast(), to: &result.predictor)
      let back = ConcreteSelection.gradient(
        gradients[gradients.count - 1], inputs, mask: mask, soft: soft, temperature: temperature)
      Self.add(
        tape.gradients(of: chosen, along: back, withRespectTo: choosing.parameters.map(\.variable)),
        to: &result.selector)
      mask.set(ConcreteSelection.hard(logits, mask: mask, noise: noise(mask.rows, mask.columns)), to: 1)
    }
    return result
  }

  /// The mean losses over all steps with the relaxed and with the hard choices, both without noise.
  func validation(
    _ inputs: Matrix, _ targets: Matrix, temperature: Double
  ) throws -> (soft: Double, hard: Double) {
    var mask = Matrix(rows: inputs.rows, columns: inputs.columns), sums = (soft: 0.0, hard: 0.0)
    for _ in 0..<steps {
      let logits = ConcreteSelection.without(mask, try selector.predict(MaskedRows(inputs, mask: mask).joined))
      let soft = ConcreteSelection.soft(logits, noise: nil, temperature: temperature)
      let shown = ConcreteSelection.maximum(mask, soft)
      mask.set(soft.rowArgmax, to: 1)
      sums.soft += try value(inputs, shown, targets)
      sums.hard += try value(inputs, mask, targets)
    }
    return (sums.soft / Double(steps), sums.hard / Double(steps))
  }

  private func value(_ inputs: Matrix, _ mask: Matrix, _ targets: Matrix) throws -> Double {
    let output = try predictor.predict(MaskedRows(inputs, mask: mask).joined)
    return Double(loss(Tape().constant(output), targets: targets).value[0, 0])
  }

  private static func add(_ gradients: some Collection<Matrix>, to sums: inout [Matrix]) {
    guard !sums.isEmpty else { return sums = Array(gradients) }
    for (place, gradient) in gradients.enumerated() { sums[place].add(gradient) }
  }
}
