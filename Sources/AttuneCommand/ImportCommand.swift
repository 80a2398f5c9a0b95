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
      safetensors.torch.save_file(model.state_dict(), path). Layers follow from names and shapes; where a module without \
      parameters stood, the activation is put. The model takes rows as the network does: already preprocessed, unless \
      --scale is given.
      """)

  @Argument(help: "The state dict.", completion: .file(extensions: ["safetensors"]))
  var stateDict: String

  @Option(help: "The function between the layers: relu, tanh, sigmoid or gelu.")
  var activation: String

  @Option(name: .shortAndLong, help: "The model file to write.", completion: .file())
  var output: String

  @Option(help: "What the model predicts: classification or regression.")
  var task = PredictionTask.classification

  @Option(help: "Names of the classes, separated by commas, in the order of the outputs; by default 0, 1, ….")
  var classes: String?

  @Option(help: "Factor on every input value, for example 0.0625 for pixels from 0 to 16.")
  var scale = 1.0

  @Option(help: "ε of the batch-norm layers.")
  var epsilon: Float = 1e-5

  @Option(
    help: "Rows of the training data (.npy [rows, features]); their statistics are kept for adaptation.",
    completion: .file(extensions: ["npy"]))
  var sourceData: String?

  func run() throws {
    guard let function = ActivationFunction(rawValue: activation) else {
      let known = ActivationFunction.allCases.map(\.rawValue).joined(separator: ", ")
      throw ValidationError("unknown activation '\(activation)'; known: \(known)")
    }
    try OutputFile.check(output)
    let file = try SafetensorsFile(contentsOf: stateDict, headerLimit: SafetensorsFile.largestHeader)
    let network = try StateDictionaryImport(activation: function, epsilon: epsilon).network(from: file)
    let names = classes?.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    if let names, names.count != network.outputDimension {
      throw ValidationError("--classes has \(names.count) names for \(network.outputDimension) outputs")
    }
    let preprocessing = Preprocessing(scale: scale, columnNames: NPYTableLoader.columnNames(network.inputDimension))
    let source = try sourceData.map { SourceStatistics(inputs: try preprocessing.apply(NPY.read(path: $0))) }
    let model = Model(
      network: network, task: task, preprocessing: preprocessing,
      classes: task == .classification ? names ?? (0..<network.outputDimension).map(String.init) : [], source: source)
    try model.write(to: output)
    Console.note("\(network.layers.count) layers, \(network.parameterCount) parameters: \(output)")
  }
}

extension PredictionTask: ExpressibleByArgument {}
