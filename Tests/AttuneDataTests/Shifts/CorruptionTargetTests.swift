import AttuneCore
import Foundation
import Testing

@testable import AttuneData

/// Errors of a published network, LeNet-300-100 by the authors of L-OBS, on corrupted test images of MNIST.
@Suite(.enabled(if: PublishedData.root != nil, "set ATTUNE_DATA to the folder with mnist and lenet300-lobs"))
struct CorruptionTargetTests {
  private func path(_ relative: String) throws -> String { try #require(PublishedData.root) + "/" + relative }

  private func network() throws -> [(weight: Matrix, bias: [Float])] {
    try (1...3).map { layer in
      let folder = "lenet300-lobs/original/"
      return (
        try NPY.read(path: path(folder + "w_layer\(layer).npy")),
        try NPY.read(path: path(folder + "b_layer\(layer).npy")).elements
      )
    }
  }

  /// How many rows the network gives another class.
  private func errors(_ features: Matrix, _ labels: [Int], _ layers: [(weight: Matrix, bias: [Float])]) -> Int {
    var x = features.map { $0 / 255 }
    for (index, layer) in layers.enumerated() {
      x = Matrix.product(x, layer.weight)
      let isLast = index == layers.count - 1
      let width = x.columns
      x.withMutableElements { values in
        for i in values.indices {
          let value = values[i] + layer.bias[i % width]
          values[i] = isLast ? value : max(value, 0)
        }
      }
    }
    return labels.indices.filter { row in
      let scores = x.row(row)
      return scores.firstIndex(of: scores.max() ?? 0) != labels[row]
    }.count
  }

  @Test func `corruptions without chance cost a published network the errors that they should`() throws {
    let table = try IDXTableLoader.load(
      images: path("mnist/t10k-images-idx3-ubyte.gz"), labels: path("mnist/t10k-labels-idx1-ubyte.gz"),
      task: .classification)
    let layers = try network()
    guard case .classes(let labels, _) = table.targets else {
      Issue.record("no classes")
      return
    }
    let context = ShiftContext(image: ImageShape(height: 28, width: 28), range: 0...255)
    #expect(errors(table.features, labels, layers) == 161)
    let targets: [(ImageCorruption, Int?, Int)] = [
      (.quantize, 1, 159), (.quantize, 3, 160), (.contrast, 1, 1564), (.brightness, 1, 568), (.inverse, nil, 9132),
    ]
    for (corruption, severity, expected) in targets {
      var generator = Philox(seed: 1)
      let shifted = try Corruption(corruption, severity: severity)
        .apply(to: table.features, in: context, using: &generator)
      #expect(errors(shifted, labels, layers) == expected, "\(corruption)")
    }
  }
}
