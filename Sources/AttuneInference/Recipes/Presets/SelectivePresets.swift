internal import AttuneTraining

/// Entropy minimization on reliable and diverse rows.
public enum EfficientEntropyMinimization: RecipePreset {
  /// `eta` in config files.
  public static let name = "eta"
  /// What tables and help say.
  public static let summary =
    "entropy minimization on rows that are sure and unlike those before, over batch norm's scale and shift, batch "
    + "statistics, predicts before its update"
  /// Where it comes from.
  public static let paper =
    "Niu et al. (2022), Efficient test-time model adaptation without forgetting, arXiv:2204.02610"
  /// Its parts.
  public static var recipe: RecipeConfiguration {
    var recipe = RecipeConfiguration.gradient(.part(EntropyObjective.self))
    var margin = EntropyMargin.Configuration()
    margin.weighted = true
    recipe.selection = [.part(EntropyMargin.self, margin), .part(Diversity.self)]
    return recipe
  }
}

/// The same, held near the source.
public enum AntiForgettingEntropyMinimization: RecipePreset {
  /// `eata` in config files.
  public static let name = "eata"
  /// What tables and help say.
  public static let summary =
    "eta with a penalty on moving parameters that matter for the source, by the Fisher information of training rows"
  /// Where it comes from.
  public static let paper = EfficientEntropyMinimization.paper
  /// Its parts.
  public static var recipe: RecipeConfiguration {
    var recipe = EfficientEntropyMinimization.recipe
    recipe.recovery = [.part(FisherPenalty.self)]
    return recipe
  }
}

/// ETA that starts anew after a number of batches.
public enum PeriodicallyReset: RecipePreset {
  /// `rdumb` in config files.
  public static let name = "rdumb"
  /// What tables and help say.
  public static let summary = "eta that goes back to the source every 1000 batches"
  /// Where it comes from.
  public static let paper =
    "Press et al. (2023), RDumb: a simple approach that questions our progress in continual test-time adaptation, "
    + "arXiv:2306.05401"
  /// Its parts.
  public static var recipe: RecipeConfiguration {
    var recipe = EfficientEntropyMinimization.recipe
    recipe.recovery = [.part(PeriodicReset.self)]
    return recipe
  }
}

/// Sharpness-aware entropy minimization on reliable rows, with a reset where it collapses.
///
/// The learning rate is that of published runs on few classes; on ImageNet it is 0.00025.
public enum SharpnessAwareReliable: RecipePreset {
  /// `sar` in config files.
  public static let name = "sar"
  /// What tables and help say.
  public static let summary =
    "sharpness-aware entropy minimization on sure rows, over scale and shift of all batch norms but the last (the only one "
    + "stays), batch statistics, predicts before its update, resets when the entropy collapses"
  /// Where it comes from.
  public static let paper =
    "Niu et al. (2023), Towards stable test-time adaptation in dynamic wild world, arXiv:2302.12400"
  /// Its parts.
  public static var recipe: RecipeConfiguration {
    var recipe = RecipeConfiguration.descent(.part(EntropyObjective.self))
    recipe.selection = [.part(EntropyMargin.self)]
    recipe.sharpness = 0.05
    recipe.recovery = [.part(EntropyFloor.self)]
    return recipe
  }
}

/// Entropy minimization on rows whose answer depends on how their features stand together.
public enum DestroyTheObject: RecipePreset {
  /// `deyo` in config files.
  public static let name = "deyo"
  /// What tables and help say.
  public static let summary =
    "entropy minimization on rows that are sure and whose answer a destroying view makes less probable, over scale and "
    + "shift of all batch norms but the last, batch statistics, predicts before its update"
  /// Where it comes from.
  public static let paper =
    "Lee et al. (2024), Entropy is not enough for test-time adaptation: from the perspective of disentangled factors, ICLR"
  /// Its parts.
  public static var recipe: RecipeConfiguration {
    var recipe = RecipeConfiguration.descent(.part(EntropyObjective.self))
    var margin = EntropyMargin.Configuration()
    margin.share = 0.5
    recipe.selection = [.part(EntropyMargin.self, margin), .part(Destruction.self)]
    return recipe
  }
}

/// Entropies distributed as the source's.
public enum ProtectedEntropyMatching: RecipePreset {
  /// `poem` in config files.
  public static let name = "poem"
  /// What tables and help say.
  public static let summary =
    "entropies matched to the distribution of the source's as far as a bet finds them to differ, over scale and shift of "
    + "all batch norms but the last, batch statistics, predicts before its update"
  /// Where it comes from.
  public static let paper =
    "Bar et al. (2024), Protected test-time adaptation via online entropy matching: a betting approach, arXiv:2408.07511"
  /// Its parts.
  public static var recipe: RecipeConfiguration { .descent(.part(EntropyMatching.self)) }
}

extension RecipeConfiguration {
  /// A recipe that makes something small over scale and shift of all batch norms but the last, on batch statistics, by
  /// gradient descent with momentum: SAR's frame.
  static func descent(_ objective: ObjectiveChoice) -> RecipeConfiguration {
    var recipe = RecipeConfiguration.gradient(objective), rule = SGD.Configuration()
    (rule.learningRate, rule.momentum) = (1e-3, 0.9)
    recipe.scope = ParameterScope(.normAffine, exceptLast: 1)
    recipe.optimizer = .sgd(rule)
    return recipe
  }
}
