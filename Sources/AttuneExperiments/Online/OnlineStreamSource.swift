internal import AttuneCore
internal import AttuneData
internal import Foundation

/// A stream that is ready to be read from its start, as often as is needed.
struct OnlineStreamSource: Sendable {
  let configuration: OnlineStreamConfiguration
  private let folder: String
  /// What a first pass over a CSV file found; nil where none was needed.
  private let survey: CSVStream.Survey?
  /// The rows of a source that is read whole; nil where it is not.
  private let table: Table?

  /// Opens a stream, reading its file once where classes or categories are to be found.
  ///
  /// - Throws: what reading the source throws; `DataError` where there are fewer than two classes.
  init(_ configuration: OnlineStreamConfiguration, folder: String) throws {
    (self.configuration, self.folder) = (configuration, folder)
    switch configuration.source {
    case .data(.csv(let csv)):
      let path = DataPath.resolve(csv.path, folder: folder)
      let needsSurvey =
        !csv.categorical.isEmpty || (configuration.task == .classification && configuration.classes == nil)
      table = nil
      survey = try Self.explained(csv.path, folder) {
        guard needsSurvey else { return nil }
        return try CSVStream.survey(
          path: path, target: csv.target, task: configuration.task, options: Self.options(csv, configuration, nil))
      }
      if let classes = survey?.classes, classes.count < 2 {
        throw DataError(
          path: path,
          problems: [.init(column: csv.target, expected: "two classes or more, but there is \(classes.count)")],
          advice: "check the target, or name the classes under 'classes'")
      }
    case .hyperplane: (survey, table) = (nil, nil)
    case .data(let source) where source.generatedName != nil: (survey, table) = (nil, nil)
    case .data(let source):
      survey = nil
      let data = try DataConfiguration.plain(source, task: configuration.task)
      table = try DataSourceLoader(data, folder: folder, DataNotes { _ in }).rows(of: source)
    }
  }

  /// The stream from its first row.
  ///
  /// - Throws: what opening the source throws.
  func open(seed: UInt64) throws -> any LabeledStream {
    let generator = Philox(seed: seed).fork("online").fork(configuration.name)
    switch configuration.source {
    case .hyperplane(let plane): return HyperplaneStream(plane, task: configuration.task, using: generator.fork("rows"))
    case .data(let source) where source.generatedName != nil:
      return TableStream(try ExperimentData.generate(source, generator.fork("rows")), path: configuration.name)
    case .data(.csv(let csv)):
      return try Self.explained(csv.path, folder) {
        try CSVStream(
          path: DataPath.resolve(csv.path, folder: folder), target: csv.target, task: configuration.task,
          options: Self.options(csv, configuration, survey), count: survey?.rows)
      }
    case .data(let source):
      guard let table else { preconditionFailure("\(source.paths) was not loaded") }
      return TableStream(table, path: source.paths.first ?? "")
    }
  }

  private static func options(
    _ csv: DataSourceConfiguration.CSV, _ stream: OnlineStreamConfiguration, _ survey: CSVStream.Survey?
  ) -> CSVOptions {
    var options = CSVOptions(
      csv.dialect, classes: stream.classes ?? survey?.classes, columns: stream.features,
      categorical: Set(csv.categorical), levels: survey?.levels ?? [:], ignored: Set(csv.ignore), badRows: csv.onError)
    options.rowFilter = csv.where.mapValues(Set.init)
    return options
  }

  private static func explained<Result>(_ path: String, _ folder: String, _ body: () throws -> Result) throws -> Result
  {
    do {
      return try body()
    } catch let error as FileError where error.kind == .notFound {
      throw DataPath.explained(error, given: path, folder: folder)
    }
  }
}

extension DataConfiguration {
  /// A data section of a source alone, whose rows are taken as they are.
  static func plain(_ source: DataSourceConfiguration, task: PredictionTask) throws -> DataConfiguration {
    let place = ConfigLocation(source: "")
    var mapping = ConfigMapping()
    for (key, value) in [
      ("source", try NodeEncoder.encode(source, at: place)),
      ("task", ConfigNode(.scalar(ConfigScalar(task.rawValue)), at: place)),
    ] {
      mapping.set(ConfigMapping.Entry(key: key, keyLocation: place, value: value))
    }
    return try ConfigDecoder().decode(DataConfiguration.self, from: ConfigNode(.mapping(mapping), at: place))
  }
}

extension OnlineExperimentConfiguration {
  /// Opens every stream of the first seed, so that a file, a column or a class that is not there stops a plan.
  ///
  /// - Throws: what opening a stream throws.
  public func checkStreams(configFolder: String) throws {
    for stream in streams {
      _ = try OnlineStreamSource(stream, folder: configFolder).open(seed: seeds.first ?? 0)
    }
  }
}
