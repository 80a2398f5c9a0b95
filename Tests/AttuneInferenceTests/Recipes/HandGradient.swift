import AttuneCore
import AttuneInference
import AttuneTraining
import Foundation

/// The gradient that a recipe follows on a linear network, with respect to its bias, and that of a formula in double
/// precision by central differences.
struct HandGradient {
  let network: Network
  let batch: Matrix
  var samples: SourceSamples?

  /// Logits of a few units, so that predictions are neither certain nor even.
  init(classes: Int = 4, rows: Int = 12, seed: UInt64 = 31) {
    var generator = Philox(seed: seed)
    network = Network.linear(inputDimension: 5, outputDimension: classes, using: &generator)
    batch = generator.normal(rows: rows, columns: 5).scaled(by: 2)
  }

  var context: AdaptationContext { AdaptationContext(task: .classification, samples: samples) }
  private var bias: ParameterID { ParameterID(layer: network.outputLayerIndex, role: .bias) }

  /// A recipe whose steps are gradients: `θ ← θ − g`.
  func recipe(_ change: (inout RecipeConfiguration) -> Void) throws -> CustomRecipe {
    try CustomRecipe {
      var rule = SGD.Configuration()
      (rule.learningRate, rule.momentum) = (1, 0)
      $0.scope = ParameterScope(.outputBias)
      $0.optimizer = .sgd(rule)
      change(&$0)
    }
  }

  /// What one step moves the bias against, by class.
  func found(_ change: (inout RecipeConfiguration) -> Void) throws -> [Float] {
    let strategy = try recipe(change)
    var state = try strategy.start(network, in: context)
    _ = try strategy.predict(batch, &state)
    return (network[bias] - state.network[bias]).elements
  }

  /// The logits in double precision, with something added to the bias.
  func logits(_ rows: Matrix, adding shift: [Double]) -> [[Double]] {
    let weight = network[ParameterID(layer: network.outputLayerIndex, role: .weight)]
    return (0..<rows.rows).map { row in
      shift.indices.map { c in
        (0..<rows.columns).reduce(Double(network[bias][0, c]) + shift[c]) {
          $0 + Double(weight[c, $1]) * Double(rows[row, $1])
        }
      }
    }
  }

  /// The derivatives of a formula of the logits.
  func expected(of rows: Matrix? = nil, _ loss: ([[Double]]) -> Double) -> [Float] {
    let zeros = Array(repeating: 0.0, count: network.outputDimension)
    return zeros.indices.map { c in
      var up = zeros, down = zeros
      (up[c], down[c]) = (1e-5, -1e-5)
      let rows = rows ?? batch
      return Float((loss(logits(rows, adding: up)) - loss(logits(rows, adding: down))) / 2e-5)
    }
  }

  /// The largest difference between two gradients.
  static func distance(_ left: [Float], _ right: [Float]) -> Float {
    zip(left, right).map { abs($0 - $1) }.max() ?? .infinity
  }
}

extension [Double] {
  var softmax: [Double] {
    let largest = self.max() ?? 0, powers = map { exp($0 - largest) }, total = powers.reduce(0, +)
    return powers.map { $0 / total }
  }
  /// `−Σ p ln p`
  var entropy: Double { reduce(0) { $0 - $1 * log($1) } }
  var mean: Double { reduce(0, +) / Double(count) }
}

/// The mean of vectors.
func meanVector(_ vectors: [[Double]]) -> [Double] {
  vectors[0].indices.map { c in vectors.map { $0[c] }.mean }
}
