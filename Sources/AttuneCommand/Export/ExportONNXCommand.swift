public import ArgumentParser
internal import AttuneCore
internal import AttuneData
internal import AttuneExperiments
public import AttuneTraining
internal import Foundation

/// `attune export onnx`: a model for ONNX Runtime.
struct ExportONNXCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "onnx", abstract: "Write a model as an ONNX file (opset 13), preprocessing included.",
    discussion: """
      The input 'features' is [rows, columns] of float32: raw rows with the columns that the model was trained on, in \
      their order; the metadata of the file name them. A category is the place of its level in the metadata, from 0; a \
      missing value is NaN. What 'attune predict' refuses is answered with NaN. Outputs are logits, probabilities or \
      prediction. Of a run's arms the trained model is written, or a student; what an adaptation learned is in no file.
      """)

  @Argument(help: "The model file, or a run: its folder, 'latest', or the start or end of the folder's name.")
  var source: String

  @Option(name: .shortAndLong, help: "The .onnx file to write.", completion: .file(extensions: ["onnx"]))
  var output: String

  @Option(help: "Of a run: the training arm; may be left out where there is one only.")
  var training: String?

  @Option(help: "Of a run: the seed; may be left out where there is one only.")
  var seed: UInt64?

  @Option(help: "Of a run: the inference arm whose student is written.")
  var student: String?

  @Option(help: "The folder in which names of runs are looked up.", completion: .directory)
  var runs = "runs"

  @Option(help: "What a classifier answers: logits, probabilities or both.")
  var outputs: ONNXOutputs?

  @Flag(help: "Leave preprocessing out: rows are the inputs of the network.")
  var withoutPreprocessing = false

  func run() throws {
    try OutputFile.check(output)
    let path = try modelPath()
    let model = try Model(contentsOf: path)
    if outputs != nil, model.task == .regression {
      throw ValidationError("--outputs is for classifiers, and this model predicts a number")
    }
    let bytes = try model.onnx(
      outputs: outputs ?? .logits, includesPreprocessing: !withoutPreprocessing,
      producerVersion: AttuneVersion.current)
    try AtomicFile.write(bytes, to: output)
    let width = withoutPreprocessing ? model.preprocessing.inputCount : model.preprocessing.columns.count
    let answers = model.task == .regression ? "prediction" : (outputs ?? .logits).names
    Console.note("features [rows, \(width)] → \(answers) [rows, \(model.network.outputDimension)]: \(output)")
    let categories = model.preprocessing.columns.filter { $0.column.levels != nil && $0.isUsed }.map(\.column.name)
    if !withoutPreprocessing, !categories.isEmpty {
      Console.note(
        "categories are numbers here, the places of their levels in the file's metadata 'categories', from 0: "
          + categories.joined(separator: ", "))
    }
  }

  /// The path of the model file.
  private func modelPath() throws -> String {
    var isFolder: ObjCBool = false
    let exists = FileManager.default.fileExists(atPath: source, isDirectory: &isFolder)
    if exists, !isFolder.boolValue {
      guard training == nil, seed == nil, student == nil else {
        throw ValidationError("--training, --seed and --student are for runs, and '\(source)' is a file")
      }
      return source
    }
    if !exists, source.hasSuffix(".safetensors") {
      throw FileError(kind: .notFound, path: source, reason: "there is no such file")
    }
    let run = try RunExport(folder: try RunReference(source, in: runs).folder())
    guard case .experiment(let results) = run.run else {
      throw ValidationError("\(run.name) is an online experiment, which keeps no models")
    }
    let training = try choice(training, of: results.trainingArms.map(\.name), option: "--training", in: run.name)
    let seed = try choice(seed, of: results.seeds, option: "--seed", in: run.name)
    let path = try RunFolder(run.folder).modelPath(training: training, seed: seed, student: student)
    guard FileManager.default.fileExists(atPath: path) else {
      let reason =
        student.map { "\(training), seed \(seed) has no student of the inference arm '\($0)'" }
        ?? "\(training), seed \(seed) has no model; its training failed, or the file was removed"
      throw FileError(kind: .notFound, path: path, reason: reason)
    }
    return path
  }

  private func choice<Value: Equatable>(
    _ given: Value?, of known: [Value], option: String, in run: String
  ) throws -> Value {
    let list = known.map { "\($0)" }.joined(separator: ", ")
    guard let given else {
      guard let only = known.first, known.count == 1 else {
        throw ValidationError("\(run) has several models; choose one with \(option): \(list)")
      }
      return only
    }
    guard known.contains(given) else {
      throw ValidationError("\(option) is '\(given)', and \(run) has: \(list)")
    }
    return given
  }
}

extension ONNXOutputs: ExpressibleByArgument {}

extension ONNXOutputs {
  /// The names of the outputs.
  fileprivate var names: String {
    switch self {
    case .logits: "logits"
    case .probabilities: "probabilities"
    case .both: "logits and probabilities"
    }
  }
}
