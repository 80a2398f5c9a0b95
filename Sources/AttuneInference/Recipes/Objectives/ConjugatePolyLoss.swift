public import AttuneCore

/// The conjugate objective of a source that was trained with PolyLoss, cross-entropy plus `ε (1 − p_y)`.
///
/// The loss of the answers y that the source's own training would call right: `−Σ y ln p + ε Σ y (1 − p)`, where y solves
/// `(I + ε diag(p) − ε p pᵀ) y = p`, that is `y = a / Σ a` with `a = p / (1 + ε p)`. The gradient flows through y too. With
/// ε = 0, for a source trained with cross-entropy, y = p and the loss is the entropy.
///
/// - Source: Goyal et al. (2022), Test-time adaptation via conjugate pseudo-labels, arXiv:2207.09640; the closed form of y
///   is by the Sherman-Morrison formula.
public struct ConjugatePolyLoss: ObjectivePart {
  /// The settings.
  public struct Configuration: Codable, Sendable, Equatable, DefaultInitializable, ValidatedConfiguration {
    /// PolyLoss's ε of the source's training, at least 0; 0 for cross-entropy. Published: 6 on CIFAR-10, 8 on ImageNet.
    public var epsilon = 0.0
    /// Temperature that the logits are divided by, above 0.
    public var temperature = 1.0

    /// ε = 0, T = 1.
    public init() {}

    /// Throws a `ConfigValueError` for the first setting out of its range.
    public func validate() throws {
      try ConfigCheck.range("epsilon", epsilon, atLeast: 0, atMost: 1e6)
      try ConfigCheck.require(temperature > 0 && temperature.isFinite, "temperature", "must be a finite number above 0")
    }
  }
  /// `conjugate-poly` in config files.
  public static let kind = "conjugate-poly"
  /// What help says.
  public static let summary = "the conjugate of a training with PolyLoss (epsilon 0: cross-entropy)"
  /// True.
  public static let needsLogitsOnly = true
  private let epsilon: Float
  private let temperature: Float

  /// The part.
  public init(_ configuration: Configuration = Configuration(), in setup: RecipeSetup) throws {
    try configuration.validate()
    (epsilon, temperature) = (Float(configuration.epsilon), Float(configuration.temperature))
  }
  /// The mean loss.
  public mutating func loss(_ context: inout ObjectiveContext) -> Variable? {
    let logits = temperature == 1 ? context.logits : context.logits.scaled(by: 1 / temperature)
    guard epsilon > 0 else { return context.mean(logits.entropy()) }
    let logs = logits.logSoftmax(), p = logits.softmax()
    let one = context.tape.constant(Matrix(rows: 1, columns: p.value.columns, repeating: 1))
    let y = (logs - p.scaled(by: epsilon).addingRow(one).logarithm()).softmax()
    // Σ y (1 − p) = 1 − Σ y p
    let losses = (y * (logs + p.scaled(by: epsilon))).rowSums().scaled(by: -1)
    return context.mean(losses.addingRow(context.tape.constant(Matrix(row: [epsilon]))))
  }
}
