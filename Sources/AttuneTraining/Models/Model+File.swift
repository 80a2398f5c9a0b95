internal import AttuneCore
internal import AttuneData
internal import Foundation

/// What a model file says in its metadata under `attune`, as JSON.
private struct ModelDescription: Codable {
  /// The statistics of the source; the covariance is the tensor `source.covariance`.
  struct Source: Codable {
    var rows: Int
    var mean: [Double]
    var variance: [Double]
    var classShares: [Double]
  }

  /// Version 2 has columns of categories or missing values, which a reader of version 1 would take for numbers.
  var version = 1
  var task: PredictionTask
  var layers: [LayerDescription]
  var preprocessing: Preprocessing
  var classes: [String]
  var source: Source?
  /// How the CSV file with the training rows was written.
  var csv: CSVDialect?
}

private let knownVersions = 1...2

private let covarianceName = "source.covariance"
private let sampleName = "source.sample"

/// The largest header of a model file, in bytes: it holds the names of all columns and categories.
private let headerLimit = 32 << 20

extension Model {
  /// Writes the model as a safetensors file: parameters and buffers under PyTorch's names, everything else as JSON in the
  /// metadata key `attune`. The file is written whole or not at all.
  ///
  /// - Returns: the size of the file in bytes.
  /// - Throws: `FileError` where it cannot be written; `ModelFileError` where the names of columns and categories are
  ///   more than could be read again.
  @discardableResult
  public func write(to path: String) throws -> Int {
    var tensors = network.stateDictionary.mapValues { SafetensorsFile.Tensor($0.matrix, shape: $0.shape) }
    if let covariance = source?.covariance {
      tensors[covarianceName] = SafetensorsFile.Tensor(
        covariance.elements, shape: [covariance.rows, covariance.columns])
    }
    if let sample = source?.sample {
      tensors[sampleName] = SafetensorsFile.Tensor(sample, shape: [sample.rows, sample.columns])
    }
    let description = ModelDescription(
      version: preprocessing.isTyped ? 2 : 1, task: task, layers: network.architecture, preprocessing: preprocessing,
      classes: classes,
      source: source.map {
        .init(rows: $0.rows, mean: $0.mean, variance: $0.variance, classShares: $0.classShares)
      }, csv: dialect)
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    let json = String(decoding: try encoder.encode(description), as: UTF8.self)
    guard json.utf8.count <= headerLimit / 2 else {
      throw ModelFileError(
        path: path, place: .file,
        what: "names of columns, categories and classes of \(json.utf8.count) bytes, the limit is \(headerLimit / 2)",
        remedy: "leave out columns with very many categories (data.source.ignore), or give fewer columns")
    }
    let bytes = try SafetensorsFile(metadata: ["attune": json, "format": "pt"], tensors: tensors).serialized()
    try AtomicFile.write(bytes, to: path)
    return bytes.count
  }

  /// Reads a model file, checking all of it before anything is believed.
  ///
  /// - Throws: `FileError` where the file cannot be read; `ModelFileError` where it is no model file, is cut, or its
  ///   numbers do not fit its architecture.
  public init(contentsOf path: String) throws {
    let file = try SafetensorsFile(contentsOf: path, headerLimit: headerLimit)
    func error(_ what: String, _ remedy: String) -> ModelFileError {
      ModelFileError(path: path, place: .file, what: what, remedy: remedy)
    }
    guard let json = file.metadata["attune"] else {
      throw error(
        "the metadata has no key 'attune', so the file is no Attune model",
        "import a PyTorch state dict with 'attune import' first")
    }
    let description: ModelDescription
    do {
      // The version first: another one may describe models otherwise.
      if let version = try StrictJSON.parse(json).asObject?["version"]?.asInt,
        !knownVersions.contains(version)
      {
        throw error("the model file has format version \(version), known are 1 and 2", "use a newer Attune")
      }
      description = try JSONDecoder().decode(ModelDescription.self, from: Data(json.utf8))
    } catch let problem as ModelFileError {
      throw problem
    } catch let problem {
      throw error("the metadata key 'attune' does not describe a model (\(problem))", "write the model file again")
    }
    let network: Network
    do {
      network = try Network(description.layers) { name, shape in try file.matrix(name, shape: shape) }
    } catch let problem as ShapeError {
      throw error("the layers do not fit together (\(problem))", "write the model file again")
    }
    self.init(
      network: network, task: description.task, preprocessing: description.preprocessing,
      classes: description.classes, dialect: description.csv)
    try check(file)
    if let found = description.source {
      source = try Self.source(found, file, inputs: network.inputDimension, outputs: network.outputDimension)
    }
  }

  /// Throws where what was decoded does not fit the network: used, it would give nonsense or read past an end.
  private func check(_ file: SafetensorsFile) throws {
    func require(_ holds: Bool, _ what: @autoclosure () -> String) throws {
      guard !holds else { return }
      throw ModelFileError(path: file.path, place: .file, what: what(), remedy: "write the model file again")
    }
    let columns = preprocessing.columns.count, inputs = preprocessing.inputCount, outputs = network.outputDimension
    try require(
      task == .regression || classes.count == outputs, "\(classes.count) class names for \(outputs) outputs")
    try require(
      inputs == network.inputDimension,
      "\(columns) column names\(inputs == columns ? "" : " that become \(inputs) inputs") for \(network.inputDimension) "
        + "network inputs")
    try require(
      preprocessing.targetScaling.map { $0.standardDeviation > 0 } ?? true,
      "a target deviation of \(preprocessing.targetScaling?.standardDeviation ?? 0)")
  }

  private static func source(
    _ found: ModelDescription.Source, _ file: SafetensorsFile, inputs d: Int, outputs: Int
  ) throws -> SourceStatistics {
    guard d <= SourceStatistics.covarianceLimit else {
      guard found.mean.count == d, found.variance.count == d, found.rows > 0,
        found.classShares.isEmpty || found.classShares.count == outputs
      else {
        throw ModelFileError(
          path: file.path, place: .file,
          what: "source statistics of \(found.rows) rows with \(found.mean.count) means, \(found.variance.count) "
            + "variances and \(found.classShares.count) class shares for \(d) inputs and \(outputs) outputs",
          remedy: "write the model file again")
      }
      return SourceStatistics(
        rows: found.rows, mean: found.mean, variance: found.variance, classShares: found.classShares)
    }
    let covariance = try file.tensor(covarianceName)
    guard covariance.shape == [d, d], found.mean.count == d, found.rows > 0,
      found.classShares.isEmpty || found.classShares.count == outputs
    else {
      throw ModelFileError(
        path: file.path, place: .tensor(covarianceName),
        what:
          "source statistics of \(found.rows) rows with \(found.mean.count) means, a covariance \(covariance.shape) and "
          + "\(found.classShares.count) class shares for \(d) inputs and \(outputs) outputs",
        remedy: "write the model file again")
    }
    return SourceStatistics(
      rows: found.rows, mean: found.mean, covariance: DoubleMatrix(rows: d, columns: d, try covariance.doubles()),
      classShares: found.classShares, sample: try sample(file, inputs: d))
  }

  /// The values of training rows; nil in files that were written before they were kept.
  private static func sample(_ file: SafetensorsFile, inputs d: Int) throws -> Matrix? {
    guard file.names.contains(sampleName) else { return nil }
    let tensor = try file.tensor(sampleName)
    guard tensor.shape.count == 2, tensor.shape[1] == d, (1...SourceStatistics.sampleLimit).contains(tensor.shape[0])
    else {
      throw ModelFileError(
        path: file.path, place: .tensor(sampleName),
        what: "values of training rows of shape \(tensor.shape), expected up to \(SourceStatistics.sampleLimit) rows "
          + "of \(d)",
        remedy: "write the model file again")
    }
    return try tensor.matrix()
  }
}

extension SafetensorsFile {
  /// A tensor of an expected shape, as a matrix.
  func matrix(_ name: String, shape: [Int]) throws -> Matrix {
    let tensor = try tensor(name)
    guard tensor.shape == shape else {
      throw ModelFileError(
        path: path, place: .tensor(name), what: "shape \(tensor.shape), expected \(shape)",
        remedy: "the file does not hold the network it describes; write or export it again")
    }
    let matrix = try tensor.matrix()
    guard !name.hasSuffix(".running_var") || matrix.elements.allSatisfy({ $0 >= 0 }) else {
      throw ModelFileError(
        path: path, place: .tensor(name), what: "a variance below 0", remedy: "train or convert the network again")
    }
    return matrix
  }
}
