internal import AttuneCore
internal import Foundation

/// Samples of a selector's choice: one input a row, or a relaxation of it that has a gradient.
///
/// With logits z, γ = 0.2, Gumbel noise g and temperature τ: `soft = softmax((z / γ + g) / τ)`; the hard choice is the
/// largest of `(z − 10⁶ m) / γ + g`, with m the mask of what a row has.
///
/// - Source: Maddison, Mnih, Teh (2017), The concrete distribution, arXiv:1611.00712; Covert et al. (2023),
///   arXiv:2301.00557, with its published code's γ.
enum ConcreteSelection {
  static let scale: Float = 0.2
  private static let taken: Float = 1e6

  /// A relaxed choice of each row, `[n, d]`.
  static func soft(_ logits: Matrix, noise: Matrix?, temperature: Double) -> Matrix {
    let factor = Float(1 / temperature)
    let scores = Matrix(rows: logits.rows, columns: logits.columns) { out in
      logits.withElements { z in
        if let noise {
          noise.withElements { g in for i in 0..<z.count { out[i] = (z[i] / scale + g[i]) * factor } }
        } else {
          for i in 0..<z.count { out[i] = z[i] / scale * factor }
        }
      }
    }
    OperationCounter.add(3 * logits.count)
    return scores.softmax()
  }

  /// The choice of each row among the inputs that it does not have.
  static func hard(_ logits: Matrix, mask: Matrix, noise: Matrix) -> [Int] {
    without(mask, logits, noise: noise).rowArgmax
  }

  /// `logits − 10⁶ m`, or with noise `(logits − 10⁶ m) / γ + g`.
  static func without(_ mask: Matrix, _ logits: Matrix, noise: Matrix? = nil) -> Matrix {
    let factor = noise == nil ? 1 : 1 / scale
    var result = Matrix(rows: logits.rows, columns: logits.columns) { out in
      logits.withElements { z in
        mask.withElements { m in for i in 0..<z.count { out[i] = (z[i] - taken * m[i]) * factor } }
      }
    }
    if let noise { result.add(noise) }
    return result
  }

  /// The gradient of a loss with respect to the logits, given that with respect to `[x · s, s]` where `s = max(m,
  /// soft)`.
  static func gradient(
    _ inputGradient: Matrix, _ inputs: Matrix, mask: Matrix, soft: Matrix, temperature: Double
  ) -> Matrix {
    let (n, d) = (inputs.rows, inputs.columns), factor = Float(1 / (Double(scale) * temperature))
    OperationCounter.add(7 * n * d)
    return Matrix(rows: n, columns: d) { out in
      inputGradient.withElements { g in
        inputs.withElements { x in
          mask.withElements { m in
            soft.withElements { p in
              for row in 0..<n {
                let start = row * d
                var dot: Float = 0
                for j in 0..<d {
                  let i = start + j
                  let value = m[i] >= p[i] ? 0 : g[2 * start + j] * x[i] + g[2 * start + d + j]
                  out[i] = value
                  dot += value * p[i]
                }
                for i in start..<start + d { out[i] = p[i] * (out[i] - dot) * factor }
              }
            }
          }
        }
      }
    }
  }

  /// The larger of two matrices, element by element.
  static func maximum(_ left: Matrix, _ right: Matrix) -> Matrix {
    Matrix(rows: left.rows, columns: left.columns) { out in
      left.withElements { a in right.withElements { b in for i in 0..<a.count { out[i] = max(a[i], b[i]) } } }
    }
  }

  /// `−ln(−ln u)` of uniform numbers u.
  static func gumbel(rows: Int, columns: Int, using generator: inout Philox) -> Matrix {
    OperationCounter.add(4 * rows * columns)
    return Matrix(rows: rows, columns: columns) { out in
      for i in out.indices { out[i] = -log(-log(max(generator.nextUniform(), 1e-7))) }
    }
  }
}

extension Matrix {
  /// Sets one element of each row.
  mutating func set(_ columns: [Int], to value: Float) {
    let width = self.columns
    withMutableElements { x in for (row, column) in columns.enumerated() { x[row * width + column] = value } }
  }
}
