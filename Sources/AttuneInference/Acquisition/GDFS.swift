public import AttuneCore
public import AttuneTraining
internal import Foundation

/// Greedy dynamic feature selection: a selector learns which input each row should acquire next, together with a
/// predictor that answers from what was acquired.
///
/// Both are multilayer perceptrons that see `[x · m, m]`, the acquired inputs and their mask. The predictor learns
/// first, on masks of uniformly random sizes; then both learn together, the selector through a relaxed choice whose
/// temperature falls. While it serves, the largest logit wins. Costs count against the budget; the selector does not
/// know them.
///
/// - Source: Covert, Qiu, Lu, Kim, White, Lee (2023), Learning to maximize mutual information for dynamic feature
///   selection, ICML, arXiv:2301.00557, and its code.
/// - Note: Differs from the code: the validation choices are without noise (its option `argmax`); dropout rates are
///   rounded to 2⁻¹⁶.
public struct GDFS: PreparedStrategy {
  /// The settings.
  public struct Configuration: AcquisitionSettings, Equatable {
    /// When a row stops acquiring; a budget or a confidence.
    public var stop = AcquisitionStop.standard
    /// What inputs cost, by their names; 1 for one that is not named.
    public var costs: [String: Double] = [:]
    /// The budgets of the curve of quality against the number of inputs, ascending.
    public var curve: [Double] = []
    /// Widths of the hidden layers of both networks.
    public var hidden = [128, 128]
    /// Share of hidden units that are dropped while learning.
    public var dropout = 0.3
    /// The most inputs that a row acquires while both networks learn.
    public var trainingInputs = 35
    /// The learning rate of Adam.
    public var learningRate = 1e-3
    /// Rows of a batch.
    public var batchSize = 128
    /// The most passes of the predictor alone.
    public var predictorEpochs = 100
    /// The most passes of both networks at each temperature.
    public var epochs = 250
    /// Epochs without improvement that are borne before the learning rate falls; two more end a phase.
    public var patience = 2
    /// What the learning rate falls by.
    public var decay = 0.2
    /// The first temperature of the relaxed choice.
    public var startTemperature = 1.0
    /// The last temperature of the relaxed choice.
    public var endTemperature = 0.1
    /// Temperatures from the first to the last, in equal ratios.
    public var temperatures = 5

    /// The settings of the publication's tables.
    public init() {}

    /// Throws a `ConfigValueError` for the first setting out of its range.
    public func validate() throws {
      try validateAcquisition()
      try PolicyTraining.validate(training)
      try ConfigCheck.range("trainingInputs", trainingInputs, atLeast: 1)
      try ConfigCheck.range("predictorEpochs", predictorEpochs, atLeast: 1)
      try ConfigCheck.range("epochs", epochs, atLeast: 1)
      try ConfigCheck.range("startTemperature", startTemperature, above: 0, below: .infinity)
      try ConfigCheck.range("endTemperature", endTemperature, above: 0, atMost: startTemperature)
      try ConfigCheck.range("temperatures", temperatures, atLeast: 1)
    }

    var training: PolicyTraining.Settings {
      .init(
        hidden: hidden, dropout: dropout, learningRate: learningRate, batchSize: batchSize, decay: decay,
        patience: patience)
    }

    /// The temperatures, from the highest to the lowest.
    var temperatureSteps: [Double] {
      let ratio = temperatures > 1 ? pow(endTemperature / startTemperature, 1 / Double(temperatures - 1)) : 1
      return (0..<temperatures).map { startTemperature * pow(ratio, Double($0)) }
    }
  }

  /// `gdfs` in config files.
  public static let name = "gdfs"
  /// What tables and help say.
  public static let summary =
    "a selector that learned with its predictor acquires the inputs of each row one by one; the others are never seen"
  /// Where it comes from.
  public static let paper: String? =
    "Covert et al. (2023), Learning to maximize mutual information for dynamic feature selection, ICML, arXiv:2301.00557"
  /// The settings.
  public let configuration: Configuration
  private var policy: SelectorPolicy?
  private var costs: [Double] = []

  /// The strategy with its settings, which are checked.
  public init(_ configuration: Configuration = Configuration()) throws {
    try configuration.validate()
    self.configuration = configuration
  }

  /// Throws where the stopping rule does not fit.
  public func check(for network: Network, task: PredictionTask) throws {
    try configuration.checkStop(Self.name, task: task, givesInformation: false)
  }

  /// Throws where costs name inputs that are not there, and where there are no rows to validate on.
  public func check(for network: Network, in context: PreparationContext) throws {
    try check(for: network, task: context.task)
    _ = try configuration.costs(of: context.inputNames, count: network.inputDimension)
    guard context.heldOut != nil else { throw MissingHeldOutRows(user: "strategy '\(Self.name)'") }
  }

  /// The strategy with its trained networks, and what their training cost.
  public func prepared(
    for network: Network, in context: PreparationContext
  ) throws -> (strategy: GDFS, report: TrainingReport) {
    try check(for: network, task: context.task)
    var prepared = self
    prepared.costs = try configuration.costs(of: context.inputNames, count: network.inputDimension)
    var training = try PolicyTraining(configuration.training, context, strategy: Self.name)
    let (policy, seconds, operations) = try PreparationCost.measure { try learn(&training) }
    prepared.policy = policy
    return (prepared, training.report(seconds: seconds, operations: operations))
  }

  private func learn(_ training: inout PolicyTraining) throws -> SelectorPolicy {
    let d = training.inputs
    var predictor = training.network(inputs: 2 * d, outputs: training.outputs, "predictor")
    try training.fit(&predictor, epochs: configuration.predictorEpochs, "predictor") { inputs, masks in
      MaskedRows(inputs, mask: masks.masksOfUniformSize(rows: inputs.rows, columns: d)).joined
    }
    var run = GDFSTraining(
      predictor: predictor, selector: training.network(inputs: 2 * d, outputs: d, "selector"), loss: training.loss,
      steps: min(d, configuration.trainingInputs))
    var best = (loss: Double.infinity, policy: SelectorPolicy(predictor: run.predictor, selector: run.selector))
    for (number, temperature) in configuration.temperatureSteps.enumerated() {
      let random = training.generator.fork("joint").fork(number)
      try phase(&run, &training, temperature: temperature, random, &best)
    }
    return best.policy
  }

  /// Joint training at a temperature; the run goes on with the epoch of the lowest relaxed loss.
  private func phase(
    _ run: inout GDFSTraining, _ training: inout PolicyTraining, temperature: Double, _ random: Philox,
    _ best: inout (loss: Double, policy: SelectorPolicy)
  ) throws {
    var order = random.fork("order"), noise = random.fork("noise"), dropout: Philox? = random.fork("dropout")
    var optimizers = (try training.optimizer(run.predictor), try training.optimizer(run.selector)), kept = run
    var watch = try PlateauWatch(decay: configuration.decay, patience: configuration.patience)
    for _ in 0..<configuration.epochs {
      var current = run
      try training.epoch(using: &order) { inputs, targets in
        let gradients = try current.gradients(
          inputs, targets, temperature: temperature,
          noise: { ConcreteSelection.gumbel(rows: $0, columns: $1, using: &noise) }, dropout: &dropout)
        optimizers.0.step(&current.predictor, along: gradients.predictor)
        optimizers.1.step(&current.selector, along: gradients.selector)
        return gradients.loss
      }
      run = current
      let found = try run.validation(training.heldOut.inputs, training.heldOut.targets, temperature: temperature)
      if watch.observe(found.soft) { kept = run }
      if found.hard < best.loss {
        best = (found.hard, SelectorPolicy(predictor: run.predictor, selector: run.selector))
      }
      if watch.isOver { break }
      let rate = max(1e-5, configuration.learningRate * watch.factor)
      (optimizers.0.learningRate, optimizers.1.learningRate) = (rate, rate)
    }
    run = kept
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

/// A selector and its predictor.
struct SelectorPolicy: AcquisitionPolicy {
  let predictor: Network
  let selector: Network

  let givesInformation = false

  func answers(_ rows: MaskedRows) throws -> Matrix { try predictor.predict(rows.joined) }

  func scores(_ rows: MaskedRows, answering: Bool) throws -> (scores: Matrix, answers: Matrix?) {
    let input = rows.joined
    return (try selector.predict(input), answering ? try predictor.predict(input) : nil)
  }
}
