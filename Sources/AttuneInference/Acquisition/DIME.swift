public import AttuneCore
public import AttuneTraining

/// Estimates of conditional mutual information: a network learns how far each input would bring down the loss, and a
/// row acquires what brings most per unit of its cost.
///
/// Answers and estimates are outputs of one multilayer perceptron that sees `[x · m, m]`, the acquired inputs and
/// their mask. Its answers learn first, on masks of uniformly random sizes; then rows acquire inputs, mostly the best
/// and now and then one at random, and each estimate learns the fall of the loss that came of it.
///
/// - Source: Gadgil, Covert, Lee (2024), Estimating conditional mutual information for dynamic feature selection, ICLR,
///   arXiv:2306.03301, and its code.
/// - Note: Differs from the code: the layers that predictor and value network share run once for both, under one draw
///   of dropout, which takes half the time; the checkpoint is the epoch of the lowest mean loss over all steps.
public struct DIME: PreparedStrategy {
  /// The settings.
  public struct Configuration: AcquisitionSettings, Equatable {
    /// When a row stops acquiring.
    public var stop = AcquisitionStop.standard
    /// What inputs cost, by their names; 1 for one that is not named.
    public var costs: [String: Double] = [:]
    /// The budgets of the curve of quality against the number of inputs, ascending.
    public var curve: [Double] = []
    /// How outputs become estimates; `bounded` for a classification only.
    public var scaling = InformationScaling.bounded
    /// Widths of the hidden layers.
    public var hidden = [128, 128]
    /// Share of hidden units that are dropped while learning.
    public var dropout = 0.3
    /// The most inputs that a row acquires while estimates are learned.
    public var trainingInputs = 35
    /// The learning rate of Adam.
    public var learningRate = 1e-3
    /// Rows of a batch.
    public var batchSize = 128
    /// The most passes of the answers alone.
    public var predictorEpochs = 100
    /// The most passes of answers and estimates.
    public var epochs = 200
    /// Epochs without improvement that are borne before the learning rate falls; two more lower the exploration.
    public var patience = 2
    /// What the learning rate falls by.
    public var decay = 0.2
    /// Share of choices that are made at random at first.
    public var exploration = 0.05
    /// What that share falls by.
    public var explorationDecay = 0.2
    /// Falls of that share after which learning ends.
    public var explorationSteps = 10

    /// The settings of the published code, with its tabular networks.
    public init() {}

    /// Throws a `ConfigValueError` for the first setting out of its range.
    public func validate() throws {
      try validateAcquisition()
      try PolicyTraining.validate(training)
      try ConfigCheck.range("trainingInputs", trainingInputs, atLeast: 1)
      try ConfigCheck.range("predictorEpochs", predictorEpochs, atLeast: 1)
      try ConfigCheck.range("epochs", epochs, atLeast: 1)
      try ConfigCheck.range("exploration", exploration, atLeast: 0, atMost: 1)
      try ConfigCheck.range("explorationDecay", explorationDecay, atLeast: 0, atMost: 1)
      try ConfigCheck.range("explorationSteps", explorationSteps, atLeast: 1)
    }

    var training: PolicyTraining.Settings {
      .init(
        hidden: hidden, dropout: dropout, learningRate: learningRate, batchSize: batchSize, decay: decay,
        patience: patience)
    }
  }

  /// `dime` in config files.
  public static let name = "dime"
  /// What tables and help say.
  public static let summary =
    "a network that learned how much each input would tell of the target acquires the most telling one per unit of cost"
  /// Where it comes from.
  public static let paper: String? =
    "Gadgil, Covert, Lee (2024), Estimating conditional mutual information for dynamic feature selection, ICLR, "
    + "arXiv:2306.03301"
  /// The settings.
  public let configuration: Configuration
  private var policy: ValuePolicy?
  private var costs: [Double] = []

  /// The strategy with its settings, which are checked.
  public init(_ configuration: Configuration = Configuration()) throws {
    try configuration.validate()
    self.configuration = configuration
  }

  /// Throws where the stopping rule or the scaling does not fit.
  public func check(for network: Network, task: PredictionTask) throws {
    if configuration.scaling == .bounded, task == .regression { throw ClassificationOnly(strategy: Self.name) }
    try configuration.checkStop(Self.name, task: task, givesInformation: true)
  }

  /// Throws where costs name inputs that are not there, and where there are no rows to validate on.
  public func check(for network: Network, in context: PreparationContext) throws {
    try check(for: network, task: context.task)
    _ = try configuration.costs(of: context.inputNames, count: network.inputDimension)
    guard context.heldOut != nil else { throw MissingHeldOutRows(user: "strategy '\(Self.name)'") }
  }

  /// The strategy with its trained network, and what its training cost.
  public func prepared(
    for network: Network, in context: PreparationContext
  ) throws -> (strategy: DIME, report: TrainingReport) {
    try check(for: network, task: context.task)
    var prepared = self
    prepared.costs = try configuration.costs(of: context.inputNames, count: network.inputDimension)
    var training = try PolicyTraining(configuration.training, context, strategy: Self.name)
    let (policy, seconds, operations) = try PreparationCost.measure { try learn(&training, prepared.costs) }
    prepared.policy = policy
    return (prepared, training.report(seconds: seconds, operations: operations))
  }

  private func learn(_ training: inout PolicyTraining, _ costs: [Double]) throws -> ValuePolicy {
    let d = training.inputs, k = training.outputs
    var predictor = training.network(inputs: 2 * d, outputs: k, "predictor")
    try training.fit(&predictor, epochs: configuration.predictorEpochs, "predictor") { inputs, masks in
      MaskedRows(inputs, mask: masks.masksOfUniformSize(rows: inputs.rows, columns: d)).joined
    }
    let values = training.network(inputs: 2 * d, outputs: d, "values")
    var run = DIMETraining(
      network: try predictor.joiningOutputs(of: values), outputs: k, loss: training.loss,
      steps: min(d, configuration.trainingInputs), scaling: configuration.scaling, costs: costs)
    try explore(&run, &training)
    return ValuePolicy(network: run.network, outputs: k, scaling: configuration.scaling)
  }

  private func explore(_ run: inout DIMETraining, _ training: inout PolicyTraining) throws {
    let random = training.generator.fork("joint")
    var order = random.fork("order"), chance = random.fork("exploration"), dropout: Philox? = random.fork("dropout")
    var optimizer = try training.optimizer(run.network), share = configuration.exploration, falls = 0
    var watch = try PlateauWatch(decay: configuration.decay, patience: configuration.patience), best = run
    for _ in 0..<configuration.epochs {
      var current = run
      try training.epoch(using: &order) { inputs, targets in
        let (loss, _, gradients) = try current.gradients(
          inputs, targets, choice: { Self.explored($0.rowArgmax, of: $0.columns, share, &chance) }, dropout: &dropout)
        optimizer.step(&current.network, along: gradients)
        return loss
      }
      run = current
      let found = try run.validation(training.heldOut.inputs, training.heldOut.targets)
      guard found.isFinite else {
        throw DivergenceError(epoch: training.losses.count, step: 0, loss: Float(found), cause: .validation)
      }
      if watch.observe(found) { best = run }
      if watch.isOver {
        falls += 1
        share *= configuration.explorationDecay
        watch.restart()
        if falls >= configuration.explorationSteps { break }
      }
      optimizer.learningRate = max(1e-6, configuration.learningRate * watch.factor)
    }
    run = best
  }

  /// The best inputs, some of them replaced by random ones.
  static func explored(_ best: [Int], of count: Int, _ share: Double, _ chance: inout Philox) -> [Int] {
    best.map { input in
      let random = chance.nextIndex(below: count)
      return chance.nextUniformDouble() > share ? input : random
    }
  }

  /// The state before the first batch.
  public func start(_ network: Network, in context: AdaptationContext) throws -> AcquisitionState {
    try check(for: network, task: context.task)
    _ = try server()
    return AcquisitionState(inputDimension: network.inputDimension)
  }

  /// Answers a batch from the inputs that its rows acquire.
  public func predict(_ batch: Matrix, _ state: inout AcquisitionState) throws -> Matrix {
    try server().predict(batch, &state, until: configuration.stop)
  }

  /// The inputs that the last answer rests on.
  public func takeDetails(_ state: inout AcquisitionState) -> AnswerDetails {
    defer { state.selection = nil }
    return AnswerDetails(selection: state.selection)
  }

  /// The answers at each budget of the curve.
  public func curve(_ batch: Matrix, _ state: AcquisitionState) throws -> [CurveAnswer] {
    try server().curve(batch, at: configuration.curve)
  }

  private func server() throws -> AcquisitionServer {
    guard let policy else { throw UnpreparedStrategy(strategy: Self.name) }
    return AcquisitionServer(
      acquisition: FeatureAcquisition(policy: policy, costs: costs), inputDimension: costs.count)
  }
}

/// A network of answers and of estimates of information.
struct ValuePolicy: AcquisitionPolicy {
  let network: Network
  let outputs: Int
  let scaling: InformationScaling

  let givesInformation = true

  func answers(_ rows: MaskedRows) throws -> Matrix {
    try network.predict(rows.joined).columns(at: Array(0..<outputs))
  }

  /// One pass gives the answers and what the estimates are made of.
  func scores(_ rows: MaskedRows, answering: Bool) throws -> (scores: Matrix, answers: Matrix?) {
    let output = try network.predict(rows.joined), answers = output.columns(at: Array(0..<outputs))
    let values = output.columns(at: Array(outputs..<output.columns))
    return (scaling.information(values, answers: answers).estimates, answers)
  }
}

extension Network {
  /// This network with the last layer of another one beside its own: the outputs of both from the hidden layers of
  /// this one.
  func joiningOutputs(of other: Network) throws -> Network {
    var layers = self.layers
    let last = outputLayerIndex
    guard case .linear(let own) = layers[last], case .linear(let added) = other.layers[other.outputLayerIndex] else {
      return self
    }
    let bias = own.bias.flatMap { own in added.bias.map { Matrix.concatenatingColumns(own, $0) } }
    layers[last] = .linear(Linear(weight: Matrix.concatenatingRows([own.weight, added.weight]), bias: bias))
    return try Network(layers)
  }
}
