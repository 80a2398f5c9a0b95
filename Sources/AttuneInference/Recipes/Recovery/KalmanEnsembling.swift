public import AttuneCore

/// Draws the adapted parameters to a hidden model that a Kalman filter keeps between them and the source's.
///
/// After each step, with the hidden parameters h, their variance v (0 at the start) and the noise q:
/// `h ← α h + (1 − α) φ₀`, `v ← α² v + q`, `β = (1 − q) / (v + 1 − q)`, `v ← β v`, `h ← β h + (1 − β) φ`,
/// `φ ← γ φ + (1 − γ) h`. β is at least 0.89, and 1 from 0.9999 on.
///
/// - Source: Lee, Chang (2024), Continual momentum filtering on parameter space for online test-time adaptation (CMF), ICLR,
///   in the published code.
/// - Note: Differs from the published code in the scale of q: there it is multiplied by the number of adapted parameters over
///   38400, and for a network of some hundred of them β is 1 throughout: the hidden model stays the source, and what is left
///   is weight ensembling. Here q counts as it is; `scalesNoise` does as published.
public struct KalmanEnsembling: RecoveryPart {
  /// The settings.
  public struct Configuration: Codable, Sendable, Equatable, DefaultInitializable, ValidatedConfiguration {
    /// α: weight of the hidden model against the source's, from 0 to 1.
    public var hiddenMomentum = 0.99
    /// γ: weight of the adapted parameters against the hidden model's, from 0 to 1.
    public var momentum = 0.99
    /// q: how much of what the steps bring the hidden model takes up, at least 0; below 1 once it is scaled.
    public var noise = 0.005
    /// Whether q is multiplied by the number of adapted parameters over 38400.
    public var scalesNoise = false

    /// α = γ = 0.99, q = 0.005.
    public init() {}

    /// Throws a `ConfigValueError` for the first setting out of its range.
    public func validate() throws {
      try ConfigCheck.range("hiddenMomentum", hiddenMomentum, atLeast: 0, atMost: 1)
      try ConfigCheck.range("momentum", momentum, atLeast: 0, atMost: 1)
      try ConfigCheck.require(noise >= 0 && noise.isFinite, "noise", "must be a finite number of at least 0")
      try ConfigCheck.require(scalesNoise || noise < 1, "noise", "must be below 1, not \(noise), unless it is scaled")
    }
  }
  /// The hidden model.
  public struct State: Codable, Sendable {
    /// Its parameters; empty where these are the source's.
    var hidden: [Matrix] = []
    var variance = 0.0
  }
  /// `kalman` in config files.
  public static let kind = "kalman"
  /// What help says.
  public static let summary =
    "a share of a hidden model, filtered between source and adapted parameters, after each step"
  private let configuration: Configuration
  /// The hidden model.
  public var state = State()

  /// The part.
  public init(_ configuration: Configuration = Configuration(), in setup: RecipeSetup) throws {
    try configuration.validate()
    self.configuration = configuration
  }

  /// Filters, and draws the parameters to what is filtered.
  public mutating func afterStep(_ step: AdaptationStep, _ run: inout RecipeRun) {
    let noise = noise(parameters: run.parameters.reduce(0) { $0 + run.start.network[$1].count })
    let keep = configuration.hiddenMomentum
    if state.hidden.isEmpty { state.hidden = run.parameters.map { run.start.network[$0] } }
    state.variance = keep * keep * state.variance + noise
    var gain = max(0.89, (1 - noise) / (state.variance + 1 - noise))
    if gain >= 0.9999 { gain = 1 }
    state.variance *= gain
    for (index, id) in run.parameters.enumerated() {
      state.hidden[index].mix(run.start.network[id], keeping: keep)
      state.hidden[index].mix(run.adapted.network[id], keeping: gain)
      run.adapted.network[id].mix(state.hidden[index], keeping: configuration.momentum)
    }
  }

  /// The hidden model is the source's again.
  public mutating func afterReset(_ run: RecipeRun) { state = State() }

  /// q, scaled where it is to be; a very wide network cannot take it to 1.
  private func noise(parameters: Int) -> Double {
    guard configuration.scalesNoise else { return configuration.noise }
    return min(configuration.noise * Double(parameters) / 38400, 1 - 1e-6)
  }
}
