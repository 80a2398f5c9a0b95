public import AttuneCore

/// What watches a stream without labels, and says when an adaptation goes wrong or the stream is not the source's.
///
/// A monitor sees each batch with the answers that were given to it, and what the source model makes of the same rows. It
/// changes nothing; recovery or a reader acts on its alarms.
public protocol StreamMonitor: RecipePart {
  /// Looks at the answers to a batch.
  ///
  /// - Returns: what is wrong as of this batch; nil where nothing is. An alarm lasts as long as each batch brings one.
  mutating func observe(_ observation: StreamObservation) throws -> StreamAlarm?
  /// Forgets what was seen: the adapted model is the source model again.
  mutating func restart()
}

/// That something is wrong, in a sentence without a full stop, with its numbers.
public struct StreamAlarm: Sendable, Equatable {
  /// What is wrong.
  public let message: String

  /// An alarm that says what is wrong.
  public init(_ message: String) {
    self.message = message
  }
}

/// A batch with its answers.
public struct StreamObservation: Sendable {
  /// The inputs, `[n, d]`.
  public let rows: Matrix
  /// The answers, logits `[n, k]`.
  public let logits: Matrix
  /// The network that gave the answers; nil where the strategy does not show it.
  public let serving: ServingNetwork?
  /// What the source model makes of the rows.
  public let source: SourceAnswer

  /// A batch with its answers.
  public init(rows: Matrix, logits: Matrix, serving: ServingNetwork?, source: SourceAnswer) {
    self.rows = rows
    self.logits = logits
    self.serving = serving
    self.source = source
  }
}

/// A network as a strategy answers with it.
public struct ServingNetwork: Sendable {
  /// The adapted network.
  public let network: Network
  /// The statistics of its batch-norm layers.
  public let policy: NormalizationPolicy

  /// A network with the statistics that it uses.
  public init(_ network: Network, _ policy: NormalizationPolicy = .running) {
    self.network = network
    self.policy = policy
  }
}

/// What the source model, with its running statistics, makes of some rows.
public struct SourceAnswer: Sendable {
  /// The logits, `[n, k]`.
  public let logits: Matrix
  /// What the batch-norm layers give, `[n, h]` each, by layer index.
  public let normalized: [Int: Matrix]

  /// The answer of a source network.
  public init(_ network: Network, to rows: Matrix) throws {
    let pass = try network.forward(rows, on: Tape(), statistics: .running)
    logits = pass.output.value
    normalized = pass.normalized.mapValues(\.value)
  }
}

/// The place of the monitors: each watches for itself.
public enum MonitorPlace: RecipePlace {
  /// `monitors` in config files.
  public static let name = "monitors"
  /// The kinds that config files can name.
  public static var kinds: [PartKind<any StreamMonitor>] {
    [
      PartKind(CollapseMonitor.self) { $0 },
      PartKind(SourceDistanceMonitor.self) { $0 },
      PartKind(AccuracyEstimateMonitor.self) { $0 },
      PartKind(EntropyMartingaleMonitor.self) { $0 },
    ]
  }
}

extension PartChoice where Place == MonitorPlace {
  /// A monitor with its settings.
  public static func part<P: StreamMonitor>(_ type: P.Type, _ settings: P.Configuration = P.Configuration()) -> Self {
    Self(PartKind(type) { $0 }, settings)
  }
}
