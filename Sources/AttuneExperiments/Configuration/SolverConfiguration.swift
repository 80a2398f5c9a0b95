public import AttuneCore

/// A solver for linear networks: in closed form for regression, by Newton's method for classification.
public enum SolverConfiguration: Codable, Sendable, Equatable {
  /// Ordinary least squares by QR.
  case leastSquares(LeastSquaresSettings)
  /// Ridge regression by Cholesky; `l2` is the penalty on the squared weights.
  case ridge(Ridge)
  /// Logistic regression by Newton's method; `c` is the inverse of the penalty.
  case logistic(Logistic)

  /// The settings of ordinary least squares.
  public struct LeastSquaresSettings: Codable, Sendable, Equatable, DefaultInitializable {
    /// Whether the model has an intercept; without, its prediction at inputs of 0 is 0.
    public var intercept = true

    /// With an intercept.
    public init() {}
  }

  /// The settings of ridge regression.
  public struct Ridge: Codable, Sendable, Equatable, DefaultInitializable, ValidatedConfiguration {
    /// Penalty on the sum of squared weights, at least 0; the bias is not penalized.
    public var l2 = 1.0

    /// A penalty of 1.
    public init() {}

    /// Throws a `ConfigValueError` for the first setting out of its range.
    public func validate() throws {
      try ConfigCheck.require(l2 >= 0, "l2", "must be a number of at least 0")
    }
  }

  /// The settings of logistic regression.
  public struct Logistic: Codable, Sendable, Equatable, DefaultInitializable, ValidatedConfiguration {
    /// Inverse strength of the penalty: half the sum of squared weights counts as much as `c` times the sum of losses.
    /// The bias is not penalized.
    public var c = 1.0

    /// A penalty of 1.
    public init() {}

    /// Throws a `ConfigValueError` for the first setting out of its range.
    public func validate() throws {
      try ConfigCheck.require(c > 0 && c.isFinite, "c", "must be a finite number above 0")
    }
  }

  /// What the solver predicts.
  public var task: PredictionTask {
    switch self {
    case .leastSquares, .ridge: .regression
    case .logistic: .classification
    }
  }

  private static let kinds = ["least-squares", "ridge", "logistic"]

  /// Decodes from a config or model file; a value that does not fit is an error with its place.
  public init(from decoder: any Decoder) throws {
    switch try ChoiceCoding.kind(from: decoder, known: Self.kinds) {
    case "ridge": self = .ridge(try ChoiceCoding.settings(Ridge.self, from: decoder))
    case "logistic": self = .logistic(try ChoiceCoding.settings(Logistic.self, from: decoder))
    default: self = .leastSquares(try ChoiceCoding.settings(LeastSquaresSettings.self, from: decoder))
    }
  }

  /// Encodes so that decoding gives an equal value.
  public func encode(to encoder: any Encoder) throws {
    switch self {
    case .leastSquares(let settings) where settings.intercept: try ChoiceCoding.encode(kind: kind, to: encoder)
    case .leastSquares(let settings): try ChoiceCoding.encode(kind: kind, settings, to: encoder)
    case .ridge(let settings): try ChoiceCoding.encode(kind: kind, settings, to: encoder)
    case .logistic(let settings): try ChoiceCoding.encode(kind: kind, settings, to: encoder)
    }
  }

  /// The name in config files.
  var kind: String {
    switch self {
    case .leastSquares: "least-squares"
    case .ridge: "ridge"
    case .logistic: "logistic"
    }
  }

  var summary: String {
    switch self {
    case .leastSquares(let settings):
      "least squares in closed form (QR)" + (settings.intercept ? "" : ", no intercept")
    case .ridge(let settings): "ridge in closed form (Cholesky), l2 \(settings.l2)"
    case .logistic(let settings): "logistic regression (Newton), c \(settings.c)"
    }
  }
}
