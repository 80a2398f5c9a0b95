internal import AttuneCore
internal import AttuneData
internal import AttuneTraining

/// What the rows of a file really are, in their order, for scoring.
struct StreamLabels {
  let path: String
  private let values: Matrix
  private let isClassifier: Bool

  /// Reads one number a row: the class by its position among the outputs, from 0, or a regression's value.
  ///
  /// - Throws: `FileError`; `DataError` for a file of another width, or a number that is no class of the model.
  init(_ path: String, for model: Model) throws {
    self.path = path
    values = try NPY.read(path: path)
    isClassifier = model.task == .classification
    guard values.columns == 1 else {
      throw DataError(
        path: path, problems: [.init(expected: "one number a row, but there are \(values.columns) columns")],
        advice: "give an array [rows] of class numbers or values")
    }
    guard isClassifier else { return }
    let classes = model.network.outputDimension
    let wrong = values.elements.indices.filter {
      !(values[$0, 0] >= 0 && values[$0, 0] < Float(classes) && values[$0, 0] == values[$0, 0].rounded())
    }
    guard wrong.isEmpty else {
      throw DataError(
        path: path,
        problems: wrong.prefix(DataError.problemLimit).map {
          .init(row: $0 + 1, value: "\(values[$0, 0])", expected: "a class number from 0 to \(classes - 1)")
        }, count: wrong.count, advice: "number the classes in the order of the model's outputs")
    }
  }

  var count: Int { values.rows }

  /// The classes of all rows; empty for a regression.
  var classes: [Int] { isClassifier ? values.elements.map { Int($0) } : [] }

  /// The wrong answers, or the sum of squared differences, of answers to the rows from `start` on.
  ///
  /// - Throws: `DataError` where the labels are fewer than the rows.
  func penalty(of answers: Matrix, from start: Int) throws -> Double {
    guard start + answers.rows <= count else { throw mismatch(rows: "at least \(start + answers.rows)") }
    guard isClassifier else {
      return (0..<answers.rows).reduce(0) { sum, row in
        let difference = Double(answers[row, 0]) - Double(values[start + row, 0])
        return sum + difference * difference
      }
    }
    return Double(answers.rowArgmax.enumerated().count { Float($1) != values[start + $0, 0] })
  }

  /// Throws unless there are as many labels as rows.
  func checkCount(rows: Int) throws {
    guard rows == count else { throw mismatch(rows: "\(rows)") }
  }

  private func mismatch(rows: String) -> DataError {
    DataError(
      path: path, problems: [.init(expected: "a label for each of \(rows) rows, but there are \(count)")],
      advice: "give the labels of these rows, in their order")
  }
}
