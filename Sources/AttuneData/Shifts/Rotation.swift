public import AttuneCore
internal import Foundation

/// Turns images about their center, counter-clockwise as they are seen.
///
/// Each pixel takes the value at its place turned back, interpolated between the four pixels around it; what lies
/// outside the image is 0.
public struct Rotation: Shift, Codable, Equatable {
  /// `rotation`.
  public static let name = "rotation"
  /// The angle, counter-clockwise, in degrees.
  public var degrees: Float

  /// A turn by `degrees`.
  public init(degrees: Float = 30) {
    self.degrees = degrees
  }

  /// Decodes the shift; what is left out has its default.
  ///
  /// - Throws: `ParameterError` if a value is out of range.
  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    self.init(degrees: try values.decodeIfPresent(Float.self, forKey: .degrees) ?? Rotation().degrees)
    try validate()
  }

  /// For example `rotation by 30.0°`.
  public var summary: String { "rotation by \(degrees)°" }

  /// The turned images, clipped to the context's range.
  public func apply(to features: Matrix, in context: ShiftContext, using generator: inout Philox) throws -> Matrix {
    try validate()
    let image = try context.checkedImage(for: Self.name, columns: features.columns)
    let taps = sources(of: image), d = features.columns
    return Matrix(rows: features.rows, columns: d) { out in
      features.withElements { x in
        for start in stride(from: 0, to: x.count, by: d) {
          for (pixel, sources) in taps.enumerated() {
            let value = sources.reduce(Float(0)) { $0 + $1.weight * x[start + $1.index] }
            out[start + pixel] = context.clipped(value)
          }
        }
      }
    }
  }

  /// For each pixel the pixels inside the image that it is mixed from.
  private func sources(of image: ImageShape) -> [[(index: Int, weight: Float)]] {
    let angle = Double(degrees) * .pi / 180, sine = sin(angle), cosine = cos(angle)
    let centerRow = Double(image.height - 1) / 2, centerColumn = Double(image.width - 1) / 2
    return (0..<image.height * image.width).map { pixel in
      // Rows count downward, so turning back (clockwise as seen) is the rotation that is usual with y upward.
      let down = Double(pixel / image.width) - centerRow, right = Double(pixel % image.width) - centerColumn
      let row = centerRow + sine * right + cosine * down
      let column = centerColumn + cosine * right - sine * down
      let top = row.rounded(.down), left = column.rounded(.down)
      var sources: [(index: Int, weight: Float)] = []
      for (r, rowWeight) in [(Int(top), 1 - (row - top)), (Int(top) + 1, row - top)] {
        for (c, columnWeight) in [(Int(left), 1 - (column - left)), (Int(left) + 1, column - left)] {
          guard (0..<image.height).contains(r), (0..<image.width).contains(c) else { continue }
          sources.append((r * image.width + c, Float(rowWeight * columnWeight)))
        }
      }
      return sources
    }
  }

  private func validate() throws(ParameterError) {
    try ParameterError.check(degrees.isFinite, Self.name, "degrees", degrees, "a finite number")
  }
}
