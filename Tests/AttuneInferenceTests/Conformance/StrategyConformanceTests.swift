import AttuneCore
import AttuneInference
import AttuneTesting
import AttuneTraining
import Testing

@Suite struct StrategyConformanceTests {
  @Test func `every built-in strategy with its defaults passes`() throws {
    let entries = StrategyRegistry.builtIn.all
    #expect(entries.count >= 7)
    for entry in entries {
      let failures = try #require(
        StrategyConformance.failuresWithDefaults(of: entry.type), "\(entry.name) has no default settings")
      #expect(failures.isEmpty, "\(failures.map(\.description).joined(separator: "\n"))")
    }
  }

  @Test func `built-in strategies pass at the edges of their settings`() throws {
    var prior = PriorNormalization.Configuration()
    prior.prior = 0
    var none = MovingNormalization.Configuration(), all = none, published = none
    (none.momentum, all.momentum, all.variance, published.asPublished) = (0, 1, .unbiased, true)
    var rule = SGD.Configuration()
    (rule.learningRate, rule.momentum) = (0.01, 0.9)
    var eager = FeatureSelection.Configuration()
    (eager.falseDiscoveryRate, eager.meanShift, eager.window, eager.maximumShare) = (1, 1e-3, 1, 1)
    var repairing = FeatureSelection.Configuration(), means = repairing
    (repairing.repairs, repairing.factors, repairing.recover) = (true, .count(2), 0)
    (means.replacement, means.test, means.explainsByOthers, means.findsSwaps) = (.mean, .psi, false, false)
    var forgetful = RecursiveLeastSquares.Configuration(), eternal = forgetful
    (forgetful.forgetting, forgetful.initialCovariance, eternal.forgetting) = (0.5, 100, 1)
    let strategies: [any AdaptationStrategy] = [
      try CustomRecipe { $0.statistics = .part(PriorNormalization.self, prior) },
      try CustomRecipe { $0.statistics = .part(MovingNormalization.self, none) },
      try CustomRecipe { $0.statistics = .part(MovingNormalization.self, all) },
      try CustomRecipe { $0.statistics = .part(MovingNormalization.self, published) },
      try Recipe<Tent> { $0.timing.steps = 3 }, try Recipe<Tent> { $0.optimizer = .sgd(rule) },
      try Recipe<Tent> { ($0.timing.prediction, $0.timing.unit, $0.dropout) = (.after, .row, true) },
      try FeatureSelection(eager), try FeatureSelection(repairing), try FeatureSelection(means),
      try RecursiveLeastSquares(forgetful),
      try RecursiveLeastSquares(eternal),
    ]
    for strategy in strategies {
      let failures = StrategyConformance.failures(of: strategy)
      #expect(failures.isEmpty, "\(failures.map(\.description).joined(separator: "\n"))")
    }
  }

  private func checks(_ type: (some Plain).Type) -> Set<ConformanceCheck> {
    Set(StrategyConformance.failures(of: type, on: [NoSettings()]).map(\.check))
  }

  @Test func `a sound conformer has no failure`() {
    #expect(checks(Sound.self).isEmpty)
  }

  @Test func `each check fails on a conformer that breaks it, and only where it is broken`() {
    #expect(checks(CapitalName.self) == [.name])
    #expect(checks(EmptyWordInName.self) == [.name])
    #expect(checks(NoSummary.self) == [.summary])
    #expect(checks(StartFails.self) == [.start])
    #expect(checks(CannotBeMade.self) == [.start])
    #expect(checks(ServesNoTask.self) == [.start])
    #expect(checks(PeeksAtSource.self) == [.sourceAccess])
    #expect(checks(SharesState.self) == [.snapshot])
    #expect(checks(DropsRow.self) == [.outputs])
    #expect(checks(DividesByZero.self) == [.outputs])
    #expect(checks(AnswersEmptyBatch.self) == [.outputs])
    #expect(checks(StumblesOverEmptyBatch.self) == [.outputs])
    #expect(checks(VarianceDiesOut.self) == [.outputs])
    #expect(checks(AnswersAnyWidth.self) == [.width])
    #expect(checks(CountsWrongBatch.self) == [.width])
    #expect(checks(LearnsAnything.self) == [.width])
    #expect(checks(SecretLabels.self) == [.labels])
    #expect(checks(BrokenRegression.self) == [.outputs])
    #expect(checks(BrokenDropout.self) == [.outputs])
  }

  @Test func `checks that compare runs fail on hidden state and system randomness`() {
    #expect(checks(DrawsFromSystem.self).isSuperset(of: [.determinism, .restart, .snapshot]))
    #expect(checks(RemembersRuns.self).isSuperset(of: [.restart, .snapshot]))
    #expect(!checks(RemembersRuns.self).contains(.determinism))
    #expect(checks(WritesIntoSource.self).contains(.source))
    #expect(checks(WritesIntoBatch.self).contains(.source))
  }

  @Test func `a failure says strategy, check, what happened, task and configuration`() throws {
    let failure = try #require(StrategyConformance.failures(of: AnswersEmptyBatch.self, on: [NoSettings()]).first)
    #expect(
      failure.description
        == "strategy 'plain', check 'outputs': no rows in, 1 out (classification, 2 classes; configuration NoSettings())"
    )
    let second = StrategyConformance.failures(of: SharesState.self, on: [NoSettings()]).first
    #expect(second?.message.hasPrefix("the copy of a state answers otherwise than the state, batch 0: ") == true)
  }

  @Test func `a strategy runs on every task that it serves`() {
    let subjects = Set(StrategyConformance.failures(of: BrokenDropout.self, on: [NoSettings()]).map(\.subject))
    #expect(
      subjects == [
        "classification, 2 classes, dropout", "classification, 10 classes, dropout", "linear regression, dropout",
        "regression network, dropout",
      ])
    let regression = Set(StrategyConformance.failures(of: BrokenRegression.self, on: [NoSettings()]).map(\.subject))
    #expect(regression == ["linear regression", "regression network"])
  }

  @Test func `a strategy without default settings has no failures with defaults, but nil`() {
    #expect(StrategyConformance.failuresWithDefaults(of: ForgetsSetting.self) == nil)
  }

  @Test func `an instance is examined with its own settings`() {
    let broken = ForgetsSetting(ForgetsSetting.Configuration(factor: 3))
    #expect(Set(StrategyConformance.failures(of: broken).map(\.check)) == [.configuration])
    #expect(StrategyConformance.failures(of: ForgetsSetting(ForgetsSetting.Configuration())).isEmpty)
  }
}
