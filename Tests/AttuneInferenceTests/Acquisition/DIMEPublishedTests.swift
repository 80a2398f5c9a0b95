import AttuneCore
import AttuneTraining
import Foundation
import Testing

@testable import AttuneInference

/// DIME against its published code: one minibatch of joint training in every scaling, and all stopping rules.
@Suite struct DIMEPublishedTests {
  private typealias Values = AcquisitionFixture.Values

  private struct Content: Decodable {
    struct Step: Decodable {
      var cmi: Values
      var best, randomFeature, chosen: [Int]
      var exploreUniforms: [Double]
    }
    struct Training: Decodable {
      var epsilon: Double
      var costs: [Double]
      var scaling: String
      var steps: [Step]
      var reportedValueLoss, reportedPredictorLoss: Double
      var gradients, parameters: AcquisitionFixture.Named
    }
    struct Inference: Decodable {
      var rule: String
      var threshold: Double
      var costs: [Double]
      var mask, logits: Values
    }
    var inputs: Values
    var labels: [Int]
    var parameters: AcquisitionFixture.Named
    var training: [String: Training]
    var inference: [String: Inference]
  }

  private let content: Content
  private let network: Network
  private let targets: Matrix

  init() throws {
    content = try AcquisitionFixture.load(Content.self, "dime")
    let predictor = try AcquisitionFixture.network(content.parameters, prefix: "predictor.")
    guard let weight = content.parameters["value_network.4.weight"],
      let bias = content.parameters["value_network.4.bias"]
    else { throw CocoaError(.coderValueNotFound) }
    var layers = predictor.layers
    layers[4] = .linear(Linear(weight: weight, bias: bias))
    network = try predictor.joiningOutputs(of: try Network(layers))
    targets = Matrix.oneHot(content.labels, classes: 3)
  }

  /// The parameter of the two published networks that share the first two layers: ours are theirs on top of each other.
  private func joined(_ values: AcquisitionFixture.Named, _ id: ParameterID) throws -> Matrix {
    guard id.layer == 4 else { return try #require(values["value_network.\(id)"]) }
    let answers = try #require(values["predictor.\(id)"])
    let estimates = try #require(values["value_network.\(id)"])
    return id.role == .bias
      ? Matrix.concatenatingColumns(answers, estimates) : Matrix.concatenatingRows([answers, estimates])
  }

  @Test(arguments: ["uniform-costs", "costs", "positive", "unscaled"])
  func `a minibatch has the losses, the choices and the gradients of the code`(name: String) throws {
    let expected = try #require(content.training[name])
    var run = DIMETraining(
      network: network, outputs: 3, loss: .crossEntropy(labelSmoothing: 0), steps: expected.steps.count,
      scaling: try #require(InformationScaling(rawValue: expected.scaling)), costs: expected.costs)
    var step = 0, dropout: Philox?
    let found = try run.gradients(
      content.inputs.matrix, targets,
      choice: { estimates in
        let wanted = expected.steps[step]
        step += 1
        #expect(estimates.rowArgmax == wanted.best, "step \(step)")
        // The code's own random numbers decide which rows explore.
        return wanted.best.indices.map { row in
          wanted.exploreUniforms[row] > expected.epsilon ? estimates.rowArgmax[row] : wanted.randomFeature[row]
        }
      }, dropout: &dropout)
    #expect(step == expected.steps.count)
    #expect(abs(found.loss - expected.reportedPredictorLoss) < 1e-5)
    #expect(abs(found.valueLoss - expected.reportedValueLoss) < 1e-5)
    for (id, gradient) in zip(network.parameterIDs, found.gradients) {
      #expect(AcquisitionFixture.distance(gradient, try joined(expected.gradients, id)) < 2e-6, "\(id)")
    }
    var optimizer = OptimizerStates(try Adam(), for: network.parameterIDs, of: network)
    optimizer.step(&run.network, along: found.gradients)
    for (id, gradient) in zip(network.parameterIDs, found.gradients) {
      let parameters = try joined(expected.parameters, id)
      for place in 0..<parameters.count where abs(gradient.elements[place]) > 1e-6 {
        #expect(abs(run.network[id].elements[place] - parameters.elements[place]) < 2e-5, "\(id)")
      }
    }
  }

  @Test func `every stopping rule acquires and answers as the code does`() throws {
    #expect(content.inference.count == 9)
    for (name, expected) in content.inference {
      let stop: AcquisitionStop =
        switch expected.rule {
        case "budget": .budget(expected.threshold)
        case "penalized": .penalized(lambda: expected.threshold)
        default: .confidence(probability: expected.threshold)
        }
      let policy = ValuePolicy(network: network, outputs: 3, scaling: .bounded)
      let acquisition = FeatureAcquisition(policy: policy, costs: expected.costs)
      let (output, selection) = try acquisition.serve(content.inputs.matrix, until: stop)
      #expect(selection?.kept == expected.mask.matrix.elements.map { $0 > 0 }, "\(name)")
      #expect(AcquisitionFixture.distance(output, expected.logits.matrix) < 1e-5, "\(name)")
      let cost = zip(expected.mask.matrix.elements.indices, expected.mask.matrix.elements).reduce(0) {
        $0 + expected.costs[$1.0 % 6] * Double($1.1)
      }
      #expect(abs((selection?.acquisitionCost ?? -1) - cost) < 1e-9, "\(name)")
    }
  }
}
