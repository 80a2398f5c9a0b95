internal import AttuneTraining

/// Alignment of the features' important directions.
public enum SignificantSubspaceAlignment: RecipePreset {
  /// `ssa` in config files.
  public static let name = "ssa"
  /// What tables and help say.
  public static let summary =
    "mean and variance of the features brought near those of training rows, in the five directions that vary most, over all "
    + "that is before the last layer, source statistics, predicts before its update; made for regression"
  /// Where it comes from.
  public static let paper =
    "Adachi et al. (2025), Test-time adaptation for regression by subspace alignment, ICLR, arXiv:2410.03263"
  /// Its parts.
  public static var recipe: RecipeConfiguration {
    var recipe = RecipeConfiguration()
    recipe.scope = ParameterScope(.features)
    recipe.objectives = [.part(SubspaceAlignment.self)]
    recipe.optimizer = .adam(Adam.Configuration(learningRate: 1e-4))
    return recipe
  }
}
