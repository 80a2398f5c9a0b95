/// A recipe without parts: `{strategy: recipe, statistics: …, scope: …, objectives: […]}`.
public enum EmptyPreset: RecipePreset {
  /// `recipe` in config files.
  public static let name = "recipe"
  /// What tables and help say.
  public static let summary = "a method of one's own, part by part: the trained model until parts are named"
  /// Where it comes from.
  public static let paper = "the parts are those of published methods"
  /// Its parts.
  public static var recipe: RecipeConfiguration { RecipeConfiguration() }
}

/// A method of one's own.
public typealias CustomRecipe = Recipe<EmptyPreset>

extension StrategyRegistry {
  /// The published methods.
  mutating func registerPresets() {
    register(Recipe<EmptyPreset>.self)
    register(Recipe<BatchNormBatch>.self)
    register(Recipe<BatchNormPrior>.self)
    register(Recipe<BatchNormAlpha>.self)
    register(Recipe<BatchNormMovingAverage>.self)
    register(Recipe<BatchNormCumulative>.self)
    register(Recipe<AdaptiveBatchNorm>.self)
    register(Recipe<Tent>.self)
    register(Recipe<PseudoLabeling>.self)
    register(Recipe<RobustPseudoLabeling>.self)
    register(Recipe<InformationMaximizing>.self)
    register(Recipe<ConjugatePseudoLabeling>.self)
    register(Recipe<ConservativeEntropyMinimization>.self)
    register(Recipe<EfficientEntropyMinimization>.self)
    register(Recipe<AntiForgettingEntropyMinimization>.self)
    register(Recipe<PeriodicallyReset>.self)
    register(Recipe<SharpnessAwareReliable>.self)
    register(Recipe<DestroyTheObject>.self)
    register(Recipe<ProtectedEntropyMatching>.self)
    register(Recipe<MarginalEntropyMinimization>.self)
    register(Recipe<ActivationMatching>.self)
    register(Recipe<SignificantSubspaceAlignment>.self)
    register(Recipe<RobustOnlineIdentification>.self)
    register(Recipe<ContinualMomentumFiltering>.self)
    register(Recipe<ContinualTeacher>.self)
    register(Recipe<RobustTeacher>.self)
    register(Recipe<NonIndependentEntropy>.self)
    register(Recipe<LAME>.self)
    register(Recipe<T3A>.self)
    register(Recipe<FOAShift>.self)
    register(Recipe<AdapTable>.self)
    register(Recipe<LabelShiftEM>.self)
    register(Recipe<BBSE>.self)
  }
}
