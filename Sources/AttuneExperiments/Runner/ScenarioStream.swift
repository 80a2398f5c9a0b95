public import AttuneData
internal import AttuneCore

/// The raw rows of a scenario, shifted, in the order of arrival.
public struct ScenarioStream: Sendable {
  /// The rows.
  public var table: Table
  /// The number of each row's domain; empty where the scenario has none.
  public var domains: [Int] = []
  /// Runs of rows that a batch does not reach beyond: the domains in sequence and each severity of theirs, or all rows.
  public var segments: [Range<Int>]

  init(_ table: Table) {
    self.table = table
    segments = [0..<table.count]
  }

  /// The domains one after the other.
  init(sequence parts: [(domain: Int, table: Table)]) {
    table = Table(concatenating: parts.map(\.table))
    domains = parts.flatMap { part in Array(repeating: part.domain, count: part.table.count) }
    var start = 0
    segments = parts.map { part in
      defer { start += part.table.count }
      return start..<start + part.table.count
    }
  }

  /// The rows at `indices`, as one segment.
  func rows(at indices: [Int]) -> ScenarioStream {
    var result = ScenarioStream(table.rows(at: indices))
    result.domains = domains.isEmpty ? [] : indices.map { domains[$0] }
    return result
  }
}

extension ScenarioConfiguration {
  /// The rows of its own that the scenario or its domains have.
  var sources: [DataSourceConfiguration] { [data].compactMap(\.self) + domains.compactMap(\.data) }

  /// The severities that each domain goes through; one without a number for the shifts as they are.
  var severities: [Int?] { gradual ? [1, 2, 3, 4, 5, 4, 3, 2, 1] : [nil] }
}

extension ExperimentData {
  /// The rows of a scenario for a seed: their order, their shifts, their domains.
  ///
  /// The rows do not depend on the training arm: all arms meet the same stream.
  ///
  /// - Throws: what loading a scenario's data and its shifts throw; `StreamError` where the rows do not allow the order.
  public func scenarioStream(
    of scenario: ScenarioConfiguration, train: Table, test: Table, seed: UInt64
  ) throws -> ScenarioStream {
    let root = Philox(seed: seed).fork("scenario").fork(scenario.name)
    let context = configuration.shiftContext(for: train)
    guard !scenario.domains.isEmpty else {
      let rows = try rows(of: scenario, scenario.data, train: train, test: test, root)
      let ordered = try ordered(rows, ordering(of: scenario, scenario.data), root)
      return ScenarioStream(try shifted(ordered, by: scenario.shifts, in: context, root))
    }
    var parts: [(domain: Int, table: Table)] = []
    for (number, domain) in scenario.domains.enumerated() {
      let source = domain.data ?? scenario.data
      let rows = try rows(of: scenario, source, train: train, test: test, root)
      for (pass, severity) in scenario.severities.enumerated() {
        let own = root.fork("domain").fork(domain.name).fork(pass)
        let order = scenario.mix == .mixed ? .asGiven : ordering(of: scenario, source)
        let part = try shifted(
          try ordered(rows, order, own), by: domain.shifts(atSeverity: severity), in: context, own)
        parts.append((number, part))
      }
    }
    let stream = ScenarioStream(sequence: parts)
    guard scenario.mix == .mixed else { return stream }
    var generator = root.fork("order")
    return stream.rows(at: try (scenario.order ?? .shuffled).rows(of: stream.table, using: &generator))
  }

  /// The raw rows of a scenario for a seed, shifted, in the order of the stream.
  public func stream(
    of scenario: ScenarioConfiguration, train: Table, test: Table, seed: UInt64
  ) throws -> Table {
    try scenarioStream(of: scenario, train: train, test: test, seed: seed).table
  }

  /// The order that the config gives, or the one that fits the rows.
  private func ordering(of scenario: ScenarioConfiguration, _ source: DataSourceConfiguration?) -> StreamOrdering {
    scenario.order ?? (source != nil || configuration.keepsTime ? .asGiven : .shuffled)
  }

  /// The rows before their order and their shifts, no more than the scenario allows: the first where they come as given,
  /// else some at random, the same for all domains.
  private func rows(
    of scenario: ScenarioConfiguration, _ source: DataSourceConfiguration?, train: Table, test: Table, _ root: Philox
  ) throws -> Table {
    var table = test
    if let source {
      if source.generatedName != nil {
        table = try Self.generate(source, root.fork("rows"))
      } else {
        let loader = DataSourceLoader(configuration, folder: folder, notes)
        table = try loader.load(source, training: train)
      }
      table = try configuration.aligned(table, to: train)
    }
    guard let limit = scenario.rows, limit < table.count else { return table }
    if ordering(of: scenario, source) == .asGiven { return table.rows(at: 0..<limit) }
    var generator = root.fork("limit")
    return table.rows(at: generator.permutation(table.count).prefix(limit).sorted())
  }

  private func ordered(_ table: Table, _ ordering: StreamOrdering, _ root: Philox) throws -> Table {
    var generator = root.fork("order")
    return try BatchStream(table, batchSize: 1, ordering: ordering, using: &generator).table
  }

  private func shifted(
    _ rows: Table, by shifts: [ShiftConfiguration], in context: ShiftContext, _ root: Philox
  ) throws -> Table {
    var table = rows
    for (index, shift) in shifts.enumerated() {
      var generator = root.fork("shift").fork(index)
      table.features = try shift.shift.applyToRows(of: table.features, in: context, using: &generator)
    }
    return table
  }
}
