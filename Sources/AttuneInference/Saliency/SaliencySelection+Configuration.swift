public import AttuneCore

extension SaliencySelection {
  /// What ranks the inputs of a row.
  public enum Method: String, Codable, Sendable, CaseIterable {
    /// The gradient of the predicted class's logit, or of the value, times the input's difference from its replacement.
    case gradientTimesInput = "gradient-times-input"
    /// The mean gradient on the way from the replacements to the row, times the same difference.
    case integratedGradients = "integrated-gradients"
    /// The sum of the first layer's absolute weights times the size of the same difference: no gradient.
    case weight
  }

  /// What stands in the place of an input that is left out.
  public enum Replacement: String, Codable, Sendable, CaseIterable {
    /// Its mean in the source.
    case mean
    /// Its expectation given the inputs that are kept.
    case conditional
    /// Zero: for words, that they do not occur.
    case zero
  }

  /// The settings.
  public struct Configuration: Codable, Sendable, Equatable, DefaultInitializable, ValidatedConfiguration {
    /// What ranks the inputs of a row.
    public var method = Method.gradientTimesInput
    /// Inputs that a row keeps; nil where `share` says it.
    public var count: Int?
    /// Share of the inputs that a row keeps, rounded up; a quarter where `count` is nil too. With 1 nothing is ranked.
    public var share: Double?
    /// What stands in the place of the others.
    public var replacement = Replacement.mean
    /// Points of `integrated-gradients`.
    public var steps = 32
    /// Where they lie.
    public var rule = IntegrationRule.midpoint
    /// Added to the diagonal of the covariance, as a share of each input's variance, for `replacement: conditional`.
    public var shrinkage = 0.01
    /// Numbers of inputs, ascending, at which the curve of quality against inputs is drawn.
    public var curve: [Int] = []

    /// The defaults named above.
    public init() {}

    /// Throws a `ConfigValueError` for the first setting out of its range.
    public func validate() throws {
      if let count {
        try ConfigCheck.range("count", count, atLeast: 1)
        try ConfigCheck.require(share == nil, "share", "does nothing beside 'count'; remove one")
      }
      if let share { try ConfigCheck.range("share", share, above: 0, atMost: 1) }
      try ConfigCheck.range("steps", steps, atLeast: 1, atMost: 1024)
      try ConfigCheck.range("shrinkage", shrinkage, above: 0, below: .infinity)
      try ConfigCheck.require(
        curve.allSatisfy { $0 >= 0 } && zip(curve, curve.dropFirst()).allSatisfy { $0 < $1 }, "curve",
        "must be numbers of inputs of at least 0, ascending")
    }

    /// The inputs that a row of so many keeps.
    ///
    /// - Throws: `ConfigValueError` where `count` or a point of the curve is more than there are.
    func kept(of inputs: Int) throws -> Int {
      for (key, wanted) in [("count", count ?? 0), ("curve", curve.last ?? 0)] where wanted > inputs {
        throw ConfigValueError(
          "must be at most \(inputs), the number of the network's inputs", key: key, given: "\(wanted)")
      }
      return count ?? Int((Double(inputs) * (share ?? 0.25)).rounded(.up))
    }

    var saliencyMethod: Saliency.Method {
      switch method {
      case .gradientTimesInput: .gradientTimesInput
      case .integratedGradients: .integratedGradients(rule: rule, steps: steps)
      case .weight: .weight
      }
    }
  }
}
