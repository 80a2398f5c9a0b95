public import AttuneCore
internal import Foundation

/// The ratio of two densities, target over source, as a sum of Gaussian kernels with weights of at least 0:
/// `r(x) = Σ_k a_k exp(−‖x − c_k‖² / 2σ²)`. It is fitted to rows of both without estimating either density.
public struct DensityRatio: Codable, Sendable, Equatable {
  /// The centers of the kernels, `[b, d]`: rows of the target.
  public let centers: DoubleMatrix
  /// The width of the kernels.
  public let sigma: Double
  /// The weights of the kernels.
  public let weights: [Double]

  /// The ratio at rows.
  ///
  /// ## Shapes
  /// - rows: `[n, d]`; returns: n values of at least 0
  ///
  /// - Complexity: O(n·b·d).
  public func values(at rows: DoubleMatrix) -> [Double] {
    (Self.kernels(rows, centers, sigma) * DoubleMatrix(rows: weights.count, columns: 1, weights)).elements
  }

  /// The values of all kernels at all rows, `[n, b]`.
  static func kernels(_ rows: DoubleMatrix, _ centers: DoubleMatrix, _ sigma: Double) -> DoubleMatrix {
    precondition(rows.columns == centers.columns, "rows of \(rows.shape) do not fit centers of \(centers.shape)")
    let d = rows.columns
    OperationCounter.add(rows.rows * centers.rows * (3 * d + 2))
    var result = DoubleMatrix(rows: rows.rows, columns: centers.rows)
    let (x, c) = (rows.elements, centers.elements)
    for i in 0..<rows.rows {
      for k in 0..<centers.rows {
        var distance = 0.0
        for j in 0..<d {
          let difference = x[i * d + j] - c[k * d + j]
          distance += difference * difference
        }
        result[i, k] = exp(-distance / (2 * sigma * sigma))
      }
    }
    return result
  }

  /// Widths to try: the median distance of rows to the centers times 0.3, 0.6, 1, 1.5 and 2.5; 1 times these where all rows are alike.
  public static func widths(for rows: DoubleMatrix, centers: DoubleMatrix) -> [Double] {
    var distances: [Double] = []
    for i in 0..<rows.rows {
      for k in 0..<centers.rows {
        var squared = 0.0
        for j in 0..<rows.columns {
          let difference = rows[i, j] - centers[k, j]
          squared += difference * difference
        }
        if squared > 0 { distances.append(squared.squareRoot()) }
      }
    }
    distances.sort()
    let median = distances.isEmpty ? 1 : distances[distances.count / 2]
    return [0.3, 0.6, 1, 1.5, 2.5].map { $0 * median }
  }

  /// How many rows of equal weight say as much as rows of these weights, `(Σw)² / Σw²`; 0 where all are zero.
  public static func effectiveSampleSize(_ weights: [Double]) -> Double {
    // Scaled by the largest, so that squares neither vanish nor overflow.
    guard let largest = weights.max(), largest > 0, largest.isFinite else { return 0 }
    let sum = weights.reduce(0) { $0 + $1 / largest }
    return sum * sum / weights.reduce(0) { $0 + ($1 / largest) * ($1 / largest) }
  }
}

extension DoubleMatrix {
  /// The mean of each column, as a column.
  var meanColumn: DoubleMatrix { DoubleMatrix(rows: columns, columns: 1, columnMeans) }

  /// The rows at some places.
  func rows(at places: [Int]) -> DoubleMatrix {
    DoubleMatrix(
      rows: places.count, columns: columns,
      places.flatMap { elements[$0 * columns..<($0 + 1) * columns] })
  }
}
