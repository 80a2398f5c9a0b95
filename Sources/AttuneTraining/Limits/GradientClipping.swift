public import AttuneCore

/// A limit on the gradients of all parameters, in a config file `gradientClipping: norm` or `{kind: norm, limit: 0.5}`.
///
/// - `norm`: all gradients times `limit / (‖g‖ + 1e-6)` where that is below 1, `‖g‖` the Euclidean norm of all together:
///   the direction stays.
/// - `value`: every element into `-limit...limit`.
///
/// - Complexity: O(parameters), no allocation.
/// - Source: Pascanu, Mikolov, Bengio (2013), On the difficulty of training recurrent neural networks, arXiv:1211.5063,
///   Algorithm 1, in the form of PyTorch's `clip_grad_norm_` and `clip_grad_value_`.
/// - Note: Differs from the source: PyTorch's 1e-6. As in PyTorch, NaN in one gradient makes all of them NaN under
///   `norm`, so that it stays visible.
public enum GradientClipping: Codable, Sendable, Equatable, ValidatedConfiguration {
  /// A limit on the norm of all gradients together.
  case norm(Double)
  /// A limit on the size of each element.
  case value(Double)

  private static let kinds = ["norm", "value"]

  private struct Settings: Codable, Sendable, DefaultInitializable {
    var limit = 1.0
  }

  /// Decodes from a config or model file; a value that does not fit is an error with its place.
  public init(from decoder: any Decoder) throws {
    let kind = try ChoiceCoding.kind(from: decoder, known: Self.kinds)
    let limit = try ChoiceCoding.settings(Settings.self, from: decoder).limit
    self = kind == "norm" ? .norm(limit) : .value(limit)
  }

  /// Encodes so that decoding gives an equal value.
  public func encode(to encoder: any Encoder) throws {
    switch self {
    case .norm(let limit): try ChoiceCoding.encode(kind: "norm", Settings(limit: limit), to: encoder)
    case .value(let limit): try ChoiceCoding.encode(kind: "value", Settings(limit: limit), to: encoder)
    }
  }

  /// Throws a `ConfigValueError` unless the limit is a finite number above 0.
  public func validate() throws {
    try ConfigCheck.range("limit", limit, above: 0)
    try ConfigCheck.require(limit.isFinite, "limit", "must be finite")
  }

  /// The limit.
  public var limit: Double {
    switch self {
    case .norm(let limit), .value(let limit): limit
    }
  }

  /// Changes the gradients so that they keep the limit.
  ///
  /// - Returns: the norm that they had; nil where it was not computed.
  @discardableResult
  public func clip(_ gradients: inout [Matrix]) -> Double? {
    switch self {
    case .norm(let limit):
      let norm = Self.globalNorm(of: gradients)
      let factor = limit / (norm + 1e-6)
      if factor >= 1 { return norm }
      for index in gradients.indices { gradients[index].scale(by: Float(factor)) }
      return norm
    case .value(let limit):
      for index in gradients.indices { gradients[index].clamp(to: Float(limit)) }
      return nil
    }
  }

  /// The Euclidean norm of all gradients together, added up in Double.
  public static func globalNorm(of gradients: [Matrix]) -> Double {
    gradients.reduce(0) { $0 + $1.sumOfSquares }.squareRoot()
  }
}
