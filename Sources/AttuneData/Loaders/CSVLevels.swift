/// The distinct texts of a column with their codes: given ones first, then new ones in the order in which they come.
struct CSVLevels {
  private(set) var names: [String]
  private var codes: [String: Int]
  private let given: Int?
  private let acceptsUnknown: Bool
  /// The number of names when the row began, so that a row that is left out leaves nothing behind.
  private var countBefore: Int

  /// - Parameters:
  ///   - given: the levels that are known; nil takes all that come.
  ///   - acceptsUnknown: whether further ones are taken beside given levels.
  init(given: [String]?, acceptsUnknown: Bool) {
    names = given ?? []
    codes = Dictionary(zip(names, names.indices), uniquingKeysWith: { first, _ in first })
    self.given = given?.count
    self.acceptsUnknown = acceptsUnknown
    countBefore = names.count
  }

  /// The code of a level; a new one where it may be; nil where the level is not known and may not come.
  mutating func code(of name: String) -> Int? {
    if let code = codes[name] { return code }
    guard given == nil || acceptsUnknown else { return nil }
    codes[name] = names.count
    names.append(name)
    return names.count - 1
  }

  /// Ends a row; the levels that it brought are forgotten unless it is kept.
  mutating func finishRow(keeps: Bool) {
    if !keeps {
      for name in names[countBefore...] { codes[name] = nil }
      names.removeSubrange(countBefore...)
    }
    countBefore = names.count
  }

  /// The names in order, given ones first and as given, and for each code its place among them.
  func order() -> (names: [String], codes: [Int]) {
    let fixed = given ?? 0
    let ordered = Array(names[..<fixed]) + CSVLevels.sorted(Array(names[fixed...]))
    let rank = Dictionary(zip(ordered, ordered.indices), uniquingKeysWith: { first, _ in first })
    return (ordered, names.map { rank[$0, default: 0] })
  }

  /// The first ten names, for messages.
  var listing: String {
    names.prefix(10).map(\.debugDescription).joined(separator: ", ") + (names.count > 10 ? ", …" : "")
  }

  /// Names in the order of their numbers if all are numbers, else of their text.
  static func sorted(_ names: [String]) -> [String] {
    let numbers = names.compactMap { DecimalNumber.isNumber($0) ? Double($0) : nil }
    guard numbers.count == names.count else { return names.sorted() }
    return zip(numbers, names).sorted { $0 < $1 }.map(\.1)
  }
}
