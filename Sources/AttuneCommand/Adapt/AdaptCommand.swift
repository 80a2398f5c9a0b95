public import ArgumentParser
internal import AttuneCore
public import AttuneData
internal import AttuneExperiments
internal import AttuneInference
internal import AttuneTraining

/// `attune adapt`: a model's answers for a stream of rows, adapted as it goes.
struct AdaptCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "adapt",
    abstract: "Answer a file of rows batch by batch, with a strategy that adapts the model to them.",
    discussion: """
      The model is one of 'attune train' or 'attune import', or a PyTorch state dict (safetensors), whose modules \
      --activation or --layers tell as for 'attune import'. The rows are read as 'attune predict' reads them, and answered \
      in their order. The strategy is a name that 'attune strategies' lists, or a YAML file with the keys of a recipe. The \
      output is a NumPy file of float32: logits [rows, classes], or regression values [rows, 1]. A line for each batch goes \
      to stderr and a summary to stdout; with --json both go to stdout, a JSON object a line.
      """)

  @Option(help: "The model file or state dict.", completion: .file(extensions: ["safetensors"]))
  var model: String

  @Option(
    help: "Name of a strategy, or a .yaml file with the keys of a recipe.", completion: .file(extensions: ["yaml"]))
  var strategy: String

  @Option(
    name: .customLong("set"), parsing: .singleValue,
    help: "Override a setting of the strategy, for example optimizer.learningRate=1e-4; repeatable.")
  var settings: [String] = []

  @Option(help: "The rows: a .csv file, or a .npy file [rows, features].", completion: .file())
  var data: String

  @Option(
    help: """
      What the rows really are, to score the answers; the strategy never sees it: a .npy file of class numbers from 0 in \
      the order of the outputs, or of regression values.
      """, completion: .file(extensions: ["npy"]))
  var labels: String?

  @Option(help: "Rows of a batch.")
  var batchSize = 64

  @Option(name: .shortAndLong, help: "The .npy file to write.", completion: .file())
  var output: String

  @Option(
    help: "Rows of the training data, as --data is given, for strategies that need statistics or rows of the source.",
    completion: .file())
  var source: String?

  @Option(help: "The classes of the training rows, as --labels is given.", completion: .file(extensions: ["npy"]))
  var sourceLabels: String?

  @Option(help: "Height and width of the images that the rows are, for example 28x28.")
  var image: ImageShape?

  @Option(help: "Write the adapted state to this file at the end.", completion: .file(extensions: ["safetensors"]))
  var state: String?

  @Option(help: "Start from an adapted state that --state wrote.", completion: .file(extensions: ["safetensors"]))
  var resume: String?

  @Option(help: "Seed of the strategy's random numbers.")
  var seed: UInt64 = 0

  @OptionGroup var stateDictionary: StateDictionaryOptions

  @OptionGroup var reading: RowOptions

  @Flag(help: "Print a JSON object for each batch, and one at the end.")
  var json = false

  @Flag(name: .shortAndLong, help: "Print no line for a batch.")
  var quiet = false

  func validate() throws {
    guard batchSize > 0 else { throw ValidationError("--batch-size must be at least 1, found \(batchSize)") }
    guard output.lowercased().hasSuffix(".npy") else {
      throw ValidationError("--output is a NumPy file; give it a name that ends in .npy, found '\(output)'")
    }
    guard state != output else { throw ValidationError("--state and --output need different files") }
    guard sourceLabels == nil || source != nil else {
      throw ValidationError("--source-labels needs --source beside it")
    }
  }

  func run() throws {
    let chosen = try StrategyConfiguration.load(strategy, overrides: settings, registry: AttuneCommand.registry)
    let model = try Model(path: model, stateDictionary: stateDictionary)
    try OutputFile.check(output)
    if let state { try OutputFile.check(state) }
    let labels = try labels.map { try StreamLabels($0, for: model) }
    let context = try context(for: model, chosen.strategy)
    if chosen.entry.usesLabels {
      Console.note(
        "attune: strategy '\(chosen.name)' learns from late labels only, which 'attune adapt' does not give it")
    }
    Signals.listen()
    try serve(chosen.strategy, AdaptationIdentity(chosen, model, context, seed: seed), model, context, labels)
  }

  /// What the strategy may know.
  private func context(for model: Model, _ strategy: any AdaptationStrategy) throws -> AdaptationContext {
    var context = AdaptationContext(
      task: model.task, source: model.source, image: image, generator: Philox(seed: seed).fork("adapt"))
    if let image, image.height * image.width != model.network.inputDimension {
      throw ValidationError(
        "--image: \(image.height)x\(image.width) are not the \(model.network.inputDimension) inputs of the network")
    }
    if let source {
      let known = try SourceRows(source, labels: sourceLabels, for: model, reading, seed: seed)
      context.source = known.statistics
      if strategy.sourceAccess >= .samples { context.samples = known.samples }
    }
    if strategy.conventions?.seesTarget == true {
      guard state == nil, resume == nil else {
        throw ValidationError(
          "--state and --resume: strategy '\(type(of: strategy).name)' sees all rows of a stream beforehand, so that no other "
            + "stream can go on from it")
      }
      var blocks: [Matrix] = []
      try reading.forEachBlock(of: data, for: model) { blocks.append(try model.preprocessing.apply($0)) }
      context.target = Matrix.concatenatingRows(blocks)
    }
    return context
  }

  private func serve<Strategy: AdaptationStrategy>(
    _ strategy: Strategy, _ identity: AdaptationIdentity, _ model: Model, _ context: AdaptationContext,
    _ labels: StreamLabels?
  ) throws {
    var stream = try AdaptedStream(
      strategy, identity, model, context, labels: labels, data: data, resuming: resume)
    let file = try NPYWriter(output, columns: model.network.outputDimension)
    var batches = RowBatches(size: batchSize)
    func answer(_ rows: Matrix) throws {
      guard !Cancellation.isRequested else { throw Stopped(description: "stopped; nothing was written") }
      let (answers, report) = try stream.answer(rows)
      try file.append(answers)
      if json { return try Console.output(report.json()) }
      if !quiet { Console.note(report.line) }
    }
    try reading.forEachBlock(of: data, for: model) { block in try batches.add(block, answer) }
    try batches.finish(answer)
    let summary = try stream.summary(output: output, state: state)
    _ = try file.finish()
    if let state { try stream.stateFile().write(to: state) }
    try Console.output(json ? summary.json() : summary.line)
  }
}

extension ImageShape: ExpressibleByArgument {
  /// The shape that an option names, for example `28x28`; nil if it is none.
  public init?(argument: String) {
    let sides = argument.split(separator: "x", omittingEmptySubsequences: false).compactMap { Int($0) }
    guard sides.count == 2, argument.count(where: { $0 == "x" }) == 1, sides.allSatisfy({ (1...1 << 20).contains($0) })
    else {
      return nil
    }
    self.init(height: sides[0], width: sides[1])
  }
}
