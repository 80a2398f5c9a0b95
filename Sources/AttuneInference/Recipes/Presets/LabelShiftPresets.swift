/// AdapTable's correction of class shares.
public enum AdapTable: RecipePreset {
  /// `adaptable` in config files.
  public static let name = "adaptable"
  /// What tables and help say.
  public static let summary =
    "probabilities times the ratio of the stream's class shares to the source's, certain rows sharpened and uncertain ones "
    + "flattened; without the paper's calibrator"
  /// Where it comes from.
  public static let paper =
    "Kim et al. (2024), AdapTable: test-time adaptation for tabular data via shift-aware uncertainty calibrator and label "
    + "distribution handler, arXiv:2407.10784"
  /// Its parts.
  public static var recipe: RecipeConfiguration { .correction(.part(LabelDistributionHandler.self)) }
}

/// Class shares by expectation maximization.
public enum LabelShiftEM: RecipePreset {
  /// `label-shift-em` in config files.
  public static let name = "label-shift-em"
  /// What tables and help say.
  public static let summary =
    "the class shares of the last 1000 rows by expectation maximization, probabilities corrected by their ratio to the "
    + "source's"
  /// Where it comes from.
  public static let paper =
    "Saerens, Latinne, Decaestecker (2002), Adjusting the outputs of a classifier to new a priori probabilities, Neural "
    + "Computation 14(1), doi:10.1162/089976602753284446"
  /// Its parts.
  public static var recipe: RecipeConfiguration { .correction(.part(PriorEstimation.self)) }
}

/// Class weights from predicted frequencies.
public enum BBSE: RecipePreset {
  /// `bbse` in config files.
  public static let name = "bbse"
  /// What tables and help say.
  public static let summary =
    "class weights that explain how often each class is predicted, from the source's confusion matrix; probabilities times "
    + "these"
  /// Where it comes from.
  public static let paper =
    "Lipton, Wang, Smola (2018), Detecting and correcting for label shift with black box predictors, arXiv:1802.03916"
  /// Its parts.
  public static var recipe: RecipeConfiguration { .correction(.part(ShiftEstimation.self)) }
}
