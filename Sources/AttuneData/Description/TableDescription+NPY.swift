internal import AttuneCore

extension TableDescription {
  /// Describes a NumPy file of one or two dimensions, which is read whole.
  ///
  /// - Throws: `FileError` if the file cannot be read, `DataError` if it is not such an array.
  public static func npy(path: String) throws -> TableDescription {
    let bytes = try NPY.bytes(at: path)
    let header = try NPYHeader(bytes, path: path)
    let values = try NPY.parse(bytes, path: path, allowingNonFinite: true)
    var result = TableDescription(
      path: path, format: "npy", bytes: bytes.count, rows: values.rows, columns: [])
    result.elementType = "\(header.kind.rawValue)\(header.size)"
    result.columns = (0..<values.columns).map { column in
      let name = values.columns == 1 ? "values" : "feature_\(column)"
      return summary(of: values, column, name: name, isInteger: header.kind != .float)
    }
    return result
  }

  private static func summary(
    of values: Matrix, _ column: Int, name: String, isInteger: Bool
  ) -> ColumnSummary {
    var counts: [Float: Int]? = [:], missing: [String: Int] = [:], numbers = 0, mean = 0.0
    var low = Float.infinity, high = -Float.infinity, isWhole = true
    for row in 0..<values.rows {
      let value = values[row, column]
      guard value.isFinite else {
        missing["\(value)", default: 0] += 1
        continue
      }
      numbers += 1
      mean += (Double(value) - mean) / Double(numbers)
      (low, high) = (min(low, value), max(high, value))
      isWhole = isWhole && value == value.rounded()
      counts?[value, default: 0] += 1
      if let known = counts, known.count > 1000 { counts = nil }
    }
    let levels = (counts ?? [:]).sorted { ($1.value, $0.key) < ($0.value, $1.key) }
    let kind: ColumnSummary.Kind =
      numbers == 0 ? .empty : low == high ? .constant : isInteger || isWhole ? .integer : .number
    return ColumnSummary(
      name: name, kind: kind, missing: missing.values.reduce(0, +), missingMarks: missing, distinct: counts?.count,
      minimum: numbers == 0 ? nil : Double(low), mean: numbers == 0 ? nil : mean,
      maximum: numbers == 0 ? nil : Double(high),
      levels: levels.map { .init(value: NumberText.short(Double($0.key)), count: $0.value) }, oddCount: 0, oddCells: [],
      suspectedMark: nil, suspectedTexts: [])
  }
}

/// Numbers for people.
public enum NumberText {
  /// At most six digits that count; whole numbers whole.
  public static func short(_ value: Double) -> String {
    if value == value.rounded(), abs(value) < 1e15 { return "\(Int(value))" }
    guard value.isFinite, value != 0 else { return "\(value)" }
    var scale = 1.0
    // Digits behind the point, so that six of them count.
    for _ in 0..<max(0, 5 - Int(value.magnitude.exponent10)) { scale *= 10 }
    let rounded = (value * scale).rounded() / scale
    return rounded == rounded.rounded() && abs(rounded) < 1e15 ? "\(Int(rounded))" : "\(rounded)"
  }
}

extension Double {
  /// The power of ten of the first digit.
  fileprivate var exponent10: Int {
    var power = 0, value = self
    while value >= 10, power < 400 { (value, power) = (value / 10, power + 1) }
    while value < 1, value > 0, power > -400 { (value, power) = (value * 10, power - 1) }
    return power
  }
}
