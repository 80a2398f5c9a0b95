import AttuneCore
import AttuneTraining
import Foundation
import Testing

@testable import AttuneInference

/// GDFS against its published code: one minibatch of joint training, and the choices while it serves.
@Suite struct GDFSPublishedTests {
  private typealias Values = AcquisitionFixture.Values

  private struct Content: Decodable {
    struct Step: Decodable {
      var logits, softUniforms, soft, hardUniforms: Values
      var loss: Double
      var chosen: [Int]
    }
    struct Joint: Decodable {
      var temperature: Double
      var steps: [Step]
      var gradients, parameters: AcquisitionFixture.Named
      var validation: Validation
    }
    struct Validation: Decodable { var softLoss, hardLoss: Double }
    struct Pretraining: Decodable {
      var masks: Values
      var loss: Double
      var gradients: AcquisitionFixture.Named
    }
    struct Inference: Decodable { var mask, logits: Values }
    var inputs: Values
    var labels: [Int]
    var parameters: AcquisitionFixture.Named
    var joint: [String: Joint]
    var pretraining: Pretraining
    var inference: [String: Inference]
  }

  private let content: Content
  private let predictor: Network
  private let selector: Network
  private let targets: Matrix

  init() throws {
    content = try AcquisitionFixture.load(Content.self, "gdfs")
    predictor = try AcquisitionFixture.network(content.parameters, prefix: "predictor.")
    selector = try AcquisitionFixture.network(content.parameters, prefix: "selector.")
    targets = Matrix.oneHot(content.labels, classes: 3)
  }

  private func training(_ joint: Content.Joint) -> GDFSTraining {
    GDFSTraining(
      predictor: predictor, selector: selector, loss: .crossEntropy(labelSmoothing: 0), steps: joint.steps.count)
  }

  @Test(arguments: ["warm", "cool"]) func `a minibatch has the loss, the choices and the gradients of the code`(
    name: String
  ) throws {
    let joint = try #require(content.joint[name])
    var noises = joint.steps.flatMap { [$0.softUniforms.matrix, $0.hardUniforms.matrix] }.makeIterator()
    var drawn = 0, dropout: Philox?
    let found = try training(joint).gradients(
      content.inputs.matrix, targets, temperature: joint.temperature,
      noise: { rows, columns in
        drawn += 1
        return noises.next()?.map { -log(-log($0)) } ?? Matrix(rows: rows, columns: columns)
      }, dropout: &dropout)
    #expect(drawn == 2 * joint.steps.count)
    let mean = joint.steps.reduce(0) { $0 + $1.loss } / Double(joint.steps.count)
    #expect(abs(found.loss - mean) < 1e-5)
    for (prefix, network, gradients) in [
      ("predictor.", predictor, found.predictor), ("selector.", selector, found.selector),
    ] {
      for (id, gradient) in zip(network.parameterIDs, gradients) {
        let expected = try #require(joint.gradients["\(prefix)\(id)"])
        let size = expected.elements.map(abs).max() ?? 0
        #expect(AcquisitionFixture.distance(gradient, expected) < 2e-4 * max(size, 1e-3), "\(prefix)\(id)")
      }
    }
  }

  @Test(arguments: ["warm", "cool"]) func `the parameters after Adam's step are those of the code`(name: String) throws
  {
    let joint = try #require(content.joint[name])
    var noises = joint.steps.flatMap { [$0.softUniforms.matrix, $0.hardUniforms.matrix] }.makeIterator()
    var run = training(joint), dropout: Philox?
    let found = try run.gradients(
      content.inputs.matrix, targets, temperature: joint.temperature,
      noise: { rows, columns in noises.next()?.map { -log(-log($0)) } ?? Matrix(rows: rows, columns: columns) },
      dropout: &dropout)
    var first = OptimizerStates(try Adam(), for: predictor.parameterIDs, of: predictor)
    var second = OptimizerStates(try Adam(), for: selector.parameterIDs, of: selector)
    first.step(&run.predictor, along: found.predictor)
    second.step(&run.selector, along: found.selector)
    for (prefix, network, gradients) in [
      ("predictor.", run.predictor, found.predictor), ("selector.", run.selector, found.selector),
    ] {
      for (id, gradient) in zip(network.parameterIDs, gradients) {
        let expected = try #require(joint.parameters["\(prefix)\(id)"])
        // Adam's first step is the sign of the gradient: where that is rounding only, either sign is right.
        for place in 0..<expected.count where abs(gradient.elements[place]) > 1e-6 {
          #expect(abs(network[id].elements[place] - expected.elements[place]) < 2e-5, "\(prefix)\(id)")
        }
      }
    }
  }

  @Test(arguments: ["warm", "cool"]) func `relaxed and hard choices are those of the code`(name: String) throws {
    let joint = try #require(content.joint[name])
    var mask = Matrix(rows: 12, columns: 6)
    for step in joint.steps {
      let logits = try selector.predict(MaskedRows(content.inputs.matrix, mask: mask).joined)
      #expect(AcquisitionFixture.distance(logits, step.logits.matrix) < 1e-5)
      let noise = step.softUniforms.matrix.map { -log(-log($0)) }
      let soft = ConcreteSelection.soft(logits, noise: noise, temperature: joint.temperature)
      #expect(AcquisitionFixture.distance(soft, step.soft.matrix) < 1e-4)
      let hard = ConcreteSelection.hard(
        logits, mask: mask, noise: step.hardUniforms.matrix.map { -log(-log($0)) })
      #expect(hard == step.chosen)
      mask.set(hard, to: 1)
    }
  }

  @Test(arguments: ["warm", "cool"]) func `the validation losses after the step are those of the code`(
    name: String
  ) throws {
    let joint = try #require(content.joint[name])
    var run = training(joint)
    run.predictor = try AcquisitionFixture.network(joint.parameters, prefix: "predictor.")
    run.selector = try AcquisitionFixture.network(joint.parameters, prefix: "selector.")
    let found = try run.validation(content.inputs.matrix, targets, temperature: joint.temperature)
    #expect(abs(found.soft - joint.validation.softLoss) < 1e-4)
    #expect(abs(found.hard - joint.validation.hardLoss) < 1e-4)
  }

  @Test func `the predictor's own step has the loss and the gradients of the code`() throws {
    let rows = LabeledRows(inputs: content.inputs.matrix, targets: targets)
    let context = PreparationContext(task: .classification, training: rows, heldOut: rows)
    let training = try PolicyTraining(GDFS.Configuration().training, context, strategy: "gdfs")
    var dropout = Philox(seed: 1)
    let found = try training.gradients(
      predictor, MaskedRows(content.inputs.matrix, mask: content.pretraining.masks.matrix).joined, targets,
      differentiating: predictor.parameterIDs, dropout: &dropout)
    #expect(abs(found.loss - content.pretraining.loss) < 1e-5)
    for (id, gradient) in zip(predictor.parameterIDs, found.gradients) {
      let expected = try #require(content.pretraining.gradients["\(id)"])
      #expect(AcquisitionFixture.distance(gradient, expected) < 1e-6, "\(id)")
    }
  }

  @Test func `serving acquires and answers as the code does`() throws {
    let policy = SelectorPolicy(predictor: predictor, selector: selector)
    let acquisition = FeatureAcquisition(policy: policy, costs: Array(repeating: 1, count: 6))
    for (count, expected) in content.inference {
      let budget = try #require(Double(count))
      let (output, selection) = try acquisition.serve(content.inputs.matrix, until: .budget(budget))
      #expect(selection?.kept == expected.mask.matrix.elements.map { $0 > 0 }, "\(count) inputs")
      #expect(AcquisitionFixture.distance(output, expected.logits.matrix) < 1e-5)
    }
    // One run at the highest budget holds all lower ones.
    let curve = try acquisition.curve(content.inputs.matrix, at: [1, 2, 3, 4])
    for point in curve {
      let expected = try #require(content.inference["\(Int(point.budget))"])
      #expect(AcquisitionFixture.distance(point.output, expected.logits.matrix) < 1e-5)
      #expect(point.keptCount == 12 * Int(point.budget))
    }
  }
}
