public import AttuneCore
public import AttuneTraining

/// A student: a smaller multilayer perceptron that learns the outputs of a trained network and then serves in its place.
///
/// A classifier learns the teacher's softened probabilities, `T² · CE(softmax(teacher/T), student/T)`; a regression learns
/// the teacher's values by their mean squared error. It learns on the training inputs, without their labels.
///
/// - Source: Hinton, Vinyals, Dean (2015), Distilling the knowledge in a neural network, arXiv:1503.02531.
public struct Student: Codable, Sendable, Equatable, DefaultInitializable, ValidatedConfiguration {
  /// Widths of the hidden layers.
  public var hidden = [32]
  /// Temperature T of the softened probabilities, above 0.
  public var temperature = 4.0
  /// Passes over the training inputs.
  public var epochs = 30
  /// Rows of a batch.
  public var batchSize = 32
  /// Whether the hidden layers have batch norm, so that the student can be adapted like its teacher.
  public var batchNorm = true
  /// The function between the layers.
  public var activation = ActivationFunction.relu
  /// The rule of the updates.
  public var optimizer = OptimizerConfiguration.adam(Adam.Configuration(learningRate: 3e-3))

  /// One hidden layer of 32, T = 4, 30 epochs of Adam.
  public init() {}

  /// Throws a `ConfigValueError` for the first setting out of its range.
  public func validate() throws {
    try ConfigCheck.require(hidden.allSatisfy { $0 > 0 }, "hidden", "must be widths above 0")
    try ConfigCheck.require(temperature > 0 && temperature.isFinite, "temperature", "must be a finite number above 0")
    try ConfigCheck.require(epochs >= 1, "epochs", "must be an integer of at least 1")
    try ConfigCheck.require(batchSize >= 1, "batchSize", "must be an integer of at least 1")
    try ConfigCheck.require(
      batchSize >= 2 || !batchNorm || hidden.isEmpty, "batchSize", "must be at least 2 with batchNorm: true")
  }

  /// The student of a network.
  ///
  /// ## Shapes
  /// - inputs: preprocessed training inputs `[n, d]`
  ///
  /// - Throws: `ConfigValueError` for a setting out of its range; `ShapeError` where the inputs do not fit the teacher;
  ///   `DivergenceError` when the loss is not finite.
  public func distill(
    _ teacher: Network, task: PredictionTask, inputs: Matrix, using generator: Philox
  ) throws -> (network: Network, report: TrainingReport) {
    try validate()
    var initialization = generator.fork("initialization")
    var network = Network.mlp(
      inputDimension: teacher.inputDimension, hidden: hidden, outputDimension: teacher.outputDimension,
      activation: activation, batchNorm: batchNorm, using: &initialization)
    let (targets, teaching) = try OperationCounter.count { try teacher.predict(inputs) }
    let trainer = Trainer(
      optimizer: try optimizer.make(),
      loss: task == .classification ? .distillation(temperature: temperature) : .meanSquaredError, epochs: epochs,
      batchSize: batchSize)
    var report = try trainer.train(&network, features: inputs, targets: targets, using: generator)
    report.operations += teaching
    return (network, report)
  }
}
