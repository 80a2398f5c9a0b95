import AttuneCore
import AttuneInference
import Foundation
import Testing

/// What published code answered to ten consecutive batches (`Tests/References/make_published_adaptation_fixtures.py`).
struct PublishedFixture: Decodable {
  struct Variant: Decodable {
    /// One of these is there: a row-major matrix per batch, or the probability of class 1 of each row.
    var logits, probabilities, probabilityOfOne: [[Float]]?
    /// Parameters and statistics after the last batch, by PyTorch's names.
    var final: [String: [Float]]
  }
  var variants: [String: Variant]

  /// The fixture of a method, for example `lame`.
  static func load(_ name: String) throws -> PublishedFixture {
    let data = try Data(contentsOf: folder.appending(path: "\(name).json"))
    return try JSONDecoder().decode(PublishedFixture.self, from: data)
  }

  func variant(_ name: String) throws -> Variant { try #require(variants[name], "no variant \(name)") }

  static var folder: URL {
    let file = URL(filePath: #filePath)
    return file.deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
      .appending(path: "Fixtures/published")
  }
}

/// The network and the rows that all published fixtures share.
struct PublishedProblem {
  let network: Network
  /// Ten batches of 16 rows.
  let batches: [Matrix]
  let samples: SourceSamples

  init() throws {
    let file = try SafetensorsFile(contentsOf: PublishedFixture.folder.appending(path: "common.safetensors").path)
    let architecture: [LayerDescription] = [
      .linear(inputs: 12, outputs: 16, bias: true), .batchNorm(features: 16, epsilon: 1e-5, momentum: 0.1),
      .activation(.relu), .linear(inputs: 16, outputs: 12, bias: true),
      .batchNorm(features: 12, epsilon: 1e-5, momentum: 0.1), .activation(.relu),
      .linear(inputs: 12, outputs: 5, bias: true),
    ]
    network = try Network(architecture) { name, shape in
      let values = try file.tensor("network.\(name)").floats()
      return shape.count == 2 ? Matrix(rows: shape[0], columns: shape[1], values) : Matrix(row: values)
    }
    let rows = try file.tensor("batches"), shape = rows.shape, values = try rows.floats(), size = shape[1] * shape[2]
    batches = (0..<shape[0]).map {
      Matrix(rows: shape[1], columns: shape[2], values[($0 * size)..<(($0 + 1) * size)])
    }
    samples = SourceSamples(
      inputs: try file.tensor("source").matrix(), labels: try file.tensor("sourceLabels").integers())
  }

  /// What strategies may know of the source.
  var context: AdaptationContext {
    AdaptationContext(
      task: .classification, source: SourceStatistics(inputs: samples.inputs), samples: samples)
  }

  /// The answers of a strategy to the batches in turn, and the largest difference of each from what is expected.
  func differences(
    of strategy: some AdaptationStrategy, from expected: [[Float]], context: AdaptationContext? = nil,
    _ answer: (Matrix) -> Matrix = { $0 }
  ) throws -> [Float] {
    var running = try strategy.run(network, in: context ?? self.context)
    #expect(expected.count == batches.count)
    return try zip(batches, expected).map { batch, expected in
      let found = answer(try running.predict(batch)).elements
      #expect(found.count == expected.count)
      return zip(found, expected).map { abs($0 - $1) }.max() ?? .infinity
    }
  }
}
