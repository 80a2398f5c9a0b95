public import AttuneCore

/// A strategy with its state. The runner holds `any RunningStrategy` and needs no other type.
public protocol RunningStrategy: Sendable {
  /// Answers a batch of preprocessed inputs `[n, d]`, adapting as it goes.
  mutating func predict(_ batch: Matrix) throws -> Matrix
  /// Answers a batch of preprocessed inputs `[n, d]` with the present state, without adapting to it.
  func answer(_ batch: Matrix) throws -> Matrix
  /// Learns from labels that came late.
  mutating func learn(from feedback: Feedback) throws
  /// The network that answers a batch of so many rows in the present state; nil where the strategy does not show it.
  func serving(rows: Int) -> ServingNetwork?
  /// The state as it is now, for what measures its size.
  var encodableState: any Encodable { get }
  /// What happened since the last call, in order.
  mutating func takeEvents() -> [AdaptationEvent]
  /// What the strategy says of its last answer besides the values; told once.
  mutating func takeDetails() -> AnswerDetails
  /// The answers to a batch at each of the strategy's budgets; empty where it has none.
  func curve(_ batch: Matrix) throws -> [CurveAnswer]
}

/// A strategy of a known type with its state.
struct Running<Strategy: AdaptationStrategy>: RunningStrategy {
  let strategy: Strategy
  var state: Strategy.State

  mutating func predict(_ batch: Matrix) throws -> Matrix {
    try Self.checked(try strategy.predict(batch, &state), for: batch)
  }

  func answer(_ batch: Matrix) throws -> Matrix { try Self.checked(try strategy.answer(batch, state), for: batch) }

  mutating func learn(from feedback: Feedback) throws { try strategy.learn(from: feedback, &state) }

  func serving(rows: Int) -> ServingNetwork? { strategy.serving(state, rows: rows) }

  var encodableState: any Encodable { state }

  mutating func takeEvents() -> [AdaptationEvent] { strategy.takeEvents(&state) }

  mutating func takeDetails() -> AnswerDetails { strategy.takeDetails(&state) }

  func curve(_ batch: Matrix) throws -> [CurveAnswer] { try strategy.curve(batch, state) }

  private static func checked(_ output: Matrix, for batch: Matrix) throws -> Matrix {
    guard output.rows == batch.rows else {
      throw ShapeError(
        operation: "strategy '\(Strategy.name)'", expected: "\(batch.rows) rows of output", found: "\(output.rows)")
    }
    return output
  }
}

extension AdaptationStrategy {
  /// The strategy at its start, ready for a stream: the one place where the existential is opened.
  public func run(_ network: Network, in context: AdaptationContext) throws -> any RunningStrategy {
    Running(strategy: self, state: try start(network, in: context))
  }
}
