import AttuneCore
import AttuneInference
import AttuneTraining
import Foundation
import Testing

/// Objectives against their formulas in double precision. Logits of about 3, gradients of about 0.1: roundings of 1e-7, and
/// 1e-6 for the differences.
@Suite struct ObjectiveTests {
  private let tolerance: Float = 1e-5

  private func check(
    _ objective: ObjectiveChoice, _ gradient: HandGradient = HandGradient(), _ loss: ([[Double]]) -> Double,
    line: Int = #line
  ) throws {
    let found = try gradient.found { $0.objectives = [objective] }
    let expected = gradient.expected(loss)
    #expect(HandGradient.distance(found, expected) < tolerance, "line \(line): \(found) instead of \(expected)")
    #expect(expected.contains { abs($0) > 1e-3 }, "the check would pass without a gradient")
  }

  @Test(arguments: [2, 4]) func `pseudo-label is cross-entropy with the answers of confident rows`(classes: Int) throws
  {
    let hand = HandGradient(classes: classes)
    var settings = PseudoLabel.Configuration()
    settings.threshold = 0.7
    let answers = hand.logits(hand.batch, adding: Array(repeating: 0, count: classes)).map { z in
      (isConfident: z.softmax.max()! > 0.7, label: z.indices.max { z[$0] < z[$1] }!)
    }
    let confident = answers.count { $0.isConfident }
    #expect(confident > 0 && confident < answers.count)
    try check(.part(PseudoLabel.self, settings), hand) { logits in
      zip(logits, answers).filter(\.1.isConfident).reduce(0) { $0 - log($1.0.softmax[$1.1.label]) } / Double(confident)
    }
  }

  @Test(arguments: [0.8, 0.2, 1]) func `generalized cross-entropy is (1 - p^q) / q`(exponent: Double) throws {
    var settings = GeneralizedCrossEntropy.Configuration()
    settings.exponent = exponent
    try check(.part(GeneralizedCrossEntropy.self, settings)) { logits in
      logits.map { (1 - pow($0.softmax.max()!, exponent)) / exponent }.mean
    }
  }

  @Test func `information maximization is the mean entropy less the entropy of the mean`() throws {
    try check(.part(InformationMaximization.self)) { logits in
      let mean = meanVector(logits.map(\.softmax))
      return logits.map(\.softmax.entropy).mean + mean.reduce(0) { $0 + $1 * log($1 + 1e-5) }
    }
  }

  @Test func `information maximization of selected rows takes their mean`() throws {
    let hand = HandGradient()
    var margin = EntropyMargin.Configuration()
    margin.share = 0.5
    let isSure = hand.logits(hand.batch, adding: [0, 0, 0, 0]).map { $0.softmax.entropy < 0.5 * log(4) }
    #expect(isSure.contains(true) && isSure.contains(false))
    let found = try hand.found {
      $0.objectives = [.part(InformationMaximization.self)]
      $0.selection = [.part(EntropyMargin.self, margin)]
    }
    let expected = hand.expected { logits in
      let p = zip(logits, isSure).filter(\.1).map(\.0.softmax)
      return p.map(\.entropy).mean + meanVector(p).reduce(0) { $0 + $1 * log($1 + 1e-5) }
    }
    #expect(HandGradient.distance(found, expected) < tolerance)
  }

  @Test(arguments: [nil, 1, 1000]) func `come is the entropy of opinions along logits of fixed length`(mass: Double?)
    throws
  {
    var settings = Opinion()
    settings.mass = mass
    let hand = HandGradient(), source = hand.logits(hand.batch, adding: [0, 0, 0, 0])
    try check(.part(ConservativeEntropy.self, settings), hand) { logits in
      zip(logits, source).map { z, fixed in
        let length = sqrt(fixed.reduce(0) { $0 + $1 * $1 }) / sqrt(z.reduce(0) { $0 + $1 * $1 })
        let powers = z.map { exp($0 * length) } + [mass ?? 4], total = powers.reduce(0, +)
        return powers.map { $0 / total }.entropy
      }.mean
    }
  }

  @Test(arguments: [0, 1, 6]) func `conjugate-poly solves the linear system of its definition`(epsilon: Double) throws {
    var settings = ConjugatePolyLoss.Configuration()
    (settings.epsilon, settings.temperature) = (epsilon, 1.5)
    try check(.part(ConjugatePolyLoss.self, settings)) { logits in
      logits.map { row in
        let z = row.map { $0 / 1.5 }, p = z.softmax
        // y by fixed-point rounds of (I + ε diag p) y = p + ε p (p · y), which contract.
        var y = p
        for _ in 0..<2000 {
          let along = zip(p, y).reduce(0) { $0 + $1.0 * $1.1 }
          y = p.map { ($0 + epsilon * $0 * along) / (1 + epsilon * $0) }
        }
        let normalizer = log(z.reduce(0) { $0 + exp($1) })
        return normalizer - zip(y, zip(z, p)).reduce(0) { $0 + $1.0 * $1.1.0 - epsilon * $1.0 * (1 - $1.1.1) }
      }.mean
    }
  }

  @Test(arguments: [1, 3]) func `marginal entropy is that of the mean over views`(rows: Int) throws {
    let hand = HandGradient(rows: rows)
    var settings = MarginalEntropy.Configuration()
    settings.views = 6
    // The views of a single row are rows of one matrix; those of several rows come one by one.
    let found = try hand.found {
      $0.objectives = [.part(MarginalEntropy.self, settings)]
      $0.augmentations = [.part(Staircase.self)]
    }
    let views: [Matrix] = (0..<6).map { view in
      var moved = hand.batch
      for row in 0..<rows {
        for column in 0..<5 { moved[row, column] += 0.3 * Float(rows == 1 ? view : row) }
      }
      return moved
    }
    let expected = hand.expected(of: Matrix.concatenatingRows(views)) { logits in
      (0..<rows).map { row in meanVector((0..<6).map { logits[$0 * rows + row].softmax }).entropy }.mean
    }
    #expect(HandGradient.distance(found, expected) < tolerance)
  }

  @Test func `moment matching moves means and variances of the normalized inputs towards the source's`() throws {
    var hand = HandGradient(), generator = Philox(seed: 32)
    let inputs = generator.normal(rows: 300, columns: 5).map { 0.5 * $0 + 1 }
    hand.samples = SourceSamples(inputs: inputs)
    let strategy = try hand.recipe {
      $0.scope = ParameterScope(.features)
      $0.objectives = [.part(MomentMatching.self)]
    }
    let context = AdaptationContext(
      task: .classification, source: SourceStatistics(inputs: inputs), samples: hand.samples)
    var state = try strategy.start(hand.network, in: context)
    let before = state.network
    _ = try strategy.predict(hand.batch, &state)
    let norm = before[normalization: 0]
    func moments(_ rows: Matrix, _ j: Int, _ scale: Double, _ shift: Double) -> (mean: Double, variance: Double) {
      let deviation = (Double(norm.runningVariance[0, j]) + Double(norm.epsilon)).squareRoot()
      let values = (0..<rows.rows).map {
        (Double(rows[$0, j]) - Double(norm.runningMean[0, j])) / deviation * scale + shift
      }
      return (values.mean, values.reduce(0) { $0 + pow($1 - values.mean, 2) } / Double(values.count - 1))
    }
    for j in 0..<5 {
      let scale = Double(norm.gamma[0, j]), shift = Double(norm.beta[0, j]), source = moments(inputs, j, scale, shift)
      func loss(_ scale: Double, _ shift: Double) -> Double {
        let batch = moments(hand.batch, j, scale, shift)
        return 0.5 * (abs(batch.mean - source.mean) + abs(batch.variance - source.variance)) / 5
      }
      let slopes = (
        (loss(scale + 1e-5, shift) - loss(scale - 1e-5, shift)) / 2e-5,
        (loss(scale, shift + 1e-5) - loss(scale, shift - 1e-5)) / 2e-5
      )
      let found = state.network[normalization: 0]
      #expect(abs(Double(norm.gamma[0, j] - found.gamma[0, j]) - slopes.0) < 1e-4)
      #expect(abs(Double(norm.beta[0, j] - found.beta[0, j]) - slopes.1) < 1e-5)
    }
  }

  @Test func `where no row can be learned from, nothing moves`() throws {
    var hand = HandGradient(rows: 1)
    hand.samples = SourceSamples(inputs: HandGradient(rows: 64).batch)
    var sure = PseudoLabel.Configuration()
    sure.threshold = 0.9999999
    // One row is not confident, has no variance, and is fewer than the hundred that must have been seen.
    let objectives: [ObjectiveChoice] = [
      .part(PseudoLabel.self, sure), .part(MomentMatching.self), .part(EntropyMatching.self),
    ]
    let context = AdaptationContext(
      task: .classification, source: SourceStatistics(inputs: HandGradient(rows: 64).batch), samples: hand.samples)
    for objective in objectives {
      let strategy = try hand.recipe { ($0.objectives, $0.scope) = ([objective], ParameterScope(.all)) }
      var state = try strategy.start(hand.network, in: context)
      let before = state.network
      #expect(try strategy.predict(hand.batch, &state).isFinite)
      #expect(state.network == before, "\(objective.choice.description)")
    }
  }

  @Test func `logits that are equal, or very large, give finite steps`() throws {
    let objectives: [ObjectiveChoice] = [
      .part(PseudoLabel.self), .part(GeneralizedCrossEntropy.self), .part(InformationMaximization.self),
      .part(ConservativeEntropy.self), .part(ConjugatePolyLoss.self), .part(MarginalEntropy.self),
    ]
    for classes in [2, 10] {
      let hand = HandGradient(classes: classes)
      for scale in [0, 1e3, 1e6] as [Float] {
        for objective in objectives {
          let strategy = try hand.recipe { $0.objectives = [objective] }
          var network = hand.network
          for id in network.parameterIDs { network[id].scale(by: scale) }
          var state = try strategy.start(network, in: hand.context)
          for _ in 0..<3 { #expect(try strategy.predict(hand.batch, &state).isFinite) }
          #expect(
            state.network.parameterIDs.allSatisfy { state.network[$0].isFinite }, "\(objective.choice.description)")
        }
      }
    }
  }
}

/// Adds a number to each row that grows with its index.
private struct Staircase: AugmentationPart {
  typealias Configuration = NoSettings
  static let kind = "staircase"
  static let summary = "a number that grows with the row's index"
  init(_ configuration: NoSettings, in setup: RecipeSetup) {}
  func apply(to rows: Matrix, using generator: inout Philox) -> Matrix {
    var result = rows
    for row in 0..<rows.rows {
      for column in 0..<rows.columns { result[row, column] += 0.3 * Float(row) }
    }
    return result
  }
}
