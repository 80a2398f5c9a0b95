import AttuneCore
import AttuneExperiments
import AttuneInference
import Testing

/// The keys of memories, teachers, weight recovery and what goes with them.
@Suite struct MemoryRecipeTests {
  private func settings<Preset: RecipePreset>(_ preset: Preset.Type, _ text: String) throws -> RecipeConfiguration {
    try decode(PresetConfiguration<Preset>.self, text).recipe
  }

  @Test func `a preset keeps what a config leaves out`() throws {
    let recipe = try settings(RobustTeacher.self, "memory: {kind: category-timeliness, capacity: 16, every: 8}")
    #expect(
      recipe.memory.description
        == "category-timeliness (capacity 16, every 8, ageWeight 1.0, uncertaintyWeight 1.0)")
    #expect(recipe.teacher == TeacherSettings())
    #expect(recipe.timing.prediction == .teacher && recipe.timing.learnsFromView)
    #expect(recipe.statistics.description.contains("momentum 0.05"))
    #expect(recipe.augmentations.map(\.kind.name) == ["noise"])
  }

  @Test(
    arguments: [
      "memory: {kind: fifo, capacity: 8}", "memory: {kind: reservoir, every: 3}",
      "memory: {kind: class-balanced, capacity: 8, every: 16}",
      "memory: {kind: category-timeliness, ageWeight: 2, uncertaintyWeight: 0}",
      "memory: {kind: high-confidence, confidence: 0.66}",
      "teacher: {momentum: 0.99, views: 4, confidence: source-quantile}", "teacher: {confidence: 0.72}",
      "recovery: [{kind: weight-ensembling, momentum: 0.9}, {kind: stochastic-restore, probability: 0.001}]",
      "recovery: [{kind: kalman, hiddenMomentum: 0.9, momentum: 0.95, noise: 0.01, scalesNoise: true}]",
      "correction: [{kind: prior, on: probabilities}]",
      "selection: [{kind: certainty-diversity, temperature: 0.5, momentum: 0.8}]",
      "{scope: all, teacher: {}, objectives: [{kind: teacher-cross-entropy, symmetric: true, weight: 0.5}, consistency]}",
      "{scope: all, objectives: [{kind: soft-likelihood-ratio, limit: 0.9}, {kind: entropy, perClass: true}]}",
      "statistics: {kind: moving-average, momentum: 0.01, variance: unbiased, learnsByBatch: true}",
    ])
  func `what is written is read again, and is not the default`(text: String) throws {
    let first = try decode(CustomRecipe.Configuration.self, text)
    let written = try ConfigWriter.yaml(from: first)
    #expect(try ConfigWriter.yaml(from: try decode(CustomRecipe.Configuration.self, written)) == written)
    #expect(try written != ConfigWriter.yaml(from: CustomRecipe.Configuration()))
  }

  @Test(
    arguments: [
      ("memory: {kind: fifo, capacity: 0}", "capacity: must be at least 1"),
      ("memory: {kind: class-balanced, every: 0}", "every: must be at least 1"),
      ("memory: {kind: high-confidence, confidence: 1.5}", "confidence: must be"),
      ("memory: {kind: category-timeliness, ageWeight: -1}", "ageWeight: must be a finite number of at least 0"),
      ("memory: {kind: fifo, confidence: 0.5}", "confidence"),
      ("recovery: [{kind: weight-ensembling, momentum: 2}]", "momentum: must be"),
      ("recovery: [{kind: kalman, noise: 1}]", "noise: must be below 1"),
      ("recovery: [{kind: stochastic-restore, probability: -0.1}]", "probability: must be"),
      ("correction: [{kind: prior, on: odds}]", "on: "),
      ("selection: [{kind: certainty-diversity, temperature: 0}]", "temperature: must be a finite number above 0"),
      ("{scope: all, objectives: [{kind: soft-likelihood-ratio, limit: 1}]}", "limit: must be above 0 and below 1"),
      ("{scope: all, objectives: [teacher-cross-entropy]}", "teacher: must be there, as an objective learns from it"),
      ("timing: {learnsFromView: true}", "timing: must predict 'after' or by the 'teacher'"),
      ("statistics: {kind: moving-average, asPublished: true, learnsByBatch: true}", "learnsByBatch: must be false"),
    ])
  func `a wrong value is an error with its place`(text: String, expected: String) {
    let found = errorText { try decode(CustomRecipe.Configuration.self, text) }
    #expect(found.hasPrefix("x.yaml:1:") && found.contains(expected), "\(found)")
  }
}
