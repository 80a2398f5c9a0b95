public import AttuneCore
public import AttuneTraining
internal import Foundation

/// The same inputs for every row, chosen at training time: the best of a ranking that a budget pays for, and a
/// network that was trained on them anew.
///
/// One network is trained for each budget, with the hidden layers that the policies have: what is compared with them
/// is the choice, not the network. Where a budget pays for no input, the answer is the same for every row: the
/// logarithms of the class shares, or the mean target.
public struct StaticSelection: PreparedStrategy {
  /// The settings.
  public struct Configuration: AcquisitionSettings, Equatable {
    /// What the inputs of a row may cost; a budget only.
    public var stop = AcquisitionStop.standard
    /// What inputs cost, by their names; 1 for one that is not named.
    public var costs: [String: Double] = [:]
    /// The budgets of the curve of quality against the number of inputs, ascending.
    public var curve: [Double] = []
    /// How inputs are ranked; their values are divided by their costs.
    public var ranking = FeatureRanking.permutation
    /// Widths of the hidden layers.
    public var hidden = [128, 128]
    /// Share of hidden units that are dropped while learning.
    public var dropout = 0.3
    /// The learning rate of Adam.
    public var learningRate = 1e-3
    /// Rows of a batch.
    public var batchSize = 128
    /// The most passes of each network.
    public var epochs = 200
    /// Epochs without improvement that are borne before the learning rate falls; two more end a training. With the two of
    /// the policies a rival would often stop before it has learned.
    public var patience = 10
    /// What the learning rate falls by.
    public var decay = 0.2

    /// Permutation importance, and a budget of 10.
    public init() {}

    /// Throws a `ConfigValueError` for the first setting out of its range.
    public func validate() throws {
      try validateAcquisition()
      try PolicyTraining.validate(training)
      try ConfigCheck.range("epochs", epochs, atLeast: 1)
      guard case .budget = stop else {
        throw ConfigValueError("must be a budget: the choice is the same for every row", key: "stop")
      }
    }

    var training: PolicyTraining.Settings {
      .init(
        hidden: hidden, dropout: dropout, learningRate: learningRate, batchSize: batchSize, decay: decay,
        patience: patience)
    }

    var budget: Double { if case .budget(let settings) = stop { settings.budget } else { 0 } }
  }

  /// `static-selection` in config files.
  public static let name = "static-selection"
  /// What tables and help say.
  public static let summary =
    "the same inputs for every row, the best of a ranking on the training rows, and a network trained anew on them"
  /// Where it comes from.
  public static let paper: String? = nil
  /// The settings.
  public let configuration: Configuration
  private var models: [Double: FixedSelection] = [:]
  private var inputs: Int?

  /// The strategy with its settings, which are checked.
  public init(_ configuration: Configuration = Configuration()) throws {
    try configuration.validate()
    self.configuration = configuration
  }

  /// Throws where costs name inputs that are not there, and where there are no rows to validate on.
  public func check(for network: Network, in context: PreparationContext) throws {
    try check(for: network, task: context.task)
    _ = try configuration.costs(of: context.inputNames, count: network.inputDimension)
    guard context.heldOut != nil else { throw MissingHeldOutRows(user: "strategy '\(Self.name)'") }
  }

  /// The strategy with a network for each budget, and what their training cost.
  public func prepared(
    for network: Network, in context: PreparationContext
  ) throws -> (strategy: StaticSelection, report: TrainingReport) {
    var prepared = self
    let costs = try configuration.costs(of: context.inputNames, count: network.inputDimension)
    var training = try PolicyTraining(configuration.training, context, strategy: Self.name)
    let (models, seconds, operations) = try PreparationCost.measure { try learn(&training, network, costs) }
    (prepared.models, prepared.inputs) = (models, network.inputDimension)
    return (prepared, training.report(seconds: seconds, operations: operations))
  }

  private func learn(
    _ training: inout PolicyTraining, _ network: Network, _ costs: [Double]
  ) throws -> [Double: FixedSelection] {
    let values = try configuration.ranking.values(
      network, training: training.training, heldOut: training.heldOut, loss: training.loss,
      using: training.generator.fork("ranking"))
    let worth = zip(values, costs).map { $0 / $1 }
    let order = worth.indices.sorted { (-worth[$0], $0) < (-worth[$1], $1) }
    var byInputs: [[Int]: FixedSelection] = [:], models: [Double: FixedSelection] = [:]
    for budget in Set(configuration.curve + [configuration.budget]).sorted() {
      var spent = 0.0
      let chosen = Array(
        order.prefix { input in
          spent += costs[input]
          return Purchases.isPaid(spent, by: budget)
        }
      ).sorted()
      let model = try byInputs[chosen] ?? fit(chosen, &training, costs)
      (byInputs[chosen], models[budget]) = (model, model)
    }
    return models
  }

  private func fit(_ chosen: [Int], _ training: inout PolicyTraining, _ costs: [Double]) throws -> FixedSelection {
    let targets = training.training.targets, mean = targets.columnSums.scaled(by: 1 / Float(targets.rows))
    var isClass = true
    if case .meanSquaredError = training.loss { isClass = false }
    var model = FixedSelection(
      inputs: chosen, cost: chosen.reduce(0) { $0 + costs[$1] }, network: nil,
      constant: isClass ? mean.map { log(max($0, 1e-6)) } : mean)
    guard !chosen.isEmpty else { return model }
    var network = training.network(inputs: chosen.count, outputs: targets.columns, "static")
    try training.fit(&network, epochs: configuration.epochs, "static") { inputs, _ in inputs.columns(at: chosen) }
    model.network = network
    return model
  }

  /// The state before the first batch.
  public func start(_ network: Network, in context: AdaptationContext) throws -> AcquisitionState {
    guard inputs != nil else { throw UnpreparedStrategy(strategy: Self.name) }
    return AcquisitionState(inputDimension: network.inputDimension)
  }

  /// Answers a batch from the chosen inputs.
  public func predict(_ batch: Matrix, _ state: inout AcquisitionState) throws -> Matrix {
    let model = try model(configuration.budget, batch), output = try model.answers(batch)
    state.selection = batch.rows == 0 ? nil : model.selection(rows: batch.rows, of: batch.columns)
    return output
  }

  /// The inputs that the last answer rests on.
  public func takeDetails(_ state: inout AcquisitionState) -> AnswerDetails {
    defer { state.selection = nil }
    return AnswerDetails(selection: state.selection)
  }

  /// The answers at each budget of the curve.
  public func curve(_ batch: Matrix, _ state: AcquisitionState) throws -> [CurveAnswer] {
    try configuration.curve.map { budget in
      let model = try model(budget, batch)
      return CurveAnswer(
        budget: budget, keptCount: model.inputs.count * batch.rows, output: try model.answers(batch))
    }
  }

  private func model(_ budget: Double, _ batch: Matrix) throws -> FixedSelection {
    guard let inputs, let model = models[budget] else { throw UnpreparedStrategy(strategy: Self.name) }
    guard batch.columns == inputs else {
      throw ShapeError(
        operation: "network", expected: "\(inputs) input features", found: "\(batch.columns) columns")
    }
    return model
  }
}

/// A network on some of the inputs.
struct FixedSelection: Sendable {
  let inputs: [Int]
  /// What the inputs of a row cost.
  let cost: Double
  /// Nil where there is no input.
  var network: Network?
  /// The answer without any input, `[1, k]`.
  let constant: Matrix

  func answers(_ batch: Matrix) throws -> Matrix {
    guard let network else { return Matrix(rows: batch.rows, columns: constant.columns).addingRow(constant) }
    return try network.predict(batch.columns(at: inputs))
  }

  func selection(rows: Int, of count: Int) -> InputSelection {
    let chosen = Set(inputs)
    var selection = InputSelection(rows: rows, kept: (0..<count).map(chosen.contains), replacement: .none)
    selection.acquisitionCost = cost * Double(rows)
    return selection
  }
}
