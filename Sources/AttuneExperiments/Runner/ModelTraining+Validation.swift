internal import AttuneCore
internal import AttuneData
internal import AttuneTraining

extension ModelTraining {
  /// The training rows that are learned from and those that are set aside, nil where none are.
  ///
  /// Which ones depends on the seed only; classes keep their shares. Where the data are split by time, the last rows
  /// validate: rows from between those that train would flatter. A bootstrap draws from the rows that are learned from
  /// alone: a row that is set aside is not among them.
  func parts<Rows: TableRows>(of rows: Rows, seed: UInt64) throws -> (fitted: Rows, validated: Rows?) {
    let (fitted, validated) = try split(rows, seed: seed)
    guard data.bootstrap, let table = fitted as? Table else { return (fitted, validated) }
    var generator = Philox(seed: seed).fork("data").fork("bootstrap")
    // In order, so that a part that is sorted by time stays so.
    let drawn = table.rows(at: (0..<table.count).map { _ in generator.nextIndex(below: table.count) }.sorted())
    return (drawn as? Rows ?? fitted, validated)
  }

  private func split<Rows: TableRows>(_ rows: Rows, seed: UInt64) throws -> (fitted: Rows, validated: Rows?) {
    guard let fraction = arm.validation?.fraction else { return (rows, nil) }
    guard !data.keepsTime else {
      let count = rows.count - Int((Double(rows.count) * fraction).rounded())
      guard count > 0, count < rows.count else {
        throw ConfigValueError(
          "\(rows.count) rows leave nothing to train or to validate on", key: "validation.fraction",
          given: "\(fraction)")
      }
      return (rows.part(0..<count), rows.part(count..<rows.count))
    }
    var generator = Philox(seed: seed).fork("validation")
    do {
      let (fitted, validated) = try rows.split(
        trainFraction: 1 - fraction, stratified: data.task == .classification, using: &generator)
      return (fitted, validated)
    } catch let error as SplitError {
      throw ConfigValueError(
        "\(rows.count) training rows leave none to validate on at \(fraction); \(error.advice), or leave validation out",
        key: "validation.fraction")
    }
  }

  /// Rows to validate on, with the quality figure of the task.
  func validation(on rows: some TableRows, _ model: Model) throws -> ValidationSet {
    let trained: any TrainingRows
    if let table = rows as? Table {
      trained = MatrixRows(
        features: try model.preprocessing.apply(table.features),
        targets: model.networkTargets(table.targets, rows: 0..<table.count))
    } else {
      trained = PreprocessedRows(rows, for: model)
    }
    return ValidationSet(trained) { TargetScorer(model: model, rows: rows) }
  }
}

/// Scores outputs by the targets of rows, which are read as they are needed.
private struct TargetScorer<Rows: TableRows>: OutputScorer {
  let model: Model
  let rows: Rows
  private var sum = QualitySum()

  init(model: Model, rows: Rows) { (self.model, self.rows) = (model, rows) }

  mutating func add(_ outputs: Matrix, rows range: Range<Int>) throws {
    sum.add(model.output(outputs), try rows.block(range).targets)
  }

  var quality: Double? { sum.quality }
}

extension ShapeError {
  /// The error of too few rows to train on, where the others were set aside.
  func blamingValidation(_ fraction: Double, _ count: Int) -> ShapeError {
    ShapeError(
      operation: operation, expected: expected,
      found: "\(found): validation.fraction \(fraction) sets aside the others of \(count) rows")
  }
}
