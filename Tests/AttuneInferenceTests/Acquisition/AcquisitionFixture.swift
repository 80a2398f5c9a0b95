import AttuneCore
import Foundation

/// What the published code of GDFS and DIME computes (`Tests/References/make_acquisition_fixtures.py`).
enum AcquisitionFixture {
  static func load<Content: Decodable>(_ type: Content.Type, _ name: String) throws -> Content {
    let tests = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let data = try Data(contentsOf: tests.appending(path: "Fixtures/acquisition/\(name).json"))
    return try JSONDecoder().decode(type, from: data)
  }

  /// A matrix, or a vector as one row.
  struct Values: Decodable {
    let matrix: Matrix

    init(from decoder: any Decoder) throws {
      let container = try decoder.singleValueContainer()
      if let rows = try? container.decode([[Float]].self) {
        matrix = Matrix(rows)
      } else {
        matrix = Matrix(row: try container.decode([Float].self))
      }
    }
  }

  /// A perceptron of two hidden layers from parameters with PyTorch's names behind a prefix.
  static func network(_ parameters: [String: Values], prefix: String) throws -> Network {
    var layers: [Layer] = []
    for index in [0, 2, 4] {
      guard let weight = parameters["\(prefix)\(index).weight"], let bias = parameters["\(prefix)\(index).bias"] else {
        throw CocoaError(.coderValueNotFound)
      }
      if index > 0 { layers.append(.activation(.relu)) }
      layers.append(.linear(Linear(weight: weight.matrix, bias: bias.matrix)))
    }
    return try Network(layers)
  }

  /// The largest difference of two matrices.
  static func distance(_ left: Matrix, _ right: Matrix) -> Float {
    guard left.shape == right.shape else { return .infinity }
    return zip(left.elements, right.elements).map { abs($0 - $1) }.max() ?? 0
  }
}
