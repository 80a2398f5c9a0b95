/// Finds what a misspelled name was meant to be.
enum NearestName {
  /// The candidate with the fewest edits to `name`, the first of equals; nil without candidates.
  static func of(_ name: String, in candidates: [String]) -> String? {
    candidates.map { ($0, distance(name, $0)) }.min { $0.1 < $1.1 }?.0
  }

  /// Levenshtein's distance: insertions, deletions and substitutions from one to the other, letter case aside.
  static func distance(_ left: String, _ right: String) -> Int {
    let a = Array(left.lowercased()), b = Array(right.lowercased())
    var previous = Array(0...b.count)
    for i in a.indices {
      var current = [i + 1]
      for j in b.indices {
        current.append(min(previous[j + 1] + 1, current[j] + 1, previous[j] + (a[i] == b[j] ? 0 : 1)))
      }
      previous = current
    }
    return previous[b.count]
  }
}
