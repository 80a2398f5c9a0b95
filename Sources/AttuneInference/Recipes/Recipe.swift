public import AttuneCore
internal import AttuneTraining

/// A published method as a recipe: its name and its parts.
public protocol RecipePreset: Sendable {
  /// The name in config files, for example `tent`.
  static var name: String { get }
  /// One line for tables and help: what it does, when it predicts, what to know.
  static var summary: String { get }
  /// Where it comes from.
  static var paper: String { get }
  /// Its parts.
  static var recipe: RecipeConfiguration { get }
}

/// The settings of a preset: the keys of a recipe, which are the preset's own where a config leaves them out.
public struct PresetConfiguration<Preset: RecipePreset>: Codable, Sendable, DefaultInitializable, ValidatedConfiguration
{
  /// The parts.
  public var recipe: RecipeConfiguration

  /// The preset as it is.
  public init() { recipe = Preset.recipe }
  /// A recipe of one's own.
  public init(_ recipe: RecipeConfiguration) { self.recipe = recipe }
  /// Decodes the keys of a recipe.
  public init(from decoder: any Decoder) throws { recipe = try RecipeConfiguration(from: decoder) }
  /// Encodes the keys of a recipe.
  public func encode(to encoder: any Encoder) throws { try recipe.encode(to: encoder) }
  /// Throws a `ConfigValueError` for the first setting out of its range.
  public func validate() throws { try recipe.validate() }
}

/// A strategy that is put together from parts. It serves a regression model where no part needs classes.
///
/// For each batch: recovery may act; the rows go through the network with the statistics of the batch-norm policy; rows are
/// selected; the parameters of the scope make a step along the gradient of the objectives; the logits, taken when the timing
/// says, are corrected. With a memory the batch is answered with the statistics that are kept, its rows go to the memory
/// one by one, and steps are made on what that keeps. A network without batch norm is given a normalization of its inputs
/// with the source's mean and variance, which answers as before until statistics, scale or shift move.
public struct Recipe<Preset: RecipePreset>: AdaptationStrategy {
  /// The settings.
  public typealias Configuration = PresetConfiguration<Preset>
  /// What changes while it runs.
  public typealias State = RecipeState

  /// The preset's name.
  public static var name: String { Preset.name }
  /// The preset's summary.
  public static var summary: String { Preset.summary }
  /// Where the preset comes from.
  public static var paper: String? { Preset.paper }
  /// What the preset needs of the source.
  public static var sourceAccess: SourceAccess { Preset.recipe.sourceAccess }
  /// What these parts need of the source.
  public var sourceAccess: SourceAccess { configuration.recipe.sourceAccess }

  /// The settings.
  public let configuration: Configuration
  private let rule: any Optimizer
  private var recipe: RecipeConfiguration { configuration.recipe }

  /// The strategy with its settings, which are checked.
  public init(_ configuration: Configuration = Configuration()) throws {
    try configuration.validate()
    self.configuration = configuration
    rule = try configuration.recipe.optimizer.make()
  }

  /// The preset with some parts replaced, in code: `try Recipe<Tent> { $0.timing.steps = 2 }`.
  public init(_ change: (inout RecipeConfiguration) -> Void) throws {
    var recipe = Preset.recipe
    change(&recipe)
    try self.init(Configuration(recipe))
  }

  /// The state before the first batch.
  public func start(_ network: Network, in context: AdaptationContext) throws -> RecipeState {
    if context.task == .regression, let part = recipe.partThatNeedsClasses {
      throw ClassificationOnly(strategy: Self.name, part: part)
    }
    let adapted =
      try recipe.needsNormalization(in: network)
      ? network.withNormalization(for: Self.name, context.source) : network
    let setup = RecipeSetup(
      strategy: Self.name, network: adapted, context: context, parameters: recipe.scope.parameters(of: adapted))
    return RecipeState(
      run: try RecipeRun(recipe, in: setup, optimizer: rule),
      recovery: try recipe.recovery.map { try $0.make(in: setup) })
  }

  /// Answers a batch, adapting as it goes.
  public func predict(_ batch: Matrix, _ state: inout RecipeState) throws -> Matrix {
    try state.network.checkInput(batch)
    guard batch.rows > 0 else { return try state.network.predict(batch) }
    guard recipe.timing.unit == .row, batch.rows > 1 else { return try adapt(to: batch, &state) }
    return Matrix.concatenatingRows(try (0..<batch.rows).map { try adapt(to: batch.rows($0..<($0 + 1)), &state) })
  }

  /// Answers with the adapted network as it is: no step, nothing kept but what the corrections remember.
  public func answer(_ batch: Matrix, _ state: RecipeState) throws -> Matrix {
    try state.network.checkInput(batch)
    guard batch.rows > 0 else { return try state.network.predict(batch) }
    guard !state.recovery.contains(where: \.answersBySource) else { return try state.run.source.predict(batch) }
    var run = state.run
    let serving = run.serving(answering(run), rows: batch.rows)
    var answer = try run.answer(batch, serving.network, serving.policy)
    try run.correct(&answer)
    return answer.logits
  }

  /// The network that answers, which is the teacher where that gives the answers.
  public func serving(_ state: RecipeState, rows: Int) -> ServingNetwork? {
    guard !state.recovery.contains(where: \.answersBySource) else { return ServingNetwork(state.run.source) }
    return state.run.serving(answering(state.run), rows: rows)
  }

  private func answering(_ run: RecipeRun) -> Network {
    recipe.timing.prediction == .teacher ? run.adapted.teacher ?? run.network : run.network
  }

  /// What happened since the last call.
  public func takeEvents(_ state: inout RecipeState) -> [AdaptationEvent] {
    defer { state.run.events = [] }
    return state.run.events
  }

  /// The state that was encoded.
  public func restore(from decoder: any Decoder, _ network: Network, in context: AdaptationContext) throws
    -> RecipeState
  {
    var state = try start(network, in: context)
    try state.restore(from: decoder)
    return state
  }

  private func adapt(to batch: Matrix, _ state: inout RecipeState) throws -> Matrix {
    for index in state.recovery.indices {
      try state.recovery[index].beforeBatch(&state.run)
      state.tellOfReset()
    }
    var answer = try state.run.adapted.memory == nil ? learnFromBatch(batch, &state) : learnFromMemory(batch, &state)
    try state.run.correct(&answer)
    for index in state.recovery.indices {
      try state.recovery[index].afterBatch(&answer, &state.run)
      state.tellOfReset()
    }
    guard answer.logits.isFinite || !batch.isFinite else { throw DivergedAdaptation(strategy: Self.name) }
    return answer.logits
  }

  /// Steps on the batch itself.
  private func learnFromBatch(_ batch: Matrix, _ state: inout RecipeState) throws -> Answer {
    var answer = try step(on: batch, [], &state)
    for _ in 1..<recipe.timing.steps { answer = try step(on: batch, [], isRepeat: true, &state) }
    guard recipe.timing.prediction == .after else { return answer }
    let statistics = state.run.adapted.statistics
    let policy = type(of: statistics).isKept ? .running : statistics.policy(rows: batch.rows)
    return try state.run.answer(batch, state.network, policy)
  }

  /// Answers with what is kept, and steps on what the memory holds when it is time.
  private func learnFromMemory(_ batch: Matrix, _ state: inout RecipeState) throws -> Answer {
    let answer = try state.run.answer(batch, answering(state.run), .running)
    let p = answer.logits.softmax(), entropies = answer.logits.rowEntropies(), labels = p.rowArgmax
    for row in 0..<batch.rows {
      let remembered = RememberedRow(
        input: batch.rows(row..<(row + 1)), label: labels[row], confidence: p[row, labels[row]],
        entropy: entropies[row, 0])
      // A row that is not finite would spoil every step until it leaves.
      guard remembered.input.isFinite, remembered.entropy.isFinite,
        state.run.adapted.memory?.add(remembered, using: &state.run.generator) == true,
        let kept = state.run.adapted.memory?.contents
      else { continue }
      for _ in 0..<recipe.timing.steps { _ = try step(on: kept.inputs, kept.ages, &state) }
    }
    return recipe.timing.prediction == .after ? try state.run.answer(batch, state.network, .running) : answer
  }

  private func step(
    on rows: Matrix, _ ages: [Float], isRepeat: Bool = false, _ state: inout RecipeState
  ) throws -> Answer {
    let (answer, teacher, step) = try state.run.step(
      rows, ages: ages, isRepeat: isRepeat, recipe, recovery: state.recovery)
    if let step {
      for index in state.recovery.indices {
        try state.recovery[index].afterStep(step, &state.run)
        state.tellOfReset()
      }
    }
    return recipe.timing.prediction == .teacher ? teacher ?? answer : answer
  }
}

extension RecipeRun {
  /// Sends an answer through the corrections.
  mutating func correct(_ answer: inout Answer) throws {
    for index in adapted.correction.indices {
      try adapted.correction[index].correct(&answer, using: &generator)
    }
  }
}

extension Recipe {
  /// The preset's summary, or the parts where they are not the preset's.
  public var summary: String {
    let mine = recipe.partTexts, preset = Preset.recipe.partTexts
    let added = mine.filter { !preset.contains($0) }, removed = preset.filter { !mine.contains($0) }
    guard !added.isEmpty || !removed.isEmpty else { return Self.summary }
    let with = added.isEmpty ? "" : " with \(added.joined(separator: "; "))"
    let without =
      removed.isEmpty || Preset.self == EmptyPreset.self ? "" : ", without \(removed.joined(separator: "; "))"
    return "\(Self.name)\(with)\(without)"
  }

  /// What decides whether two numbers can be compared.
  public var conventions: StrategyConventions? {
    let statistics = recipe.statistics
    return StrategyConventions(
      statistics: statistics.description,
      variance: statistics.values.lazy.compactMap { $0.value as? VarianceConvention }.first ?? .biased,
      scope: recipe.scope.kind.rawValue,
      prediction: recipe.timing.prediction.rawValue, steps: recipe.scope.kind == .none ? 0 : recipe.timing.steps,
      dropout: recipe.dropout, seesTarget: statistics.kind.name == TargetNormalization.kind,
      recovery: recipe.recovery.isEmpty ? nil : recipe.recovery.map(\.description).joined(separator: "; "),
      parts: recipe.partTexts)
  }
}
