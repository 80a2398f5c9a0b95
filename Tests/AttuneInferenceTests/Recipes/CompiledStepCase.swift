import AttuneCore
import AttuneInference
import AttuneTraining
import Testing

/// A recipe whose steps can do without a tape of the network, or at least its answers.
struct CompiledStepCase: Sendable, CustomTestStringConvertible {
  let testDescription: String
  let change: @Sendable (inout RecipeConfiguration) -> Void

  /// Plain steps: Adam's make the same of a gradient that is rounding and of one that is not.
  private init(_ name: String, rate: Double = 0.05, _ change: @escaping @Sendable (inout RecipeConfiguration) -> Void) {
    testDescription = name
    self.change = {
      $0.statistics = .part(BatchNormalization.self)
      $0.scope = ParameterScope(.normAffine)
      $0.objectives = [.part(EntropyObjective.self)]
      var plain = SGD.Configuration()
      plain.learningRate = rate
      $0.optimizer = .sgd(plain)
      change(&$0)
    }
  }

  private static func with<Settings: DefaultInitializable>(_ change: (inout Settings) -> Void) -> Settings {
    var settings = Settings()
    change(&settings)
    return settings
  }

  static let all = objectives + places

  private static let objectives = [
    CompiledStepCase("entropy") { _ in },
    CompiledStepCase("pseudo-label") {
      $0.objectives = [.part(PseudoLabel.self, with { $0.threshold = 0.4 })]
    },
    CompiledStepCase("generalized cross-entropy") { $0.objectives = [.part(GeneralizedCrossEntropy.self)] },
    CompiledStepCase("information maximization") { $0.objectives = [.part(InformationMaximization.self)] },
    CompiledStepCase("come") { $0.objectives = [.part(ConservativeEntropy.self)] },
    CompiledStepCase("conjugate poly") {
      $0.objectives = [.part(ConjugatePolyLoss.self, with { $0.epsilon = 2 })]
    },
    CompiledStepCase("entropy matching") {
      $0.objectives = [
        .part(
          EntropyMatching.self,
          with {
            $0.delay = 0
            $0.share = 0.95
          })
      ]
    },
    CompiledStepCase("soft likelihood ratio") { $0.objectives = [.part(SoftLikelihoodRatio.self)] },
    CompiledStepCase("two objectives") {
      $0.objectives = [.part(EntropyObjective.self, weight: 0.5), .part(InformationMaximization.self, weight: 2)]
    },
    CompiledStepCase("moments, by a tape") { $0.objectives = [.part(MomentMatching.self)] },
    CompiledStepCase("consistency, by a tape") {
      $0.objectives = [.part(ConsistencyObjective.self)]
      $0.augmentations = [.part(NoiseView.self)]
    },
  ]

  private static let places = [
    CompiledStepCase("prior, two steps") {
      $0.statistics = .part(PriorNormalization.self)
      $0.timing.steps = 2
    },
    CompiledStepCase("moving average, answer after") {
      $0.statistics = .part(MovingNormalization.self)
      $0.timing.prediction = .after
    },
    CompiledStepCase("unbiased") {
      $0.statistics = .part(BatchNormalization.self, with { $0.variance = .unbiased })
    },
    CompiledStepCase("running") { $0.statistics = .part(SourceNormalization.self) },
    CompiledStepCase("except the last") { $0.scope = ParameterScope(.normAffine, exceptLast: 1) },
    CompiledStepCase("all parameters", rate: 0.01) { $0.scope = ParameterScope(.all) },
    CompiledStepCase("output bias") { $0.scope = ParameterScope(.outputBias) },
    CompiledStepCase("selection") {
      $0.selection = [
        .part(
          EntropyMargin.self,
          with {
            $0.share = 0.9
            $0.weighted = true
          })
      ]
    },
    CompiledStepCase("sharp") { $0.sharpness = 0.05 },
    CompiledStepCase("dropout, by a tape") { $0.dropout = true },
    CompiledStepCase("memory") { $0.memory = .part(FirstInFirstOut.self) },
    CompiledStepCase("teacher") {
      $0.objectives = [.part(TeacherCrossEntropy.self)]
      $0.teacher = TeacherSettings()
      $0.teacher?.momentum = 0.9
      $0.timing.prediction = .teacher
      $0.augmentations = [.part(NoiseView.self)]
      $0.timing.learnsFromView = true
    },
    CompiledStepCase("no step") {
      $0.objectives = []
      $0.scope = ParameterScope(.none)
    },
  ]
}
