/// Something that a strategy did or saw while it ran and that its reader should know of. It needs no label.
public struct AdaptationEvent: Codable, Sendable, Equatable {
  /// What happened.
  public enum Kind: String, Codable, Sendable, CaseIterable {
    /// A sign that the adaptation goes wrong, or that the stream changed.
    case alarm
    /// The adapted model was put back to an earlier one.
    case reset
    /// The strategy answered with something more careful than its usual way.
    case fallback
    /// The strategy changed how fast it adapts.
    case rate
    /// A batch was answered without adapting to it.
    case skip
    /// Something to know of an adaptation that goes as it should.
    case note
    /// A monitor that was asked for cannot watch.
    case unwatched
  }

  /// What happened.
  public var kind: Kind
  /// What happened, with its numbers, in a sentence without a full stop.
  public var message: String

  /// An event.
  public init(_ kind: Kind, _ message: String) {
    self.kind = kind
    self.message = message
  }
}
