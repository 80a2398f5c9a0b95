internal import AttuneCore
internal import Foundation

/// A linear map of the plane about the center of an image: `(x, y) ↦ (a·x + b·y, c·x + d·y)`, x to the right, y down.
struct PlaneMap {
  let a: Double
  let b: Double
  let c: Double
  let d: Double

  /// A turn by an angle in radians.
  static func rotation(_ angle: Double) -> PlaneMap {
    PlaneMap(a: cos(angle), b: -sin(angle), c: sin(angle), d: cos(angle))
  }

  /// The vertical axis turned by an angle in radians, the horizontal one left as it is.
  static func shear(_ angle: Double) -> PlaneMap { PlaneMap(a: 1, b: -sin(angle), c: 0, d: cos(angle)) }

  static func scale(_ factor: Double) -> PlaneMap { PlaneMap(a: factor, b: 0, c: 0, d: factor) }
}

extension GrayImage {
  /// Each pixel taken from where the map takes its place, interpolated, black outside.
  func warped(by map: PlaneMap) -> GrayImage {
    let middleRow = Double(height - 1) / 2, middleColumn = Double(width - 1) / 2
    return warped { row, column in
      let y = row - middleRow, x = column - middleColumn
      return (row: middleRow + map.c * x + map.d * y, column: middleColumn + map.a * x + map.b * y)
    }
  }

  /// Three corners of a square moved at random, then each pixel by a smooth random field.
  ///
  /// - Parameters:
  ///   - amplitude: what the smoothed field of numbers in `−1...1` is multiplied by.
  ///   - sigma: how smooth the field is.
  ///   - corners: the farthest that a corner moves along each axis.
  func elasticallyWarped(
    amplitude: Double, sigma: Double, corners: Double, using generator: inout Philox
  ) -> GrayImage {
    let affine = Self.affine(height: height, width: width, corners: corners, using: &generator)
    let moved = warped(affine)
    func field() -> GrayImage {
      GrayImage(height: height, width: width).map { _ in 2 * generator.nextUniformDouble() - 1 }
        .blurred(sigma: sigma, border: .reflected, reach: 3)
    }
    let right = field(), down = field()
    return moved.warped { row, column in
      let place = Int(row) * width + Int(column)
      return (row: row + amplitude * down.pixels[place], column: column + amplitude * right.pixels[place])
    }
  }

  /// The map that takes three moved corners of a square about the middle to where they were.
  private static func affine(
    height: Int, width: Int, corners: Double, using generator: inout Philox
  ) -> (Double, Double) -> (row: Double, column: Double) {
    let middle = (row: Double(height / 2), column: Double(width / 2)), half = Double(min(height, width)) / 3
    let size = half.rounded(.down) >= 1 ? half.rounded(.down) : half
    let old = [(size, size), (size, -size), (-size, -size)].map { (middle.row + $0.0, middle.column + $0.1) }
    let new = old.map { corner in
      (
        corner.0 + corners * (2 * generator.nextUniformDouble() - 1),
        corner.1 + corners * (2 * generator.nextUniformDouble() - 1)
      )
    }
    let (u0, u1) = (new[1].0 - new[0].0, new[1].1 - new[0].1), (v0, v1) = (new[2].0 - new[0].0, new[2].1 - new[0].1)
    let determinant = u0 * v1 - u1 * v0
    return { row, column in
      // Shares of the two sides of the moved triangle; a triangle without area gives no numbers, hence black.
      let y = row - new[0].0, x = column - new[0].1
      let first = (y * v1 - x * v0) / determinant, second = (u0 * x - u1 * y) / determinant
      return (
        row: old[0].0 + first * (old[1].0 - old[0].0) + second * (old[2].0 - old[0].0),
        column: old[0].1 + first * (old[1].1 - old[0].1) + second * (old[2].1 - old[0].1)
      )
    }
  }
}
