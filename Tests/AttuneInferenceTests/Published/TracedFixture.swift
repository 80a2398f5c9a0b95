import AttuneCore
import AttuneInference
import AttuneTraining
import Foundation
import Testing

/// What published code gave on the network and rows of `TracedProblem`, by variant of its settings
/// (`Tests/References/make_published_adaptation_fixtures.py`).
struct TracedFixture<Trace: Decodable>: Decodable {
  struct Variant: Decodable {
    let settings: [String: Setting]
    let logits: [[Float]]?
    let probabilities: [[Float]]?
    /// Parameters and statistics after the last batch, by their names in PyTorch.
    let final: [String: [Float]]
    let trace: Trace

    func number(_ key: String) throws -> Double { try #require(settings[key]?.number, "no number '\(key)'") }
    func integer(_ key: String) throws -> Int { Int(try number(key)) }

    /// The rule of the steps; PyTorch's defaults are ours.
    func optimizer() throws -> OptimizerConfiguration {
      let rate = try number("learningRate")
      guard settings["optimizer"]?.text == "sgd" else { return .adam(Adam.Configuration(learningRate: rate)) }
      var rule = SGD.Configuration()
      (rule.learningRate, rule.momentum) = (rate, settings["momentum"]?.number ?? 0)
      return .sgd(rule)
    }
  }

  /// A number, a flag, a text, or nothing.
  struct Setting: Decodable {
    var number: Double?, flag: Bool?, text: String?

    init(from decoder: any Decoder) throws {
      let container = try decoder.singleValueContainer()
      flag = try? container.decode(Bool.self)
      number = try? container.decode(Double.self)
      text = try? container.decode(String.self)
    }
  }

  let variants: [String: Variant]

  static func load(_ name: String) throws -> [String: Variant] {
    let data = try Data(contentsOf: TracedProblem.folder.appending(path: "\(name).json"))
    return try JSONDecoder().decode(Self.self, from: data).variants
  }
}

/// The trace of a fixture of which nothing but answers is compared.
struct NoTrace: Decodable {}

/// The network and the rows that all published fixtures share.
struct TracedProblem {
  let network: Network
  /// Ten batches `[16, 12]`.
  let batches: [Matrix]
  /// Noise `[16, 12]` by batch and view.
  let noise: [[Matrix]]
  /// Training rows with their classes.
  let source: SourceSamples

  static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appending(path: "Fixtures/published")

  init() throws {
    let file = try SafetensorsFile(contentsOf: Self.folder.appending(path: "common.safetensors").path)
    func slices(_ tensor: SafetensorsFile.Tensor) throws -> [Matrix] {
      let rows = tensor.shape[tensor.shape.count - 2], columns = tensor.shape[tensor.shape.count - 1]
      let values = try tensor.floats()
      return stride(from: 0, to: values.count, by: rows * columns).map {
        Matrix(rows: rows, columns: columns, values[$0..<($0 + rows * columns)])
      }
    }
    batches = try slices(try file.tensor("batches"))
    let noise = try file.tensor("noise"), views = noise.shape[1], all = try slices(noise)
    self.noise = batches.indices.map { batch in Array(all[(batch * views)..<((batch + 1) * views)]) }
    source = SourceSamples(
      inputs: try slices(try file.tensor("source"))[0], labels: try file.tensor("sourceLabels").integers())
    let layers: [LayerDescription] = [
      .linear(inputs: 12, outputs: 16, bias: true), .batchNorm(features: 16, epsilon: 1e-5, momentum: 0.1),
      .activation(.relu), .linear(inputs: 16, outputs: 12, bias: true),
      .batchNorm(features: 12, epsilon: 1e-5, momentum: 0.1), .activation(.relu),
      .linear(inputs: 12, outputs: 5, bias: true),
    ]
    network = try Network(layers) { name, shape in
      let values = try file.tensor("network.\(name)").floats()
      return shape.count == 2 ? Matrix(rows: shape[0], columns: shape[1], values) : Matrix(row: values)
    }
  }

  /// The batch and the place in it where a row comes from.
  func place(of row: [Float]) -> (batch: Int, row: Int)? {
    for (batch, rows) in batches.enumerated() {
      if let index = (0..<rows.rows).first(where: { rows.row($0) == row }) { return (batch, index) }
    }
    return nil
  }
}

/// Float32 against PyTorch's float32: the same decisions and some thousand roundings of logits of about 10, which ten steps
/// carry on. The fixtures' own gap to float64 is below 2e-5.
let publishedTolerance: Float = 1e-4

extension Recipe {
  /// Answers all batches and holds them to the published ones.
  ///
  /// - Returns: the state at the end, and the largest difference.
  @discardableResult
  func check(
    against expected: [[Float]]?, on problem: TracedProblem, _ name: String,
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws -> State {
    let context = AdaptationContext(task: .classification, samples: problem.source)
    var state = try start(problem.network, in: context), worst: Float = 0
    let expected = try #require(expected, sourceLocation: sourceLocation)
    for (index, batch) in problem.batches.enumerated() {
      let logits = try predict(batch, &state)
      let difference = zip(logits.elements, expected[index]).map { abs($0 - $1) }.max() ?? .infinity
      #expect(
        difference < publishedTolerance, "\(name), batch \(index): off by \(difference)", sourceLocation: sourceLocation
      )
      #expect(logits.count == expected[index].count, sourceLocation: sourceLocation)
      worst = max(worst, difference)
    }
    if ProcessInfo.processInfo.environment["ATTUNE_DIFFERENCES"] != nil { print("\(Self.name), \(name): \(worst)") }
    return state
  }
}

/// Holds parameters to published ones, by their names in PyTorch: `1.weight`.
func check(
  _ network: Network, against final: [String: [Float]], prefix: String = "", _ name: String,
  sourceLocation: SourceLocation = #_sourceLocation
) throws {
  var compared = 0
  let parameters = network.stateDictionary
  for (key, expected) in final where key.hasPrefix(prefix) {
    let plain = String(key.dropFirst(prefix.count))
      .replacing("source_mean", with: "running_mean").replacing("source_var", with: "running_var")
    guard let found = parameters[plain]?.matrix else { continue }
    let difference = zip(found.elements, expected).map { abs($0 - $1) }.max() ?? .infinity
    #expect(difference < publishedTolerance, "\(name), \(key): off by \(difference)", sourceLocation: sourceLocation)
    compared += 1
  }
  #expect(compared > 0, "\(name): nothing of '\(prefix)' to compare", sourceLocation: sourceLocation)
}
