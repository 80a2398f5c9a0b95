internal import AttuneCore
internal import AttuneData
internal import AttuneTraining
internal import Foundation

/// Gathers along a stream what an `AnswerRecord` says.
struct AnswerCollection {
  private let targets: Targets
  private var calibration = CalibrationBins()
  private var confusion: ConfusionCounts?
  private var pairs: [(actual: Double, predicted: Double)] = []

  init(_ targets: Targets) {
    self.targets = targets
    if case .classes(_, let names) = targets, names.count <= ConfusionCounts.limit {
      confusion = ConfusionCounts(classes: names.count)
    }
  }

  /// Takes the answers of a batch.
  ///
  /// - Parameters:
  ///   - output: what the strategy answered, on the network's scale; of a classifier logits.
  ///   - predicted: the same in the target's unit.
  ///   - range: the rows of the stream that it answered.
  mutating func add(_ output: Matrix, predicted: Matrix, rows range: Range<Int>) {
    switch targets {
    case .classes(let labels, let names):
      for (row, answer) in output.rowArgmax.enumerated() {
        let label = labels[range.lowerBound + row]
        calibration.add(confidence: Self.confidence(output, row: row), isRight: answer == label)
        if label < names.count, answer < names.count { confusion?.add(actual: label, answered: answer) }
      }
    case .values(let values):
      for (row, place) in range.enumerated() {
        pairs.append((Double(values[place, 0]), Double(predicted[row, 0])))
      }
    case .none: return
    }
  }

  /// The largest probability: one through the sum of `exp(logit − largest logit)`.
  private static func confidence(_ output: Matrix, row: Int) -> Double {
    var highest = -Double.infinity
    for column in 0..<output.columns { highest = max(highest, Double(output[row, column])) }
    var sum = 0.0
    for column in 0..<output.columns { sum += exp(Double(output[row, column]) - highest) }
    return 1 / sum
  }

  /// What was gathered; nil without answers.
  var record: AnswerRecord? {
    switch targets {
    case .classes:
      guard calibration.rows.contains(where: { $0 > 0 }) else { return nil }
      return AnswerRecord(calibration: calibration, confusion: confusion, quantiles: [])
    case .values:
      let bins = QuantileBin.bins(pairs)
      return bins.isEmpty ? nil : AnswerRecord(calibration: nil, confusion: nil, quantiles: bins)
    case .none: return nil
    }
  }
}
