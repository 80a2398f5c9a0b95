public import AttuneInference

/// What a strategy told along a stream, and where.
public struct StreamEvent: Codable, Sendable, Equatable {
  /// The first row of the batch that was answered when it happened, from 0 in the order of arrival.
  public var row: Int
  /// The number of that batch, from 0.
  public var batch: Int
  /// What happened.
  public var kind: AdaptationEvent.Kind
  /// What happened, with its numbers.
  public var message: String

  /// An event at a row.
  public init(row: Int, batch: Int, kind: AdaptationEvent.Kind, message: String) {
    self.row = row
    self.batch = batch
    self.kind = kind
    self.message = message
  }
}

/// The first events of a stream, and the number of all.
///
/// A strategy that resets at every batch would otherwise fill the results; of each kind the first ones are kept.
public struct EventLog: Codable, Sendable, Equatable {
  /// The most events of a kind that are kept.
  public static let limit = 20

  /// The events that are kept, in order.
  public private(set) var events: [StreamEvent] = []
  /// The number of all events of each kind, by the kind's name.
  public private(set) var counts: [String: Int] = [:]

  /// A log without events.
  public init() {}

  /// Whether nothing happened.
  public var isEmpty: Bool { counts.isEmpty }
  /// The number of events that are counted but not kept.
  public var more: Int { counts.values.reduce(0, +) - events.count }

  /// Adds what was told when a batch was answered: its number and its first row, both from 0.
  public mutating func add(_ told: [AdaptationEvent], row: Int, batch: Int) {
    for event in told {
      let count = counts[event.kind.rawValue, default: 0]
      counts[event.kind.rawValue] = count + 1
      guard count < Self.limit else { continue }
      events.append(StreamEvent(row: row, batch: batch, kind: event.kind, message: event.message))
    }
  }
}

extension EventLog {
  /// Numbers the batches anew, where these have so many rows.
  mutating func number(rowsPerBatch: Int) {
    for index in events.indices { events[index].batch = events[index].row / max(1, rowsPerBatch) }
  }
}

/// The events of a stream with one seed.
public struct SeedEvents: Codable, Sendable, Equatable {
  /// The seed.
  public var seed: UInt64
  /// What happened.
  public var log: EventLog

  /// The events with a seed.
  public init(seed: UInt64, log: EventLog) {
    self.seed = seed
    self.log = log
  }
}
