internal import AttuneTraining

/// Pseudo-labels on batch statistics.
public enum PseudoLabeling: RecipePreset {
  /// `pseudo-label` in config files.
  public static let name = "pseudo-label"
  /// What tables and help say.
  public static let summary =
    "cross-entropy with the model's own answers above a confidence of 0.9, over batch norm's scale and shift, batch "
    + "statistics, predicts before its update"
  /// Where it comes from.
  public static let paper =
    "Lee (2013), Pseudo-label: the simple and efficient semi-supervised learning method for deep neural networks, ICML "
    + "workshop"
  /// Its parts.
  public static var recipe: RecipeConfiguration { .gradient(.part(PseudoLabel.self)) }
}

/// Robust pseudo-labels on batch statistics.
public enum RobustPseudoLabeling: RecipePreset {
  /// `rpl` in config files.
  public static let name = "rpl"
  /// What tables and help say.
  public static let summary =
    "generalized cross-entropy with the model's own answers, over batch norm's scale and shift, batch statistics, predicts "
    + "before its update"
  /// Where it comes from.
  public static let paper =
    "Rusak et al. (2021), If your data distribution shifts, use self-learning, arXiv:2104.12928"
  /// Its parts.
  public static var recipe: RecipeConfiguration { .gradient(.part(GeneralizedCrossEntropy.self)) }
}

/// Information maximization over the features.
///
/// Published are SGD at 0.01, a tenth of it for a pretrained backbone, in offline epochs. Online, and without a
/// pretrained part, each batch makes one step of Adam at 0.001, as T3A's online version does.
public enum InformationMaximizing: RecipePreset {
  /// `shot-im` in config files.
  public static let name = "shot-im"
  /// What tables and help say.
  public static let summary =
    "low entropy of each prediction and high entropy of their mean, over all that is before the last layer, batch "
    + "statistics, predicts before its update; asks for balanced classes"
  /// Where it comes from.
  public static let paper =
    "Liang et al. (2020), Do we really need to access the source data? (SHOT), arXiv:2002.08546; online as in Iwasawa, "
    + "Matsuo (2021), T3A, NeurIPS"
  /// Its parts.
  public static var recipe: RecipeConfiguration {
    var recipe = RecipeConfiguration.gradient(.part(InformationMaximization.self))
    recipe.scope = ParameterScope(.features)
    return recipe
  }
}

/// The conjugate of the source's loss, with an answer after the update.
///
/// Published is SGD at 0.001 with batches of 200, which hardly moves a small network: Adam at 0.001 here.
public enum ConjugatePseudoLabeling: RecipePreset {
  /// `conjugate` in config files.
  public static let name = "conjugate"
  /// What tables and help say.
  public static let summary =
    "the conjugate of the loss that the source was trained with (by default cross-entropy: the entropy), over batch norm's "
    + "scale and shift, batch statistics, predicts after its update"
  /// Where it comes from.
  public static let paper =
    "Goyal et al. (2022), Test-time adaptation via conjugate pseudo-labels, arXiv:2207.09640"
  /// Its parts.
  public static var recipe: RecipeConfiguration {
    var recipe = RecipeConfiguration.gradient(.part(ConjugatePolyLoss.self))
    recipe.timing.prediction = .after
    return recipe
  }
}

/// Tent's frame with the entropy of opinions.
public enum ConservativeEntropyMinimization: RecipePreset {
  /// `come` in config files.
  public static let name = "come"
  /// What tables and help say.
  public static let summary =
    "minimization of an entropy that knows 'do not know', over batch norm's scale and shift, batch statistics, predicts "
    + "before its update"
  /// Where it comes from.
  public static let paper =
    "Zhang et al. (2025), COME: test-time adaption by conservatively minimizing entropy, arXiv:2410.10894"
  /// Its parts.
  public static var recipe: RecipeConfiguration { .gradient(.part(ConservativeEntropy.self)) }
}
