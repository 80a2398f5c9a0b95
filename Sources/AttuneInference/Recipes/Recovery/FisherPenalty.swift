public import AttuneCore
internal import AttuneTraining

/// Holds parameters that matter for the source near it: adds `β Σ F (φ − φ₀)²` to the loss.
///
/// F is the mean over batches of training rows of the squared gradient of the batch's mean cross-entropy with the source
/// model's own answers, with batch statistics.
///
/// - Source: Niu et al. (2022), Efficient test-time model adaptation without forgetting (EATA), arXiv:2204.02610, eq. (8)
///   and (9), as in their code.
/// - Note: F is a square of means over a batch and not a mean of squares, so it depends on the size of the batches.
public struct FisherPenalty: RecoveryPart {
  /// The settings.
  public struct Configuration: Codable, Sendable, Equatable, DefaultInitializable, ValidatedConfiguration {
    /// Weight β of the penalty. Published: 2000 on ImageNet with SGD at 0.00025; 1 on CIFAR-10 with Adam at 0.001.
    public var weight = 1.0
    /// Training rows that F is computed from, at most.
    public var rows = 2000
    /// Rows per batch.
    public var batch = 64

    /// β = 1, 2000 rows in batches of 64.
    public init() {}

    /// Throws a `ConfigValueError` for the first setting out of its range.
    public func validate() throws {
      try ConfigCheck.require(weight >= 0 && weight.isFinite, "weight", "must be a finite number of at least 0")
      try ConfigCheck.range("rows", rows, atLeast: 1)
      try ConfigCheck.range("batch", batch, atLeast: 1)
    }
  }
  /// `fisher` in config files.
  public static let kind = "fisher"
  /// What help says.
  public static let summary = "a penalty on moving parameters that matter for the source"
  /// Its rule goes by classes.
  public static let needsClasses = true
  /// Rows of the training data.
  public static func sourceAccess(_ configuration: Configuration) -> SourceAccess { .samples }
  private let factors: [ParameterID: Matrix]
  private let source: Network

  /// The part, with F.
  public init(_ configuration: Configuration = Configuration(), in setup: RecipeSetup) throws {
    try configuration.validate()
    source = setup.network
    let inputs = try setup.samples().inputs
    let batches = inputs.rows(0..<min(configuration.rows, inputs.rows)).batches(of: configuration.batch)
    var sums = setup.parameters.map { Matrix(rows: setup.network[$0].rows, columns: setup.network[$0].columns) }
    for batch in batches {
      let tape = Tape()
      let pass = try setup.network.forward(
        batch, on: tape, differentiating: setup.parameters, statistics: batch.rows > 1 ? .batch : .running)
      let answers = Matrix.oneHot(pass.output.value.rowArgmax, classes: setup.classes)
      let loss = pass.output.crossEntropy(targets: answers)
      let gradients = tape.gradients(of: loss, withRespectTo: pass.parameters.map(\.variable))
      for (index, gradient) in gradients.enumerated() { sums[index].add(gradient.elementwiseProduct(gradient)) }
    }
    let factor = Float(2 * configuration.weight) / Float(batches.count)
    factors = Dictionary(zip(setup.parameters, sums.map { $0.scaled(by: factor) })) { first, _ in first }
  }
  /// `2 β F (φ − φ₀)`.
  public func penaltyGradients(_ parameters: [ParameterID], of network: Network) -> [Matrix]? {
    parameters.map { id in
      let way = network[id] - source[id]
      return factors[id].map { $0.elementwiseProduct(way) } ?? Matrix(rows: way.rows, columns: way.columns)
    }
  }
}
