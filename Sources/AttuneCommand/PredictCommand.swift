internal import ArgumentParser
internal import AttuneCore
internal import AttuneData
internal import AttuneTraining

/// `attune predict`: a model's answers for a file of rows.
struct PredictCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "predict", abstract: "Write a model's predictions for the rows of a CSV or NumPy file.",
    discussion: """
      The output is a NumPy file of float32: logits [rows, classes], probabilities with --probabilities, or regression \
      values [rows, 1]. A CSV needs the columns that the model was trained on, in any order; others are left out.
      """)

  @Option(help: "The model file.", completion: .file(extensions: ["safetensors"]))
  var model: String

  @Option(help: "The rows: a .csv file with a header, or a .npy file [rows, features].", completion: .file())
  var data: String

  @Option(name: .shortAndLong, help: "The .npy file to write.", completion: .file())
  var output: String

  @Flag(help: "Write softmax probabilities instead of logits.")
  var probabilities = false

  func run() throws {
    let model = try Model(contentsOf: model)
    if probabilities, model.task == .regression {
      throw ValidationError("--probabilities is for classifiers, and this model predicts a number")
    }
    try OutputFile.check(output)
    let rows = try load(model)
    let predicted = try model.predict(rows)
    guard predicted.isFinite else {
      throw DataError(
        path: data, problems: [.init(expected: "values that the model answers with finite numbers")],
        advice: "check the units of the columns")
    }
    try NPY.write(probabilities ? predicted.softmax() : predicted, to: output)
    let order = model.classes.isEmpty ? "" : " (\(model.classes.joined(separator: ", ")))"
    Console.note("\(predicted.rows) rows, \(predicted.columns) outputs each\(order): \(output)")
  }

  func validate() throws {
    let text = [".csv", ".tsv", ".txt", ".json"]
    guard !text.contains(where: output.lowercased().hasSuffix) else {
      throw ValidationError("--output is a NumPy file; give it a name that ends in .npy, found '\(output)'")
    }
  }

  private func load(_ model: Model) throws -> Matrix {
    if data.lowercased().hasSuffix(".npy") {
      let rows = try NPY.read(path: data)
      let width = model.preprocessing.columnNames.count
      guard rows.columns == width else {
        throw DataError(
          path: data, problems: [.init(expected: "\(width) columns, but there are \(rows.columns)")],
          advice: "give rows with the columns that the model was trained on, in their order")
      }
      return rows
    }
    return try CSVTableLoader.load(
      path: data, target: nil, task: model.task, options: CSVOptions(columns: model.preprocessing.columnNames)
    ).features
  }
}
