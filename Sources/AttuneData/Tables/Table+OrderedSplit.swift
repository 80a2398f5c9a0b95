extension Table {
  /// The first rows of a table to train, the later ones to test.
  ///
  /// - Parameters:
  ///   - trainFraction: share of the training part, strictly between 0 and 1.
  ///   - keys: a time for each row, by which the rows are sorted first, rows of one time in the order of the table; nil
  ///     takes the order of the table.
  /// - Throws: `SplitError` if the fraction is out of range, a part would be empty, or the times cannot be ordered.
  public func splitInTime(trainFraction: Double, sortedBy keys: [String]? = nil) throws -> (train: Table, test: Table) {
    try SplitError.requireFraction(trainFraction)
    let order = try keys.map { try TimeKeys.order(of: $0) } ?? Array(0..<count)
    let taken = try SplitError.trainingCount(of: count, trainFraction)
    return (rows(at: order[..<taken]), rows(at: order[taken...]))
  }

  /// A split by published lists of rows; rows in neither list are left out.
  ///
  /// - Throws: `SplitError` if a list is empty, names a row that the table does not have, or both name one row.
  public func split(train: [Int], test: [Int]) throws -> (train: Table, test: Table) {
    let parts = (try rows(listed: train, as: "training"), try rows(listed: test, as: "test"))
    let known = Set(train)
    if let row = test.first(where: known.contains) {
      throw SplitError(
        problem: "row \(row) is in the training list and in the test list", advice: "remove it from one of them")
    }
    return parts
  }

  /// The rows of a published list, in its order.
  ///
  /// - Parameter title: what the rows are for, for the error.
  /// - Throws: `SplitError` if the list is empty or names a row that the table does not have.
  public func rows(listed list: [Int], as title: String) throws(SplitError) -> Table {
    guard !list.isEmpty else {
      throw SplitError(problem: "the list of \(title) rows is empty", advice: "give one row or more")
    }
    if let row = list.first(where: { !(0..<count).contains($0) }) {
      throw SplitError(
        problem: "the list of \(title) rows names row \(row), and the \(count) rows are numbered from 0",
        advice: "check that the list belongs to these data")
    }
    return rows(at: list)
  }
}

/// Times as text, and the order that they stand for.
enum TimeKeys {
  /// The rows in the order of their times, rows of one time as given: as numbers if all are, else as the text of dates
  /// that sort so.
  static func order(of keys: [String]) throws(SplitError) -> [Int] {
    let numbers = keys.compactMap { DecimalNumber.isNumber($0) ? Double($0) : nil }
    guard numbers.count != keys.count else {
      return keys.indices.sorted { (numbers[$0], $0) < (numbers[$1], $1) }
    }
    let pattern = keys.first.map(form(of:)) ?? ""
    for (row, key) in keys.enumerated() where form(of: key) != pattern || !pattern.hasPrefix("9999") {
      throw SplitError(
        problem: "row \(row + 1) has the time \(key.debugDescription), which cannot be ordered",
        advice: "write all times as numbers, or all as dates of one form that begins with the year, such as 2014-10-13")
    }
    return keys.indices.sorted { (keys[$0], $0) < (keys[$1], $1) }
  }

  /// The text with every digit made a 9: dates of one form have this in common.
  private static func form(of key: String) -> String {
    String(key.map { $0.isASCII && $0.isNumber ? "9" : $0 })
  }
}

extension SplitError {
  static func requireFraction(_ fraction: Double) throws(SplitError) {
    guard fraction > 0 && fraction < 1 else {
      throw SplitError(
        problem: "the training fraction is \(fraction)", advice: "give a fraction between 0 and 1, such as 0.8")
    }
  }
}
