@testable import AttuneInference
import AttuneCore
import AttuneTraining
import Foundation
import Testing

/// Objectives and weights of ROID and CoTTA against their formulas in Double.
@Suite struct EnsemblingObjectiveTests {
  private let problem = BiasGradient()
  private var still: [Double] { Array(repeating: 0, count: problem.network.outputDimension) }

  private func ratio(_ z: [Double]) -> Double {
    var sum = 0.0
    for p in softmax(z) {
      let cut = min(p, 0.99)
      sum -= cut * log(cut / (1 - cut) + 1e-5)
    }
    return sum
  }

  /// The weights of certainty and diversity for an average of predictions.
  private func weights(_ z: [[Double]], average q: [Double]) -> [Double] {
    func stretched(_ values: [Double]) -> [Double] {
      let low = values.min() ?? 0, high = values.max() ?? 0
      return values.map { ($0 - low) / (high - low) }
    }
    func norm(_ values: [Double]) -> Double { values.reduce(0) { $0 + $1 * $1 }.squareRoot() }
    let p = z.map(softmax)
    let diversity = stretched(
      p.map { p in
        let product = zip(p, q).reduce(0) { $0 + $1.0 * $1.1 }
        return 1 - product / (norm(p) * norm(q))
      })
    let certainty = stretched(p.map { -entropy($0) }), mean = diversity.reduce(0, +) / Double(z.count)
    return zip(diversity, certainty).map { $0 < mean ? 0 : exp(3 * $0 * $1) }
  }

  @Test func `the soft likelihood ratio is the mean of weighted negative log-odds, with certain classes cut`() throws {
    let problem = BiasGradient(scale: 8)
    let confident = problem.logits(problem.rows, still).contains { (softmax($0).max() ?? 0) > 0.99 }
    #expect(confident, "no row reaches the limit")
    _ = try problem.check {
      $0.objectives = [.part(SoftLikelihoodRatio.self)]
    } _: { shift in
      problem.logits(problem.rows, shift).map(ratio).reduce(0, +) / 9
    }
  }

  @Test func `certainty and diversity weight the rows, and the divisor is the rows of the batch`() throws {
    let uniform = still.map { _ in 0.2 }, base = weights(problem.logits(problem.rows, still), average: uniform)
    #expect(base.contains(0) && base.contains { $0 > 1 })
    _ = try problem.check {
      $0.objectives = [.part(SoftLikelihoodRatio.self)]
      $0.selection = [.part(CertaintyDiversity.self)]
    } _: { shift in
      zip(base, problem.logits(problem.rows, shift)).reduce(0) { $0 + $1.0 * ratio($1.1) } / 9
    }
  }

  @Test func `consistency is the symmetric cross-entropy to a view of the rows that are kept`() throws {
    let base = weights(problem.logits(problem.rows, still), average: still.map { _ in 0.2 })
    let half = problem.rows.scaled(by: 0.5)
    _ = try problem.check {
      $0.objectives = [.part(ConsistencyObjective.self)]
      $0.augmentations = [.part(HalvedView.self)]
      $0.selection = [.part(CertaintyDiversity.self)]
    } _: { shift in
      let z = problem.logits(problem.rows, shift), other = problem.logits(half, shift)
      let losses = base.indices.map { base[$0] * (crossEntropy(z[$0], other[$0]) + crossEntropy(other[$0], z[$0])) }
      return losses.reduce(0, +) / 18
    }
  }

  @Test(arguments: [false, true])
  func `the teacher answers for the rows while the student learns from a view`(symmetric: Bool) throws {
    let targets = problem.logits(problem.rows, still), half = problem.rows.scaled(by: 0.5)
    var settings = TeacherCrossEntropy.Configuration()
    settings.symmetric = symmetric
    let answer = try problem.check {
      $0.objectives = [.part(TeacherCrossEntropy.self, settings)]
      $0.augmentations = [.part(HalvedView.self)]
      $0.teacher = TeacherSettings()
      $0.timing.learnsFromView = true
      $0.timing.prediction = .teacher
    } _: { shift in
      let z = problem.logits(half, shift)
      return zip(targets, z).reduce(0) { sum, pair in
        let forth = crossEntropy(pair.0, pair.1)
        return sum + (symmetric ? (forth + crossEntropy(pair.1, pair.0)) / 2 : forth)
      } / 9
    }
    #expect(answer == (try problem.network.predict(problem.rows)))
  }

  @Test func `views are averaged only where the source is not confident enough`() throws {
    let p = problem.logits(problem.rows, still).map { softmax($0).max() ?? 0 }
    let mean = p.reduce(0, +) / Double(p.count)
    for (confidence, scale) in [(mean - 0.01, Float(1)), (mean + 0.01, Float(0.5))] {
      let strategy = try CustomRecipe {
        $0.teacher = TeacherSettings()
        $0.teacher?.views = 3
        $0.teacher?.confidence = .below(confidence)
        $0.augmentations = [.part(HalvedView.self)]
        $0.timing.prediction = .teacher
      }
      var state = try strategy.start(problem.network, in: AdaptationContext(task: .classification))
      let difference =
        try strategy.predict(problem.rows, &state)
        - problem.network.predict(problem.rows.scaled(by: scale))
      #expect(difference.elements.allSatisfy { abs($0) < 1e-5 }, "confidence \(confidence)")
    }
  }

  @Test func `the source quantile is taken on training rows`() throws {
    let samples = SourceSamples(inputs: problem.rows)
    let strategy = try CustomRecipe {
      $0.teacher = TeacherSettings()
      $0.teacher?.views = 1
      $0.teacher?.confidence = .sourceQuantile
    }
    #expect(strategy.sourceAccess == .samples)
    let state = try strategy.start(
      problem.network, in: AdaptationContext(task: .classification, samples: samples))
    let lowest = problem.logits(problem.rows, still).map { softmax($0).max() ?? 0 }.min() ?? 0
    #expect(abs(Double(state.run.teacherConfidence) - (lowest - 0.05)) < 1e-6)
    #expect(throws: MissingSourceSamples(strategy: "recipe")) {
      try strategy.start(problem.network, in: AdaptationContext(task: .classification))
    }
  }
}
