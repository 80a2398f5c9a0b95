internal import AttuneCore
internal import AttuneData

/// Loads the files of data sources under one data section.
struct DataSourceLoader {
  private let configuration: DataConfiguration
  private let folder: String

  init(_ configuration: DataConfiguration, folder: String) {
    (self.configuration, self.folder) = (configuration, folder)
  }

  /// The rows of a source; nil where they are generated.
  func rows(of source: DataSourceConfiguration, training: Table? = nil) throws -> Table? {
    if case .housePrices = source { return nil }
    return try load(source, training: training)
  }

  /// The rows of the files of a source.
  ///
  /// - Parameter training: the training part, whose classes other rows share; nil for that part itself.
  func load(_ source: DataSourceConfiguration, training: Table? = nil) throws -> Table {
    let task = configuration.task, classes = training?.targets.classNames
    switch source {
    case .csv(let csv):
      var options = CSVOptions(classes: classes)
      options.columns = try features(of: csv)
      return try CSVTableLoader.load(path: path(csv.path), target: csv.target, task: task, options: options)
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
    case .housePrices: preconditionFailure("house prices are generated")
    }
  }

  /// The texts of the column that the split goes by, where the table does not hold it; else nil.
  func splitKeys() throws -> [String]? {
    guard configuration.test == nil, let column = configuration.split.column, !configuration.split.isFeature,
      case .csv(let csv) = configuration.source
    else { return nil }
    return try CSVColumn.texts(path: path(csv.path), column: column)
  }

  /// The names of the classes that the training part gives its numbers; other IDX files share them.
  private var classNames: [String]? {
    if case .idx(let idx) = configuration.source { idx.classes } else { nil }
  }

  /// The columns of a CSV file without the one that the split goes by; nil where none is left out.
  private func features(of csv: DataSourceConfiguration.CSV) throws -> [String]? {
    guard configuration.test == nil, let column = configuration.split.column, !configuration.split.isFeature,
      column != csv.target
    else { return nil }
    let names = try CSVColumn.names(path: path(csv.path))
    // Another file, of a scenario, may lack the column.
    return names.contains(column) ? names.filter { $0 != column && $0 != csv.target } : nil
  }

  /// The width of a sparse training part: another file may lack the last features.
  private func sparseWidth(_ training: Table?) -> Int? {
    if case .libsvm = configuration.source { training?.features.columns } else { nil }
  }

  private func path(_ given: String) -> String { DataPath.resolve(given, folder: folder) }
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
