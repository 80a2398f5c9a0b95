import AttuneCore
import AttuneInference
import AttuneTraining
import Foundation
import Testing

/// What selections leave of a batch, seen in the gradient of the mean entropy.
@Suite struct SelectionTests {
  private let tolerance: Float = 1e-5

  private func entropy(_ logits: [[Double]], _ weights: [Double]) -> Double {
    let kept = weights.count { $0 != 0 }
    return zip(logits, weights).reduce(0) { $0 + $1.1 * $1.0.softmax.entropy } / Double(max(1, kept))
  }

  private func found(_ hand: HandGradient, _ selection: [PartChoice<SelectionPlace>]) throws -> [Float] {
    try hand.found { ($0.objectives, $0.selection) = ([.part(EntropyObjective.self)], selection) }
  }

  @Test(arguments: [2, 4]) func `confidence keeps the rows above its threshold`(classes: Int) throws {
    let hand = HandGradient(classes: classes)
    var settings = Confidence.Configuration()
    settings.threshold = 0.75
    let weights = hand.logits(hand.batch, adding: Array(repeating: 0, count: classes)).map {
      $0.softmax.max()! > 0.75 ? 1.0 : 0
    }
    #expect(weights.contains(0) && weights.contains(1))
    let gradient = try found(hand, [.part(Confidence.self, settings)])
    #expect(HandGradient.distance(gradient, hand.expected { entropy($0, weights) }) < tolerance)
  }

  @Test(arguments: [nil, 0.5]) func `diversity keeps what is unlike the moving average of kept rows`(cosine: Double?)
    throws
  {
    let hand = HandGradient()
    var settings = Diversity.Configuration()
    settings.cosine = cosine
    let strategy = try hand.recipe {
      ($0.objectives, $0.selection) = ([.part(EntropyObjective.self)], [.part(Diversity.self, settings)])
    }
    var other = Philox(seed: 41)
    let batches = [hand.batch] + (0..<3).map { _ in other.normal(rows: 12, columns: 5).scaled(by: 2) }
    var state = try strategy.start(hand.network, in: hand.context), average: [Double]?, left = 0
    for batch in batches {
      let bias = ParameterID(layer: 0, role: .bias), before = state.network[bias]
      let shift = zip(before.elements, hand.network[bias].elements).map { Double($0) - Double($1) }
      let p = hand.logits(batch, adding: shift).map(\.softmax)
      let weights = p.map { row -> Double in
        guard let average else { return 1 }
        let product = zip(average, row).reduce(0) { $0 + $1.0 * $1.1 }
        let lengths = sqrt(average.reduce(0) { $0 + $1 * $1 }) * sqrt(row.reduce(0) { $0 + $1 * $1 })
        return product / lengths < cosine ?? 1.25 / 2 ? 1 : 0
      }
      let kept = zip(p, weights).filter { $0.1 != 0 }.map(\.0)
      left += p.count - kept.count
      if !kept.isEmpty {
        average = average.map { zip($0, meanVector(kept)).map { 0.9 * $0 + 0.1 * $1 } } ?? meanVector(kept)
      }
      _ = try strategy.predict(batch, &state)
      let expected = hand.expected(of: batch) { logits in
        entropy(logits.map { zip($0, shift).map { $0 + $1 } }, weights)
      }
      #expect(HandGradient.distance((before - state.network[bias]).elements, expected) < tolerance)
    }
    #expect(left > 0)
  }

  @Test func `destruction keeps and weights the rows that lose their answer`() throws {
    let hand = HandGradient()
    var settings = Destruction.Configuration()
    (settings.view, settings.threshold) = (.augmentations, 0.1)
    let zeros = Array(repeating: 0.0, count: 4)
    let p = hand.logits(hand.batch, adding: zeros).map(\.softmax)
    let destroyed = hand.logits(hand.batch.scaled(by: -1), adding: zeros).map(\.softmax)
    let weights = zip(p, destroyed).map { p, q in
      let answer = p.indices.max { p[$0] < p[$1] }!, loss = p[answer] - q[answer]
      return loss > 0.1 ? exp(0.4 * log(4) - p.entropy) + exp(loss) : 0
    }
    #expect(weights.contains(0) && weights.contains { $0 != 0 })
    let gradient = try hand.found {
      ($0.objectives, $0.selection) = ([.part(EntropyObjective.self)], [.part(Destruction.self, settings)])
      $0.augmentations = [.part(Mirror.self)]
    }
    #expect(HandGradient.distance(gradient, hand.expected { entropy($0, weights) }) < tolerance)
  }

  @Test func `permutation and marginal views lose the answer of rows that are one-sided, and of no others`() throws {
    // Class 0 asks for a difference of features 0 and 1; where all features are equal no permutation changes a thing.
    var weight = Matrix(rows: 2, columns: 5)
    (weight[0, 0], weight[0, 1]) = (4, -4)
    let network = try Network([.linear(Linear(weight: weight, bias: Matrix(rows: 1, columns: 2)))])
    let equal = Matrix(rows: 20, columns: 5, repeating: 1)
    var sided = equal
    for row in 0..<20 { sided[row, row % 2] = 1.5 }
    for view in Destruction.View.allCases where view != .augmentations {
      var settings = Destruction.Configuration()
      settings.view = view
      let strategy = try HandGradient().recipe {
        ($0.objectives, $0.selection) = ([.part(EntropyObjective.self)], [.part(Destruction.self, settings)])
        $0.scope = ParameterScope(.classifier)
      }
      for (rows, moves) in [(equal, false), (sided, true), (sided.rows(0..<1), view == .permutation)] {
        var state = try strategy.start(network, in: AdaptationContext(task: .classification))
        for _ in 0..<20 { _ = try strategy.predict(rows, &state) }
        #expect((state.network != network) == moves, "\(view), \(rows.rows) rows")
      }
    }
  }

  @Test func `opinions raise entropies, so that a margin keeps fewer rows`() throws {
    let hand = HandGradient()
    var margin = EntropyMargin.Configuration(), opinion = margin
    margin.share = 0.5
    (opinion.share, opinion.opinion) = (0.5, Opinion())
    let zeros = Array(repeating: 0.0, count: 4)
    for (settings, mass) in [(margin, nil), (opinion, 4.0)] {
      let weights = hand.logits(hand.batch, adding: zeros).map { z in
        (z + (mass.map { [log($0)] } ?? [])).softmax.entropy < 0.5 * log(4) ? 1.0 : 0
      }
      #expect(weights.contains(0) && weights.contains(1))
      let gradient = try found(hand, [.part(EntropyMargin.self, settings)])
      #expect(HandGradient.distance(gradient, hand.expected { entropy($0, weights) }) < tolerance)
    }
  }

  @Test func `a batch of which nothing is left moves nothing, and is no error`() throws {
    let hand = HandGradient()
    var confidence = Confidence.Configuration(), margin = EntropyMargin.Configuration()
    (confidence.threshold, margin.share) = (0.9999999, 1e-9)
    for last in [PartChoice<SelectionPlace>.part(Diversity.self), .part(Destruction.self)] {
      for first in [PartChoice<SelectionPlace>.part(Confidence.self, confidence), .part(EntropyMargin.self, margin)] {
        #expect(try found(hand, [first, last]) == [0, 0, 0, 0])
      }
    }
  }

  @Test func `settings out of their range are refused`() {
    var diversity = Diversity.Configuration(), destruction = Destruction.Configuration(), mass = Opinion()
    (diversity.cosine, destruction.threshold, mass.mass) = (0, 1, 0)
    var rate = EntropyMatching.Configuration()
    rate.limit = 2
    let errors = [
      #expect(throws: ConfigValueError.self) { try diversity.validate() },
      #expect(throws: ConfigValueError.self) { try destruction.validate() },
      #expect(throws: ConfigValueError.self) { try mass.validate() },
      #expect(throws: ConfigValueError.self) { try rate.validate() },
    ]
    #expect(
      errors.map { $0?.description ?? "" } == [
        "cosine: must be above 0, found '0'", "threshold: must be at least -1 and below 1, found '1'",
        "mass: must be a finite number above 0",
        "limit: must be above 0 and below 2, found '2'",
      ])
  }
}

/// The rows with the opposite sign.
private struct Mirror: AugmentationPart {
  typealias Configuration = NoSettings
  static let kind = "mirror"
  static let summary = "the opposite sign"
  init(_ configuration: NoSettings, in setup: RecipeSetup) {}
  func apply(to rows: Matrix, using generator: inout Philox) -> Matrix { rows.scaled(by: -1) }
}
