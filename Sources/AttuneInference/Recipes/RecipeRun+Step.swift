internal import AttuneCore
internal import AttuneTraining
internal import Foundation

extension RecipeRun {
  /// One pass over some rows, and one step along the gradient of what it is to make small.
  ///
  /// - Parameters:
  ///   - rows: what is learned from, `[n, d]`.
  ///   - ages: of rows that a memory kept; their loss weighs `exp(−age) / (1 + exp(−age))`.
  ///   - isRepeat: whether a pass over these rows has moved the statistics that stay.
  ///   - recovery: whose penalties are added to the gradients.
  /// - Returns: the answer of the pass, before the step; what the teacher says; the step if one was made.
  mutating func step(
    _ rows: Matrix, ages: [Float] = [], isRepeat: Bool = false, _ recipe: RecipeConfiguration,
    recovery: [any RecoveryPart]
  ) throws -> (answer: Answer, teacher: Answer?, step: AdaptationStep?) {
    let teacher = try teacherAnswer(rows, recipe)
    let usesKept = isRepeat && type(of: adapted.statistics).isKept
    let policy = usesKept ? .running : try adapted.statistics.prepare(&adapted.network, for: rows)
    let inputs = recipe.timing.learnsFromView ? try augmentations.view(of: rows, using: &generator) : rows
    let network = adapted.network
    let (context, pass) = try pass(inputs, policy, recipe, teacher?.logits)
    if !usesKept, pass.statistics.values.allSatisfy(\.isFinite) {
      adapted.statistics.keep(pass.statistics, rows: rows.rows, in: &adapted.network)
    }
    let answer = Answer(rows: rows, logits: pass.output.value, features: pass.features.value, network: network)
    guard !parameters.isEmpty, rows.rows > 0, pass.output.value.isFinite else { return (answer, teacher, nil) }
    var learning = context, weights = RowWeights(rows: rows.rows)
    for (row, age) in ages.enumerated() { weights.values[row] = 1 / (1 + exp(age)) }
    if !ages.isEmpty { weights.fixedDivisor = Float(rows.rows) }
    try select(&weights, inputs, pass, policy)
    guard !weights.isEmpty else { return (answer, teacher, nil) }
    learning = ObjectiveContext(context, weights)
    guard let found = try gradients(&learning, recovery) else { return (answer, teacher, nil) }
    let step: AdaptationStep?
    if recipe.sharpness > 0 {
      step = try sharpStep(found.gradients, inputs, weights, policy, recipe, recovery)
    } else {
      step = take(found.gradients, loss: found.loss, rows: weights.kept.count)
    }
    if step != nil, let momentum = recipe.teacher?.momentum { moveTeacher(momentum) }
    return (answer, teacher, step)
  }

  /// The forward pass, with what objectives need of it.
  private mutating func pass(
    _ inputs: Matrix, _ policy: NormalizationPolicy, _ recipe: RecipeConfiguration, _ teacher: Matrix?
  ) throws -> (ObjectiveContext, ForwardPass) {
    let tape = Tape()
    if needsLogitsOnly, !recipe.dropout, !parameters.isEmpty || policy.looksAtBatch,
      let compiled = try passes?.forward(adapted.network, inputs, statistics: policy)
    {
      let pass = ForwardPass(compiled, on: tape)
      let context = ObjectiveContext(
        rows: inputs, pass: pass, weights: RowWeights(rows: inputs.rows), teacher: teacher, source: start.network,
        tape: tape, generator: generator, policy: policy, augmentations: augmentations, compiled: compiled)
      return (context, pass)
    }
    var recorded = RecordedNetwork(adapted.network, on: tape, differentiating: parameters)
    if recipe.dropout {
      recorded.dropout = generator.fork("dropout")
      _ = generator.next()
    }
    let pass = try recorded.forward(inputs, statistics: policy)
    let context = ObjectiveContext(
      rows: inputs, pass: pass, weights: RowWeights(rows: inputs.rows), teacher: teacher, source: start.network,
      tape: tape, generator: generator, policy: policy, augmentations: augmentations, recorded: recorded, compiled: nil)
    return (context, pass)
  }

  /// Narrows and weights the rows.
  private mutating func select(
    _ weights: inout RowWeights, _ rows: Matrix, _ pass: ForwardPass, _ policy: NormalizationPolicy
  ) throws {
    guard !adapted.selection.isEmpty else { return }
    let logits = pass.output.value
    var context = SelectionContext(
      rows: rows, logits: logits, probabilities: logits.softmax(), features: pass.features.value,
      entropies: logits.rowEntropies().elements, generator: generator, network: adapted.network, policy: policy,
      augmentations: augmentations)
    for index in adapted.selection.indices { try adapted.selection[index].select(&weights, &context) }
    generator = context.generator
  }

  /// The gradients of the loss; nil where no objective has anything to learn, or they are not finite.
  private mutating func gradients(
    _ context: inout ObjectiveContext, _ recovery: [any RecoveryPart]
  ) throws -> (gradients: [Matrix], loss: Float)? {
    context.generator = generator
    var total: Variable?
    for index in adapted.objectives.indices {
      guard let loss = try adapted.objectives[index].part.loss(&context) else { continue }
      let weight = adapted.objectives[index].weight
      let weighted = weight == 1 ? loss : loss.scaled(by: weight)
      total = total.map { $0 + weighted } ?? weighted
    }
    generator = context.generator
    guard let total else { return nil }
    var gradients: [Matrix]
    if let compiled = context.compiled {
      let slopes = context.tape.gradients(of: total, withRespectTo: [context.logits])
      gradients = compiled.gradients(adapted.network, along: slopes[0])
    } else {
      gradients = context.tape.gradients(of: total, withRespectTo: context.pass.parameters.map(\.variable))
    }
    for part in recovery {
      guard let penalties = part.penaltyGradients(parameters, of: adapted.network) else { continue }
      for (index, penalty) in penalties.enumerated() { gradients[index].add(penalty) }
    }
    // A batch with a value that is not finite must not reach the weights.
    guard gradients.allSatisfy(\.isFinite) else { return nil }
    return (gradients, total.value[0, 0])
  }

  /// A step along gradients.
  mutating func take(_ gradients: [Matrix], loss: Float, rows: Int) -> AdaptationStep {
    adapted.optimizer?.step(&adapted.network, along: gradients)
    return AdaptationStep(loss: loss, rows: rows)
  }

  /// A sharpness-aware step: along the gradient at `w + ρ g / ‖g‖`, for the rows that are selected there too.
  ///
  /// - Source: Foret et al. (2021), Sharpness-aware minimization, arXiv:2010.01412; with selection Niu et al. (2023), SAR,
  ///   arXiv:2302.12400.
  private mutating func sharpStep(
    _ gradients: [Matrix], _ rows: Matrix, _ weights: RowWeights, _ policy: NormalizationPolicy,
    _ recipe: RecipeConfiguration, _ recovery: [any RecoveryPart]
  ) throws -> AdaptationStep? {
    let norm = gradients.reduce(0) { $0 + $1.sumOfSquares }.squareRoot()
    let kept = adapted
    for (id, gradient) in zip(parameters, gradients) {
      adapted.network[id].add(gradient, scaledBy: Float(recipe.sharpness / (norm + 1e-12)))
    }
    let (context, pass) = try pass(rows, policy, recipe, nil)
    var second = weights
    // The rows that are left, with the weights that they have there.
    second.values = weights.values.map { $0 == 0 ? 0 : 1 }
    try select(&second, rows, pass, policy)
    var learning = ObjectiveContext(context, second)
    let found = second.isEmpty ? nil : try self.gradients(&learning, recovery)
    adapted = kept
    return found.map { take($0.gradients, loss: $0.loss, rows: second.kept.count) }
  }
}

extension ObjectiveContext {
  /// The same pass with other weights.
  init(_ other: ObjectiveContext, _ weights: RowWeights) {
    self.init(
      rows: other.rows, pass: other.pass, weights: weights, teacher: other.teacher, source: other.source,
      tape: other.tape, generator: other.generator, policy: other.policy, augmentations: other.augmentations,
      recorded: other.recorded, compiled: other.compiled)
  }
}
