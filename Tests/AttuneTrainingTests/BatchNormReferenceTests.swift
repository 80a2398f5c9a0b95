import AttuneCore
import AttuneTraining
import Testing

/// Batch norm in training and evaluation against PyTorch (`Tests/References/make_batchnorm_fixtures.py`).
@Suite struct BatchNormReferenceTests {
  struct Fixture: Decodable {
    struct Batch: Decodable {
      let features: [Float], labels: [Int], logits: [Float], loss: Float
      let gradients: [String: [Float]], running: [String: [Float]]
    }
    struct Evaluation: Decodable { let features: [Float], logits: [Float] }
    let epsilon: Float, momentum: Float, rows: Int
    let initial: [String: [Float]]
    let batches: [Batch]
    let evaluation: Evaluation
  }

  /// Float32 against float32 in another order of summation, values of about 1.
  static let tolerance: Float = 5e-6

  private func expectClose(_ found: Matrix, _ expected: [Float], _ what: String) {
    #expect(found.count == expected.count, "\(what)")
    let worst = zip(found.elements, expected).map { abs($0 - $1) }.max() ?? .infinity
    #expect(worst < Self.tolerance, "\(what): off by \(worst)")
  }

  @Test func `outputs, gradients and running statistics are those of PyTorch`() throws {
    let fixture = try FixtureFile.decode(Fixture.self, from: "adaptation/batchnorm.json")
    var network = try Network([
      .linear(inputs: 6, outputs: 8, bias: true),
      .batchNorm(features: 8, epsilon: fixture.epsilon, momentum: fixture.momentum), .activation(.relu),
      .linear(inputs: 8, outputs: 4, bias: true),
    ]) { name, shape in
      let values = try #require(fixture.initial[name])
      return shape.count == 2 ? Matrix(rows: shape[0], columns: shape[1], values) : Matrix(row: values)
    }
    var generator = Philox(seed: 0)
    for batch in fixture.batches {
      let tape = Tape(), input = Matrix(rows: batch.labels.count, columns: 6, batch.features)
      let pass = try network.trainingForward(
        input, on: tape, differentiating: network.parameterIDs, using: &generator)
      expectClose(pass.output.value, batch.logits, "logits")
      let loss = pass.output.crossEntropy(targets: Matrix.oneHot(batch.labels, classes: 4))
      #expect(abs(loss.value[0, 0] - batch.loss) < Self.tolerance)
      let gradients = tape.gradients(of: loss, withRespectTo: pass.parameters.map(\.variable))
      for (gradient, parameter) in zip(gradients, pass.parameters) {
        expectClose(gradient, try #require(batch.gradients["\(parameter.id)"]), "gradient of \(parameter.id)")
      }
      network.updateRunningStatistics(pass.statistics, rows: batch.labels.count)
      let norm = network[normalization: 1]
      expectClose(norm.runningMean, try #require(batch.running["1.running_mean"]), "running mean")
      expectClose(norm.runningVariance, try #require(batch.running["1.running_var"]), "running variance")
    }
    let evaluation = Matrix(rows: fixture.evaluation.features.count / 6, columns: 6, fixture.evaluation.features)
    expectClose(try network.predict(evaluation), fixture.evaluation.logits, "evaluation")
  }
}
