/// A teacher over views, all weights, and stochastic restore.
public enum ContinualTeacher: RecipePreset {
  /// `cotta` in config files.
  public static let name = "cotta"
  /// What tables and help say.
  public static let summary =
    "cross-entropy to a slow teacher that looks at 32 noisy views where the source is not confident, all weights, some of "
    + "them restored at random; batch statistics, predicts by the teacher before the update"
  /// Where it comes from.
  public static let paper = "Wang et al. (2022), Continual test-time domain adaptation (CoTTA), arXiv:2203.13591"
  /// Its parts.
  public static var recipe: RecipeConfiguration {
    var recipe = RecipeConfiguration.gradient(.part(TeacherCrossEntropy.self))
    recipe.scope = ParameterScope(.all)
    var teacher = TeacherSettings()
    teacher.views = 32
    recipe.teacher = teacher
    recipe.augmentations = [.part(NoiseView.self)]
    recipe.recovery = [.part(StochasticRestore.self)]
    recipe.timing.prediction = .teacher
    return recipe
  }
}
