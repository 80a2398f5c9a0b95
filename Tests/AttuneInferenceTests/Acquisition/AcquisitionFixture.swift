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

  /// Matrices by name; those of several networks have the network's name and a dot before their own.
  struct Named: Decodable {
    private let values: [String: Matrix]

    init(from decoder: any Decoder) throws {
      let container = try decoder.singleValueContainer()
      if let flat = try? container.decode([String: Values].self) {
        values = flat.mapValues(\.matrix)
      } else {
        var values: [String: Matrix] = [:]
        for (network, parameters) in try container.decode([String: [String: Values]].self) {
          for (name, value) in parameters { values["\(network).\(name)"] = value.matrix }
        }
        self.values = values
      }
    }

    subscript(name: String) -> Matrix? { values[name] }
  }

  /// A matrix, or a vector as one row.
  struct Values: Decodable {
    let matrix: Matrix

    init(from decoder: any Decoder) throws {
      let container = try decoder.singleValueContainer()
      // Numbers below the smallest Float are 0, which decoding as Float refuses.
      if let rows = try? container.decode([[Double]].self) {
        matrix = Matrix(rows.map { $0.map { Float($0) } })
      } else {
        matrix = Matrix(row: try container.decode([Double].self).map { Float($0) })
      }
    }
  }

  /// A perceptron of two hidden layers from parameters with PyTorch's names behind a prefix.
  static func network(_ parameters: Named, prefix: String) throws -> Network {
    var layers: [Layer] = []
    for index in [0, 2, 4] {
      guard let weight = parameters["\(prefix)\(index).weight"], let bias = parameters["\(prefix)\(index).bias"] else {
        throw CocoaError(.coderValueNotFound)
      }
      if index > 0 { layers.append(.activation(.relu)) }
      layers.append(.linear(Linear(weight: weight, bias: bias)))
    }
    return try Network(layers)
  }

  /// The largest difference of two matrices.
  static func distance(_ left: Matrix, _ right: Matrix) -> Float {
    guard left.shape == right.shape else { return .infinity }
    return zip(left.elements, right.elements).map { abs($0 - $1) }.max() ?? 0
  }
}
