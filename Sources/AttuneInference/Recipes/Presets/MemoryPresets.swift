internal import AttuneCore
internal import AttuneTraining

/// A teacher, statistics that move slowly, and a balanced memory of young and certain rows.
public enum RobustTeacher: RecipePreset {
  /// `rotta` in config files.
  public static let name = "rotta"
  /// What tables and help say.
  public static let summary =
    "cross-entropy to a slow teacher on a class-balanced memory of young and certain rows, every 64 rows, over batch norm's "
    + "scale and shift; moving statistics, predicts by the teacher before the update"
  /// Where it comes from.
  public static let paper =
    "Yuan, Xie, Li (2023), Robust test-time adaptation in dynamic scenarios (RoTTA), arXiv:2303.13899"
  /// Its parts.
  public static var recipe: RecipeConfiguration {
    var statistics = MovingNormalization.Configuration()
    statistics.momentum = 0.05
    var recipe = RecipeConfiguration.statistics(.part(MovingNormalization.self, statistics))
    recipe.scope = ParameterScope(.normAffine)
    recipe.objectives = [.part(TeacherCrossEntropy.self)]
    recipe.memory = .part(CategoryTimeliness.self)
    recipe.teacher = TeacherSettings()
    recipe.augmentations = [.part(NoiseView.self)]
    recipe.timing.learnsFromView = true
    recipe.timing.prediction = .teacher
    return recipe
  }
}

/// Entropy on a class-balanced memory, with statistics that move slowly.
public enum NonIndependentEntropy: RecipePreset {
  /// `note` in config files.
  public static let name = "note"
  /// What tables and help say.
  public static let summary =
    "entropy minimization on a class-balanced memory, every 64 rows, over batch norm's scale and shift; statistics learned "
    + "slowly from the memory, predicts before its update; without instance-aware normalization, which rows of a table "
    + "cannot have"
  /// Where it comes from.
  public static let paper =
    "Gong et al. (2022), NOTE: robust continual test-time adaptation against temporal correlation, arXiv:2208.05117"
  /// Its parts.
  public static var recipe: RecipeConfiguration {
    var statistics = MovingNormalization.Configuration()
    (statistics.momentum, statistics.variance, statistics.learnsByBatch) = (0.01, .unbiased, true)
    var recipe = RecipeConfiguration.statistics(.part(MovingNormalization.self, statistics))
    recipe.scope = ParameterScope(.normAffine)
    var entropy = EntropyObjective.Configuration()
    entropy.perClass = true
    recipe.objectives = [.part(EntropyObjective.self, entropy)]
    recipe.memory = .part(ClassBalancedMemory.self)
    recipe.optimizer = .adam(Adam.Configuration(learningRate: 1e-4))
    return recipe
  }
}
