public import ArgumentParser
internal import AttuneCore
public import AttuneData
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

  @Option(help: "What separates cells: one character, tab, or space for runs of blanks.")
  var separator: CSVSeparator?

  @Flag(inversion: .prefixedNo, help: "Numbers have a comma before their decimals.")
  var decimalComma: Bool?

  @Option(parsing: .unconditionalSingleValue, help: "A cell that means a missing value, for example NA; repeatable.")
  var missing: [String] = []

  @Flag(inversion: .prefixedNo, help: "The first line names the columns.")
  var header: Bool?

  @Flag(inversion: .prefixedNo, help: "Cut off blanks around cells.")
  var trim: Bool?

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
    if data.lowercased().hasSuffix(".npy") {
      let rows = try rowsOfNumbers(model.preprocessing)
      for range in RowBlocks.ranges(of: rows.rows) { try file.append(answers(to: rows.rows(range), of: model)) }
    } else {
      try predictCSV(model, into: file)
    }
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

  /// Predicts the rows of a CSV file block by block, so that its size does not matter for memory.
  private func predictCSV(_ model: Model, into file: NPYWriter) throws {
    var dialect = model.dialect ?? CSVDialect()
    if let separator { dialect.separator = separator }
    if let decimalComma { dialect.decimalComma = decimalComma }
    if !missing.isEmpty { dialect.missing = missing }
    if let trim { dialect.trimsBlanks = trim }
    if let header { dialect.hasHeader = header }
    // Categories that the model knows have its codes; others have codes past them, which it ignores if it may.
    var rows = try CSVRows(
      path: data, target: nil, task: model.task, options: model.preprocessing.csvOptions(dialect))
    while let (features, _) = try rows.next() {
      for range in RowBlocks.ranges(of: features.rows) {
        try file.append(answers(to: features.rows(range), of: model))
      }
    }
  }

  /// Rows of a NumPy file, which has neither names nor categories.
  private func rowsOfNumbers(_ preprocessing: Preprocessing) throws -> Matrix {
    if let column = preprocessing.columns.first(where: { $0.column.levels != nil }) {
      throw DataError(
        path: data,
        problems: [
          .init(
            column: column.column.name,
            expected:
              "categories such as \(column.column.levels?.first?.debugDescription ?? ""), but NumPy rows hold numbers"
          )
        ], advice: "give the rows as a CSV file")
    }
    let rows = try NPY.read(path: data)
    let width = preprocessing.columns.count
    guard rows.columns == width else {
      throw DataError(
        path: data, problems: [.init(expected: "\(width) columns, but there are \(rows.columns)")],
        advice: "give rows with the columns that the model was trained on, in their order")
    }
    return rows
  }
}

extension CSVSeparator: ExpressibleByArgument {
  /// The separator that an option names; nil if it is none.
  public init?(argument: String) {
    guard let separator = try? CSVSeparator(argument) else { return nil }
    self = separator
  }
}
