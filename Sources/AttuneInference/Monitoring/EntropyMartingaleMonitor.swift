public import AttuneCore
internal import Foundation

/// Alarms when a bet against "the entropies of the stream are the source's" has won too much to be chance.
///
/// Each entropy H becomes its rank u among those of training rows and of the stream so far, ties broken at random; where all
/// of them come in an order that could be any other, the u are independent and even from 0 to 1, and `M ← M (1 + ε (u − ½))`,
/// with the size ε that POEM's bet had before, passes `1/α` ever with a probability of at most α (Ville's inequality), however
/// long the stream is.
///
/// - Source: Bar et al. (2024), Protected test-time adaptation via online entropy matching: a betting approach (POEM),
///   arXiv:2408.07511; ranks: Vovk et al. (2003), Testing exchangeability on-line, ICML.
/// - Note: Differs from the published code in u, which there is the distribution function of the source's entropies. With a
///   finite number of these a long stream passes any limit.
/// - Note: Training rows are more certain than others where a model has learned them by heart; the bet wins from that too.
///   `reference: stream` compares with the stream's own beginning alone.
public struct EntropyMartingaleMonitor: StreamMonitor {
  /// What the entropies are compared with.
  public enum Reference: String, Codable, Sendable, CaseIterable {
    /// Those of training rows, and the stream so far.
    case samples
    /// The stream so far.
    case stream
  }
  /// Whose entropies are watched.
  public enum Watched: String, Codable, Sendable, CaseIterable {
    /// The source model's, whatever the strategy does: tells that the stream changed.
    case source
    /// The answers': tells that they are no longer as the source model's on its own data. An adaptation on batch statistics
    /// changes entropies where nothing has shifted.
    case answers
  }
  /// The settings.
  public struct Configuration: Codable, Sendable, Equatable, DefaultInitializable, ValidatedConfiguration {
    /// The probability α of an alarm, ever, where nothing has changed.
    public var significance = 0.01
    /// The length of the bet's first step; published: 1/(8√3).
    public var rate = 1 / (8 * 3.0.squareRoot())
    /// The size at which the bet stops growing, below 2: at 2 a single number could lose it all.
    public var limit = 1.8
    /// What the entropies are compared with.
    public var reference = Reference.samples
    /// Whose entropies are watched.
    public var watched = Watched.source
    /// Entropies that are remembered at most; later ones are compared with these.
    public var memory = 20_000

    /// 1 %, POEM's constants, against training rows.
    public init() {}

    /// Throws a `ConfigValueError` for the first setting out of its range.
    public func validate() throws {
      try ConfigCheck.range("significance", significance, above: 0, below: 1)
      try ConfigCheck.range("rate", rate, above: 0)
      try ConfigCheck.range("limit", limit, above: 0, below: 2)
      try ConfigCheck.range("memory", memory, atLeast: 2)
    }
  }
  /// The bet, what it has won, and the entropies so far.
  public struct State: Codable, Sendable {
    var bet = BettingMartingale()
    var wealth = 1.0
    var seen: RankedNumbers
    var generator: Philox
  }
  /// `entropy-martingale` in config files.
  public static let kind = "entropy-martingale"
  /// What help says.
  public static let summary = "a bet on the entropies that wins more than chance allows"
  /// Training rows, where these are what it compares with.
  public static func sourceAccess(_ configuration: Configuration) -> SourceAccess {
    configuration.reference == .samples ? .samples : .none
  }
  /// The bet.
  public var state: State
  private let configuration: Configuration
  private let start: RankedNumbers

  /// The monitor, with the source's entropies.
  ///
  /// - Throws: `ClassificationMonitor` for a regression model, `MissingSourceSamples` where it compares with training rows and
  ///   there are none.
  public init(_ configuration: Configuration = Configuration(), in setup: RecipeSetup) throws {
    try configuration.validate()
    guard setup.context.task == .classification else { throw ClassificationMonitor(monitor: Self.kind) }
    self.configuration = configuration
    var known: [Float] = []
    if configuration.reference == .samples {
      known = try setup.network.predict(try setup.samples().inputs).rowEntropies().elements.filter(\.isFinite)
    }
    start = RankedNumbers(Array(known.prefix(configuration.memory)))
    state = State(seen: start, generator: setup.context.generator.fork(Self.kind))
  }

  /// What the bet has won: at its start 1.
  public var wealth: Double { state.wealth }

  /// Bets on each row in turn.
  public mutating func observe(_ observation: StreamObservation) -> StreamAlarm? {
    let logits = configuration.watched == .source ? observation.source.logits : observation.logits
    for entropy in logits.rowEntropies().elements where entropy.isFinite {
      let u = state.seen.rank(of: entropy, state.generator.nextUniformDouble())
      if state.seen.count < configuration.memory { state.seen.insert(entropy) }
      take(u)
    }
    guard state.wealth >= 1 / configuration.significance else { return nil }
    return StreamAlarm(
      String(
        format: "entropies: a bet that they are not the source's has won %.3g times its stake, more than %g",
        state.wealth,
        1 / configuration.significance))
  }

  /// Bets on one number from 0 to 1.
  mutating func take(_ u: Double) {
    state.wealth = min(1e200, state.wealth * (1 + state.bet.bet * (u - 0.5)))
    _ = state.bet.protect(u, rate: configuration.rate, limit: configuration.limit)
  }

  /// Begins anew, with the stake it had.
  public mutating func restart() {
    guard configuration.watched == .answers else { return }
    (state.bet, state.wealth, state.seen) = (BettingMartingale(), 1, start)
  }
}

/// Numbers in order, that say how many of them are below another.
struct RankedNumbers: Codable, Sendable, Equatable {
  private var sorted: [Float]

  init(_ numbers: [Float]) { sorted = numbers.sorted() }

  var count: Int { sorted.count }

  /// The rank of a number among these and itself, from 0 to 1; its ties are broken by an even number from 0 to 1.
  func rank(of number: Float, _ uniform: Double) -> Double {
    let below = place { $0 < number }, notAbove = place { $0 <= number }
    return (Double(below) + uniform * Double(notAbove - below + 1)) / Double(sorted.count + 1)
  }

  mutating func insert(_ number: Float) { sorted.insert(number, at: place { $0 <= number }) }

  /// The first index at which a condition, which holds for the first ones only, does not.
  private func place(_ holds: (Float) -> Bool) -> Int {
    var low = 0, high = sorted.count
    while low < high {
      let middle = (low + high) / 2
      if holds(sorted[middle]) { low = middle + 1 } else { high = middle }
    }
    return low
  }
}
