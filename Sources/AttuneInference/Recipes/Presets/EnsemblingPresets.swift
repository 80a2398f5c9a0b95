/// Soft likelihood ratio with weights, consistency, weight ensembling and prior correction.
public enum RobustOnlineIdentification: RecipePreset {
  /// `roid` in config files.
  public static let name = "roid"
  /// What tables and help say.
  public static let summary =
    "soft likelihood ratio and consistency with a noisy view over batch norm's scale and shift, certain and diverse rows "
    + "weighted, source weights mixed in, prior correction; batch statistics, predicts before its update"
  /// Where it comes from.
  public static let paper =
    "Marsden, Döbler, Yang (2024), Universal test-time adaptation through weight ensembling, diversity weighting, and prior "
    + "correction (ROID), arXiv:2306.00650"
  /// Its parts.
  public static var recipe: RecipeConfiguration {
    var recipe = RecipeConfiguration.gradient(.part(SoftLikelihoodRatio.self))
    recipe.objectives.append(.part(ConsistencyObjective.self))
    recipe.augmentations = [.part(NoiseView.self)]
    recipe.selection = [.part(CertaintyDiversity.self)]
    recipe.recovery = [.part(WeightEnsembling.self)]
    recipe.correction = [.part(PriorCorrection.self)]
    return recipe
  }
}

/// ROID with filtered weights.
public enum ContinualMomentumFiltering: RecipePreset {
  /// `cmf` in config files.
  public static let name = "cmf"
  /// What tables and help say.
  public static let summary =
    "as roid, with a Kalman-filtered model between source and adapted weights mixed in instead of the source's weights"
  /// Where it comes from.
  public static let paper =
    "Lee, Chang (2024), Continual momentum filtering on parameter space for online test-time adaptation (CMF), ICLR"
  /// Its parts.
  public static var recipe: RecipeConfiguration {
    var recipe = RobustOnlineIdentification.recipe
    recipe.recovery = [.part(KalmanEnsembling.self)]
    return recipe
  }
}
