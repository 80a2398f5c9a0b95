public import AttuneCore
public import AttuneData

/// An augmentation of images met rows that are none.
public struct MissingImageShape: Error, Equatable, CustomStringConvertible {
  /// Name of the strategy.
  public let strategy: String
  /// Name of the augmentation.
  public let augmentation: String
  /// The number of inputs.
  public let inputs: Int
  /// The shape that is known; nil where none is.
  public let image: ImageShape?

  /// The strategy `strategy` cannot use the augmentation.
  public init(strategy: String, augmentation: String, inputs: Int, image: ImageShape?) {
    self.strategy = strategy
    self.augmentation = augmentation
    self.inputs = inputs
    self.image = image
  }

  /// What does not fit and what to do.
  public var description: String {
    let found =
      image.map { "images of \($0.height)×\($0.width) do not have \(inputs) inputs; correct data.image" }
      ?? "the data has no height and width of images; give data.image"
    return
      "strategy '\(strategy)': the augmentation '\(augmentation)' works on images, and \(found), or choose another "
      + "augmentation"
  }
}

extension RecipeSetup {
  /// The shape of the images that the rows are.
  ///
  /// - Throws: `MissingImageShape` where they are none, or of another size.
  func image(for augmentation: String) throws(MissingImageShape) -> ImageShape {
    let inputs = network.inputDimension
    guard let image = context.image, image.height > 0, image.width > 0, inputs.isMultiple(of: image.height),
      inputs / image.height == image.width
    else {
      throw MissingImageShape(strategy: strategy, augmentation: augmentation, inputs: inputs, image: context.image)
    }
    return image
  }
}

/// Moves each image by its own whole numbers of pixels, at most so many in each direction.
///
/// What comes in from outside is 0: the mean of the training data where inputs are standardized, black where they are
/// scaled.
public struct ImageShiftView: AugmentationPart {
  /// The settings.
  public struct Configuration: Codable, Sendable, Equatable, DefaultInitializable, ValidatedConfiguration {
    /// The most pixels, right or left and up or down.
    public var pixels = 2

    /// Two pixels.
    public init() {}

    /// Throws a `ConfigValueError` for the first setting out of its range.
    public func validate() throws { try ConfigCheck.range("pixels", pixels, atLeast: 0, atMost: 100_000) }
  }
  /// `image-shift` in config files.
  public static let kind = "image-shift"
  /// What help says.
  public static let summary = "images moved by some pixels, 0 from outside"
  private let image: ImageShape
  private let pixels: Int

  /// The part.
  ///
  /// - Throws: `MissingImageShape` where rows are no images.
  public init(_ configuration: Configuration = Configuration(), in setup: RecipeSetup) throws {
    try configuration.validate()
    image = try setup.image(for: Self.kind)
    pixels = configuration.pixels
  }
  /// The images moved.
  public func apply(to rows: Matrix, using generator: inout Philox) -> Matrix {
    let height = image.height, width = image.width
    return Matrix(rows: rows.rows, columns: rows.columns) { out in
      out.update(repeating: 0)
      rows.withElements { x in
        for start in stride(from: 0, to: x.count, by: rows.columns) {
          let right = generator.nextIndex(below: 2 * pixels + 1) - pixels
          let down = generator.nextIndex(below: 2 * pixels + 1) - pixels
          for row in 0..<height where (0..<height).contains(row - down) {
            for column in 0..<width where (0..<width).contains(column - right) {
              out[start + row * width + column] = x[start + (row - down) * width + column - right]
            }
          }
        }
      }
    }
  }
}

/// Multiplies each image's differences from its own mean by a factor of its own.
public struct ImageContrastView: AugmentationPart {
  /// The settings.
  public struct Configuration: Codable, Sendable, Equatable, DefaultInitializable, ValidatedConfiguration {
    /// The largest change of the factor, which lies between 1 less this and 1 more.
    public var change = 0.3

    /// From 0.7 to 1.3.
    public init() {}

    /// Throws a `ConfigValueError` for the first setting out of its range.
    public func validate() throws { try ConfigCheck.range("change", change, atLeast: 0, atMost: 1) }
  }
  /// `image-contrast` in config files.
  public static let kind = "image-contrast"
  /// What help says.
  public static let summary = "images with more or less contrast about their mean"
  private let change: Float

  /// The part.
  ///
  /// - Throws: `MissingImageShape` where rows are no images.
  public init(_ configuration: Configuration = Configuration(), in setup: RecipeSetup) throws {
    try configuration.validate()
    _ = try setup.image(for: Self.kind)
    change = Float(configuration.change)
  }
  /// The images with other contrasts.
  public func apply(to rows: Matrix, using generator: inout Philox) -> Matrix {
    var result = rows
    let d = rows.columns
    result.withMutableElements { out in
      for start in stride(from: 0, to: out.count, by: d) {
        let factor = 1 + change * (2 * generator.nextUniform() - 1)
        let mean = Float(out[start..<(start + d)].reduce(0) { $0 + Double($1) } / Double(d))
        for i in start..<(start + d) { out[i] = mean + factor * (out[i] - mean) }
      }
    }
    return result
  }
}
