import AttuneCore
import Foundation

/// A matrix in double precision with the few operations that the twins need.
struct DoubleArray {
  var rows: Int, columns: Int
  var elements: [Double]

  init(rows: Int, columns: Int, _ element: (Int, Int) -> Double) {
    (self.rows, self.columns) = (rows, columns)
    elements = (0..<rows).flatMap { i in (0..<columns).map { j in element(i, j) } }
  }

  init(_ matrix: Matrix) {
    self.init(rows: matrix.rows, columns: matrix.columns) { i, j in Double(matrix[i, j]) }
  }

  subscript(i: Int, j: Int) -> Double { elements[i * columns + j] }

  func map(_ body: (Double) -> Double) -> DoubleArray {
    DoubleArray(rows: rows, columns: columns) { body(self[$0, $1]) }
  }
  func rowSum(_ i: Int) -> Double { (0..<columns).reduce(0) { $0 + self[i, $1] } }
  func columnMean(_ j: Int) -> Double { (0..<rows).reduce(0) { $0 + self[$1, j] } / Double(rows) }

  var softmax: DoubleArray {
    let e = map { exp($0) }
    return DoubleArray(rows: rows, columns: columns) { e[$0, $1] / e.rowSum($0) }
  }
}

/// One row of the gradient table: inputs, the operation, and its twin.
struct GradientCheck {
  var inputs: [Matrix]
  var float: (Tape, [Variable]) -> Variable
  var double: ([DoubleArray]) -> DoubleArray

  static func make(_ operation: DifferentiableOperation, using g: inout Philox) -> GradientCheck {
    let n = 1 + g.nextIndex(below: 6), d = 1 + g.nextIndex(below: 5), h = 1 + g.nextIndex(below: 70)
    let x = g.normal(rows: n, columns: d), y = g.normal(rows: n, columns: d), row = g.normal(rows: 1, columns: d)
    switch operation {
    case .linear:
      return GradientCheck(
        inputs: [x, g.normal(rows: h, columns: d), g.normal(rows: 1, columns: h)],
        float: { $1[0].linear(weight: $1[1], bias: $1[2]) },
        double: { i in
          DoubleArray(rows: n, columns: h) { r, c in
            (0..<d).reduce(i[2][0, c]) { $0 + i[0][r, $1] * i[1][c, $1] }
          }
        })
    case .matrixProduct:
      return GradientCheck(
        inputs: [x, g.normal(rows: d, columns: h)], float: { $1[0].matrixProduct($1[1]) },
        double: { i in
          DoubleArray(rows: n, columns: h) { r, c in (0..<d).reduce(0) { $0 + i[0][r, $1] * i[1][$1, c] } }
        })
    case .batchNormalization: return batchNormalization(using: &g)
    case .relu: return elementwise(x.map { abs($0) < 0.01 ? 0.5 : $0 }, { $0.relu() }, { max(0, $0) })
    case .tanh: return elementwise(x, { $0.tanh() }, { Foundation.tanh($0) })
    case .sigmoid: return elementwise(x, { $0.sigmoid() }, { 1 / (1 + exp(-$0)) })
    case .gelu: return elementwise(x, { $0.gelu() }, { $0 * 0.5 * erfc(-$0 / 2.0.squareRoot()) })
    case .mask:
      let mask = g.normal(rows: n, columns: d)
      return GradientCheck(
        inputs: [x], float: { $1[0].masked(by: mask) },
        double: { i in DoubleArray(rows: n, columns: d) { i[0][$0, $1] * Double(mask[$0, $1]) } })
    case .add: return pair(x, y, { $0 + $1 }, { $0 + $1 })
    case .subtract: return pair(x, y, { $0 - $1 }, { $0 - $1 })
    case .multiply: return pair(x, y, { $0 * $1 }, { $0 * $1 })
    case .scale: return elementwise(x, { $0.scaled(by: -1.5) }, { $0 * -1.5 })
    case .addRow:
      return GradientCheck(
        inputs: [x, row], float: { $1[0].addingRow($1[1]) },
        double: { i in DoubleArray(rows: n, columns: d) { i[0][$0, $1] + i[1][0, $1] } })
    case .multiplyRow:
      return GradientCheck(
        inputs: [x, row], float: { $1[0].multiplyingRow($1[1]) },
        double: { i in DoubleArray(rows: n, columns: d) { i[0][$0, $1] * i[1][0, $1] } })
    case .exponential: return elementwise(x, { $0.exponential() }, { exp($0) })
    case .logarithm: return elementwise(x.map { abs($0) + 0.2 }, { $0.logarithm() }, { log($0) })
    case .square: return elementwise(x, { $0.square() }, { $0 * $0 })
    case .softmax: return GradientCheck(inputs: [x], float: { $1[0].softmax() }, double: { $0[0].softmax })
    case .logSoftmax:
      return GradientCheck(inputs: [x], float: { $1[0].logSoftmax() }, double: { $0[0].softmax.map { log($0) } })
    case .sum:
      return GradientCheck(
        inputs: [x], float: { $1[0].sum() },
        double: { i in DoubleArray(rows: 1, columns: 1) { _, _ in i[0].elements.reduce(0, +) } })
    case .mean:
      return GradientCheck(
        inputs: [x], float: { $1[0].mean() },
        double: { i in DoubleArray(rows: 1, columns: 1) { _, _ in i[0].elements.reduce(0, +) / Double(n * d) } })
    case .rowSums:
      return GradientCheck(
        inputs: [x], float: { $1[0].rowSums() },
        double: { i in DoubleArray(rows: n, columns: 1) { r, _ in i[0].rowSum(r) } })
    case .columnMeans:
      return GradientCheck(
        inputs: [x], float: { $1[0].columnMeans() },
        double: { i in DoubleArray(rows: 1, columns: d) { _, c in i[0].columnMean(c) } })
    case .crossEntropy:
      let targets = y.map { max(0, $0) }  // exact zeros too, and rows that do not sum to one
      return GradientCheck(
        inputs: [x], float: { $1[0].crossEntropy(targets: targets) },
        double: { i in
          let p = i[0].softmax
          let total = (0..<n).reduce(0.0) { sum, r in
            (0..<d).reduce(sum) { $0 - Double(targets[r, $1]) * log(p[r, $1]) }
          }
          return DoubleArray(rows: 1, columns: 1) { _, _ in total / Double(n) }
        })
    case .meanSquaredError:
      return GradientCheck(
        inputs: [x], float: { $1[0].meanSquaredError(targets: y) },
        double: { i in
          let squares = zip(i[0].elements, y.elements).map { ($0 - Double($1)) * ($0 - Double($1)) }
          return DoubleArray(rows: 1, columns: 1) { _, _ in squares.reduce(0, +) / Double(n * d) }
        })
    case .entropy:
      return GradientCheck(
        inputs: [x], float: { $1[0].entropy() },
        double: { i in
          let p = i[0].softmax
          return DoubleArray(rows: n, columns: 1) { r, _ in (0..<d).reduce(0) { $0 - p[r, $1] * log(p[r, $1]) } }
        })
    }
  }

  private static func elementwise(
    _ x: Matrix, _ float: @escaping (Variable) -> Variable, _ double: @escaping (Double) -> Double
  ) -> GradientCheck {
    GradientCheck(inputs: [x], float: { float($1[0]) }, double: { $0[0].map(double) })
  }

  private static func pair(
    _ x: Matrix, _ y: Matrix, _ float: @escaping (Variable, Variable) -> Variable,
    _ double: @escaping (Double, Double) -> Double
  ) -> GradientCheck {
    GradientCheck(
      inputs: [x, y], float: { float($1[0], $1[1]) },
      double: { i in DoubleArray(rows: x.rows, columns: x.columns) { double(i[0][$0, $1], i[1][$0, $1]) } })
  }

  /// All shares of the batch in the statistics, both conventions, and more columns than one strip of the kernel.
  private static func batchNormalization(using g: inout Philox) -> GradientCheck {
    let n = 2 + g.nextIndex(below: 6), d = [1, 5, 70][g.nextIndex(below: 3)]
    let weight: Float = [0, 0.3, 1][g.nextIndex(below: 3)]
    let convention: VarianceConvention = g.nextIndex(below: 2) == 0 ? .biased : .unbiased
    var layer = BatchNorm(dimension: d, epsilon: 1e-2)
    layer.runningMean = g.normal(rows: 1, columns: d)
    layer.runningVariance = g.normal(rows: 1, columns: d).map { 0.5 + abs($0) }
    let source = layer
    return GradientCheck(
      inputs: [g.normal(rows: n, columns: d), g.normal(rows: 1, columns: d), g.normal(rows: 1, columns: d)],
      float: { _, v in
        let policy = NormalizationPolicy.blend(weight: weight, variance: convention)
        let statistics = NormalizationStatistics(policy, layer: source, batch: v[0].value)
        return v[0].batchNormalization(gamma: v[1], beta: v[2], statistics: statistics, epsilon: source.epsilon)
      },
      double: { i in
        let a = Double(weight), divisor = Double(convention == .biased ? n : n - 1)
        return DoubleArray(rows: n, columns: d) { r, c in
          let batchMean = i[0].columnMean(c)
          let squares = (0..<n).reduce(0.0) { $0 + (i[0][$1, c] - batchMean) * (i[0][$1, c] - batchMean) }
          let mean = (1 - a) * Double(source.runningMean[0, c]) + a * batchMean
          let variance = (1 - a) * Double(source.runningVariance[0, c]) + a * squares / divisor
          return (i[0][r, c] - mean) / (variance + Double(source.epsilon)).squareRoot() * i[1][0, c] + i[2][0, c]
        }
      })
  }
}
