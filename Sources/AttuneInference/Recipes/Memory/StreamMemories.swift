public import AttuneCore

/// Keeps the last rows of the stream.
///
/// - Source: NOTE* of Gong et al. (2022), arXiv:2208.05117, for streams without correlation.
public struct FirstInFirstOut: MemoryPart {
  /// The settings.
  public typealias Configuration = MemorySettings
  /// `fifo` in config files.
  public static let kind = "fifo"
  /// What help says.
  public static let summary = "the last rows"
  private let settings: MemorySettings
  /// What is kept.
  public var state = MemoryRows()

  /// The part.
  public init(_ configuration: MemorySettings = MemorySettings(), in setup: RecipeSetup) throws {
    try configuration.validate()
    settings = configuration
  }
  /// Takes the row, and lets the oldest go.
  public mutating func add(_ row: RememberedRow, using generator: inout Philox) -> Bool {
    if state.rows.count >= settings.capacity { state.rows.removeFirst() }
    state.rows.append(row)
    return state.count(every: settings.every)
  }
  /// What is kept, the oldest first.
  public var contents: RememberedRows { RememberedRows(inputs: state.inputs(in: Array(state.rows.indices))) }
}

/// Keeps a sample in which every row of the stream so far is as likely as any other.
///
/// - Source: Vitter (1985), Random sampling with a reservoir, doi:10.1145/3147.3165, algorithm R.
public struct Reservoir: MemoryPart {
  /// The settings.
  public typealias Configuration = MemorySettings
  /// `reservoir` in config files.
  public static let kind = "reservoir"
  /// What help says.
  public static let summary = "a uniform sample of all rows so far"
  private let settings: MemorySettings
  /// What is kept.
  public var state = MemoryRows()

  /// The part.
  public init(_ configuration: MemorySettings = MemorySettings(), in setup: RecipeSetup) throws {
    try configuration.validate()
    settings = configuration
  }
  /// Takes the row in place of a random one with probability capacity / rows so far.
  public mutating func add(_ row: RememberedRow, using generator: inout Philox) -> Bool {
    if state.rows.count < settings.capacity {
      state.rows.append(row)
    } else {
      let place = generator.nextIndex(below: state.seen + 1)
      if place < state.rows.count { state.rows[place] = row }
    }
    return state.count(every: settings.every)
  }
  /// What is kept.
  public var contents: RememberedRows { RememberedRows(inputs: state.inputs(in: Array(state.rows.indices))) }
}
