internal import AttuneCore

/// Turns class numbers of a binary file into class targets.
struct ClassNumbers {
  /// The file that the numbers come from, for errors.
  let path: String
  /// The names of the classes 0, 1, …; nil where the numbers are the names.
  var names: [String]?

  /// Class targets of one number a row.
  ///
  /// Without names and known classes, the classes are the numbers that occur, in order.
  ///
  /// - Parameter known: the classes of a model or training part, in order; nil takes those of the file.
  /// - Throws: `DataError` for a number that is not whole or too large to be exact, has no name, or is none of the known classes.
  func targets(_ values: [Float], known: [String]?) throws -> Targets {
    var numbers: [Int] = []
    numbers.reserveCapacity(values.count)
    for (row, value) in values.enumerated() {
      guard value.magnitude < Self.limit else { throw Self.tooLarge(path, row: row, value) }
      guard let number = Int(exactly: value) else {
        throw DataError(
          path: path, problems: [.init(row: row + 1, value: "\(value)", expected: "a class as a whole number")],
          advice: "number the classes, or set the task to regression")
      }
      numbers.append(number)
    }
    let classes = known ?? names ?? Set(numbers).sorted().map(String.init)
    let positions = Dictionary(classes.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
    var labels: [Int: Int] = [:]
    for number in Set(numbers) {
      if let names, !names.indices.contains(number) { continue }
      labels[number] = positions[names?[number] ?? "\(number)"]
    }
    return .classes(
      labels: try numbers.enumerated().map { row, number in
        guard let label = labels[number] else { throw unknown(number, row: row, classes) }
        return label
      }, names: classes)
  }

  /// From here on 32-bit floats do not tell neighboring whole numbers apart.
  static let limit: Float = 0x1p24

  /// The error of a number that may have been rounded to another class's.
  private static func tooLarge(_ path: String, row: Int, _ value: Float) -> DataError {
    let found = Int(exactly: value).map { "about \($0)" } ?? "\(value)"
    return DataError(
      path: path, problems: [.init(row: row + 1, value: found, expected: "a class number below 16777216 (2^24)")],
      advice: "classes are read as 32-bit floats, which run larger numbers together: number the classes from 0 to the "
        + "number of classes less 1, or set the task to regression")
  }

  private func unknown(_ number: Int, row: Int, _ classes: [String]) -> DataError {
    if let names, !names.indices.contains(number) {
      return DataError(
        path: path,
        problems: [.init(row: row + 1, value: "\(number)", expected: "a class from 0 to \(names.count - 1)")],
        advice: "name all classes, in the order of their numbers")
    }
    let shown = classes.prefix(10).joined(separator: ", ") + (classes.count > 10 ? ", …" : "")
    let given = names.map { $0[number] } ?? "\(number)"
    return DataError(
      path: path, problems: [.init(row: row + 1, value: given, expected: "one of \(shown)")],
      advice: "the model knows only the classes of its training part")
  }
}

extension ImageShape {
  /// The size of the images in an array whose first dimension counts them; nil where the rest is no image of one
  /// channel.
  init?(rowsOf dimensions: [Int]) {
    guard dimensions.count >= 3 else { return nil }
    var rest = Array(dimensions.dropFirst())
    // One channel may come first or last.
    if rest.count == 3, let place = rest.last == 1 ? 2 : rest.first == 1 ? 0 : nil { rest.remove(at: place) }
    guard rest.count == 2 else { return nil }
    self.init(height: rest[0], width: rest[1])
  }
}
