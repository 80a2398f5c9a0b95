internal import AttuneCore

/// Acquires inputs row by row, greedily, until a stopping rule holds.
///
/// Each step takes the input of the highest score, per unit of cost where scores are information. A row stops for
/// good when that input does not pass the rule; a cheaper one is not tried, so that the inputs of a smaller budget
/// are the first of those of a larger one.
///
/// - Source: the loop of Gadgil, Covert, Lee (2024), Estimating conditional mutual information for dynamic feature
///   selection, ICLR, arXiv:2306.03301, with its three rules.
struct FeatureAcquisition<Policy: AcquisitionPolicy>: Sendable {
  let policy: Policy
  let costs: [Double]

  /// What each row of a batch acquires.
  func purchases(_ batch: Matrix, until stop: AcquisitionStop) throws -> Purchases {
    var purchases = Purchases(rows: batch.rows, costs: costs)
    var mask = Matrix(rows: batch.rows, columns: batch.columns), spent = [Double](repeating: 0, count: batch.rows)
    var active = Array(0..<batch.rows)
    let cheapest = costs.min() ?? 0
    for _ in 0..<batch.columns {
      if case .budget(let limit) = stop {
        active.removeAll { !Purchases.isPaid(spent[$0] + cheapest, by: limit.budget) }
      }
      guard !active.isEmpty else { break }
      let isAll = active.count == batch.rows
      let rows = MaskedRows(
        isAll ? batch : batch.rows(at: active), mask: isAll ? mask : mask.rows(at: active))
      let (scores, answers) = try policy.scores(rows, answering: stop.needsAnswers)
      let sure = confidences(answers, stop)
      var next: [Int] = []
      for (place, row) in active.enumerated() {
        guard let best = best(scores, rows.mask, place), isWorth(best, stop, sure: sure?[place], spent: spent[row])
        else { continue }
        purchases.add(best.input, to: row)
        mask[row, best.input] = 1
        spent[row] += costs[best.input]
        next.append(row)
      }
      active = next
    }
    return purchases
  }

  /// The answers with what the rows acquired, as far as a budget pays for it.
  func answers(_ batch: Matrix, _ purchases: Purchases, within budget: Double = .infinity) throws -> Matrix {
    try answers(MaskedRows(batch, mask: purchases.mask(within: budget)))
  }

  /// The answers from what is known; rows of which nothing is have one answer, to the bit, whatever batch they are in.
  func answers(_ rows: MaskedRows) throws -> Matrix {
    var output = try policy.answers(rows)
    let unknown = (0..<output.rows).filter { row in rows.mask.row(row).allSatisfy { $0 == 0 } }
    guard !unknown.isEmpty else { return output }
    let nothing = Matrix(rows: 1, columns: costs.count), answer = try policy.answers(MaskedRows(nothing, mask: nothing))
    for row in unknown {
      for j in 0..<output.columns { output[row, j] = answer[0, j] }
    }
    return output
  }

  private func confidences(_ answers: Matrix?, _ stop: AcquisitionStop) -> [Double]? {
    guard stop.needsAnswers, let answers else { return nil }
    let shares = answers.softmax()
    return (0..<shares.rows).map { Double(shares.row($0).max() ?? 0) }
  }

  /// The input of the highest score that a row does not have; the first of equals.
  private func best(_ scores: Matrix, _ mask: Matrix, _ row: Int) -> (input: Int, score: Double)? {
    var best: (input: Int, score: Double)?
    for input in costs.indices where mask[row, input] == 0 {
      let score = Double(scores[row, input]) / (policy.givesInformation ? costs[input] : 1)
      if score > best?.score ?? -.infinity { best = (input, score) }
    }
    return best
  }

  private func isWorth(
    _ best: (input: Int, score: Double), _ stop: AcquisitionStop, sure: Double?, spent: Double
  ) -> Bool {
    if policy.givesInformation, best.score < 0 { return false }
    switch stop {
    case .budget(let budget): return Purchases.isPaid(spent + costs[best.input], by: budget.budget)
    case .penalized(let penalty): return best.score > penalty.lambda
    case .confidence(let confidence): return (sure ?? 0) < confidence.probability
    }
  }
}
