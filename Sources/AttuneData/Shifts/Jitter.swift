public import AttuneCore

/// Moves each image by a random number of whole pixels of its own, down and to the right.
///
/// Both numbers are uniform in `−pixels…pixels`; what comes in from outside is the lowest value of the context's range,
/// or 0 where there is none.
public struct Jitter: Shift, Codable, Equatable {
  /// `jitter`.
  public static let name = "jitter"
  /// The largest move in each of the four directions.
  public var pixels: Int

  /// Moves by up to `pixels`.
  public init(pixels: Int = 1) {
    self.pixels = pixels
  }

  /// Decodes the shift; what is left out has its default.
  ///
  /// - Throws: `ParameterError` if a value is out of range.
  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    self.init(pixels: try values.decodeIfPresent(Int.self, forKey: .pixels) ?? Jitter().pixels)
    try validate()
  }

  /// For example `jitter by up to 2 pixels`.
  public var summary: String { "jitter by up to \(pixels) pixel\(pixels == 1 ? "" : "s")" }

  /// The moved images, clipped to the context's range.
  public func apply(to features: Matrix, in context: ShiftContext, using generator: inout Philox) throws -> Matrix {
    try validate()
    let image = try context.checkedImage(for: Self.name, columns: features.columns)
    let (height, width) = (image.height, image.width), fill = context.range?.lowerBound ?? 0
    return Matrix(rows: features.rows, columns: features.columns) { out in
      features.withElements { x in
        for start in stride(from: 0, to: x.count, by: features.columns) {
          // A move beyond the image is an empty image; limiting it keeps the sums in range.
          let down = max(-height, min(height, Int.random(in: -pixels...pixels, using: &generator)))
          let right = max(-width, min(width, Int.random(in: -pixels...pixels, using: &generator)))
          for row in 0..<height {
            for column in 0..<width {
              let isInside = (0..<height).contains(row - down) && (0..<width).contains(column - right)
              let value = isInside ? x[start + (row - down) * width + column - right] : fill
              out[start + row * width + column] = context.clipped(value)
            }
          }
        }
      }
    }
  }

  private func validate() throws(ParameterError) {
    try ParameterError.check(pixels >= 0, Self.name, "pixels", pixels, "an integer of 0 or more")
  }
}
