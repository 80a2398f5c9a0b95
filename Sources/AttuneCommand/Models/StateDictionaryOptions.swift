public import ArgumentParser
public import AttuneCore
internal import AttuneData
internal import AttuneTraining

/// What a PyTorch state dict does not say of its network and of its rows.
struct StateDictionaryOptions: ParsableArguments {
  @Option(help: "The function between the layers: relu, tanh, sigmoid or gelu.")
  var activation: ActivationFunction?

  @Option(
    help: """
      All modules in order, separated by commas: linear, batchnorm, relu, tanh, sigmoid, gelu, dropout, identity.
      """)
  var layers: String?

  @Option(help: "What the model predicts: classification, which is the default, or regression.")
  var task: PredictionTask?

  @Option(help: "Names of the classes, separated by commas, in the order of the outputs; by default 0, 1, ….")
  var classes: String?

  @Option(
    help: "Names of the input columns, separated by commas, so that a CSV can be read; by default feature_0, ….")
  var columns: String?

  @Option(help: "Factor on every input value, for example 0.0625 for pixels from 0 to 16; by default 1.")
  var scale: Double?

  @Option(help: "ε of the batch-norm layers; by default 1e-5.")
  var epsilon: Float?

  /// The options that are given, by their names.
  var given: [String] {
    [
      ("--activation", activation != nil), ("--layers", layers != nil), ("--task", task != nil),
      ("--classes", classes != nil), ("--columns", columns != nil), ("--scale", scale != nil),
      ("--epsilon", epsilon != nil),
    ].filter(\.1).map(\.0)
  }

  /// Whether the order of the modules is told, in one way.
  var tellsModules: Bool { (activation == nil) != (layers == nil) }

  /// The model of a state dict, without statistics of the source.
  func model(of file: SafetensorsFile) throws -> Model {
    let network = try importer().network(from: file), task = task ?? .classification
    let names = classes?.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    if let names, names.count != network.outputDimension {
      throw ValidationError("--classes has \(names.count) names for \(network.outputDimension) outputs")
    }
    let columnNames = columns.map { $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init) }
    if let columnNames, columnNames.count != network.inputDimension || Set(columnNames).count != columnNames.count {
      throw ValidationError("--columns needs \(network.inputDimension) different names")
    }
    let preprocessing = Preprocessing(
      scale: scale ?? 1, columnNames: columnNames ?? NPYTableLoader.columnNames(network.inputDimension))
    return Model(
      network: network, task: task, preprocessing: preprocessing,
      classes: task == .classification ? names ?? (0..<network.outputDimension).map(String.init) : [])
  }

  private func importer() throws -> StateDictionaryImport {
    let epsilon = epsilon ?? 1e-5
    if let activation { return StateDictionaryImport(activation: activation, epsilon: epsilon) }
    let modules = try (layers ?? "").split(separator: ",").map { name in
      guard let module = StateDictionaryImport.Module(rawValue: String(name)) else {
        let known = StateDictionaryImport.Module.allCases.map(\.rawValue).joined(separator: ", ")
        throw ValidationError("unknown module '\(name)' in --layers; known: \(known)")
      }
      return module
    }
    return StateDictionaryImport(modules: modules, epsilon: epsilon)
  }
}

extension Model {
  /// The model of a file: one of Attune, or a PyTorch state dict, whose modules the options tell.
  ///
  /// - Throws: `ValidationError` where options are missing, or given for a file that tells these things itself.
  init(path: String, stateDictionary options: StateDictionaryOptions) throws {
    let file = try SafetensorsFile(contentsOf: path, headerLimit: SafetensorsFile.largestHeader)
    guard file.metadata[AdaptedStateFile.key] == nil else {
      throw ModelFileError(
        path: path, place: .file, what: "an adapted state, which holds no model",
        remedy: "give the model that it was adapted from, and the state with --resume")
    }
    guard file.metadata["attune"] == nil else {
      guard options.given.isEmpty else {
        throw ValidationError(
          "\(options.given.joined(separator: ", ")): \(path) is a model file of Attune, which says this itself")
      }
      self = try Model(contentsOf: path)
      return
    }
    guard options.tellsModules else {
      throw ValidationError(
        "\(path) is a PyTorch state dict, which does not name its activations: give either --activation or --layers")
    }
    self = try options.model(of: file)
  }
}

extension PredictionTask: ExpressibleByArgument {}

extension ActivationFunction: ExpressibleByArgument {}
