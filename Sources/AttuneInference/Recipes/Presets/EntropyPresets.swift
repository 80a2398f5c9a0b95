/// Entropy minimization on batch statistics.
public enum Tent: RecipePreset {
  /// `tent` in config files.
  public static let name = "tent"
  /// What tables and help say.
  public static let summary =
    "entropy minimization over batch norm's scale and shift, batch statistics, predicts before "
    + "its update (running statistics for a batch of one row)"
  /// Where it comes from.
  public static let paper =
    "Wang et al. (2021), Tent: fully test-time adaptation by entropy minimization, arXiv:2006.10726"
  /// Its parts.
  public static var recipe: RecipeConfiguration {
    .gradient(.part(EntropyObjective.self))
  }
}

extension RecipeConfiguration {
  /// A recipe that makes something small over batch norm's scale and shift, on batch statistics: Tent's frame.
  static func gradient(_ objective: ObjectiveChoice) -> RecipeConfiguration {
    var recipe = RecipeConfiguration.statistics(.part(BatchNormalization.self))
    recipe.scope = ParameterScope(.normAffine)
    recipe.objectives = [objective]
    return recipe
  }
}
