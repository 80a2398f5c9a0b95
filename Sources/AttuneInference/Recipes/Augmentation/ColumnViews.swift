public import AttuneCore

/// Sets each input to 0 with a probability, independently.
///
/// 0 is the mean of the training data where inputs are standardized, and the least value where they are scaled to begin
/// there (`preprocessing: {kind: scale}`): black in an image.
public struct FeatureDropoutView: AugmentationPart {
  /// The settings.
  public struct Configuration: Codable, Sendable, Equatable, DefaultInitializable, ValidatedConfiguration {
    /// The probability of each input.
    public var probability = 0.1

    /// A tenth of the inputs.
    public init() {}

    /// Throws a `ConfigValueError` for the first setting out of its range.
    public func validate() throws { try ConfigCheck.range("probability", probability, atLeast: 0, atMost: 1) }
  }
  /// `feature-dropout` in config files.
  public static let kind = "feature-dropout"
  /// What help says.
  public static let summary = "each input 0, the mean of standardized inputs, with a probability"
  private let probability: Float

  /// The part.
  public init(_ configuration: Configuration = Configuration(), in setup: RecipeSetup) throws {
    try configuration.validate()
    probability = Float(configuration.probability)
  }
  /// The rows with inputs missing.
  public func apply(to rows: Matrix, using generator: inout Philox) -> Matrix {
    let drawn = generator.uniform(rows: rows.rows, columns: rows.columns)
    var result = rows
    result.withMutableElements { out in
      drawn.withElements { u in for i in out.indices where u[i] < probability { out[i] = 0 } }
    }
    return result
  }
}

/// Replaces each input, with a probability, by that of a random row of the batch: a draw from its marginal distribution.
///
/// - Source: Bahri et al. (2022), SCARF: self-supervised contrastive learning using random feature corruption,
///   arXiv:2106.15147, which draws from the training rows.
public struct ColumnResamplingView: AugmentationPart {
  /// The settings.
  public struct Configuration: Codable, Sendable, Equatable, DefaultInitializable, ValidatedConfiguration {
    /// The probability of each input.
    public var probability = 0.2

    /// A fifth of the inputs.
    public init() {}

    /// Throws a `ConfigValueError` for the first setting out of its range.
    public func validate() throws { try ConfigCheck.range("probability", probability, atLeast: 0, atMost: 1) }
  }
  /// `column-resampling` in config files.
  public static let kind = "column-resampling"
  /// What help says.
  public static let summary = "each input from a random row of the batch with a probability"
  private let probability: Float

  /// The part.
  public init(_ configuration: Configuration = Configuration(), in setup: RecipeSetup) throws {
    try configuration.validate()
    probability = Float(configuration.probability)
  }
  /// The rows with inputs of others.
  public func apply(to rows: Matrix, using generator: inout Philox) -> Matrix {
    let drawn = generator.uniform(rows: rows.rows, columns: rows.columns), d = rows.columns
    var result = rows
    result.withMutableElements { out in
      rows.withElements { x in
        drawn.withElements { u in
          for i in out.indices where u[i] < probability {
            out[i] = x[generator.nextIndex(below: rows.rows) * d + i % d]
          }
        }
      }
    }
    return result
  }
}

/// Exchanges the values of a share of the inputs among each other, other ones in each row.
///
/// It destroys what a row means and keeps what it is made of: for selection that asks whether a prediction minds.
public struct PermutationView: AugmentationPart {
  /// The settings.
  public struct Configuration: Codable, Sendable, Equatable, DefaultInitializable, ValidatedConfiguration {
    /// The share of the inputs; at least two of them change places where it is above 0.
    public var share = 0.1

    /// A tenth of the inputs.
    public init() {}

    /// Throws a `ConfigValueError` for the first setting out of its range.
    public func validate() throws { try ConfigCheck.range("share", share, atLeast: 0, atMost: 1) }
  }
  /// `permutation` in config files.
  public static let kind = "permutation"
  /// What help says.
  public static let summary = "the values of a share of the inputs exchanged among each other"
  private let share: Double

  /// The part.
  public init(_ configuration: Configuration = Configuration(), in setup: RecipeSetup) throws {
    try configuration.validate()
    share = configuration.share
  }
  /// The rows with inputs exchanged.
  public func apply(to rows: Matrix, using generator: inout Philox) -> Matrix {
    let d = rows.columns
    let count = share > 0 ? min(d, max(2, Int((share * Double(d)).rounded()))) : 0
    guard count > 1 else { return rows }
    var result = rows
    result.withMutableElements { out in
      rows.withElements { x in
        for start in stride(from: 0, to: x.count, by: d) {
          // The first columns of a permutation are a random choice, in a random order.
          let chosen = generator.permutation(d).prefix(count), order = generator.permutation(count)
          for (place, column) in chosen.enumerated() { out[start + column] = x[start + chosen[order[place]]] }
        }
      }
    }
    return result
  }
}
