public import AttuneCore

/// Moves images by whole pixels; what comes in from outside is 0.
public struct Translation: Shift, Codable, Equatable {
  /// `translation`.
  public static let name = "translation"
  /// Pixels to the right; negative is to the left.
  public var dx: Int
  /// Pixels down; negative is up.
  public var dy: Int

  /// A move by `dx` pixels to the right and `dy` down.
  public init(dx: Int = 1, dy: Int = 1) {
    self.dx = dx
    self.dy = dy
  }

  /// Decodes the shift; what is left out has its default.
  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self), standard = Translation()
    self.init(
      dx: try values.decodeIfPresent(Int.self, forKey: .dx) ?? standard.dx,
      dy: try values.decodeIfPresent(Int.self, forKey: .dy) ?? standard.dy)
  }

  /// For example `translation by (1, 1) pixels`.
  public var summary: String { "translation by (\(dx), \(dy)) pixels" }

  /// The moved images, clipped to the context's range.
  public func apply(to features: Matrix, in context: ShiftContext, using generator: inout Philox) throws -> Matrix {
    let image = try context.checkedImage(for: Self.name, columns: features.columns)
    // A move beyond the image is an empty image; limiting it keeps the sums in range.
    let right = min(max(dx, -image.width), image.width), down = min(max(dy, -image.height), image.height)
    let sources = (0..<features.columns).map { pixel -> Int? in
      let row = pixel / image.width - down, column = pixel % image.width - right
      guard (0..<image.height).contains(row), (0..<image.width).contains(column) else { return nil }
      return row * image.width + column
    }
    return Matrix(rows: features.rows, columns: features.columns) { out in
      features.withElements { x in
        for start in stride(from: 0, to: x.count, by: features.columns) {
          for (pixel, source) in sources.enumerated() {
            out[start + pixel] = context.clipped(source.map { x[start + $0] } ?? 0)
          }
        }
      }
    }
  }
}
