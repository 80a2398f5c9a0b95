internal import AttuneCore
internal import AttuneData
internal import AttuneInference
internal import AttuneTraining

/// Scores the answers of a strategy at each of its budgets.
struct CurveFigures {
  private struct Budget {
    var scores: Scores
    var figures: StreamFigures
    var kept = 0, rows = 0
  }

  private let model: Model
  private let targets: Targets
  private var budgets: [Double: Budget] = [:]

  init(_ model: Model, _ targets: Targets) { (self.model, self.targets) = (model, targets) }

  /// Takes the answers to the rows of a batch at each budget.
  mutating func add(_ answers: [CurveAnswer], rows range: Range<Int>) {
    for answer in answers {
      var budget =
        budgets[answer.budget]
        ?? Budget(
          scores: Scores(model: model, targets: targets), figures: StreamFigures(model: model, targets: targets))
      budget.scores.add(model.output(answer.output), rows: range)
      budget.figures.add(answer.output, rows: range)
      budget.kept += answer.keptCount
      budget.rows += range.count
      budgets[answer.budget] = budget
    }
  }

  /// The points in the order of their budgets; nil without any.
  var points: [CurvePoint]? {
    let points = budgets.sorted { $0.key < $1.key }.compactMap { budget, found -> CurvePoint? in
      guard let quality = found.scores.total else { return nil }
      return CurvePoint(
        budget: budget, features: Double(found.kept) / Double(max(1, found.rows)), quality: quality,
        metrics: found.figures.metrics)
    }
    return points.isEmpty ? nil : points
  }
}
