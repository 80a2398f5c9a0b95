public import AttuneCore

/// Monitors that watch any strategy from outside, and tell of the beginning of each alarm.
///
/// What a monitor needs and does not have is an event of its own, and the others go on: watching never stops a stream.
public struct StreamWatch: Sendable {
  private struct Watcher: Sendable {
    let kind: String
    var panel: MonitorPanel
  }
  private var watchers: [Watcher] = []
  private var events: [AdaptationEvent] = []
  private let source: Network

  /// Monitors at their start.
  ///
  /// - Parameters:
  ///   - choices: the monitors.
  ///   - strategy: the name of the strategy that is watched.
  ///   - network: the source network.
  ///   - context: what the monitors may know, which may be more than the strategy may.
  public init(
    _ choices: [PartChoice<MonitorPlace>], of strategy: String, _ network: Network, in context: AdaptationContext
  ) {
    source = network
    let setup = RecipeSetup(strategy: strategy, network: network, context: context)
    for choice in choices {
      do {
        watchers.append(Watcher(kind: choice.kind.name, panel: try MonitorPanel([choice], in: setup)))
      } catch {
        events.append(AdaptationEvent(.unwatched, "\(error)"))
      }
    }
  }

  /// Shows the monitors the answers to a batch.
  ///
  /// ## Shapes
  /// - rows: `[n, d]`, logits: `[n, k]`
  public mutating func observe(_ rows: Matrix, _ logits: Matrix, serving: ServingNetwork?) {
    guard rows.rows > 0, !watchers.isEmpty else { return }
    var stopped: [String] = []
    do {
      let observation = StreamObservation(
        rows: rows, logits: logits, serving: serving, source: try SourceAnswer(source, to: rows))
      for index in watchers.indices {
        do {
          let report = try watchers[index].panel.observe(observation)
          events += report.begun.map { AdaptationEvent(.alarm, $0.message) }
        } catch {
          events.append(AdaptationEvent(.unwatched, "\(error)"))
          stopped.append(watchers[index].kind)
        }
      }
    } catch {
      events.append(AdaptationEvent(.unwatched, "\(error)"))
      stopped = watchers.map(\.kind)
    }
    watchers.removeAll { stopped.contains($0.kind) }
  }

  /// The strategy has started anew from the source model.
  public mutating func restart() {
    for index in watchers.indices { watchers[index].panel.restart() }
  }

  /// What there is to tell since the last call, in order.
  public mutating func takeEvents() -> [AdaptationEvent] {
    defer { events = [] }
    return events
  }
}
