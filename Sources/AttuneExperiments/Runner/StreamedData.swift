internal import AttuneCore
public import AttuneData

/// The rows of an experiment whose CSV file is streamed: read once, kept in a scratch file, split anew for each seed.
///
/// The parts are those of `ExperimentData`, row by row and bit by bit; no more than some blocks of them is in memory.
public struct StreamedData: Sendable {
  private let configuration: DataConfiguration
  private let rows: StoredTable
  private let testRows: StoredTable?

  /// Called while a file is read, with the bytes that were read and those of the file; what it throws ends the reading.
  public typealias Progress = (_ path: String, _ done: Int, _ total: Int) throws -> Void

  /// Reads the rows of an experiment.
  ///
  /// - Parameters:
  ///   - configuration: the experiment's data section, whose source is a CSV file.
  ///   - folder: the folder that relative paths start from: the config file's.
  ///   - scratchFolder: where the scratch files are made; `$TMPDIR` wins where it is set.
  ///   - note: called once for each file of which rows were left out.
  ///   - progress: called while a file is read.
  /// - Throws: `ConfigValueError` for a section that cannot be streamed; what `StoredTable.read` throws.
  public init(
    _ configuration: DataConfiguration, folder: String, scratchFolder: String,
    note: @escaping @Sendable (SkippedRows) -> Void = { _ in }, progress: Progress = { _, _, _ in }
  ) throws {
    self.configuration = configuration
    let csv = try Self.streamable(configuration)
    let notes = DataNotes(note), scratch = ScratchFile.folder(or: scratchFolder)
    func read(_ csv: DataSourceConfiguration.CSV, _ options: CSVOptions) throws -> StoredTable {
      let (table, skipped) = try StoredTable.read(
        path: DataPath.resolve(csv.path, folder: folder), target: csv.target, task: configuration.task,
        options: options, scratchFolder: scratch
      ) { try progress(csv.path, $0, $1) }
      if let skipped { notes.add(skipped) }
      return table
    }
    let rows = try read(csv, csv.options(configuration, classes: nil, columns: nil))
    self.rows = rows
    guard case .csv(let test) = configuration.test else {
      testRows = nil
      return
    }
    let options = test.options(configuration, classes: rows.classNames, columns: rows.columns)
    let table = try read(test, options).withLevels(of: rows.columns)
    try Preprocessing.fit(
      .none, imputation: configuration.imputation, encoding: configuration.encoding, to: rows
    ).checkCategories(table, part: "")
    testRows = table
  }

  /// Whether an experiment's rows are streamed.
  public static func isAsked(for configuration: DataConfiguration) -> Bool {
    if case .csv(let csv) = configuration.source { csv.streaming } else { false }
  }

  /// The CSV file of a section that can be streamed.
  private static func streamable(_ configuration: DataConfiguration) throws -> DataSourceConfiguration.CSV {
    func refusal(_ problem: String, key: String) -> ConfigValueError {
      ConfigValueError(problem + "; leave out data.source.streaming, or change it", key: "data.\(key)")
    }
    guard case .csv(let csv) = configuration.source else {
      throw refusal("only CSV files are streamed", key: "source")
    }
    guard !configuration.bootstrap else {
      throw refusal("the rows of a streamed file are not drawn with replacement", key: "bootstrap")
    }
    guard configuration.heldOut == nil else { throw refusal("no rows of a streamed file are held out", key: "heldOut") }
    switch (configuration.test, configuration.split) {
    case (.csv, _), (nil, .random): return csv
    case (nil, .time(let time)) where time.column == nil: return csv
    case (nil, .time):
      throw refusal("a streamed file is split in time in the order of its rows, without a column", key: "split")
    case (nil, _): throw refusal("a streamed file is split at random or in time, or has a test file", key: "split")
    default: throw refusal("the test part of a streamed file is a CSV file", key: "test")
    }
  }

  /// The training and the test part for a seed, as `ExperimentData.split` makes them.
  ///
  /// - Throws: `SplitError`, `UnknownCategoryError` and `ConfigValueError` as there; `FileError` where rows cannot be read.
  public func split(seed: UInt64) throws -> (train: StoredTable, test: StoredTable) {
    let (train, test) = try parts(seed: seed)
    let isPlain = configuration.imputation == ImputationSettings() && configuration.encoding == EncodingSettings()
    guard train.hasCategories || !isPlain else { return (train, test) }
    let known = try train.withOccurringLevels(keeping: Set(configuration.encoding.levels.keys))
    let checked = test.withLevels(of: known.columns)
    try configuration.fitPreprocessing(to: known).checkCategories(checked, part: "test part")
    return (known, checked)
  }

  private func parts(seed: UInt64) throws -> (train: StoredTable, test: StoredTable) {
    if let testRows { return (rows, testRows) }
    if case .time(let time) = configuration.split { return try rows.splitInTime(trainFraction: time.trainFraction) }
    guard case .random(let random) = configuration.split else { preconditionFailure("the split was checked") }
    var generator = Philox(seed: seed).fork("data").fork("split")
    return try rows.split(
      trainFraction: random.trainFraction, stratified: random.stratified ?? (configuration.task == .classification),
      using: &generator)
  }
}
