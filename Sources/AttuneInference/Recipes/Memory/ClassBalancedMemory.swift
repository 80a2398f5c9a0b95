public import AttuneCore

/// Keeps as many rows of each predicted class, and of each class a uniform sample over time.
///
/// While there is room every row is kept. Then a row of a class that is not among the largest takes the place of a random
/// row of a random largest class; a row of a largest class that of a random row of its own class, with probability
/// (kept of the class) / (seen of the class).
///
/// - Source: Gong et al. (2022), NOTE: robust continual test-time adaptation against temporal correlation, arXiv:2208.05117,
///   algorithm 1 (prediction-balanced reservoir sampling).
public struct ClassBalancedMemory: MemoryPart {
  /// The settings.
  public typealias Configuration = MemorySettings
  /// The rows, and how many of each class have come.
  public struct State: Codable, Sendable {
    var kept = MemoryRows()
    var seen: [Int]
  }
  /// `class-balanced` in config files.
  public static let kind = "class-balanced"
  /// What help says.
  public static let summary = "as many rows of each predicted class, of each a uniform sample over time"
  /// Its rule goes by classes.
  public static let needsClasses = true
  private let settings: MemorySettings
  /// What is kept.
  public var state: State

  /// The part.
  public init(_ configuration: MemorySettings = MemorySettings(), in setup: RecipeSetup) throws {
    try configuration.validate()
    settings = configuration
    state = State(seen: Array(repeating: 0, count: setup.classes))
  }
  /// Takes the row, or not.
  public mutating func add(_ row: RememberedRow, using generator: inout Philox) -> Bool {
    take(row, using: &generator)
  }
  mutating func take(_ row: RememberedRow, using draws: inout some MemoryDraws) -> Bool {
    state.seen[row.label] += 1
    if state.kept.rows.count < settings.capacity {
      state.kept.rows.append(row)
    } else {
      let seen = Double(state.seen[row.label])
      state.kept.replace(with: row, using: &draws) { kept, draws in draws.share() * seen < Double(kept) }
    }
    return state.kept.count(every: settings.every)
  }
  /// What is kept, class by class.
  public var contents: RememberedRows { RememberedRows(inputs: state.kept.inputsByClass) }
}

/// Keeps as many rows of each predicted class, and only such as the network is confident of.
///
/// As `ClassBalancedMemory`, but a row of a largest class always takes the place of a random row of its class.
///
/// - Source: Gong et al. (2023), SoTTA: robust test-time adaptation on noisy data streams, arXiv:2310.10074, section 3.1
///   (high-confidence uniform-class sampling); the confidence is 0.99 for 10 classes there, 0.66 for 100, 0.33 for 1000.
public struct HighConfidenceMemory: MemoryPart {
  /// The settings.
  public struct Configuration: Codable, Sendable, Equatable, DefaultInitializable, ValidatedConfiguration {
    /// Rows that are kept at most, at least 1.
    public var capacity = 64
    /// Rows of the stream between two steps, at least 1; they count whether they are kept or not.
    public var every = 64
    /// The confidence that a row must have, from 0 to 1.
    public var confidence = 0.99

    /// 64 rows of confidence 0.99, a step every 64.
    public init() {}

    /// Throws a `ConfigValueError` for the first setting out of its range.
    public func validate() throws {
      try ConfigCheck.range("capacity", capacity, atLeast: 1)
      try ConfigCheck.range("every", every, atLeast: 1)
      try ConfigCheck.range("confidence", confidence, atLeast: 0, atMost: 1)
    }
  }
  /// `high-confidence` in config files.
  public static let kind = "high-confidence"
  /// What help says.
  public static let summary = "as many rows of each predicted class, confident ones only"
  /// Its rule goes by classes.
  public static let needsClasses = true
  private let settings: Configuration
  /// What is kept.
  public var state = MemoryRows()

  /// The part.
  public init(_ configuration: Configuration = Configuration(), in setup: RecipeSetup) throws {
    try configuration.validate()
    settings = configuration
  }
  /// Takes the row, or not.
  public mutating func add(_ row: RememberedRow, using generator: inout Philox) -> Bool {
    if row.confidence >= Float(settings.confidence) {
      if state.rows.count < settings.capacity {
        state.rows.append(row)
      } else {
        state.replace(with: row, using: &generator) { _, _ in true }
      }
    }
    return state.count(every: settings.every)
  }
  /// What is kept, class by class.
  public var contents: RememberedRows { RememberedRows(inputs: state.inputsByClass) }
}

/// What a memory draws at random.
protocol MemoryDraws {
  /// One of some numbers, each as likely.
  mutating func choice(of options: Range<Int>) -> Int
  /// One of some numbers, each as likely.
  mutating func choice(of options: [Int]) -> Int
  /// A number uniform in `[0, 1)`.
  mutating func share() -> Double
}

extension Philox: MemoryDraws {
  mutating func choice(of options: Range<Int>) -> Int { options.lowerBound + nextIndex(below: options.count) }
  mutating func choice(of options: [Int]) -> Int { options[nextIndex(below: options.count)] }
  mutating func share() -> Double { nextUniformDouble() }
}

extension MemoryRows {
  /// Puts a row in the place of a random one: of a random largest class, or of its own if that is among them.
  ///
  /// - Parameter accepts: whether a row of a largest class comes in, given how many rows of the class are kept.
  fileprivate mutating func replace<Draws: MemoryDraws>(
    with row: RememberedRow, using draws: inout Draws, accepts: (Int, inout Draws) -> Bool
  ) {
    let largest = largestClasses
    let isLargest = largest.contains(row.label)
    let places = indices(of: isLargest ? row.label : draws.choice(of: largest))
    guard !isLargest || accepts(places.count, &draws) else { return }
    rows.remove(at: places[draws.choice(of: places.indices)])
    rows.append(row)
  }
}
