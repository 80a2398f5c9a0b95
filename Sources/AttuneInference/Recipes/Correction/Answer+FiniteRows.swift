internal import AttuneCore
internal import Foundation

extension Answer {
  /// The rows whose logits and features are finite: a row that is not must not reach what is estimated from a batch.
  var finiteRows: [Int] {
    guard !logits.isFinite || !features.isFinite else { return Array(0..<rows.rows) }
    return (0..<rows.rows).filter { row in
      logits.row(row).allSatisfy(\.isFinite) && features.row(row).allSatisfy(\.isFinite)
    }
  }

  /// Puts logits in the place of those of some rows.
  mutating func replaceLogits(of indices: [Int], by corrected: Matrix) {
    guard indices.count < logits.rows else { return logits = corrected }
    let columns = logits.columns
    logits.withMutableElements { out in
      corrected.withElements { x in
        for (position, row) in indices.enumerated() {
          for j in 0..<columns { out[row * columns + j] = x[position * columns + j] }
        }
      }
    }
  }
}

extension DoubleMatrix {
  /// Each row's softmax, and the logarithm of its sum of exponentials.
  func softmaxWithNormalizers() -> (probabilities: DoubleMatrix, normalizers: [Double]) {
    OperationCounter.add(5 * rows * columns)
    var probabilities = elements, normalizers: [Double] = []
    normalizers.reserveCapacity(rows)
    for start in stride(from: 0, to: probabilities.count, by: max(1, columns)) {
      let range = start..<(start + columns)
      var largest = -Double.infinity, sum = 0.0
      for i in range { largest = max(largest, probabilities[i]) }
      for i in range {
        probabilities[i] = exp(probabilities[i] - largest)
        sum += probabilities[i]
      }
      for i in range { probabilities[i] /= sum }
      normalizers.append(largest + log(sum))
    }
    return (DoubleMatrix(rows: rows, columns: columns, probabilities), normalizers)
  }

  /// The elements in single precision.
  var narrowed: Matrix { Matrix(rows: rows, columns: columns, elements.map { Float($0) }) }
}
