internal import AttuneTraining

/// Marginal entropy over views, row by row.
public enum MarginalEntropyMinimization: RecipePreset {
  /// `memo` in config files.
  public static let name = "memo"
  /// What tables and help say.
  public static let summary =
    "each row for itself: entropy of the mean prediction over 32 noisy views, over all parameters, predicts after its "
    + "update and goes back to the source"
  /// Where it comes from.
  public static let paper =
    "Zhang et al. (2022), MEMO: test time robustness via adaptation and augmentation, arXiv:2110.09506"
  /// Its parts.
  public static var recipe: RecipeConfiguration {
    var recipe = RecipeConfiguration(), rule = SGD.Configuration()
    recipe.scope = ParameterScope(.all)
    recipe.objectives = [.part(MarginalEntropy.self)]
    recipe.augmentations = [.part(NoiseView.self)]
    recipe.recovery = [.part(EpisodicReset.self)]
    recipe.timing.prediction = .after
    recipe.timing.unit = .row
    rule.learningRate = 5e-3
    recipe.optimizer = .sgd(rule)
    return recipe
  }
}

/// Matching of the moments of batch norm's outputs.
///
/// The published optimizer, SGD at 0.01 with Nesterov momentum 0.9 and weight decay 0.0005, holds all parameters, but those
/// of the last layer have no gradient and so no weight decay either. The gradient of a variance grows with the square of
/// the inputs and one strange batch ends such a run: Adam at 0.001 here, whose steps have a largest length.
public enum ActivationMatching: RecipePreset {
  /// `actmad` in config files.
  public static let name = "actmad"
  /// What tables and help say.
  public static let summary =
    "means and variances of the batch norms' outputs brought near those of training rows, over all that is before the last "
    + "layer, source statistics, predicts after its update"
  /// Where it comes from.
  public static let paper =
    "Mirza et al. (2023), ActMAD: activation matching to align distributions for test-time-training, arXiv:2211.12870"
  /// Its parts.
  public static var recipe: RecipeConfiguration {
    var recipe = RecipeConfiguration()
    recipe.scope = ParameterScope(.features)
    recipe.objectives = [.part(MomentMatching.self)]
    recipe.timing.prediction = .after
    return recipe
  }
}
