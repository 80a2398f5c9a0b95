/// Agreement of like rows within a batch.
public enum LAME: RecipePreset {
  /// `lame` in config files.
  public static let name = "lame"
  /// What tables and help say.
  public static let summary =
    "rows of a batch with like features (nearest neighbors) are brought to agree, source statistics, no weight changes; "
    + "for streams in which the rows of a class come together"
  /// Where it comes from.
  public static let paper =
    "Boudiaf et al. (2022), Parameter-free online test-time adaptation, arXiv:2201.05718, with nearest neighbors"
  /// Its parts.
  public static var recipe: RecipeConfiguration { .correction(.part(LaplacianCorrection.self)) }
}

/// Prototypes in the place of the output layer.
public enum T3A: RecipePreset {
  /// `t3a` in config files.
  public static let name = "t3a"
  /// What tables and help say.
  public static let summary =
    "class prototypes of the 100 most confident rows per class in the place of the output layer, source statistics; the "
    + "batch itself counts; probabilities are not calibrated"
  /// Where it comes from.
  public static let paper =
    "Iwasawa, Matsuo (2021), Test-time classifier adjustment module for model-agnostic domain generalization, NeurIPS"
  /// Its parts.
  public static var recipe: RecipeConfiguration { .correction(.part(TemplateAdjustment.self)) }
}

/// Features moved back to the source's mean.
public enum FOAShift: RecipePreset {
  /// `foa-shift` in config files.
  public static let name = "foa-shift"
  /// What tables and help say.
  public static let summary =
    "the features of the output layer moved back by what the mean of the batches before has moved away from the source's"
  /// Where it comes from.
  public static let paper =
    "Niu et al. (2024), Test-time model adaptation with only forward passes, arXiv:2404.01650, without its prompts"
  /// Its parts.
  public static var recipe: RecipeConfiguration { .correction(.part(FeatureShift.self)) }
}

extension RecipeConfiguration {
  /// The trained model with its outputs corrected.
  static func correction(_ correction: PartChoice<CorrectionPlace>) -> RecipeConfiguration {
    var recipe = RecipeConfiguration()
    recipe.correction = [correction]
    return recipe
  }
}
