import AttuneInference
import Testing

@testable import AttuneExperiments

/// Corrections, augmentations and FTAT in config files.
@Suite struct CorrectionConfigurationTests {
  private func recipe<Preset: RecipePreset>(_ type: Preset.Type, _ text: String) throws -> RecipeConfiguration {
    let arm = try decode(InferenceArmConfiguration.self, text)
    let strategy = arm.strategy.strategy
    return try #require(strategy as? Recipe<Preset>).configuration.recipe
  }

  private func settings<Settings>(_ choice: PartChoice<CorrectionPlace>?, _ type: Settings.Type) throws -> Settings {
    try #require(choice?.settings as? Settings)
  }

  @Test func `corrections are read with their defaults`() throws {
    let lame = try recipe(LAME.self, "{strategy: lame, correction: [{kind: lame, affinity: rbf, normalized: true}]}")
    var expected = LaplacianCorrection.Configuration()
    (expected.affinity, expected.normalized) = (.rbf, true)
    #expect(try settings(lame.correction.first, LaplacianCorrection.Configuration.self) == expected)
    let t3a = try recipe(T3A.self, "{strategy: t3a, correction: [{kind: t3a, filter: all, asPublished: true}]}")
    #expect(try settings(t3a.correction.first, TemplateAdjustment.Configuration.self).filter == .all)
    let two = try recipe(
      EmptyPreset.self, "{strategy: recipe, correction: [{kind: foa-shift, decay: 0.5}, {kind: bbse, ridge: 0}]}")
    #expect(try settings(two.correction.first, FeatureShift.Configuration.self).decay == 0.5)
    #expect(try settings(two.correction.last, ShiftEstimation.Configuration.self).ridge == 0)
    #expect(two.sourceAccess == .samples)
    let shift = try recipe(
      EmptyPreset.self, "{strategy: recipe, correction: [{kind: label-shift-em, rows: 50}, {kind: adaptable}]}")
    #expect(try settings(shift.correction.first, PriorEstimation.Configuration.self).rows == 50)
    #expect(shift.sourceAccess == .statistics)
  }

  @Test func `presets need of the source what their parts need`() {
    let access = ["lame", "t3a", "foa-shift", "adaptable", "label-shift-em", "bbse", "ftat"].map {
      StrategyRegistry.builtIn[$0]?.sourceAccess.rawValue
    }
    #expect(access == ["none", "none", "samples", "statistics", "statistics", "samples", "statistics"])
  }

  @Test func `augmentations are read with their defaults`() throws {
    let kinds = [
      "noise", "feature-dropout", "column-resampling", "permutation", "image-shift", "image-rotation", "image-blur",
      "image-contrast",
    ]
    let recipe = try recipe(
      EmptyPreset.self, "{strategy: recipe, augmentations: [\(kinds.joined(separator: ", "))]}")
    #expect(recipe.augmentations.map(\.kind.name) == kinds)
    let one = try self.recipe(
      EmptyPreset.self, "{strategy: recipe, augmentations: [{kind: column-resampling, probability: 0.6}]}")
    #expect((one.augmentations.first?.settings as? ColumnResamplingView.Configuration)?.probability == 0.6)
  }

  @Test func `a wrong key or value is an error with its place`() {
    let key = #expect(throws: ConfigError.self) {
      try decode(InferenceArmConfiguration.self, "{strategy: lame, correction: [{kind: lame, neighbours: 3}]}")
    }
    #expect(key?.description.contains("neighbors") == true)
    let value = #expect(throws: ConfigError.self) {
      try decode(InferenceArmConfiguration.self, "{strategy: t3a, correction: [{kind: t3a, filter: 0}]}")
    }
    #expect(value?.description.contains("must be at least 1") == true)
    let share = #expect(throws: ConfigError.self) {
      try decode(InferenceArmConfiguration.self, "{strategy: ftat, disagreement: 2}")
    }
    #expect(share?.description.contains("must be at least 0 and at most 1") == true)
  }

  @Test func `the settings of FTAT are read with their defaults`() throws {
    let arm = try decode(
      InferenceArmConfiguration.self,
      "{strategy: ftat, learningRates: [0.01, 0.1], statistics: source, asPublished: true}")
    var expected = FTAT.Configuration()
    (expected.learningRates, expected.statistics, expected.asPublished) = ([0.01, 0.1], .source, true)
    #expect(try #require(arm.strategy.strategy as? FTAT).configuration == expected)
  }
}
