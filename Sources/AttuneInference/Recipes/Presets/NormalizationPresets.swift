/// Batch statistics.
public enum BatchNormBatch: RecipePreset {
  /// `bn-batch` in config files.
  public static let name = "bn-batch"
  /// What tables and help say.
  public static let summary = "batch norm with the batch's own statistics (running ones for a batch of one row)"
  /// Where it comes from.
  public static let paper = "Nado et al. (2020), Evaluating prediction-time batch normalization, arXiv:2006.10963"
  /// Its parts.
  public static var recipe: RecipeConfiguration { .statistics(.part(BatchNormalization.self)) }
}

/// Source and batch statistics mixed by their numbers of rows.
public enum BatchNormPrior: RecipePreset {
  /// `bn-prior` in config files.
  public static let name = "bn-prior"
  /// What tables and help say.
  public static let summary = "batch norm with source and batch statistics mixed, the source worth N rows"
  /// Where it comes from.
  public static let paper =
    "Schneider et al. (2020), Improving robustness against common corruptions by covariate shift adaptation, "
    + "arXiv:2006.16971"
  /// Its parts.
  public static var recipe: RecipeConfiguration { .statistics(.part(PriorNormalization.self)) }
}

/// Source and batch statistics mixed with a fixed weight.
public enum BatchNormAlpha: RecipePreset {
  /// `bn-alpha` in config files.
  public static let name = "bn-alpha"
  /// What tables and help say.
  public static let summary = "batch norm with source and batch statistics mixed, with a fixed weight of the batch"
  /// Where it comes from.
  public static let paper = "norm_alpha of Döbler, Marsden (2023), test-time-adaptation (software)"
  /// Its parts.
  public static var recipe: RecipeConfiguration { .statistics(.part(BlendedNormalization.self)) }
}

/// A moving average of the statistics.
public enum BatchNormMovingAverage: RecipePreset {
  /// `bn-ema` in config files.
  public static let name = "bn-ema"
  /// What tables and help say.
  public static let summary =
    "batch norm with a moving average of source and test statistics, updated before predicting (a batch of one row moves "
    + "nothing)"
  /// Where it comes from.
  public static let paper = "norm_ema of Döbler, Marsden (2023), test-time-adaptation (software)"
  /// Its parts.
  public static var recipe: RecipeConfiguration { .statistics(.part(MovingNormalization.self)) }
}

/// The mean of all statistics so far.
public enum BatchNormCumulative: RecipePreset {
  /// `bn-cumulative` in config files.
  public static let name = "bn-cumulative"
  /// What tables and help say.
  public static let summary = "batch norm with the mean of the statistics of all batches so far, the source's forgotten"
  /// Where it comes from.
  public static let paper =
    "Schneider et al. (2020), Improving robustness against common corruptions by covariate shift adaptation, "
    + "arXiv:2006.16971, in their code"
  /// Its parts.
  public static var recipe: RecipeConfiguration { .statistics(.part(CumulativeNormalization.self)) }
}

/// The statistics of the whole target.
public enum AdaptiveBatchNorm: RecipePreset {
  /// `adabn` in config files.
  public static let name = "adabn"
  /// What tables and help say.
  public static let summary =
    "batch norm with the statistics of the whole target, which it sees before the first answer"
  /// Where it comes from.
  public static let paper =
    "Li et al. (2016), Revisiting batch normalization for practical domain adaptation, arXiv:1603.04779"
  /// Its parts.
  public static var recipe: RecipeConfiguration { .statistics(.part(TargetNormalization.self)) }
}

extension RecipeConfiguration {
  /// A recipe of statistics alone.
  static func statistics(_ statistics: PartChoice<StatisticsPlace>) -> RecipeConfiguration {
    var recipe = RecipeConfiguration()
    recipe.statistics = statistics
    return recipe
  }
}
