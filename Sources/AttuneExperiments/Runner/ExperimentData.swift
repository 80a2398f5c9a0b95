internal import AttuneCore
public import AttuneData
internal import AttuneTraining
internal import Foundation

/// The rows of an experiment, loaded once; split and shifted anew for each seed.
public struct ExperimentData: Sendable {
  let configuration: DataConfiguration
  let folder: String
  /// The rows of the source; nil where they are generated anew for each seed.
  private let rows: Table?
  /// The rows of the official test part; nil where there is none, or where they are generated.
  private let testRows: Table?
  /// What a split by a column goes by: a text for each row.
  private let splitKeys: [String]?
  /// The texts whose numbers the rows are; nil where rows are no texts.
  private let texts: TextRows?
  let notes: DataNotes

  /// Loads the rows of an experiment.
  ///
  /// - Parameters:
  ///   - configuration: the experiment's data section.
  ///   - folder: the folder that relative paths start from: the config file's.
  ///   - note: called once for each file of which rows were left out, now or when a scenario is loaded, on any thread.
  /// - Throws: what the loaders throw.
  public init(
    _ configuration: DataConfiguration, folder: String, note: @escaping @Sendable (SkippedRows) -> Void = { _ in }
  ) throws {
    let notes = DataNotes(note)
    self.notes = notes
    self.configuration = configuration
    self.folder = folder
    let loader = DataSourceLoader(configuration, folder: folder, notes)
    texts = try loader.texts()
    if let texts {
      (rows, splitKeys, testRows) = (texts.numbers, nil, texts.testNumbers)
      return
    }
    let source = try loader.source()
    (rows, splitKeys) = (source?.rows, source?.splitKeys)
    testRows = try configuration.test.flatMap { try loader.rows(of: $0, training: source?.rows) }.map { table in
      try source.map { try configuration.aligned(table, to: $0.rows) } ?? table
    }
  }

  /// The training and the test part for a seed, without the rows that are held out. Categories have the codes of the training part's levels; those that only
  /// the test part has come after them.
  public func split(seed: UInt64) throws -> (train: Table, test: Table) {
    let parts = try parts(seed: seed)
    return (parts.train, parts.test)
  }

  /// The parts of the data for a seed.
  struct Parts {
    /// The rows that models are trained on.
    var train: Table
    /// The rows that streams are made of.
    var test: Table
    /// Labeled rows that no model is trained on; nil where none are held out.
    var heldOut: Table?
  }

  /// The parts for a seed. Categories have the codes of the training part's levels.
  func parts(seed: UInt64) throws -> Parts {
    var parts = try rawParts(seed: seed)
    if let texts { parts = try texts.vectorized(parts) }
    let isPlain = configuration.imputation == ImputationSettings() && configuration.encoding == EncodingSettings()
    guard parts.train.hasCategories || !isPlain else { return parts }
    let known = parts.train.withOccurringLevels(keeping: Set(configuration.encoding.levels.keys))
    func checked(_ table: Table, _ name: String) throws -> Table {
      let table = table.withLevels(of: known.columns)
      // Settings that do not fit the columns are found here, before anything trains.
      try configuration.fitPreprocessing(to: known).checkCategories(table, part: name)
      return table
    }
    return Parts(
      train: known, test: try checked(parts.test, "test part"),
      heldOut: try parts.heldOut.map { try checked($0, "held-out part") })
  }

  private func rawParts(seed: UInt64) throws -> Parts {
    let root = Philox(seed: seed).fork("data")
    let table = try rows ?? Self.generate(configuration.source, root.fork("rows"))
    if let test = configuration.test {
      return try holdingOut(table, seed: seed, test: try testRows ?? Self.generate(test, root.fork("test")))
    }
    let keys = try splitKeys ?? configuration.split.column.map { try table.texts(ofColumn: $0) }
    let whole = try configuration.columnToDrop.map { try table.withoutColumn($0) } ?? table
    let (train, test) = try split(whole, keys: keys, seed: seed, using: root.fork("split"))
    guard case .rows(let list) = configuration.heldOut, case .rows(let lists) = configuration.split else {
      return try holdingOut(train, seed: seed, test: test)
    }
    let path = DataPath.resolve(SplitConfiguration.Rows.path(list.path, seed: seed), folder: folder)
    let taken = try RowList.read(path: path)
    for used in [lists.trainPath(seed: seed, folder: folder), lists.testPath(seed: seed, folder: folder)] {
      guard let row = Set(try RowList.read(path: used)).intersection(taken).min() else { continue }
      throw ConfigValueError(
        "row \(row) of '\(path)' is in '\(used)' too: rows that are held out neither train nor test",
        key: "heldOut.path")
    }
    return Parts(train: train, test: test, heldOut: try whole.rows(listed: taken, as: "held-out"))
  }

  /// The parts where a share of the training part is held out.
  private func holdingOut(_ train: Table, seed: UInt64, test: Table) throws -> Parts {
    guard case .fraction(let share) = configuration.heldOut else { return Parts(train: train, test: test) }
    let count = Int((Double(train.count) * share.fraction).rounded())
    guard count > 0, count < train.count else {
      throw ConfigValueError(
        "\(train.count) training rows leave none to train on or none to hold out", key: "heldOut.fraction",
        given: "\(share.fraction)")
    }
    if configuration.keepsTime {
      let kept = train.count - count
      return Parts(
        train: train.rows(at: Array(0..<kept)), test: test, heldOut: train.rows(at: Array(kept..<train.count)))
    }
    var generator = Philox(seed: seed).fork("data").fork("held out")
    let order = generator.permutation(train.count)
    return Parts(
      train: train.rows(at: order.dropFirst(count).sorted()), test: test,
      heldOut: train.rows(at: order.prefix(count).sorted()))
  }

  /// The parts of a table; `keys` has what a split by a column goes by.
  private func split(
    _ table: Table, keys: [String]?, seed: UInt64, using generator: Philox
  ) throws -> (train: Table, test: Table) {
    var generator = generator
    switch configuration.split {
    case .random(let random):
      return try table.split(
        trainFraction: random.trainFraction, stratified: random.stratified ?? (configuration.task == .classification),
        using: &generator)
    case .time(let time):
      return try table.splitInTime(trainFraction: time.trainFraction, sortedBy: keys)
    case .group(let group):
      let groups = keys ?? []
      if let test = group.test { return try table.split(groups: groups, test: test) }
      return try table.split(
        trainFraction: group.trainFraction ?? SplitConfiguration.Group.defaultFraction, groups: groups,
        using: &generator)
    case .rows(let lists):
      return try table.split(
        train: RowList.read(path: lists.trainPath(seed: seed, folder: folder)),
        test: RowList.read(path: lists.testPath(seed: seed, folder: folder)))
    }
  }

  /// The data files by path as the config gives it.
  static func files(of configuration: ExperimentConfiguration, folder: String) -> [String: String] {
    var files: [String: String] = [:]
    let data = configuration.data
    for source in [data.source] + [data.test].compactMap(\.self) + configuration.scenarios.flatMap(\.sources) {
      for path in source.paths { files[path] = DataPath.resolve(path, folder: folder) }
    }
    if data.test == nil {
      for path in data.split.paths(seeds: configuration.seeds) + data.heldOutPaths(seeds: configuration.seeds) {
        files[path] = DataPath.resolve(path, folder: folder)
      }
    }
    return files
  }

  static func generate(_ source: DataSourceConfiguration, _ generator: Philox) throws -> Table {
    switch source {
    case .housePrices(let houses): return houses.generate(using: generator)
    case .gaussianLinear(let rows): return rows.generate(using: generator)
    case .csv, .npy, .npz, .idx, .libsvm, .text: preconditionFailure("rows of files are not generated")
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

  /// The error of a missing file, with what a config's reader may not know of the path that it gives.
  static func explained(_ error: FileError, given path: String, folder: String) -> FileError {
    if path.hasPrefix("$ATTUNE_DATA"), ProcessInfo.processInfo.environment["ATTUNE_DATA"] == nil {
      return FileError(
        kind: error.kind, path: path, reason: "the environment variable ATTUNE_DATA is not set",
        advice: "set it to the folder of the data sets: export ATTUNE_DATA=FOLDER")
    }
    guard !path.hasPrefix("/"), !path.hasPrefix("$") else { return error }
    return FileError(
      kind: error.kind, path: error.path, reason: error.reason,
      advice: "check the path '\(path)': relative data paths start from the config's folder")
  }
}

extension DataConfiguration {
  /// The files of the rows that are held out, for some seeds, as given.
  func heldOutPaths(seeds: [UInt64]) -> [String] {
    guard case .rows(let list) = heldOut else { return [] }
    return seeds.map { SplitConfiguration.Rows.path(list.path, seed: $0) }
  }

  /// What shifts may know: image size, bounds, and the mean and deviation of each column of the training part.
  func shiftContext(for train: Table) -> ShiftContext {
    ShiftContext(for: train, image: image, range: range.map { Float($0[0])...Float($0[1]) })
  }

  /// What shifts may know, of a training part in memory or in a file.
  func shiftContext(forRows train: some TableRows) throws -> ShiftContext {
    try ShiftContext(forRows: train, image: image, range: range.map { Float($0[0])...Float($0[1]) })
  }
}
