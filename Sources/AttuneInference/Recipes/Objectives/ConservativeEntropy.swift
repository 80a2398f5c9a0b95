public import AttuneCore

/// The mean entropy of opinions: the classes share `exp(z_c) / S`, and a mass K of "do not know" has `K / S`,
/// `S = Σ exp z + K`. The gradient turns the logits and does not stretch them: `z ← z / ‖z‖ · sg(‖z‖)`.
///
/// - Source: Zhang et al. (2025), COME: test-time adaption by conservatively minimizing entropy, arXiv:2410.10894.
/// - Note: Differs from the published code: a softmax over `(z, ln K)` in place of `exp z`, which overflows; without the
///   10⁻⁷ that it adds to each share; K = C by default and not 1000, which is C on ImageNet.
public struct ConservativeEntropy: ObjectivePart {
  /// The settings.
  public typealias Configuration = Opinion
  /// `come` in config files.
  public static let kind = "come"
  /// What help says.
  public static let summary = "mean entropy of the predictions with a share of 'do not know', logits of fixed length"
  /// True.
  public static let needsLogitsOnly = true
  private let opinion: Opinion

  /// The part.
  public init(_ configuration: Opinion = Opinion(), in setup: RecipeSetup) throws {
    try configuration.validate()
    opinion = configuration
  }
  /// The mean entropy of the opinions.
  public mutating func loss(_ context: inout ObjectiveContext) -> Variable? {
    let logits = context.logits, tape = context.tape
    // √(Σ z² + tiny): a row of zeros has no direction, and none must not become not-a-number.
    let squares = logits.square().rowSums().addingRow(tape.constant(Matrix(row: [1e-20])))
    let lengths = squares.value.map { $0.squareRoot() }
    let scales = squares.logarithm().scaled(by: -0.5).exponential() * tape.constant(lengths)
    let ones = tape.constant(Matrix(rows: 1, columns: logits.value.columns, repeating: 1))
    return context.mean(opinion.logits(of: logits * scales.matrixProduct(ones), on: tape).entropy())
  }
}
