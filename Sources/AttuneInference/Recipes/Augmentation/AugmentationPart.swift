public import AttuneCore

/// A random change of rows that leaves their meaning: another view of them.
public protocol AugmentationPart: RecipePart where State == NoState {
  /// A view of preprocessed rows, `[n, d]`, of the same shape.
  func apply(to rows: Matrix, using generator: inout Philox) throws -> Matrix
}

/// The place of the augmentations: one after the other makes a view.
public enum AugmentationPlace: RecipePlace {
  /// `augmentations` in config files.
  public static let name = "augmentations"
  /// The kinds that config files can name.
  public static var kinds: [PartKind<any AugmentationPart>] {
    [
      PartKind(NoiseView.self) { $0 },
      PartKind(FeatureDropoutView.self) { $0 },
      PartKind(ColumnResamplingView.self) { $0 },
      PartKind(PermutationView.self) { $0 },
      PartKind(ImageShiftView.self) { $0 },
      PartKind(ImageRotationView.self) { $0 },
      PartKind(ImageBlurView.self) { $0 },
      PartKind(ImageContrastView.self) { $0 },
    ]
  }
}

extension PartChoice where Place == AugmentationPlace {
  /// A part with its settings.
  public static func part<P: AugmentationPart>(_ type: P.Type, _ settings: P.Configuration = P.Configuration()) -> Self
  {
    Self(PartKind(type) { $0 }, settings)
  }
}

extension [any AugmentationPart] {
  /// A view of some rows: each augmentation in turn; without augmentations the rows themselves.
  func view(of rows: Matrix, using generator: inout Philox) throws -> Matrix {
    try reduce(rows) { try $1.apply(to: $0, using: &generator) }
  }
}

/// Independent normal noise on every input.
public struct NoiseView: AugmentationPart {
  /// The settings.
  public struct Configuration: Codable, Sendable, Equatable, DefaultInitializable, ValidatedConfiguration {
    /// Standard deviation, in units of the preprocessed inputs.
    public var standardDeviation = 0.1

    /// 0.1.
    public init() {}

    /// Throws a `ConfigValueError` for the first setting out of its range.
    public func validate() throws { try ConfigCheck.range("standardDeviation", standardDeviation, atLeast: 0) }
  }
  /// `noise` in config files.
  public static let kind = "noise"
  /// What help says.
  public static let summary = "normal noise on every input"
  private let deviation: Float

  /// The part.
  public init(_ configuration: Configuration = Configuration(), in setup: RecipeSetup) throws {
    try configuration.validate()
    deviation = Float(configuration.standardDeviation)
  }
  /// The rows with noise.
  public func apply(to rows: Matrix, using generator: inout Philox) -> Matrix {
    var result = rows
    result.add(generator.normal(rows: rows.rows, columns: rows.columns), scaledBy: deviation)
    return result
  }
}
