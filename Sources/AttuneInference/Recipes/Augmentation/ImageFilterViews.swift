public import AttuneCore
internal import AttuneData
internal import Foundation

/// Turns each image about its center by an angle of its own, interpolated between four pixels.
///
/// What lies outside the image is 0: the mean of the training data where inputs are standardized, black where they are
/// scaled.
public struct ImageRotationView: AugmentationPart {
  /// The settings.
  public struct Configuration: Codable, Sendable, Equatable, DefaultInitializable, ValidatedConfiguration {
    /// The largest angle in degrees, in either direction.
    public var degrees = 15.0

    /// 15 degrees.
    public init() {}

    /// Throws a `ConfigValueError` for the first setting out of its range.
    public func validate() throws { try ConfigCheck.range("degrees", degrees, atLeast: 0, atMost: 180) }
  }
  /// `image-rotation` in config files.
  public static let kind = "image-rotation"
  /// What help says.
  public static let summary = "images turned by some degrees, 0 from outside"
  private let image: ImageShape
  private let degrees: Double

  /// The part.
  ///
  /// - Throws: `MissingImageShape` where rows are no images.
  public init(_ configuration: Configuration = Configuration(), in setup: RecipeSetup) throws {
    try configuration.validate()
    image = try setup.image(for: Self.kind)
    degrees = configuration.degrees
  }
  /// The images turned.
  public func apply(to rows: Matrix, using generator: inout Philox) -> Matrix {
    Matrix(rows: rows.rows, columns: rows.columns) { out in
      rows.withElements { x in
        for start in stride(from: 0, to: x.count, by: rows.columns) {
          let angle = (2 * generator.nextUniformDouble() - 1) * degrees * .pi / 180
          turn(x, out, start, sine: sin(angle), cosine: cos(angle))
        }
      }
    }
  }

  /// Each pixel from its place turned back; `down` and `right` are distances from the center.
  private func turn(
    _ x: UnsafeBufferPointer<Float>, _ out: UnsafeMutableBufferPointer<Float>, _ start: Int, sine: Double,
    cosine: Double
  ) {
    let height = image.height, width = image.width
    let centerRow = Double(height - 1) / 2, centerColumn = Double(width - 1) / 2
    func value(_ row: Int, _ column: Int) -> Double {
      guard row >= 0, row < height, column >= 0, column < width else { return 0 }
      return Double(x[start + row * width + column])
    }
    for pixel in 0..<(height * width) {
      let down = Double(pixel / width) - centerRow, right = Double(pixel % width) - centerColumn
      let row = centerRow + sine * right + cosine * down, column = centerColumn + cosine * right - sine * down
      let top = row.rounded(.down), left = column.rounded(.down), lower = row - top, righter = column - left
      let r = Int(top), c = Int(left)
      let above = (1 - righter) * value(r, c) + righter * value(r, c + 1)
      let below = (1 - righter) * value(r + 1, c) + righter * value(r + 1, c + 1)
      out[start + pixel] = Float((1 - lower) * above + lower * below)
    }
  }
}

/// Blurs each image by a Gaussian of a width of its own; beyond the rim the pixels of the rim go on.
public struct ImageBlurView: AugmentationPart {
  /// The settings.
  public struct Configuration: Codable, Sendable, Equatable, DefaultInitializable, ValidatedConfiguration {
    /// The largest standard deviation, in pixels.
    public var deviation = 1.0

    /// One pixel.
    public init() {}

    /// Throws a `ConfigValueError` for the first setting out of its range.
    public func validate() throws { try ConfigCheck.range("deviation", deviation, atLeast: 0, atMost: 100) }
  }
  /// `image-blur` in config files.
  public static let kind = "image-blur"
  /// What help says.
  public static let summary = "images blurred by a Gaussian"
  private let image: ImageShape
  private let deviation: Double

  /// The part.
  ///
  /// - Throws: `MissingImageShape` where rows are no images.
  public init(_ configuration: Configuration = Configuration(), in setup: RecipeSetup) throws {
    try configuration.validate()
    image = try setup.image(for: Self.kind)
    deviation = configuration.deviation
  }
  /// The images blurred.
  public func apply(to rows: Matrix, using generator: inout Philox) -> Matrix {
    var result = rows
    let height = image.height, width = image.width
    result.withMutableElements { out in
      for start in stride(from: 0, to: out.count, by: height * width) {
        let weights = kernel(generator.nextUniformDouble() * deviation)
        guard weights.count > 1 else { continue }
        for row in 0..<height { blur(out, start + row * width, stride: 1, count: width, weights) }
        for column in 0..<width { blur(out, start + column, stride: width, count: height, weights) }
      }
    }
    return result
  }

  /// The weights at distances 0, 1, …, three deviations, so that those of both sides sum to 1.
  private func kernel(_ sigma: Double) -> [Double] {
    guard sigma > 0 else { return [1] }
    let weights = (0...Int((3 * sigma).rounded(.up))).map { exp(-Double($0 * $0) / (2 * sigma * sigma)) }
    let sum = 2 * weights.reduce(0, +) - weights[0]
    return weights.map { $0 / sum }
  }

  private func blur(
    _ x: UnsafeMutableBufferPointer<Float>, _ start: Int, stride: Int, count: Int, _ weights: [Double]
  ) {
    let line = (0..<count).map { Double(x[start + $0 * stride]) }
    for i in 0..<count {
      var sum = weights[0] * line[i]
      for (distance, weight) in weights.enumerated().dropFirst() {
        sum += weight * (line[max(0, i - distance)] + line[min(count - 1, i + distance)])
      }
      x[start + i * stride] = Float(sum)
    }
  }
}
