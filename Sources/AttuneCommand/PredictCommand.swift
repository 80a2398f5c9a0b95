internal import ArgumentParser
internal import AttuneCore
internal import AttuneData
internal import AttuneExperiments
internal import AttuneTraining

/// `attune predict`: a model's answers for a file of rows.
struct PredictCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "predict", abstract: "Write a model's predictions for the rows of a CSV or NumPy file.",
    discussion: """
      The output is a NumPy file of float32: logits [rows, classes], probabilities with --probabilities, or regression \
      values [rows, 1]. A CSV needs the columns that the model was trained on, in any order; others are left out. It is \
      read as the CSV that the model was trained on was written, unless the options say otherwise; no row is left out.
      """)

  @Option(help: "The model file.", completion: .file(extensions: ["safetensors"]))
  var model: String

  @Option(help: "The rows: a .csv file, or a .npy file [rows, features].", completion: .file())
  var data: String

  @Option(name: .shortAndLong, help: "The .npy file to write.", completion: .file())
  var output: String

  @Flag(help: "Write softmax probabilities instead of logits.")
  var probabilities = false

  @OptionGroup var reading: RowOptions

  func run() throws {
    let model = try Model(contentsOf: model)
    if probabilities, model.task == .regression {
      throw ValidationError("--probabilities is for classifiers, and this model predicts a number")
    }
    try OutputFile.check(output)
    let columns = model.network.outputDimension
    let file = try NPYWriter(output, columns: columns)
    // The file may be gone with the process: a signal leaves no part of it.
    Signals.listen()
    try reading.forEachBlock(of: data, for: model) { try file.append(answers(to: $0, of: model)) }
    let order = model.classes.isEmpty ? "" : " (\(model.classes.joined(separator: ", ")))"
    Console.note("\(try file.finish()) rows, \(columns) outputs each\(order): \(output)")
  }

  private func answers(to rows: Matrix, of model: Model) throws -> Matrix {
    guard !Cancellation.isRequested else { throw Stopped(description: "stopped; nothing was written") }
    let predicted = try model.predict(rows)
    guard predicted.isFinite else {
      throw DataError(
        path: data, problems: [.init(expected: "values that the model answers with finite numbers")],
        advice: "check the units of the columns")
    }
    return probabilities ? predicted.softmax() : predicted
  }

  func validate() throws {
    let text = [".csv", ".tsv", ".txt", ".json"]
    guard !text.contains(where: output.lowercased().hasSuffix) else {
      throw ValidationError("--output is a NumPy file; give it a name that ends in .npy, found '\(output)'")
    }
  }
}
