public import ArgumentParser
internal import AttuneCore
public import AttuneExperiments

/// `attune export`: runs and models for other programs.
struct ExportCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export", abstract: "Write a run or a model for other programs: CSV, JSON, MLflow, ONNX.",
    subcommands: [
      ExportCSVCommand.self, ExportJSONCommand.self, ExportMLflowCommand.self, ExportONNXCommand.self,
    ])
}

/// A finished run on a command line.
struct FinishedRunOptions: ParsableArguments {
  @Argument(
    help: "The run: the path of its folder, 'latest', or the start or end of the folder's name.",
    completion: .directory)
  var run: String

  @Option(help: "The folder in which names of runs are looked up.", completion: .directory)
  var runs = "runs"

  /// The run with its results.
  func load() throws -> RunExport { try RunExport(folder: try RunReference(run, in: runs).folder()) }
}

/// Where a text goes: to a file, which is written whole, or to standard output.
struct TextOutput: ParsableArguments {
  @Option(name: .shortAndLong, help: "The file to write; by default standard output.", completion: .file())
  var output: String?

  /// Throws where the file could not be written, before work is done for it.
  func check() throws { if let output { try OutputFile.check(output) } }

  func write(_ text: String, note: @autoclosure () -> String) throws {
    guard let output else {
      // A table without rows is no lines, not an empty one.
      return text.isEmpty ? () : try Console.output(text)
    }
    try AtomicFile.write(Array(text.utf8), to: output)
    Console.note("\(note()): \(output)")
  }
}

extension RunExport.Table: ExpressibleByArgument {}

/// `attune export csv`: a table of a run.
struct ExportCSVCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "csv", abstract: "Write a table of a finished run as CSV.",
    discussion: """
      One thing a row, one figure a column: pandas.read_csv takes it as it is. What is missing is an empty field; numbers \
      are the shortest that read back the same; a text that a spreadsheet would take for a formula gets an apostrophe.
      """)

  @OptionGroup var source: FinishedRunOptions

  @Option(
    help: """
      The table: cells (training × inference × scenario, or stream × learner), seeds (each cell and seed), batches (each \
      cell, seed and batch), events, costs, or settings.
      """)
  var what = RunExport.Table.cells

  @OptionGroup var destination: TextOutput

  func run() throws {
    try destination.check()
    let table = try source.load().table(what)
    try destination.write(table.csv(), note: "\(table.rows.count) rows, \(table.columns.count) columns")
  }
}

/// `attune export json`: a run as one document, or a table of it as lines.
struct ExportJSONCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "json", abstract: "Write a finished run as one JSON document, or a table of it as JSON lines.",
    discussion: """
      The document has the resolved config, the results as in results.json, and what each unit found with the figures of \
      each batch. With --lines each row of a table is an object in a line of its own.
      """)

  @OptionGroup var source: FinishedRunOptions

  @Flag(help: "Write a table as JSON lines.")
  var lines = false

  @Option(help: "The table of --lines: cells, seeds, batches, events, costs or settings; by default cells.")
  var what: RunExport.Table?

  @OptionGroup var destination: TextOutput

  func validate() throws {
    if what != nil, !lines { throw ValidationError("--what names a table, which --lines writes; add --lines") }
  }

  func run() throws {
    try destination.check()
    let run = try source.load()
    guard lines else { return try destination.write(try run.json(), note: run.name) }
    let table = try run.table(what ?? .cells)
    try destination.write(table.jsonLines(), note: "\(table.rows.count) lines")
  }
}
