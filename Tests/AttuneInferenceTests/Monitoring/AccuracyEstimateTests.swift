@testable import AttuneInference
import AttuneCore
import Foundation
import Testing

@Suite struct AccuracyEstimateTests {
  private struct Trace: Decodable {
    let dropped: [[[Int]]]
    let agreement, entropy: [Double]
  }
  private struct File: Decodable {
    struct Variant: Decodable {
      let accuracy: [[Double]]
      let trace: Trace
    }
    let variants: [String: Variant]
  }

  @Test(arguments: [("default", 0.4), ("gentle", 0.2)] as [(String, Float)])
  func `the estimate is that of AETTA's code`(variant: String, rate: Float) throws {
    let data = try Data(contentsOf: PublishedFixture.folder.appending(path: "aetta.json"))
    let expected = try #require(try JSONDecoder().decode(File.self, from: data).variants[variant])
    let problem = try PublishedProblem()
    let network = problem.network
    guard case .linear(let output) = network.layers[network.outputLayerIndex] else { return }
    var estimate = AccuracyEstimate()
    for (index, batch) in problem.batches.enumerated() {
      let features = try network.features(batch)
      let passes = expected.trace.dropped[index].map { dropped in
        var kept = features.scaled(by: 1 / (1 - rate))
        for flat in dropped { kept[flat / kept.columns, flat % kept.columns] = 0 }
        return kept.linear(weight: output.weight, bias: output.bias)
      }
      let accuracy = estimate.update(try network.predict(batch), passes: passes)
      #expect(abs(100 * accuracy - expected.accuracy[index][0]) < 1e-3, "\(variant), batch \(index): \(accuracy)")
    }
  }

  @Test func `on a clean stream it is near the accuracy, and it falls with that of a tent that runs away`() throws {
    let problem = try BlobProblem(), stream = problem.stream(seed: 2)
    let setup = RecipeSetup(strategy: "any", network: problem.network, context: problem.context)
    var monitor = try AccuracyEstimateMonitor(in: setup), estimates: [Double] = []
    for start in Swift.stride(from: 0, to: 1600, by: 64) {
      let rows = stream.inputs.rows(start..<(start + 64)), logits = try problem.network.predict(rows)
      _ = try monitor.observe(
        StreamObservation(
          rows: rows, logits: logits, serving: ServingNetwork(problem.network),
          source: try SourceAnswer(problem.network, to: rows)))
      estimates.append(try #require(monitor.accuracy))
    }
    let error = try problem.run(NoAdaptation(), on: stream).error
    let mean = estimates.reduce(0, +) / Double(estimates.count)
    #expect(abs(mean - (1 - error)) < 0.15, "\(mean) against \(1 - error)")
    let sorted = problem.stream(seed: 2, sorted: true)
    let outcome = try problem.run(BlobProblem.tent(0.2), on: sorted, [.part(AccuracyEstimateMonitor.self)])
    let alarm = try #require(outcome.watched.first)
    #expect(alarm.message.hasPrefix("estimated accuracy: "))
  }

  @Test func `a model that gives all to one class is not taken for one that is sure`() {
    var estimate = AccuracyEstimate()
    var logits = Matrix(rows: 10, columns: 10)
    for row in 0..<10 { logits[row, 3] = 40 }
    // 0.6 of a disagreement of 0, and 0.4 of the most, 0.9.
    #expect(abs(estimate.update(logits, passes: [logits, logits]) - 0.64) < 1e-9)
    #expect(abs(estimate.update(logits, passes: [logits, logits]) - (1 - 0.36 * 0.6 - 0.36)) < 1e-9)
  }
}
