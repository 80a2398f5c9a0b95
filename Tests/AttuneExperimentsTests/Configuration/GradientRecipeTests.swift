import AttuneExperiments
import AttuneInference
import Testing

/// The keys of recipes that follow a gradient, in config files.
@Suite struct GradientRecipeTests {
  private func recipe(_ yaml: String) throws -> RecipeConfiguration {
    let arm = try decode(InferenceArmConfiguration.self, yaml)
    return try #require(arm.strategy.strategy as? CustomRecipe).configuration.recipe
  }

  @Test func `every key of the parts is read`() throws {
    let recipe = try recipe(
      """
      strategy: recipe
      statistics: batch
      scope: {kind: norm-affine, exceptLast: 1}
      objectives:
        - {kind: pseudo-label, threshold: 0.8, weight: 0.3}
        - {kind: generalized-cross-entropy, exponent: 0.5}
        - {kind: information-maximization, epsilon: 0.001}
        - {kind: come, mass: 12}
        - {kind: conjugate-poly, epsilon: 6, temperature: 2}
        - {kind: marginal-entropy, views: 4}
        - {kind: moment-matching, sourceBatch: 32}
        - kind: entropy-matching
          rate: 0.2
          limit: 1.5
          delay: 7
          weighted: false
          share: 0.3
          sourceStatistics: source
          sourceBatch: 16
      selection:
        - {kind: entropy-margin, share: 0.5, weighted: true, opinion: {mass: 9}}
        - {kind: diversity, cosine: 0.05, momentum: 0.8}
        - {kind: confidence, threshold: 0.7}
        - {kind: destruction, threshold: 0.1, view: marginal, weighted: false, share: 0.2}
      recovery:
        - {kind: fisher, weight: 2000, rows: 500, batch: 32}
        - {kind: entropy-floor, share: 0.1, momentum: 0.5, asPublished: true}
      sharpness: 0.05
      """)
    #expect(
      recipe.objectives.map(\.choice.description) == [
        "pseudo-label (threshold 0.8)", "generalized-cross-entropy (exponent 0.5)",
        "information-maximization (epsilon 0.001)", "come (mass 12.0)",
        "conjugate-poly (epsilon 6.0, temperature 2.0)", "marginal-entropy (views 4)",
        "moment-matching (sourceBatch 32)",
        "entropy-matching (rate 0.2, limit 1.5, delay 7, weighted false, share 0.3, sourceStatistics source, "
          + "sourceBatch 16)",
      ])
    #expect(recipe.objectives[0].weight == 0.3)
    let margin = try #require(recipe.selection[0].settings as? EntropyMargin.Configuration)
    #expect(margin.share == 0.5 && margin.weighted && margin.opinion?.mass == 9)
    #expect(
      recipe.selection.dropFirst().map(\.description) == [
        "diversity (cosine 0.05, momentum 0.8)", "confidence (threshold 0.7)",
        "destruction (threshold 0.1, view marginal, weighted false, share 0.2)",
      ])
    #expect(
      recipe.recovery.map(\.description) == [
        "fisher (weight 2000.0, rows 500, batch 32)", "entropy-floor (share 0.1, momentum 0.5, asPublished true)",
      ])
    #expect(recipe.sourceAccess == .samples)
  }

  @Test func `a wrong value is told with its place`() {
    let text = errorText {
      try recipe("strategy: recipe\nscope: norm-affine\nobjectives: [{kind: pseudo-label, threshold: 1}]\n")
    }
    #expect(text.hasPrefix("x.yaml:3:"), "\(text)")
    #expect(text.contains("threshold: must be at least 0 and below 1"), "\(text)")
    let view = errorText {
      try recipe("strategy: recipe\nselection: [{kind: destruction, view: upside}]\n")
    }
    #expect(view.hasPrefix("x.yaml:2:") && view.contains("upside") && view.contains("permutation"), "\(view)")
  }
}
