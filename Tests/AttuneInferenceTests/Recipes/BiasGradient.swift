@testable import AttuneInference
import AttuneCore
import AttuneTraining
import Foundation
import Testing

/// Rows times a half: a view that can be followed by hand.
struct HalvedView: AugmentationPart {
  typealias Configuration = NoSettings
  static let kind = "halved"
  static let summary = "rows times a half"
  init(_ configuration: NoSettings, in setup: RecipeSetup) {}
  func apply(to rows: Matrix, using generator: inout Philox) -> Matrix { rows.scaled(by: 0.5) }
}

/// A linear classifier whose output bias makes one step of size 1 along the gradient, against the same by finite
/// differences of a formula in Double.
struct BiasGradient {
  let network: Network
  let rows: Matrix

  init(rows count: Int = 9, inputs: Int = 4, classes: Int = 5, scale: Float = 3) {
    var generator = Philox(seed: 31)
    network = Network.linear(inputDimension: inputs, outputDimension: classes, using: &generator)
    rows = generator.normal(rows: count, columns: inputs).scaled(by: scale)
  }

  /// The logits of rows with a shift of the bias.
  func logits(_ rows: Matrix, _ shift: [Double]) -> [[Double]] {
    let weight = network[ParameterID(layer: 0, role: .weight)], bias = network[ParameterID(layer: 0, role: .bias)]
    return (0..<rows.rows).map { row in
      (0..<weight.rows).map { k in
        (0..<weight.columns).reduce(Double(bias[0, k]) + shift[k]) {
          $0 + Double(rows[row, $1]) * Double(weight[k, $1])
        }
      }
    }
  }

  /// Holds the step of a recipe to the gradient of a loss, a function of the bias's shift.
  func check(
    _ change: (inout RecipeConfiguration) -> Void, _ loss: ([Double]) -> Double,
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws -> Matrix {
    var recipe = RecipeConfiguration(), rule = SGD.Configuration()
    recipe.scope = ParameterScope(.outputBias)
    (rule.learningRate, rule.momentum) = (1, 0)
    recipe.optimizer = .sgd(rule)
    change(&recipe)
    let strategy = try CustomRecipe(.init(recipe))
    var state = try strategy.start(network, in: AdaptationContext(task: .classification))
    let answer = try strategy.predict(rows, &state)
    let id = ParameterID(layer: 0, role: .bias), step = 1e-5
    var largest = 0.0
    for k in 0..<network.outputDimension {
      var up = Array(repeating: 0.0, count: network.outputDimension), down = up
      (up[k], down[k]) = (step, -step)
      let expected = (loss(up) - loss(down)) / (2 * step)
      let found = Double(network[id][0, k]) - Double(state.network[id][0, k])
      #expect(
        abs(found - expected) < 2e-6, "class \(k): \(found) instead of \(expected)", sourceLocation: sourceLocation)
      largest = max(largest, abs(expected))
    }
    #expect(largest > 1e-3, "the loss has no gradient to compare", sourceLocation: sourceLocation)
    return answer
  }
}

func softmax(_ z: [Double]) -> [Double] {
  let top = z.max() ?? 0, exponentials = z.map { exp($0 - top) }, sum = exponentials.reduce(0, +)
  return exponentials.map { $0 / sum }
}

func entropy(_ p: [Double]) -> Double { -p.map { $0 > 0 ? $0 * log($0) : 0 }.reduce(0, +) }

/// `−Σ softmax(t) ln softmax(z)`.
func crossEntropy(_ t: [Double], _ z: [Double]) -> Double {
  -zip(softmax(t), softmax(z)).map { $0 * log($1) }.reduce(0, +)
}
