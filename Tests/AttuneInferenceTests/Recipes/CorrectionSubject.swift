import AttuneCore
import AttuneInference
import Foundation

/// A small classifier, its source, and what a correction makes of its answers.
struct CorrectionSubject {
  let network: Network
  var context: AdaptationContext

  init(classes: Int = 3, shares: [Double]? = nil, seed: UInt64 = 31) {
    var generator = Philox(seed: seed)
    let network = Network.mlp(inputDimension: 4, hidden: [6], outputDimension: classes, using: &generator)
    let inputs = generator.normal(rows: 300, columns: 4)
    self.network = network
    let labels = (try? network.predict(inputs).rowArgmax) ?? []
    let even = Array(repeating: 1 / Double(classes), count: classes)
    context = AdaptationContext(
      task: .classification, source: SourceStatistics(inputs: inputs, classShares: shares ?? even),
      samples: SourceSamples(inputs: inputs, labels: labels), generator: Philox(seed: 7))
  }

  init(network: Network, context: AdaptationContext) {
    self.network = network
    self.context = context
  }

  func batch(_ rows: Int, seed: UInt64 = 32) -> Matrix {
    var generator = Philox(seed: seed)
    return generator.normal(rows: rows, columns: 4)
  }

  /// The answers of a recipe with one correction to batches in turn.
  func answers<P: CorrectionPart>(
    _ type: P.Type, _ settings: P.Configuration = P.Configuration(), to batches: [Matrix]
  ) throws -> [Matrix] {
    let recipe = try Recipe<EmptyPreset> { $0.correction = [.part(type, settings)] }
    var state = try recipe.start(network, in: context)
    return try batches.map { try recipe.predict($0, &state) }
  }

  /// Batches that streams hold sooner or later.
  var hostile: [Matrix] {
    let row = batch(1), equal = Matrix.concatenatingRows(Array(repeating: row, count: 16))
    return [row, batch(2), equal, batch(2, seed: 5), row, batch(40).scaled(by: 1e3), Matrix(rows: 5, columns: 4)]
  }
}

/// The softmax of each row, in double precision.
func softmax(_ rows: [[Double]]) -> [[Double]] {
  rows.map { row in
    let largest = row.max() ?? 0, e = row.map { exp($0 - largest) }, sum = e.reduce(0, +)
    return e.map { $0 / sum }
  }
}

extension Matrix {
  /// The rows in double precision.
  var lists: [[Double]] { (0..<rows).map { row($0).map(Double.init) } }

  /// The largest difference from numbers in double precision.
  func distance(from other: [[Double]]) -> Double {
    zip(lists, other).flatMap { zip($0, $1).map { abs($0 - $1) } }.max() ?? .infinity
  }
}
