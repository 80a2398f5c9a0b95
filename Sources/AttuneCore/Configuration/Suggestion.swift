/// The nearest of some names to a mistyped one.
package enum Suggestion {
  /// The name that was probably meant: spelled alike but for case and separators, the only one that begins with what
  /// was given, at most two edits away, or one a prefix of the other; nil if none is near.
  ///
  /// - Complexity: O(names · length²) for names of at most 64 characters; longer ones have no neighbors.
  package static func nearest(to given: String, among names: some Collection<String>) -> String? {
    guard given.utf8.count <= 64, !given.isEmpty else { return nil }
    let start = plain(given)
    let longer = start.count < 2 ? [] : names.filter { $0.utf8.count <= 64 && plain($0).starts(with: start) }
    // Names that are spelled alike begin with it too: the cost finds them below.
    if longer.count == 1 { return longer[0] == given ? nil : longer[0] }
    var best: (cost: Int, name: String)?
    for name in names where name != given && name.utf8.count <= 64 {
      guard let cost = cost(given, name) else { continue }
      if best.map({ (cost, name) < ($0.cost, $0.name) }) ?? true { best = (cost, name) }
    }
    return best?.name
  }

  /// `did you mean 'momentum'? Allowed here: dampening, kind, …`, without the first part if nothing is near, and
  /// without the second if there is nothing to list.
  package static func text(
    for given: String?, among names: some Collection<String>, listing listed: [String]?, title: String
  ) -> String? {
    let near = given.flatMap { nearest(to: $0, among: names) }.map { "did you mean \($0.quotedForMessage)?" }
    guard let listed else { return near }
    let shown = listed.sorted().prefix(40).map { String($0.quotedForMessage.dropFirst().dropLast()) }.joined(
      separator: ", ")
    let rest = listed.count > 40 ? ", … (\(listed.count - 40) more)" : ""
    let list = listed.isEmpty ? "Nothing is \(title.lowercased())" : "\(title): \(shown)\(rest)"
    return near.map { "\($0) \(list)" } ?? list.prefix(1).lowercased() + list.dropFirst()
  }

  private static func cost(_ given: String, _ name: String) -> Int? {
    let left = plain(given), right = plain(name)
    if left == right { return 0 }
    let limit = min(2, max(left.count, right.count) - 1)
    if abs(left.count - right.count) <= limit {
      let distance = editDistance(left, right)
      if distance <= limit { return distance }
    }
    let shorter = min(left.count, right.count)
    return shorter >= 2 && (left.starts(with: right) || right.starts(with: left)) ? 3 : nil
  }

  /// Without case and separators, as `batch_size` and `batchSize` are one name to a reader.
  private static func plain(_ name: String) -> [Character] {
    name.lowercased().filter { $0 != "_" && $0 != "-" }
  }

  /// Insertions, deletions, replacements and swaps of neighbors (optimal string alignment).
  package static func editDistance(_ left: [Character], _ right: [Character]) -> Int {
    var older: [Int] = [], old = Array(0...right.count)
    for (i, a) in left.enumerated() {
      var new = [i + 1]
      for (j, b) in right.enumerated() {
        var cost = min(old[j] + (a == b ? 0 : 1), old[j + 1] + 1, new[j] + 1)
        if i > 0, j > 0, a == right[j - 1], left[i - 1] == b { cost = min(cost, older[j - 1] + 1) }
        new.append(cost)
      }
      (older, old) = (old, new)
    }
    return old[right.count]
  }
}

extension String {
  /// In single quotes, shortened to 60 characters, control characters escaped, so that a message stays in its line.
  package var quotedForMessage: String {
    var text = ""
    for scalar in unicodeScalars.prefix(60) {
      switch scalar.properties.generalCategory {
      case .control, .format, .lineSeparator, .paragraphSeparator, .unassigned, .privateUse:
        text += scalar.escaped(asASCII: true)
      default: text.unicodeScalars.append(scalar)
      }
    }
    return "'\(text)\(unicodeScalars.count > 60 ? "…" : "")'"
  }
}
