import AttuneCore
import AttuneInference
import AttuneTraining
import Foundation
import Testing

/// A `PublishedFixture` with the settings of its variants, and what the published code went through on its way.
struct TracedFixture<Trace: Decodable>: Decodable {
  struct Variant: Decodable {
    let settings: [String: Setting]
    let logits: [[Float]]
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
    let data = try Data(contentsOf: PublishedFixture.folder.appending(path: "\(name).json"))
    return try JSONDecoder().decode(Self.self, from: data).variants
  }
}

/// The noise `[16, 12]` of the fixtures, by batch and view, and the rows that it goes with.
struct PublishedNoise {
  let batches: [Matrix]
  private let views: [[Matrix]]

  init() throws {
    batches = try PublishedProblem().batches
    let file = try SafetensorsFile(contentsOf: PublishedFixture.folder.appending(path: "common.safetensors").path)
    let tensor = try file.tensor("noise"), shape = tensor.shape, values = try tensor.floats(),
      size = shape[2] * shape[3]
    views = (0..<shape[0]).map { batch in
      (0..<shape[1]).map { view in
        let start = (batch * shape[1] + view) * size
        return Matrix(rows: shape[2], columns: shape[3], values[start..<(start + size)])
      }
    }
  }

  /// The batch and the place in it where a row comes from.
  func place(of row: [Float]) -> (batch: Int, row: Int)? {
    for (batch, rows) in batches.enumerated() {
      if let index = (0..<rows.rows).first(where: { rows.row($0) == row }) { return (batch, index) }
    }
    return nil
  }

  /// The noise of a row, wherever it is.
  func noise(of row: [Float], view: Int) -> [Float]? {
    place(of: row).map { views[$0.batch][view].row($0.row) }
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
    against expected: [[Float]], on problem: PublishedProblem, _ name: String,
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws -> State {
    var state = try start(problem.network, in: problem.context), worst: Float = 0
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
