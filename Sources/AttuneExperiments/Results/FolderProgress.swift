internal import AttuneCore
public import AttuneInference
public import Foundation

/// How far a run is, as its folder tells it: what is done, and the results so far.
public struct FolderProgress: Encodable, Sendable, Equatable {
  /// A cell of the results so far: a mean over the seeds that are done.
  public struct Cell: Encodable, Sendable, Equatable {
    /// Names of the arms, or of the learner.
    public let arms: String
    /// Name of the scenario or the stream.
    public let stream: String
    /// The quality figure with its unit; `failed` where no seed finished.
    public let quality: String
    /// Seeds that are done.
    public let seeds: Int
  }

  /// Name of the run's folder.
  public let name: String
  /// Name of the experiment; nil where its config cannot be read.
  public let experiment: String?
  /// Whether its results are there.
  public let isFinished: Bool
  /// Parts that are done: an inference arm on a scenario with one model, or the learners on a stream.
  public let done: Int
  /// All parts; nil where the config cannot be read.
  public let total: Int?
  /// Seconds since the run was last started.
  public let seconds: Double?
  /// Seconds since the last part was done; nil before the first.
  public let secondsSinceLast: Double?
  /// The results so far, in the order of their names.
  public let cells: [Cell]

  /// The progress of the run in a folder, at a moment.
  public init(folder: String, registry: StrategyRegistry = .builtIn, now: Date = Date()) {
    let url = URL(fileURLWithPath: folder).resolvingSymlinksInPath()
    name = url.lastPathComponent
    isFinished = FileManager.default.fileExists(atPath: folder + "/results.json")
    let config = try? RunConfiguration.load(path: folder + "/config.yaml", registry: registry)
    let files = Self.units(in: folder + "/units")
    var gathered = Gathered()
    for file in files { gathered.add(file) }
    switch config {
    case .experiment(let experiment):
      self.experiment = experiment.name
      let parts = experiment.inference.count * experiment.scenarios.count
      total = experiment.training.count * experiment.seeds.count * parts
      // A training that failed has no arms, and none that are still to come.
      done = files.reduce(0) { $0 + ($1.isWhole ? parts : $1.outcome.arms.count) }
      cells = gathered.cells { _ in experiment.data.task == .classification ? .error : .rootMeanSquaredError }
    case .online(let experiment):
      self.experiment = experiment.name
      (done, total) = (files.count, nil)
      cells = gathered.cells { stream in
        let found = experiment.streams.first { $0.name == stream }
        return found?.task == .regression ? .rootMeanSquaredError : .error
      }
    case nil:
      (experiment, done, total, cells) = (nil, files.count, nil, gathered.cells { _ in .error })
    }
    seconds = Self.date(folder + "/provenance.json").map { now.timeIntervalSince($0) }
    secondsSinceLast = files.map(\.written).max().map { now.timeIntervalSince($0) }
  }

  /// What is read of a unit's file; what else it holds is no matter here.
  private struct Unit {
    struct Stored: Decodable {
      struct Outcome: Decodable {
        let training: String?, stream: String?
        var arms: [Arm]
      }
      struct Arm: Decodable {
        let inference: String?, scenario: String?, learner: String?
        let quality: Double?
      }
      let outcome: Outcome
    }
    /// A line of the file of a unit that is not whole: its training, or an arm.
    struct Line: Decodable {
      struct Entry: Decodable {
        struct Training: Decodable { let arm: String }
        struct Arm: Decodable {
          let arm: Stored.Arm
          private enum CodingKeys: String, CodingKey { case arm = "_0" }
        }
        let training: Training?, arm: Arm?
      }
      let outcome: Entry
    }
    let outcome: Stored.Outcome
    let written: Date
    let isWhole: Bool
  }

  private static func units(in folder: String) -> [Unit] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    return names.sorted().compactMap { name in
      let path = "\(folder)/\(name)"
      guard let data = FileManager.default.contents(atPath: path), let written = date(path) else { return nil }
      if name.hasSuffix(".arms.jsonl") {
        return growing(data).map { Unit(outcome: $0, written: written, isWhole: false) }
      }
      guard name.hasSuffix(".json"), let unit = try? JSONDecoder().decode(Unit.Stored.self, from: data) else {
        return nil
      }
      return Unit(outcome: unit.outcome, written: written, isWhole: true)
    }
  }

  /// The arms of a unit that is not whole; its last line may be torn.
  private static func growing(_ data: Data) -> Unit.Stored.Outcome? {
    let lines = data.split(separator: UInt8(ascii: "\n")).compactMap { line in
      try? JSONDecoder().decode(Unit.Line.self, from: Data(line)).outcome
    }
    guard let training = lines.first?.training?.arm else { return nil }
    return Unit.Stored.Outcome(training: training, stream: nil, arms: lines.compactMap(\.arm?.arm))
  }

  private static func date(_ path: String) -> Date? {
    (try? FileManager.default.attributesOfItem(atPath: path))?[.modificationDate] as? Date
  }

  /// The figures of each cell in the order in which cells are met.
  private struct Gathered {
    private struct Key: Hashable { let arms: String, stream: String }
    private var keys: [Key] = []
    private var values: [Key: [Double?]] = [:]

    mutating func add(_ unit: Unit) {
      for arm in unit.outcome.arms {
        let key = Key(
          arms: [unit.outcome.training, arm.inference ?? arm.learner].compactMap(\.self).joined(separator: " · "),
          stream: arm.scenario ?? unit.outcome.stream ?? "")
        if values[key] == nil { keys.append(key) }
        values[key, default: []].append(arm.quality)
      }
    }

    func cells(_ metric: (String) -> QualityMetric) -> [Cell] {
      keys.map { key in
        let found = (values[key] ?? []).compactMap(\.self)
        let format = QualityFormat(metric: metric(key.stream))
        return Cell(
          arms: key.arms, stream: key.stream, quality: ReportData.mean(found).map(format.full) ?? "failed",
          seeds: values[key]?.count ?? 0)
      }
    }
  }
}
