@testable import AttuneInference
import AttuneCore
import Foundation
import Testing

@Suite struct EntropyMartingaleTests {
  /// A linear network of two classes whose entropies vary from row to row.
  private func setup(_ samples: Matrix, _ seed: UInt64) -> RecipeSetup {
    var generator = Philox(seed: 81)
    return RecipeSetup(
      strategy: "any", network: .linear(inputDimension: 4, outputDimension: 3, using: &generator),
      context: AdaptationContext(
        task: .classification, samples: SourceSamples(inputs: samples), generator: Philox(seed: seed)))
  }

  /// Whether a stream of 2000 rows, shifted from its 1001st on, ever raises the alarm.
  private func isAlarmed(
    seed: UInt64, scale: Float, _ settings: EntropyMartingaleMonitor.Configuration
  ) throws -> Bool {
    var generator = Philox(seed: seed)
    let setup = setup(generator.normal(rows: 300, columns: 4), seed)
    var monitor = try EntropyMartingaleMonitor(settings, in: setup), alarmed = false
    for batch in 0..<20 {
      let rows = generator.normal(rows: 100, columns: 4).scaled(by: batch < 10 ? 1 : scale)
      let logits = try setup.network.predict(rows)
      let observation = StreamObservation(
        rows: rows, logits: logits, serving: nil, source: try SourceAnswer(setup.network, to: rows))
      alarmed = monitor.observe(observation) != nil || alarmed
    }
    return alarmed
  }

  @Test(arguments: EntropyMartingaleMonitor.Reference.allCases)
  func `of 200 clean streams at most a share alpha is ever alarmed, and shifted ones are`(
    reference: EntropyMartingaleMonitor.Reference
  ) throws {
    var settings = EntropyMartingaleMonitor.Configuration()
    (settings.significance, settings.reference) = (0.1, reference)
    let clean = try (0..<200).count { try isAlarmed(seed: UInt64($0), scale: 1, settings) }
    #expect(clean <= 20, "\(clean) of 200")
    let shifted = try (0..<20).count { try isAlarmed(seed: UInt64(1000 + $0), scale: 3, settings) }
    #expect(shifted == 20, "\(shifted) of 20")
  }

  private struct Trace: Decodable { let epsilons, martingales, uBefore: [Double] }

  @Test(arguments: ["delayed", "larger", "unweighted"])
  func `bets and winnings are those of POEM's code`(variant: String) throws {
    let published = try #require(try TracedFixture<Trace>.load("poem")[variant])
    var settings = EntropyMartingaleMonitor.Configuration()
    settings.rate = try published.number("gamma")
    settings.limit = try published.number("limit")
    settings.reference = .stream
    var monitor = try EntropyMartingaleMonitor(settings, in: setup(Matrix(rows: 0, columns: 4), 1))
    for (index, u) in published.trace.uBefore.enumerated() {
      #expect(abs(monitor.state.bet.bet - published.trace.epsilons[index]) < 1e-9)
      monitor.take(u)
      let expected = published.trace.martingales[index]
      #expect(abs(monitor.wealth - expected) < 1e-9 * max(1, expected), "row \(index)")
    }
    #expect(published.trace.uBefore.count == 160)
  }

  @Test func `ranks of numbers that may come in any order are even, ties included`() {
    var generator = Philox(seed: 3), numbers = RankedNumbers([]), ranks: [Double] = []
    for _ in 0..<4000 {
      let number = Float(generator.nextIndex(below: 7))
      ranks.append(numbers.rank(of: number, generator.nextUniformDouble()))
      numbers.insert(number)
    }
    // Each tenth holds a tenth, give or take four standard deviations.
    for tenth in 0..<10 {
      let count = ranks.count { Int($0 * 10) == tenth }
      #expect(abs(count - 400) < 76, "\(tenth): \(count)")
    }
  }
}
