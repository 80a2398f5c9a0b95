internal import ArgumentParser
internal import AttuneCore
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

  @OptionGroup var options: StateDictionaryOptions

  @Option(name: .shortAndLong, help: "The model file to write.", completion: .file())
  var output: String

  @Option(
    help: "Rows of the training data (.npy [rows, features]); their statistics are kept for adaptation.",
    completion: .file(extensions: ["npy"]))
  var sourceData: String?

  func validate() throws {
    guard options.tellsModules else { throw ValidationError("give either --activation or --layers") }
  }

  func run() throws {
    let file = try SafetensorsFile(contentsOf: stateDict, headerLimit: SafetensorsFile.largestHeader)
    var model = try options.model(of: file)
    model.source = try sourceData.map {
      SourceStatistics(inputs: try model.preprocessing.apply(NPY.read(path: $0)))
    }
    try model.write(to: output)
    Console.note("\(model.network.summary); \(model.network.parameterCount) parameters: \(output)")
  }
}
