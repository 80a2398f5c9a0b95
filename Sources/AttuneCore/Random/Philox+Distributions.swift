internal import Foundation

extension Philox {
  /// A number of the standard normal distribution (Box and Muller, one of the pair).
  public mutating func nextNormal() -> Double {
    let radius = (-2 * log(1 - nextUniformDouble())).squareRoot()
    return radius * cos(2 * .pi * nextUniformDouble())
  }

  /// A matrix of independent numbers uniform in `range`.
  public mutating func uniform(rows: Int, columns: Int, in range: Range<Float> = 0..<1) -> Matrix {
    Matrix(rows: rows, columns: columns) { out in
      for i in out.indices { out[i] = Philox.place(nextUniform(), in: range) }
    }
  }

  /// A number of `[0, 1)` stretched to a range. Rounding could reach its upper bound: 1 + (1 − 2⁻²⁴) is 2 in Float.
  static func place(_ unit: Float, in range: Range<Float>) -> Float {
    min(range.lowerBound + (range.upperBound - range.lowerBound) * unit, range.upperBound.nextDown)
  }

  /// A matrix of independent numbers of the standard normal distribution.
  public mutating func normal(rows: Int, columns: Int) -> Matrix {
    Matrix(rows: rows, columns: columns) { out in
      for i in out.indices { out[i] = Float(nextNormal()) }
    }
  }
}
