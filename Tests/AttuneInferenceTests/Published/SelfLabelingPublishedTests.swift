import AttuneCore
import AttuneInference
import AttuneTraining
import Testing

/// Objectives on single batches against their published code.
@Suite struct SelfLabelingPublishedTests {
  @Test(arguments: [("adam", 0.8), ("fastAdam", 0.8), ("sgdHalf", 0.5)])
  func `rpl gives the logits of the benchmark's code`(key: String, exponent: Double) throws {
    var settings = GeneralizedCrossEntropy.Configuration()
    settings.exponent = exponent
    try PublishedGradientRun.check(RobustPseudoLabeling.self, "rpl", key) {
      $0.objectives = [.part(GeneralizedCrossEntropy.self, settings)]
    }
  }

  @Test func `shot-im gives the logits of T3A's code, on the source's statistics and on those of the batch`() throws {
    for key in ["informationMaximization", "informationMaximizationFast"] {
      try PublishedGradientRun.check(InformationMaximizing.self, "shot", key) {
        $0.statistics = .part(SourceNormalization.self)
      }
    }
    try PublishedGradientRun.check(InformationMaximizing.self, "shot", "informationMaximizationBatch")
  }

  @Test func `shot-im with pseudo-labels, and these alone, give the logits of T3A's code`() throws {
    try PublishedGradientRun.check(InformationMaximizing.self, "shot", "withPseudoLabels") {
      $0.statistics = .part(SourceNormalization.self)
      $0.objectives.append(.part(PseudoLabel.self, weight: 0.3))
    }
    try PublishedGradientRun.check(PseudoLabeling.self, "shot", "pseudoLabels") {
      $0.statistics = .part(SourceNormalization.self)
      $0.scope = ParameterScope(.all)
    }
  }

  @Test(arguments: [("conjugateSix", 6.0), ("conjugateOne", 1.0)])
  func `conjugate gives the logits of the published linear solve`(key: String, epsilon: Double) throws {
    var settings = ConjugatePolyLoss.Configuration()
    settings.epsilon = epsilon
    try PublishedGradientRun.check(ConjugatePseudoLabeling.self, "conjugate", key) {
      $0.objectives = [.part(ConjugatePolyLoss.self, settings)]
    }
    try PublishedGradientRun.check(ConjugatePseudoLabeling.self, "conjugate", key, trace: "before") {
      $0.objectives = [.part(ConjugatePolyLoss.self, settings)]
      $0.timing.prediction = .before
    }
  }

  @Test func `conjugate of cross-entropy gives the logits of the published entropy with a temperature`() throws {
    var settings = ConjugatePolyLoss.Configuration()
    settings.temperature = 1.5
    try PublishedGradientRun.check(ConjugatePseudoLabeling.self, "conjugate", "entropy") {
      $0.objectives = [.part(ConjugatePolyLoss.self, settings)]
    }
    try PublishedGradientRun.check(RobustPseudoLabeling.self, "conjugate", "robust") { $0.timing.prediction = .after }
  }

  @Test func `come gives the logits of the published code, with its mass and with that of the classes`() throws {
    try PublishedGradientRun.check(ConservativeEntropyMinimization.self, "come", "tent")
    try PublishedGradientRun.check(ConservativeEntropyMinimization.self, "come", "tentSgd")
    var thousand = Opinion()
    thousand.mass = 1000
    try PublishedGradientRun.check(ConservativeEntropyMinimization.self, "come", "tentAsPublished") {
      $0.objectives = [.part(ConservativeEntropy.self, thousand)]
    }
  }

  @Test(arguments: [("eata", nil, 0.6), ("eataAsPublished", 1000.0, 0.2)])
  func `come in eta's frame gives the logits of the published code`(key: String, mass: Double?, share: Double) throws {
    var margin = EntropyMargin.Configuration(), diversity = Diversity.Configuration(), opinion = Opinion()
    opinion.mass = mass
    (margin.share, margin.weighted, margin.opinion, diversity.cosine) = (share, true, opinion, 0.5)
    try PublishedGradientRun.check(EfficientEntropyMinimization.self, "come", key) {
      $0.objectives = [.part(ConservativeEntropy.self, opinion)]
      $0.selection = [.part(EntropyMargin.self, margin), .part(Diversity.self, diversity)]
    }
  }

  @Test(arguments: [("default", 1e-2), ("gentle", 1e-3)])
  func `actmad gives the logits of the published code, before and after the step`(key: String, rate: Double) throws {
    var rule = SGD.Configuration(), settings = MomentMatching.Configuration()
    (rule.learningRate, rule.momentum, rule.nesterov, rule.weightDecay) = (rate, 0.9, true, 5e-4)
    settings.sourceBatch = 32
    try PublishedGradientRun.check(ActivationMatching.self, "actmad", key) {
      ($0.objectives, $0.optimizer) = ([.part(MomentMatching.self, settings)], .sgd(rule))
      $0.timing.prediction = .before
    }
    try PublishedGradientRun.check(ActivationMatching.self, "actmad", key, trace: "after") {
      ($0.objectives, $0.optimizer) = ([.part(MomentMatching.self, settings)], .sgd(rule))
    }
  }

  @Test(arguments: [
    ("delayed", 1 / (8 * 3.0.squareRoot()), 1.8, 100, true), ("larger", 0.5, 0.9, 40, true),
    ("unweighted", 0.3, 1.8, 0, false),
  ])
  func `poem gives the logits of the published code`(
    key: String, rate: Double, limit: Double, delay: Int, weighted: Bool
  ) throws {
    var settings = EntropyMatching.Configuration()
    (settings.rate, settings.limit, settings.delay, settings.weighted) = (rate, limit, delay, weighted)
    settings.sourceStatistics = .source
    try PublishedGradientRun.check(ProtectedEntropyMatching.self, "poem", key) {
      ($0.scope, $0.objectives) = (ParameterScope(.normAffine), [.part(EntropyMatching.self, settings)])
    }
  }
}
