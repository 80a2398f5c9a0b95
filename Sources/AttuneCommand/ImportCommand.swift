public import ArgumentParser
public import AttuneCore
internal import AttuneData
internal import AttuneTraining

/// `attune import`: a PyTorch state dict becomes a model file.
struct ImportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "import", abstract: "Turn a PyTorch state dict (safetensors) into a model file.",
    discussion: """
      For nn.Sequential of Linear, BatchNorm1d, an activation and Dropout, saved with \
      safetensors.torch.save_file(model.state_dict(), path). A state dict does not name modules without parameters: give \
      --activation where one activation stands between the linear layers, or --layers with all modules in order. The \
      command prints the network it made. The model takes rows as the network does: already preprocessed, unless --scale \
      is given.
      """)

  @Argument(help: "The state dict.", completion: .file(extensions: ["safetensors"]))
  var stateDict: String

  @Option(help: "The function between the layers: relu, tanh, sigmoid or gelu.")
  var activation: ActivationFunction?

  @Option(
    help: """
      All modules in order, separated by commas: linear, batchnorm, relu, tanh, sigmoid, gelu, dropout, identity.
      """)
  var layers: String?

  @Option(name: .shortAndLong, help: "The model file to write.", completion: .file())
  var output: String

  @Option(help: "What the model predicts: classification or regression.")
  var task = PredictionTask.classification

  @Option(help: "Names of the classes, separated by commas, in the order of the outputs; by default 0, 1, ….")
  var classes: String?

  @Option(
    help: "Names of the input columns, separated by commas, so that predict can read a CSV; by default feature_0, ….")
  var columns: String?

  @Option(help: "Factor on every input value, for example 0.0625 for pixels from 0 to 16.")
  var scale = 1.0

  @Option(help: "ε of the batch-norm layers.")
  var epsilon: Float = 1e-5

  @Option(
    help: "Rows of the training data (.npy [rows, features]); their statistics are kept for adaptation.",
    completion: .file(extensions: ["npy"]))
  var sourceData: String?

  func validate() throws {
    guard (activation == nil) != (layers == nil) else {
      throw ValidationError("give either --activation or --layers")
    }
  }

  func run() throws {
    let file = try SafetensorsFile(contentsOf: stateDict, headerLimit: SafetensorsFile.largestHeader)
    let network = try importer().network(from: file)
    let names = classes?.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    if let names, names.count != network.outputDimension {
      throw ValidationError("--classes has \(names.count) names for \(network.outputDimension) outputs")
    }
    let columnNames = columns.map { $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init) }
    if let columnNames, columnNames.count != network.inputDimension || Set(columnNames).count != columnNames.count {
      throw ValidationError("--columns needs \(network.inputDimension) different names")
    }
    let preprocessing = Preprocessing(
      scale: scale, columnNames: columnNames ?? NPYTableLoader.columnNames(network.inputDimension))
    let source = try sourceData.map { SourceStatistics(inputs: try preprocessing.apply(NPY.read(path: $0))) }
    let model = Model(
      network: network, task: task, preprocessing: preprocessing,
      classes: task == .classification ? names ?? (0..<network.outputDimension).map(String.init) : [], source: source)
    try model.write(to: output)
    Console.note("\(network.summary); \(network.parameterCount) parameters: \(output)")
  }

  private func importer() throws -> StateDictionaryImport {
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

extension PredictionTask: ExpressibleByArgument {}

extension ActivationFunction: ExpressibleByArgument {}
