internal import Foundation

/// A run among others: its name, what it found, and the settings that it ran with.
public struct ComparedRun: Sendable {
  /// The name of its folder, which tells it from the others.
  public let name: String
  /// What it found.
  public let run: FinishedRun
  /// The text of its resolved config.
  public let config: String

  /// A run.
  public init(name: String, run: FinishedRun, config: String) {
    self.name = name
    self.run = run
    self.config = config
  }

  /// The run in a folder.
  ///
  /// - Throws: what `FinishedRun` throws.
  public init(folder: String) throws {
    let url = URL(fileURLWithPath: folder).resolvingSymlinksInPath()
    let config = FileManager.default.contents(atPath: folder + "/config.yaml") ?? Data()
    self.init(
      name: url.lastPathComponent, run: try FinishedRun(folder: folder),
      config: String(decoding: config, as: UTF8.self))
  }

  /// Its cells, in their order.
  var cells: [ComparedCell] {
    switch run {
    case .experiment(let results):
      return results.cells.map { cell in
        let training = results.trainingArms.first { $0.name == cell.training }
        return ComparedCell(
          key: .init(row: [cell.training, cell.inference], column: cell.scenario), metric: results.metric,
          quality: cell.quality, seeds: results.seeds, perSeed: cell.perSeed,
          costs: [
            "training FLOPs": training?.flops, "FLOPs per prediction": cell.cost.flopsPerSample,
            "p50 in µs, one row": cell.cost.single?.p50, "model bytes": Double(cell.cost.modelBytes),
          ].compactMapValues(\.self))
      }
    case .online(let results):
      return results.cells.map { cell in
        ComparedCell(
          key: .init(row: [cell.learner], column: cell.stream),
          metric: results.streams.first { $0.name == cell.stream }?.metric ?? .error, quality: cell.quality,
          seeds: cell.seeds, perSeed: cell.perSeed,
          costs: [
            "FLOPs to predict": cell.cost?.predictOperations, "FLOPs to learn": cell.cost?.learnOperations,
            "ns to learn": cell.cost?.learnNanoseconds, "state bytes": cell.cost.map { Double($0.stateBytes) },
          ].compactMapValues(\.self))
      }
    }
  }
}

/// A cell of a run, whatever the kind of the run.
struct ComparedCell: Sendable {
  /// What makes cells of several runs the same.
  struct Key: Hashable, Sendable {
    /// Training and inference arm, or the learner.
    let row: [String]
    /// The scenario or the stream.
    let column: String
    /// Names of arms as a title.
    var title: String { row.joined(separator: " · ") }
  }

  /// The costs in the order of tables.
  static let costNames = [
    "training FLOPs", "FLOPs per prediction", "p50 in µs, one row", "model bytes", "FLOPs to predict", "FLOPs to learn",
    "ns to learn", "state bytes",
  ]

  let key: Key
  let metric: QualityMetric
  let quality: Estimate?
  let seeds: [UInt64]
  let perSeed: [Double?]
  let costs: [String: Double]
}

/// What a cell of one run differs by from that of another.
struct RunDifference: Sendable, Equatable {
  /// Mean with its 95 % interval.
  let estimate: Estimate
  /// Seeds that are in both, where they were paired; nil where they were not.
  let pairs: Int?
  /// What the interval says.
  let verdict: Verdict

  /// `second − first`: paired where both ran with the same seeds, else of independent samples.
  ///
  /// - Returns: nil where one has no figure.
  /// - Source: Welch (1947), The generalization of Student's problem when several different population variances are
  ///   involved, doi:10.1093/biomet/34.1-2.28.
  init?(from first: ComparedCell, to second: ComparedCell) {
    guard first.metric == second.metric else { return nil }
    if first.seeds == second.seeds {
      let differences = zip(first.perSeed, second.perSeed).compactMap { pair -> Double? in
        guard let before = pair.0, let after = pair.1 else { return nil }
        return after - before
      }
      guard let difference = SeedDifference(differences) else { return nil }
      (estimate, pairs, verdict) = (difference.estimate, difference.seeds, difference.verdict)
      return
    }
    guard let before = Moments(first.perSeed), let after = Moments(second.perSeed) else { return nil }
    let mean = after.mean - before.mean
    pairs = nil
    guard before.count > 1, after.count > 1 else {
      (estimate, verdict) = (Estimate(mean: mean, low: mean, high: mean), .noDifferenceShown)
      return
    }
    let (u, v) = (before.variance / before.count, after.variance / after.count)
    guard u + v > 0 else {
      estimate = Estimate(mean: mean, low: mean, high: mean)
      verdict = mean < 0 ? .helps : mean > 0 ? .hurts : .noDifferenceShown
      return
    }
    let degrees = (u + v) * (u + v) / (u * u / (before.count - 1) + v * v / (after.count - 1))
    let half = StudentT.quantile(0.975, degreesOfFreedom: degrees) * (u + v).squareRoot()
    estimate = Estimate(mean: mean, low: mean - half, high: mean + half)
    verdict = mean + half < 0 ? .helps : mean - half > 0 ? .hurts : .noDifferenceShown
  }

  private struct Moments {
    let count: Double, mean: Double, variance: Double

    init?(_ values: [Double?]) {
      let found = values.compactMap(\.self).filter(\.isFinite)
      guard !found.isEmpty else { return nil }
      count = Double(found.count)
      let mean = found.reduce(0, +) / count
      self.mean = mean
      variance = found.count > 1 ? found.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / (count - 1) : 0
    }
  }
}
