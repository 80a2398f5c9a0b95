internal import AttuneCore
internal import Foundation

/// Information and answers by counting the training rows that agree with what a row has.
///
/// `I(y; x_i | x_S)` is that of the empirical distribution among those rows, exact where the training rows are the
/// whole distribution. The answer is the logarithm of the class shares among them, the shares of all rows counting as
/// one row more.
struct DiscreteInformation: AcquisitionPolicy {
  private let levels: FeatureLevels
  private let rows: [[Int]]
  private let labels: [Int]
  private let shares: [Double]

  let givesInformation = true

  init(_ training: LabeledRows, levels: Int) {
    self.levels = FeatureLevels(training.inputs, levels: levels)
    rows = self.levels.levels(training.inputs)
    labels = training.targets.rowArgmax
    let classes = training.targets.columns
    var counts = [Double](repeating: 1 / Double(classes), count: classes)
    for label in labels { counts[label] += 1 }
    let total = Double(labels.count + 1)
    shares = counts.map { $0 / total }
  }

  func answers(_ rows: MaskedRows) throws -> Matrix {
    collected(rows, width: shares.count) { _, matching in
      OperationCounter.add(matching.count + 2 * shares.count)
      var counts = shares
      for row in matching { counts[labels[row]] += 1 }
      return counts.map { Float(log($0 / Double(matching.count + 1))) }
    }
  }

  func scores(_ rows: MaskedRows, answering: Bool) throws -> (scores: Matrix, answers: Matrix?) {
    let scores = collected(rows, width: rows.mask.columns) { known, matching in
      (0..<rows.mask.columns).map { column in
        if known[column] != nil { return 0 }
        let found = information(column, matching)
        // What brings nothing is not acquired: rounding is not information.
        return found > 1e-9 ? Float(found) : -1
      }
    }
    return (scores, answering ? try answers(rows) : nil)
  }

  /// `I(y; x_column)` among some training rows, in nats.
  func information(_ column: Int, _ matching: [Int]) -> Double {
    let width = shares.count, count = levels.count(column)
    var joint = [Double](repeating: 0, count: count * width)
    for row in matching { joint[rows[row][column] * width + labels[row]] += 1 }
    OperationCounter.add(matching.count + 6 * joint.count)
    return Self.information(joint, width: width)
  }

  /// The mutual information of a table of counts, in nats.
  static func information(_ joint: [Double], width: Int) -> Double {
    let total = joint.reduce(0, +), count = joint.count / width
    guard total > 0 else { return 0 }
    var columns = [Double](repeating: 0, count: width), lines = [Double](repeating: 0, count: count)
    for (place, value) in joint.enumerated() {
      columns[place % width] += value
      lines[place / width] += value
    }
    var sum = 0.0
    for (place, value) in joint.enumerated() where value > 0 {
      sum += value * log(value * total / (columns[place % width] * lines[place / width]))
    }
    return max(0, sum / total)
  }

  /// A line for each row; rows that know the same have the same one.
  private func collected(
    _ given: MaskedRows, width: Int, _ line: (_ known: [Int?], _ matching: [Int]) -> [Float]
  ) -> Matrix {
    var lines: [[Int?]: [Float]] = [:]
    return Matrix(rows: given.mask.rows, columns: width) { out in
      for row in 0..<given.mask.rows {
        let known = given.mask.row(row).enumerated().map { column, kept in
          kept > 0 ? levels.level(given.known[row, column], column) : nil
        }
        let found = lines[known] ?? line(known, matching(known))
        lines[known] = found
        for (column, value) in found.enumerated() { out[row * width + column] = value }
      }
    }
  }

  private func matching(_ known: [Int?]) -> [Int] {
    let wanted = known.enumerated().compactMap { column, level in level.map { (column: column, level: $0) } }
    OperationCounter.add(rows.count * wanted.count)
    return rows.indices.filter { row in wanted.allSatisfy { rows[row][$0.column] == $0.level } }
  }
}
