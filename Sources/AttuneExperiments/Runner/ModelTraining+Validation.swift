internal import AttuneCore
internal import AttuneData
internal import AttuneTraining

extension ModelTraining {
  /// The training rows that are learned from and those that are set aside, nil where none are.
  ///
  /// Which ones depends on the seed only; classes keep their shares. Where the data are split by time, the last rows
  /// validate: rows from between those that train would flatter.
  func parts(of rows: Table, seed: UInt64) throws -> (fitted: Table, validated: Table?) {
    guard let fraction = arm.validation?.fraction else { return (rows, nil) }
    guard !data.keepsTime else {
      let count = rows.count - Int((Double(rows.count) * fraction).rounded())
      guard count > 0, count < rows.count else {
        throw ConfigValueError(
          "a validation fraction of \(fraction) leaves one part of \(rows.count) rows empty", key: "training")
      }
      return (rows.rows(at: Array(0..<count)), rows.rows(at: Array(count..<rows.count)))
    }
    var generator = Philox(seed: seed).fork("validation")
    let (fitted, validated) = try rows.split(
      trainFraction: 1 - fraction, stratified: data.task == .classification, using: &generator)
    return (fitted, validated)
  }

  /// Rows to validate on, with the quality figure of the task.
  func validation(on rows: Table, _ model: Model) throws -> ValidationSet {
    let matrices = MatrixRows(
      features: try model.preprocessing.apply(rows.features),
      targets: model.networkTargets(rows.targets, rows: 0..<rows.count))
    return ValidationSet(matrices) { outputs in
      var scores = Scores(model: model, targets: rows.targets)
      scores.add(model.output(outputs), rows: 0..<rows.count)
      return scores.total
    }
  }
}
