internal import AttuneCore

/// Some monitors that watch one stream, and the source model that they compare with.
struct MonitorPanel: Sendable {
  /// What a monitor says of a batch.
  struct Report: Sendable, Equatable {
    /// The alarms of this batch, in the order of the monitors.
    var alarms: [StreamAlarm] = []
    /// Those of monitors that had none at the batch before.
    var begun: [StreamAlarm] = []
  }

  var monitors: [any StreamMonitor]
  /// Whether each monitor had an alarm at the last batch.
  var isOn: [Bool]
  private let source: Network

  /// Monitors at their start.
  ///
  /// - Throws: what a monitor needs and does not have.
  init(_ choices: [PartChoice<MonitorPlace>], in setup: RecipeSetup) throws {
    try self.init(choices.map { try $0.make(in: setup) }, source: setup.network)
  }

  init(_ monitors: [any StreamMonitor], source: Network) {
    self.monitors = monitors
    self.source = source
    isOn = monitors.map { _ in false }
  }

  /// Shows all monitors the answers to a batch.
  ///
  /// ## Shapes
  /// - rows: `[n, d]`, logits: `[n, k]`
  ///
  /// - Throws: what a monitor throws, with the state as it was.
  mutating func observe(_ rows: Matrix, _ logits: Matrix, serving: ServingNetwork?) throws -> Report {
    guard rows.rows > 0, !monitors.isEmpty else { return Report() }
    return try observe(
      StreamObservation(rows: rows, logits: logits, serving: serving, source: try SourceAnswer(source, to: rows)))
  }

  /// Shows all monitors a batch with its answers.
  mutating func observe(_ observation: StreamObservation) throws -> Report {
    var report = Report(), looking = self
    for index in looking.monitors.indices {
      let alarm = try looking.monitors[index].observe(observation)
      if let alarm {
        report.alarms.append(alarm)
        if !looking.isOn[index] { report.begun.append(alarm) }
      }
      looking.isOn[index] = alarm != nil
    }
    self = looking
    return report
  }

  /// The adapted model is the source model again.
  mutating func restart() {
    for index in monitors.indices { monitors[index].restart() }
  }
}
