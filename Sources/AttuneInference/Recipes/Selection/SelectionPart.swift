public import AttuneCore

/// Which rows of a batch an adaptation learns from, and with which weights.
public protocol SelectionPart: RecipePart {
  /// Multiplies weights, zero where a row is left out.
  ///
  /// - Parameters:
  ///   - weights: what is left of the rows after the parts before this one.
  ///   - context: the pass, and what further passes need.
  mutating func select(_ weights: inout RowWeights, _ context: inout SelectionContext) throws
}

extension SelectionPart {
  /// Rows are chosen by class probabilities.
  public static var needsClasses: Bool { true }
}

/// The place of the selection: each part in turn narrows what the ones before have left.
public enum SelectionPlace: RecipePlace {
  /// `selection` in config files.
  public static let name = "selection"
  /// The kinds that config files can name.
  public static var kinds: [PartKind<any SelectionPart>] {
    [
      PartKind(EntropyMargin.self) { $0 },
      PartKind(Diversity.self) { $0 },
      PartKind(Confidence.self) { $0 },
      PartKind(Destruction.self) { $0 },
      PartKind(CertaintyDiversity.self) { $0 },
    ]
  }
}

extension PartChoice where Place == SelectionPlace {
  /// A part with its settings.
  public static func part<P: SelectionPart>(_ type: P.Type, _ settings: P.Configuration = P.Configuration()) -> Self {
    Self(PartKind(type) { $0 }, settings)
  }
}

/// The weights of the rows in the loss.
public struct RowWeights: Sendable, Equatable {
  /// One per row; zero leaves a row out.
  public var values: [Float]
  /// What the weighted sum is divided by; nil for the number of rows that are left.
  public var fixedDivisor: Float?

  /// All rows with weight 1.
  public init(rows: Int) { values = Array(repeating: 1, count: rows) }

  /// The rows that are left, in order.
  public var kept: [Int] { values.indices.filter { values[$0] != 0 } }
  /// Whether no row is left.
  public var isEmpty: Bool { !values.contains { $0 != 0 } }
  /// Whether every row counts alike, and all count.
  public var isUniform: Bool { fixedDivisor == nil && values.allSatisfy { $0 == 1 } }
  /// What the weighted sum is divided by.
  public var divisor: Float { fixedDivisor ?? Float(max(1, values.count { $0 != 0 })) }
}

/// What a selection may use.
public struct SelectionContext {
  /// The rows of the pass, `[n, d]`.
  public let rows: Matrix
  /// Their logits, `[n, k]`.
  public let logits: Matrix
  /// Their softmax, `[n, k]`.
  public let probabilities: Matrix
  /// Their features, `[n, h]`.
  public let features: Matrix
  /// Entropies of the predictions, one per row, in nats.
  public let entropies: [Float]
  /// Random numbers of the strategy.
  public var generator: Philox

  let network: Network
  let policy: NormalizationPolicy
  let augmentations: [any AugmentationPart]

  /// The logits of other rows, with statistics by the same policy; nothing is kept of it. A single row, which has no
  /// statistics of its own, is given the running ones where the policy asks for the batch's.
  public func predict(_ rows: Matrix) throws -> Matrix {
    let policy: NormalizationPolicy = rows.rows == 1 && policy == .batch ? .running : policy
    return try network.forward(rows, on: Tape(), statistics: policy).output.value
  }

  /// A view of some rows: each augmentation of the recipe in turn.
  public mutating func view(of rows: Matrix) throws -> Matrix { try augmentations.view(of: rows, using: &generator) }
}
