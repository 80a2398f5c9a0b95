import AttuneCore
import AttuneInference
import AttuneTraining
import Foundation
import Testing

/// How a variant of a published fixture made its steps, and what it wrote down on its way.
struct PublishedGradientRun: Decodable {
  struct Settings: Decodable {
    var optimizer: String?, learningRate: Double?, momentum: Double?

    /// The rule of the steps: PyTorch's Adam or SGD.
    var rule: OptimizerConfiguration {
      guard optimizer == "sgd" else { return .adam(Adam.Configuration(learningRate: learningRate ?? 1e-3)) }
      var rule = SGD.Configuration()
      (rule.learningRate, rule.momentum) = (learningRate ?? 1e-3, momentum ?? 0)
      return .sgd(rule)
    }
  }
  /// Something that was written down batch by batch; nil where it has another form.
  struct Trace: Decodable {
    let batches: [[Float]]?
    init(from decoder: any Decoder) throws { batches = try? [[Float]](from: decoder) }
  }
  private struct File: Decodable { var variants: [String: PublishedGradientRun] }
  var settings: Settings
  var trace: [String: Trace]

  /// Float32 on both sides, in another order of summation, over ten steps.
  static let tolerance: Float = 1e-4

  static func load(_ name: String, _ variant: String) throws -> PublishedGradientRun {
    let data = try Data(contentsOf: PublishedFixture.folder.appending(path: "\(name).json"))
    return try #require(JSONDecoder().decode(File.self, from: data).variants[variant])
  }

  /// Runs a preset with some parts replaced, and compares its answers, batch by batch, and the parameters it ends with.
  ///
  /// - Parameter trace: what is expected in place of the answers.
  static func check<Preset: RecipePreset>(
    _ preset: Preset.Type, _ name: String, _ key: String, trace: String? = nil,
    _ change: (inout RecipeConfiguration) -> Void = { _ in }
  ) throws {
    let run = try load(name, key), variant = try PublishedFixture.load(name).variant(key)
    let strategy = try Recipe<Preset> {
      $0.optimizer = run.settings.rule
      change(&$0)
    }
    let problem = try PublishedProblem()
    let expected = try #require(trace.map { run.trace[$0]?.batches } ?? variant.logits)
    let differences = try problem.differences(of: strategy, from: expected)
    let worst = differences.max() ?? .infinity
    #expect(worst < tolerance, "\(name), \(key): off by \(worst), per batch \(differences)")
    var state = try strategy.start(problem.network, in: problem.context), compared = 0, parameters: Float = 0
    for batch in problem.batches { _ = try strategy.predict(batch, &state) }
    for (key, values) in variant.final {
      let parts = key.split(separator: ".")
      guard let layer = Int(parts[0]), let role = ParameterID.Role(rawValue: String(parts[1])) else { continue }
      let found = state.network[ParameterID(layer: layer, role: role)].elements
      parameters = max(parameters, zip(found, values).map { abs($0 - $1) }.max() ?? .infinity)
      compared += 1
    }
    #expect(compared >= 4 && parameters < tolerance, "\(name), \(key): a parameter is off by \(parameters)")
    if ProcessInfo.processInfo.environment["MEASURE"] != nil { print("MEASURE", name, key, worst, parameters) }
  }
}
