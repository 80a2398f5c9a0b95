public import AttuneCore

extension FeatureSelection {
  /// What stands in the place of an input that is left out.
  public enum Replacement: String, Codable, Sendable, CaseIterable {
    /// Its expectation given the others.
    case conditional
    /// Its mean in the source.
    case mean
    /// Nothing: a linear regression is solved again without it.
    case resolve
  }

  /// The settings.
  public struct Configuration: Codable, Sendable, Equatable, DefaultInitializable, ValidatedConfiguration {
    /// The test of single inputs; all but `moments` need values of training inputs, which model files keep.
    public var test = DriftTest.ks
    /// The expected share of false alarms among the alarms of a batch, at most.
    public var falseDiscoveryRate = 0.001
    /// How it is controlled.
    public var control = FalseDiscovery.benjaminiHochberg
    /// Shift of an input's mean, in source deviations, above which it may count as broken.
    public var meanShift = 1.0
    /// Factor by which an input's variance must grow or shrink to count as broken.
    public var varianceRatio = 10.0
    /// Rows after which an old row counts for 1/e in the size of a change; a test is of as many last rows.
    public var window = 128.0
    /// Rows that an input must pass before it is taken back.
    public var recover = 32
    /// Share of inputs that may be left out at most.
    public var maximumShare = 0.5
    /// What stands in the place of what is left out.
    public var replacement = Replacement.conditional
    /// Added to the diagonal of the covariance, as a share of each input's variance.
    public var shrinkage = 0.01
    /// How the covariance is held: whole, or as a low rank plus a diagonal.
    public var factors = FactorChoice.automatic
    /// The penalty l2 that the regression was trained with, for `replacement: resolve`.
    public var ridge = 0.0
    /// Whether a mean that moved as the other inputs' means say it should is no break.
    public var explainsByOthers = true
    /// Whether inputs that changed places are looked for.
    public var findsSwaps = true
    /// Whether shifted, rescaled and swapped inputs are turned back and used, in the place of being left out.
    public var repairs = false

    /// The defaults named above.
    public init() {}

    /// Throws a `ConfigValueError` for the first setting out of its range.
    public func validate() throws {
      try ConfigCheck.require(
        falseDiscoveryRate > 0 && falseDiscoveryRate <= 1, "falseDiscoveryRate",
        "must be a number above 0 and at most 1")
      try ConfigCheck.require(meanShift > 0, "meanShift", "must be a number above 0")
      try ConfigCheck.require(varianceRatio > 1, "varianceRatio", "must be a number above 1")
      try ConfigCheck.require(
        window > 0 && window <= 32_768, "window", "must be a number of rows above 0 and at most 32768")
      try ConfigCheck.require(recover >= 0, "recover", "must be a number of rows of at least 0")
      try ConfigCheck.require((0...1).contains(maximumShare), "maximumShare", "must be a number from 0 to 1")
      try ConfigCheck.require(shrinkage > 0 && shrinkage.isFinite, "shrinkage", "must be a finite number above 0")
      try ConfigCheck.require(ridge >= 0 && ridge.isFinite, "ridge", "must be a finite number of at least 0")
    }
  }

  /// The number of factors that stand for a covariance.
  public enum FactorChoice: Codable, Sendable, Equatable {
    /// `auto`: the whole covariance of up to 512 inputs, else a factor for every four inputs, at most 64.
    case automatic
    /// `none`: the whole covariance.
    case none
    /// So many.
    case count(Int)

    /// `auto`, `none` or a number.
    public init(from decoder: any Decoder) throws {
      let value = try decoder.singleValueContainer()
      if let count = try? value.decode(Int.self) {
        guard count > 0 else { throw ConfigValueError("must be auto, none or a number of at least 1") }
        self = .count(count)
        return
      }
      let name = try value.decode(String.self)
      switch name {
      case "auto": self = .automatic
      case "none": self = .none
      default: throw ConfigValueError("must be auto, none or a number", given: name, known: ["auto", "none"])
      }
    }

    /// As it is read.
    public func encode(to encoder: any Encoder) throws {
      var value = encoder.singleValueContainer()
      switch self {
      case .automatic: try value.encode("auto")
      case .none: try value.encode("none")
      case .count(let count): try value.encode(count)
      }
    }

    /// The factors for so many inputs; nil for the whole covariance.
    func count(of inputs: Int) -> Int? {
      switch self {
      case .automatic: inputs > 512 ? min(64, inputs / 4) : nil
      case .none: nil
      case .count(let count): min(count, inputs)
      }
    }
  }
}
