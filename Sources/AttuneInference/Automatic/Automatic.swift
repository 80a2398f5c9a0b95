public import AttuneCore
internal import Foundation

/// A strategy without settings to tune that chooses its statistics by what it sees, and keeps to the source where it sees
/// nothing.
///
/// 1. *How much of the stream?* Means and variances of each batch-norm layer over a window of recent rows, whatever the
///    batch size. Where the mean of the last rows is far from the window's, the window starts anew.
/// 2. *Shift or classes?* The difference from the source is held against what the mixture of the predicted classes
///    explains; what it explains is not taken for a shift.
/// 3. *Shift or chance?* What is left is shrunk towards the source by the share that chance explains: on rows like the
///    source's the answers are the source's, to the bit.
/// 4. *Order?* Where neighbors are of one class more often than chance allows, the window grows to as many independent
///    rows as before, and the answers are those of a Markov chain of classes along the stream.
///
/// 5. *Learn?* In large batches, in random order, under a clear shift and with no class missing, features learn by
///    information maximization, and the answers are a mean of both.
///
/// It looks at each batch twice, with the source's statistics and with those of the answer, and learns on some. Rows of
/// one class after another are answered
/// with the rows of their own batch that come later; a batch of one row with the past alone.
///
/// - Source: Attune's own; `docs/automatic.md` has the formulas, what each step is worth, and where it fails. Step 3 is
///   positive-part shrinkage (James, Stein 1961), step 4 the forward-backward recursions (Rabiner 1989).
public struct Automatic: AdaptationStrategy {
  /// What can be switched off, to see what it is worth; there is nothing to tune.
  public struct Configuration: Codable, Sendable, Equatable, DefaultInitializable {
    /// Whether classes that explain a difference are taken into account.
    public var explainsByClasses = true
    /// Whether the source counts where chance explains the difference.
    public var shrinks = true
    /// Whether the window starts anew where the inputs change at once.
    public var forgetsAtOnce = true
    /// Whether answers follow the order of the stream.
    public var followsOrder = true
    /// Whether features are learned where that is safe.
    public var learns = true
    /// Whether the source answers where its answers are the surer ones.
    public var guards = true

    /// Everything switched on.
    public init() {}
  }

  /// The window, and what is known of the order.
  public struct State: Sendable {
    /// The network; it does not change.
    public let network: Network
    let source: [Int: ClassMoments]
    let shares: [Double]
    var window: [Int: DecayingMoments] = [:]
    var latest: [Int: DecayingMoments] = [:]
    var rowsSinceStart = 0
    var used: [Int: Statistics] = [:]
    var persistence: ClassPersistence
    var sourcePersistence: ClassPersistence
    var chain = ClassChain()
    var learner: RecipeState
    var answered: DecayingMoments
    /// Mean entropies of recent answers: the source's, and those with the stream's statistics.
    var entropies = DecayingMoments(columns: 2, classes: 0)
    var isFallingBack = false
    var isOrdered = false
    var events: [AdaptationEvent] = []

    /// How much more often than by chance neighbors are of one class, from 0 to 1.
    public var classPersistence: Double { max(persistence.value, sourcePersistence.value) }
  }

  /// Mean and variance that a layer uses.
  struct Statistics: Codable, Sendable, Equatable {
    let mean: Matrix
    let variance: Matrix
    let weight: Double
    let distance: Double
  }

  /// Rows that the window keeps in random order.
  static let window = 150.0
  /// Rows that the window keeps at most.
  static let longestWindow = 1500.0
  /// Rows whose mean is held against the window's.
  static let latestRows = 32.0
  /// Distance of two means, in what chance gives, from which the inputs have changed.
  static let changeThreshold = 4.0

  /// `auto` in config files.
  public static let name = "auto"
  /// What tables and help say.
  public static let summary =
    "chooses batch norm's statistics by what it sees (batch size, classes, drift, order), and keeps to the source where it "
    + "sees nothing; nothing to tune"
  /// Its class moments come from training rows with their labels.
  public static let sourceAccess = SourceAccess.samples
  /// Rows of a batch that features are learned from.
  static let learningRows = 48
  /// Weight of the stream against the source from which features are learned.
  static let learningWeight = 0.8
  /// Entropy of the mean prediction, as a share of ln C, from which features are learned.
  static let learningBalance = 0.95

  /// Share of ln C by which the source's answers must be surer.
  static let guardMargin = 0.01

  /// Distance from the source, in squared deviations, from which no mixture of its classes could be what is seen: how sure a
  /// source is so far from home says nothing.
  static let guardDistance = 2.0

  /// The switches.
  public let configuration: Configuration
  let learner: Recipe<InformationMaximizing>

  /// The strategy.
  public init(_ configuration: Configuration = Configuration()) throws {
    self.configuration = configuration
    learner = try Recipe()
  }

  /// What decides whether two numbers can be compared.
  public var conventions: StrategyConventions? {
    StrategyConventions(
      statistics: "recent rows, shrunk towards the source", variance: .biased, scope: "features, where that is safe",
      prediction: "before", steps: configuration.learns ? 1 : 0, dropout: false)
  }

  /// The state before the first batch.
  ///
  /// - Throws: `MissingSourceSamples` without training rows.
  public func start(_ network: Network, in context: AdaptationContext) throws -> State {
    guard context.task == .classification else { throw ClassificationOnly(strategy: Self.name) }
    guard let samples = context.samples, samples.inputs.rows > 1 else {
      throw MissingSourceSamples(strategy: Self.name)
    }
    let network = try network.withNormalization(for: Self.name, SourceStatistics(inputs: samples.inputs))
    let classes = network.outputDimension
    let labels = try samples.labels ?? network.predict(samples.inputs).rowArgmax
    var source: [Int: ClassMoments] = [:]
    _ = try network.predict(samples.inputs) { index, norm, inputs in
      source[index] = ClassMoments(inputs, labels: labels, classes: classes)
      return (norm.runningMean, norm.runningVariance)
    }
    var counts = [Double](repeating: 0, count: classes)
    for label in labels { counts[label] += 1 / Double(labels.count) }
    return State(
      network: network, source: source, shares: counts,
      persistence: ClassPersistence(classes: classes, comparesWithDistantRows: false),
      sourcePersistence: ClassPersistence(classes: classes, comparesWithDistantRows: true),
      learner: try learner.start(network, in: context), answered: DecayingMoments(columns: 0, classes: classes))
  }

  /// Answers a batch, with what it tells of the stream.
  public func predict(_ batch: Matrix, _ state: inout State) throws -> Matrix {
    try state.network.checkInput(batch)
    guard batch.rows > 0, batch.isFinite else { return try state.logits(of: batch) }
    let asSource = try state.network.predict(batch)
    let logits = try learn(from: batch, classes: asSource.softmax().columnSums.elements.map(Double.init), &state)
    state.answered.add(
      BatchMoments(
        Matrix(rows: batch.rows, columns: 0), classes: logits.softmax().columnSums.elements.map(Double.init)),
      window: Self.longestWindow)
    state.persistence.add(logits.rowArgmax)
    state.sourcePersistence.add(asSource.rowArgmax)
    return order(try guarded(learned(logits, batch, &state), asSource, unlearned: logits, &state), &state)
  }

  /// What happened since the last call.
  public func takeEvents(_ state: inout State) -> [AdaptationEvent] {
    defer { state.events = [] }
    return state.events
  }

  /// Smooths along the stream where the classes come in an order.
  private func order(_ logits: Matrix, _ state: inout State) -> Matrix {
    let persistence = state.classPersistence, isOrdered = configuration.followsOrder && persistence > 0.05
    if isOrdered != state.isOrdered {
      let shown = String(format: "%.2f", persistence)
      state.events.append(
        AdaptationEvent(
          .rate,
          isOrdered
            ? "rows of one class follow each other (persistence \(shown)): a longer window, and answers along the stream"
            : "the order of the classes looks random: the usual window, and each row by itself"))
      state.isOrdered = isOrdered
    }
    guard isOrdered, logits.isFinite else {
      state.chain.forget()
      return logits
    }
    return state.chain.smooth(logits, persistence: persistence, shares: state.shares)
  }
}
