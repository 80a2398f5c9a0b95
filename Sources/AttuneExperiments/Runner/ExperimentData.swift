internal import AttuneCore
public import AttuneData
internal import AttuneTraining
internal import Foundation

/// The rows of an experiment, loaded once; split and shifted anew for each seed.
public struct ExperimentData: Sendable {
  private let configuration: DataConfiguration
  private let folder: String
  private let rows: Table?

  /// Loads the rows of an experiment.
  ///
  /// - Parameters:
  ///   - configuration: the experiment's data section.
  ///   - folder: the folder that relative paths start from: the config file's.
  /// - Throws: what the loaders throw.
  public init(_ configuration: DataConfiguration, folder: String) throws {
    self.configuration = configuration
    self.folder = folder
    // Generated rows depend on the seed; files do not.
    if case .housePrices = configuration.source {
      rows = nil
    } else {
      rows = try Self.load(configuration.source, configuration, folder, classes: nil)
    }
  }

  /// The training and the test part for a seed.
  public func split(seed: UInt64) throws -> (train: Table, test: Table) {
    let root = Philox(seed: seed).fork("data")
    let table = try rows ?? Self.generate(configuration.source, root.fork("rows"))
    var generator = root.fork("split")
    switch configuration.split.kind {
    case .random:
      return try table.split(
        trainFraction: configuration.split.trainFraction, stratified: configuration.task == .classification,
        using: &generator)
    case .time:
      let count = Int((Double(table.count) * configuration.split.trainFraction).rounded())
      guard count > 0, count < table.count else {
        throw ConfigValueError(
          "a train fraction of \(configuration.split.trainFraction) leaves one part of \(table.count) rows empty",
          key: "data")
      }
      return (table.rows(at: Array(0..<count)), table.rows(at: Array(count..<table.count)))
    }
  }

  /// The raw rows of a scenario for a seed, shifted, in the order of the stream.
  ///
  /// The rows do not depend on the training arm: all arms meet the same stream.
  public func stream(
    of scenario: ScenarioConfiguration, train: Table, test: Table, seed: UInt64
  ) throws -> Table {
    let root = Philox(seed: seed).fork("scenario").fork(scenario.name)
    var table = test
    if let source = scenario.data {
      if case .housePrices = source {
        table = try Self.generate(source, root.fork("rows"))
      } else {
        table = try Self.load(source, configuration, folder, classes: train.targets.classNames)
      }
      table = try Preprocessing.fit(.none, to: train).aligned(table)
    }
    let asGiven = scenario.data != nil || configuration.split.kind == .time
    var order = root.fork("order")
    table = try BatchStream(
      table, batchSize: scenario.batchSize, ordering: scenario.order ?? (asGiven ? .asGiven : .shuffled), using: &order
    ).table
    let context = configuration.shiftContext(for: train)
    for (index, shift) in scenario.shifts.enumerated() {
      var generator = root.fork("shift").fork(index)
      table.features = try shift.shift.apply(to: table.features, in: context, using: &generator)
    }
    return table
  }

  /// The data files by path as the config gives it.
  static func files(of configuration: ExperimentConfiguration, folder: String) -> [String: String] {
    var files: [String: String] = [:]
    for source in [configuration.data.source] + configuration.scenarios.compactMap(\.data) {
      for path in source.paths { files[path] = DataPath.resolve(path, folder: folder) }
    }
    return files
  }

  private static func generate(_ source: DataSourceConfiguration, _ generator: Philox) throws -> Table {
    guard case .housePrices(let houses) = source else { preconditionFailure("only house prices are generated") }
    return houses.generate(using: generator)
  }

  private static func load(
    _ source: DataSourceConfiguration, _ configuration: DataConfiguration, _ folder: String, classes: [String]?
  ) throws -> Table {
    switch source {
    case .csv(let csv):
      return try CSVTableLoader.load(
        path: DataPath.resolve(csv.path, folder: folder), target: csv.target, task: configuration.task,
        options: CSVOptions(classes: classes))
    case .npy(let npy):
      return try NPYTableLoader.load(
        features: DataPath.resolve(npy.features, folder: folder),
        targets: DataPath.resolve(npy.targets, folder: folder), task: configuration.task, classes: classes)
    case .housePrices: preconditionFailure("house prices are generated")
    }
  }
}

/// Paths in config files.
enum DataPath {
  /// An absolute path, one below `$ATTUNE_DATA`, or one relative to the config file's folder.
  static func resolve(_ path: String, folder: String) -> String {
    let prefix = "$ATTUNE_DATA"
    if path.hasPrefix(prefix), let root = ProcessInfo.processInfo.environment["ATTUNE_DATA"] {
      return root + path.dropFirst(prefix.count)
    }
    return path.hasPrefix("/") || path.hasPrefix("$") || folder.isEmpty ? path : folder + "/" + path
  }
}

extension DataSourceConfiguration {
  var paths: [String] {
    switch self {
    case .csv(let csv): [csv.path]
    case .npy(let npy): [npy.features, npy.targets]
    case .housePrices: []
    }
  }
}

extension DataConfiguration {
  /// What shifts may know: image size, bounds, and the mean and deviation of each column of the training part.
  func shiftContext(for train: Table) -> ShiftContext {
    let moments = train.features.columnMoments
    return ShiftContext(
      image: image, range: range.map { Float($0[0])...Float($0[1]) },
      featureScale: moments.variance.map { $0.squareRoot() }, featureMean: moments.mean)
  }
}
