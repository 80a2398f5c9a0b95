internal import AttuneCore
internal import AttuneData
internal import Foundation

/// Makes the views of the scenarios: streams as they were with one seed, looked at and not learned from.
struct ScenarioViews {
  let experiment: ExperimentConfiguration
  let data: ExperimentData
  let seed: UInt64

  /// Pictures of a scenario, if they are small; fewer of larger ones.
  private static let pictures = 10, pictureBytes = 12_000
  /// Features that are listed.
  private static let features = 10
  /// Rows that the moments of a feature are taken over; of longer tables every so many-th.
  private static let rows = 5000

  /// The view of each scenario; nil for one whose stream cannot be made, which its cells say.
  func all() throws -> [ScenarioView?] {
    let (train, test) = try data.split(seed: seed)
    return experiment.scenarios.map { try? view(of: $0, train, test) }
  }

  private func view(of scenario: ScenarioConfiguration, _ train: Table, _ test: Table) throws -> ScenarioView {
    let stream = try data.scenarioStream(of: scenario, train: train, test: test, seed: seed)
    let image = experiment.data.image ?? train.image
    let pixels = (image?.height ?? 0) * (image?.width ?? 0)
    let isImage = pixels > 0 && pixels == stream.table.features.columns
    return ScenarioView(
      changes: Self.changes(stream, scenario), classes: test.targets.classNames,
      pictures: isImage ? try image.map { try strip(scenario, stream, $0, train, test) } : nil,
      features: isImage ? nil : Self.shifts(from: train, to: stream.table))
  }

  /// Where domains and severities begin. Batches do not reach over them, so that each begins one.
  private static func changes(_ stream: ScenarioStream, _ scenario: ScenarioConfiguration) -> [ScenarioView.Change] {
    guard stream.segments.count > 1, !stream.domains.isEmpty else { return [] }
    var batch = 0
    let severities = scenario.severities
    return stream.segments.enumerated().compactMap { number, segment in
      defer { batch += (segment.count + scenario.batchSize - 1) / scenario.batchSize }
      guard !segment.isEmpty else { return nil }
      return ScenarioView.Change(
        row: segment.lowerBound, batch: batch, domain: scenario.domains[stream.domains[segment.lowerBound]].name,
        severity: severities[number % severities.count])
    }
  }

  private func strip(
    _ scenario: ScenarioConfiguration, _ stream: ScenarioStream, _ image: ImageShape, _ train: Table, _ test: Table
  ) throws -> PictureStrip {
    let limit = max(4, min(Self.pictures, Self.pictureBytes / (image.height * image.width)))
    let rows = Self.shownRows(stream, limit)
    var plain = scenario
    plain.shifts = []
    for index in plain.domains.indices { plain.domains[index].shifts = [] }
    let isShifted = !scenario.shifts.isEmpty || scenario.domains.contains { !$0.shifts.isEmpty }
    // The same rows in the same order: what orders them does not depend on the shifts.
    let before =
      isShifted
      ? try data.scenarioStream(of: plain, train: train, test: test, seed: seed).table : nil
    let range = Self.range(experiment.data, train)
    func bytes(_ table: Table) -> Data {
      Data(rows.flatMap { row in (0..<table.features.columns).map { range.byte(table.features[row, $0]) } })
    }
    return PictureStrip(
      height: image.height, width: image.width, names: rows.map { Self.name($0, stream, scenario) },
      before: before.flatMap { $0.count == stream.table.count ? bytes($0) : nil }, after: bytes(stream.table))
  }

  /// A row of each domain where there are several, else the first rows.
  private static func shownRows(_ stream: ScenarioStream, _ limit: Int) -> [Int] {
    let domains = Set(stream.domains).sorted()
    guard domains.count > 1 else { return Array(0..<min(limit, stream.table.count)) }
    let shown = domains.prefix(limit).map { domain in stream.domains.indices.filter { stream.domains[$0] == domain } }
    // Of a domain that goes through severities the middle is the strongest.
    return shown.map { $0[$0.count / 2] }
  }

  private static func name(_ row: Int, _ stream: ScenarioStream, _ scenario: ScenarioConfiguration) -> String {
    if Set(stream.domains).count > 1 { return scenario.domains[stream.domains[row]].name }
    guard case .classes(let labels, let names) = stream.table.targets else { return "row \(row + 1)" }
    return names[labels[row]]
  }

  /// The values that are black and white.
  private struct GrayRange {
    let low: Float, high: Float
    func byte(_ value: Float) -> UInt8 {
      guard value.isFinite, high > low else { return 0 }
      return UInt8(max(0, min(255, ((value - low) / (high - low) * 255).rounded())))
    }
  }

  private static func range(_ data: DataConfiguration, _ train: Table) -> GrayRange {
    if let range = data.range, range.count == 2 { return GrayRange(low: Float(range[0]), high: Float(range[1])) }
    var low = Float.infinity, high = -Float.infinity
    for row in 0..<min(train.count, 500) {
      for column in 0..<train.features.columns {
        low = min(low, train.features[row, column])
        high = max(high, train.features[row, column])
      }
    }
    return GrayRange(low: low, high: high)
  }

  /// The numeric features whose mean or spread differs most from the training part's.
  private static func shifts(from train: Table, to stream: Table) -> [FeatureShift] {
    let names = stream.columnNames
    let columns = stream.columns.indices.filter { stream.columns[$0].levels == nil }
    let all = columns.compactMap { column -> FeatureShift? in
      guard column < train.features.columns, let from = moments(train, column), let to = moments(stream, column),
        from.deviation > 0
      else { return nil }
      return FeatureShift(
        name: names[column], meanShift: (to.mean - from.mean) / from.deviation,
        deviationRatio: to.deviation / from.deviation)
    }
    func size(_ shift: FeatureShift) -> Double { abs(shift.meanShift) + abs(log(max(shift.deviationRatio, 1e-3))) }
    return Array(all.sorted { size($0) > size($1) }.prefix(features))
  }

  private static func moments(_ table: Table, _ column: Int) -> (mean: Double, deviation: Double)? {
    let every = max(1, table.count / rows)
    var count = 0.0, mean = 0.0, variation = 0.0
    for row in stride(from: 0, to: table.count, by: every) {
      let value = Double(table.features[row, column])
      guard value.isFinite else { continue }
      count += 1
      let distance = value - mean
      mean += distance / count
      variation += distance * (value - mean)
    }
    return count > 1 ? (mean, (variation / (count - 1)).squareRoot()) : nil
  }
}
