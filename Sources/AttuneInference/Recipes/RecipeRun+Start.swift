internal import AttuneCore
internal import AttuneTraining

extension RecipeRun {
  /// The run of a recipe from its start.
  init(_ recipe: RecipeConfiguration, in setup: RecipeSetup, optimizer: any Optimizer) throws {
    let network = setup.network
    parameters = setup.parameters
    let parameters = parameters
    augmentations = try recipe.augmentations.map { try $0.make(in: setup) }
    adapted = Adapted(
      network: network, optimizer: parameters.isEmpty ? nil : optimizer.states(for: parameters, of: network),
      teacher: recipe.teacher == nil ? nil : network, statistics: try recipe.statistics.make(in: setup),
      objectives: try recipe.objectives.map {
        WeightedObjective(part: try $0.choice.make(in: setup), weight: Float($0.weight))
      },
      selection: try recipe.selection.map { try $0.make(in: setup) }, memory: try recipe.memory.make(in: setup),
      correction: try recipe.correction.map { try $0.make(in: setup) })
    needsLogitsOnly = adapted.objectives.allSatisfy { type(of: $0.part).needsLogitsOnly }
    passes = CompiledNetwork.isFast ? CompiledPasses(network, differentiating: parameters) : nil
    start = adapted
    teacherConfidence = try Self.confidence(recipe, in: setup)
    generator = setup.context.generator
  }

  /// The mean confidence below which the teacher looks at views.
  private static func confidence(_ recipe: RecipeConfiguration, in setup: RecipeSetup) throws -> Float {
    guard let teacher = recipe.teacher, teacher.views > 0 else { return 0 }
    switch teacher.confidence {
    case .below(let number): return Float(number)
    case .sourceQuantile:
      let p = try setup.network.predict(try setup.samples().inputs).softmax()
      let confidences = p.rowMaxima.sorted()
      return confidences[(confidences.count - 1) / 20] - 0.05
    }
  }
}

extension Matrix {
  /// The largest element of each row.
  var rowMaxima: [Float] { zip(0..<rows, rowArgmax).map { self[$0, $1] } }
}
