internal import AttuneCore
internal import AttuneData

/// Loads the files of data sources under one data section.
struct DataSourceLoader {
  let configuration: DataConfiguration
  private let folder: String
  private let notes: DataNotes

  init(_ configuration: DataConfiguration, folder: String, _ notes: DataNotes) {
    (self.configuration, self.folder, self.notes) = (configuration, folder, notes)
  }

  /// The rows of the data section's own source, and a text for each row where the split goes by a column that is no
  /// feature; nil where rows are generated.
  func source() throws -> (rows: Table, splitKeys: [String]?)? {
    guard case .csv(let csv) = configuration.source, csv.pixels == nil else {
      return try rows(of: configuration.source).map { ($0, nil) }
    }
    var options = csv.options(configuration, classes: nil, columns: nil)
    if configuration.test == nil, let column = configuration.split.column, !configuration.split.isFeature {
      options.keyColumn = column
      if column != csv.target { options.ignored.insert(column) }
    }
    let read = try explained([csv.path]) { try self.read(csv, options) }
    return (read.table, read.keys)
  }

  /// The rows of a source; nil where they are generated.
  func rows(of source: DataSourceConfiguration, training: Table? = nil) throws -> Table? {
    if source.generatedName != nil { return nil }
    return try load(source, training: training)
  }

  /// The rows of the files of a source.
  ///
  /// - Parameter training: the training part, whose classes other rows share; nil for that part itself.
  func load(_ source: DataSourceConfiguration, training: Table? = nil) throws -> Table {
    try explained(source.paths) { try loaded(source, training: training) }
  }

  private func loaded(_ source: DataSourceConfiguration, training: Table?) throws -> Table {
    let task = configuration.task, classes = training?.targets.classNames
    switch source {
    case .csv(let csv):
      if let pixels = csv.pixels { return try images(csv, pixels, training) }
      return try read(
        csv, csv.options(configuration, classes: training?.targets.classNames, columns: training?.columns)
      ).table
    case .npy(let npy):
      return try NPYTableLoader.load(
        features: path(npy.features), targets: path(npy.targets), task: task, classes: classes)
    case .npz(let npz):
      return try NPZTableLoader.load(
        path: path(npz.path), features: npz.features, targets: npz.targets, task: task, classes: classes)
    case .idx(let idx):
      return try IDXTableLoader.load(
        images: path(idx.images), labels: path(idx.labels), task: task, names: idx.classes ?? classNames,
        classes: classes)
    case .libsvm(let libsvm):
      return try LIBSVMTableLoader.load(
        path: path(libsvm.path), features: libsvm.features ?? sparseWidth(training), task: task,
        classes: classes)
    case .text(let text): return try rows(of: text, like: training)
    case .housePrices, .gaussianLinear: preconditionFailure("these rows are generated")
    }
  }

  private func read(
    _ csv: DataSourceConfiguration.CSV, _ options: CSVOptions
  ) throws -> (table: Table, keys: [String]?) {
    guard !csv.streaming else {
      throw ConfigValueError(
        "'streaming: true' of \(csv.path) is for the data.source of 'attune train'; here all rows must be in memory; "
          + "leave it out, or try a part of the file", key: "data")
    }
    let read = try CSVTableLoader.read(
      path: path(csv.path), target: csv.target, task: configuration.task, options: options)
    if let skipped = read.skipped { notes.add(skipped) }
    return (read.table, read.keys)
  }

  /// Images of another size or scale, as rows like those of the training part.
  private func images(
    _ csv: DataSourceConfiguration.CSV, _ pixels: DataSourceConfiguration.CSV.Pixels, _ training: Table?
  ) throws -> Table {
    guard let training, let image = configuration.image ?? training.image, let range = configuration.range else {
      throw ConfigValueError(
        "'pixels' of \(csv.path) is for data.test and for the data of scenarios, and needs data.range and the size of "
          + "the training images (data.image)", key: "data")
    }
    let classes = training.targets.classNames
    let read = try CSVTableLoader.read(
      path: path(csv.path), target: csv.target, task: classes == nil ? configuration.task : .regression,
      options: csv.options(configuration, classes: nil, columns: nil))
    if let skipped = read.skipped { notes.add(skipped) }
    let rows = try read.table.resized(
      from: ImageShape(height: pixels.height, width: pixels.width),
      Float(pixels.range[0])...Float(pixels.range[1]), to: image, Float(range[0])...Float(range[1]), like: training)
    return try classes.map { try rows.withClasses($0, path: path(csv.path)) } ?? rows
  }

  /// The names of the classes that the training part gives its numbers; other IDX files share them.
  private var classNames: [String]? {
    if case .idx(let idx) = configuration.source { idx.classes } else { nil }
  }

  /// The width of a sparse training part: another file may lack the last features.
  private func sparseWidth(_ training: Table?) -> Int? {
    if case .libsvm = configuration.source { training?.features.columns } else { nil }
  }

  /// What `body` loads; the error of a missing file says where its path starts.
  func explained<Result>(_ paths: [String], _ body: () throws -> Result) throws -> Result {
    do {
      return try body()
    } catch let error as FileError where error.kind == .notFound {
      throw paths.first { path($0) == error.path }.map { DataPath.explained(error, given: $0, folder: folder) } ?? error
    }
  }

  func path(_ given: String) -> String { DataPath.resolve(given, folder: folder) }
}

extension DataConfiguration {
  /// The column to split by that is among the features as loaded but shall be none; nil where there is none.
  var columnToDrop: String? {
    if case .csv = source { return nil }
    return test == nil && !split.isFeature ? split.column : nil
  }

  /// Whether the test part is in the order of time.
  var keepsTime: Bool {
    if test == nil, case .time = split { true } else { false }
  }
}

extension DataSourceConfiguration.CSV {
  /// How the file is read: by itself, or as rows like those of a training part with some classes and columns.
  func options(_ configuration: DataConfiguration, classes: [String]?, columns: [Column]?) -> CSVOptions {
    var options = CSVOptions(
      dialect, classes: classes, categorical: Set(categorical), ignored: Set(ignore),
      missingValues: configuration.imputation.missingRule, badRows: onError)
    options.rowFilter = `where`.mapValues(Set.init)
    options.acceptsUnknownLevels = configuration.encoding.unknown == .ignore
    guard let columns else {
      // Levels for columns that this file does not declare are found to be wrong when the encoding is fitted.
      options.levels = configuration.encoding.levels.filter { categorical.contains($0.key) }
      return options
    }
    options.columns = columns.map(\.name)
    options.ignored = []
    for column in columns { options.levels[column.name] = column.levels }
    options.categorical = Set(options.levels.keys)
    return options
  }
}
