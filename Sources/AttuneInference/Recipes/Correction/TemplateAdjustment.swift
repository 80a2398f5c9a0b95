public import AttuneCore
internal import Foundation

/// Answers with class prototypes that the stream refines, in the place of the output layer.
///
/// Supports start as the rows of the output layer's weight, each under the class that the layer itself gives it. Each
/// batch adds its features, under their predicted classes; per class those of lowest entropy stay. A prototype is the sum
/// of a class's supports, each of length 1, brought to length 1; the logits are `f · prototype`, and 0 for a class
/// without supports.
///
/// - Source: Iwasawa and Matsuo (2021), Test-time classifier adjustment module for model-agnostic domain generalization
///   (T3A), NeurIPS.
/// - Note: The scale of these logits is that of the features, not one of a trained classifier, and the bias is gone: the
///   probabilities are not calibrated. With `filter: all` the supports grow with the stream. Rows that are not finite
///   become no supports.
/// - Complexity: O(s·h) for s supports and h features per batch, besides a product of features and prototypes.
public struct TemplateAdjustment: CorrectionPart {
  /// How many supports stay.
  public enum Filter: Codable, Sendable, Equatable {
    /// So many per class, those of lowest entropy.
    case lowest(Int)
    /// All.
    case all

    /// Decodes a number, or `all`.
    public init(from decoder: any Decoder) throws {
      let container = try decoder.singleValueContainer()
      if let count = try? container.decode(Int.self) {
        self = .lowest(count)
      } else {
        let text = try container.decode(String.self)
        guard text == "all" else {
          throw ConfigValueError("must be an integer or 'all'", given: text, known: ["all"])
        }
        self = .all
      }
    }

    /// Encodes so that decoding gives an equal value.
    public func encode(to encoder: any Encoder) throws {
      var container = encoder.singleValueContainer()
      switch self {
      case .lowest(let count): try container.encode(count)
      case .all: try container.encode("all")
      }
    }
  }

  /// The settings.
  public struct Configuration: Codable, Sendable, Equatable, DefaultInitializable, ValidatedConfiguration {
    /// The supports that stay per class.
    public var filter = Filter.lowest(100)
    /// Whether `all` does what the published code does: drop the support of highest entropy of each class with each batch.
    public var asPublished = false

    /// 100 per class.
    public init() {}

    /// Throws a `ConfigValueError` for the first setting out of its range.
    public func validate() throws {
      if case .lowest(let count) = filter { try ConfigCheck.range("filter", count, atLeast: 1) }
      try ConfigCheck.require(
        !asPublished || filter == .all, "asPublished", "changes nothing unless 'filter' is 'all'; leave it out")
    }
  }

  /// The supports, each with its class and its entropy.
  public struct State: Codable, Sendable {
    /// Features, `[s, h]`.
    public internal(set) var supports: Matrix
    /// The class of each.
    public internal(set) var labels: [Int]
    /// The entropy of the output layer's prediction for each, in nats.
    public internal(set) var entropies: [Float]
  }

  /// `t3a` in config files.
  public static let kind = "t3a"
  /// What help says.
  public static let summary = "class prototypes of confident rows in the place of the output layer"
  /// The supports.
  public var state: State
  private let configuration: Configuration
  private let classes: Int

  /// The part.
  public init(_ configuration: Configuration = Configuration(), in setup: RecipeSetup) throws {
    try configuration.validate()
    self.configuration = configuration
    classes = setup.classes
    let layer = try setup.outputLayer()
    let logits = layer.weight.linear(weight: layer.weight, bias: layer.bias)
    state = State(supports: layer.weight, labels: logits.rowArgmax, entropies: logits.rowEntropies().elements)
  }

  /// Adds the batch to the supports, and answers with the prototypes.
  public mutating func correct(_ answer: inout Answer, using generator: inout Philox) {
    let rows = answer.finiteRows, logits = answer.logits.rows(at: rows)
    state.supports = Matrix.concatenatingRows([state.supports, answer.features.rows(at: rows)])
    state.labels += logits.rowArgmax
    state.entropies += logits.rowEntropies().elements
    keepLowest()
    answer.logits = Matrix.product(answer.features, prototypes(), transposingRight: true)
  }

  /// Leaves the supports that the filter keeps, by class and in the order of their entropies.
  private mutating func keepLowest() {
    let kept = (0..<classes).flatMap { label in
      let members = state.labels.indices.filter { state.labels[$0] == label }
      // Of equal entropies the older first, whatever sorts.
      let sorted = members.sorted { (state.entropies[$0], $0) < (state.entropies[$1], $1) }
      switch configuration.filter {
      case .lowest(let count): return Array(sorted.prefix(count))
      case .all: return configuration.asPublished ? Array(sorted.dropLast()) : sorted
      }
    }
    state.supports = state.supports.rows(at: kept)
    state.labels = kept.map { state.labels[$0] }
    state.entropies = kept.map { state.entropies[$0] }
  }

  /// One row per class, of length 1 or 0, `[k, h]`.
  private func prototypes() -> Matrix {
    let h = state.supports.columns
    var sums = [Double](repeating: 0, count: classes * h)
    OperationCounter.add(4 * state.supports.count)
    state.supports.withElements { s in
      for (row, label) in state.labels.enumerated() {
        var square = 0.0
        for j in 0..<h { square += Double(s[row * h + j]) * Double(s[row * h + j]) }
        let factor = 1 / max(square.squareRoot(), 1e-12)
        for j in 0..<h { sums[label * h + j] += factor * Double(s[row * h + j]) }
      }
    }
    return Matrix(rows: classes, columns: h) { out in
      for label in 0..<classes {
        var square = 0.0
        for j in 0..<h { square += sums[label * h + j] * sums[label * h + j] }
        let factor = 1 / max(square.squareRoot(), 1e-12)
        for j in 0..<h { out[label * h + j] = Float(factor * sums[label * h + j]) }
      }
    }
  }
}
