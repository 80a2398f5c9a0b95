public import AttuneCore

/// What an adaptation makes small.
public protocol ObjectivePart: RecipePart {
  /// Whether the loss is a function of the context's logits and of nothing else in its pass: no normalized outputs, no
  /// further passes. Such objectives can do without a tape of the whole network, which is slower. False unless stated.
  static var needsLogitsOnly: Bool { get }

  /// The loss of a batch, `[1, 1]`; nil where the batch has nothing to learn from.
  mutating func loss(_ context: inout ObjectiveContext) throws -> Variable?
}

extension ObjectivePart {
  /// Most objectives are functions of class probabilities.
  public static var needsClasses: Bool { true }
  /// False.
  public static var needsLogitsOnly: Bool { false }
}

/// The place of the objectives: their weighted sum is the loss.
public enum ObjectivePlace: RecipePlace {
  /// `objectives` in config files.
  public static let name = "objectives"
  /// The kinds that config files can name.
  public static var kinds: [PartKind<any ObjectivePart>] {
    [
      PartKind(EntropyObjective.self) { $0 },
      PartKind(PseudoLabel.self) { $0 },
      PartKind(GeneralizedCrossEntropy.self) { $0 },
      PartKind(InformationMaximization.self) { $0 },
      PartKind(ConservativeEntropy.self) { $0 },
      PartKind(ConjugatePolyLoss.self) { $0 },
      PartKind(MarginalEntropy.self) { $0 },
      PartKind(MomentMatching.self) { $0 },
      PartKind(SubspaceAlignment.self) { $0 },
      PartKind(EntropyMatching.self) { $0 },
      PartKind(SoftLikelihoodRatio.self) { $0 },
      PartKind(ConsistencyObjective.self) { $0 },
      PartKind(TeacherCrossEntropy.self) { $0 },
    ]
  }
}

/// An objective with its weight in the loss: `{kind: entropy, weight: 0.3}`.
public struct ObjectiveChoice: Codable, Sendable {
  /// The objective.
  public let choice: PartChoice<ObjectivePlace>
  /// Its weight in the loss.
  public let weight: Double

  private enum CodingKeys: String, CodingKey { case weight }

  /// An objective of a type.
  public static func part<P: ObjectivePart>(
    _ type: P.Type, _ settings: P.Configuration = P.Configuration(), weight: Double = 1
  ) -> Self {
    Self(choice: PartChoice(PartKind(type) { $0 }, settings), weight: weight)
  }

  private init(choice: PartChoice<ObjectivePlace>, weight: Double) {
    self.choice = choice
    self.weight = weight
  }

  /// Decodes the kind, its settings and the weight from one mapping.
  public init(from decoder: any Decoder) throws {
    choice = try PartChoice(from: decoder)
    guard (try? decoder.singleValueContainer().decode(String.self)) == nil else {
      weight = 1
      return
    }
    weight = try decoder.container(keyedBy: CodingKeys.self).decodeIfPresent(Double.self, forKey: .weight) ?? 1
    guard weight.isFinite else { throw ConfigValueError("must be a finite number", key: "weight") }
  }

  /// Encodes so that decoding gives an equal value.
  public func encode(to encoder: any Encoder) throws {
    try choice.encode(to: encoder)
    guard weight != 1 else { return }
    var keys = encoder.container(keyedBy: CodingKeys.self)
    try keys.encode(weight, forKey: .weight)
  }
}

/// What an objective may use: the forward pass of the batch, the rows' weights, and further passes.
public struct ObjectiveContext {
  /// The rows of the pass, `[n, d]`.
  public let rows: Matrix
  /// The forward pass over the rows, on the tape.
  public let pass: ForwardPass
  /// What the selection made of the rows.
  public let weights: RowWeights
  /// The targets of the teacher, logits `[n, k]`; nil without one.
  public let teacher: Matrix?
  /// The source network.
  public let source: Network
  /// The tape of the pass.
  public let tape: Tape
  /// Random numbers of the strategy.
  public var generator: Philox

  let policy: NormalizationPolicy
  let augmentations: [any AugmentationPart]
  /// The network on the tape; nil where all objectives need the logits only.
  var recorded: RecordedNetwork?
  /// The pass, where it was made without the tape.
  let compiled: CompiledPass?

  /// The logits of the batch, `[n, k]`.
  public var logits: Variable { pass.output }

  /// The logits of other rows through the same parameters, with statistics by the same policy, of which nothing is kept.
  ///
  /// A single row, which has no variance, is not normalized by itself alone, but with the running statistics.
  public mutating func forward(_ rows: Matrix) throws -> Variable {
    let isAlone: Bool
    switch policy {
    case .running: isAlone = false
    case .batch: isAlone = rows.rows == 1
    case .blend(let weight, _): isAlone = rows.rows == 1 && weight == 1
    }
    guard let output = try recorded?.forward(rows, statistics: isAlone ? .running : policy).output else {
      preconditionFailure("an objective that says it needs the logits only makes a pass of its own")
    }
    return output
  }

  /// A view of some rows: each augmentation of the recipe in turn.
  public mutating func view(of rows: Matrix) throws -> Matrix { try augmentations.view(of: rows, using: &generator) }

  /// The weighted mean over the selected rows: `Σ wᵢ lᵢ / divisor`.
  ///
  /// ## Shapes
  /// - losses: `[n, 1]`, returns `[1, 1]`
  public func mean(_ losses: Variable) -> Variable {
    guard !weights.isUniform else { return losses.mean() }
    let factors = weights.values.map { $0 / weights.divisor }
    return (losses * tape.constant(Matrix(rows: factors.count, columns: 1, factors))).sum()
  }
}
