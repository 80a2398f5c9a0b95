internal import AttuneCore

/// A node with what has been asked of it, one object per node however often it is decoded.
final class VisitedNode {
  let node: ConfigNode
  let path: ConfigPath
  /// Where the user wrote the node, or the mapping whose defaults it comes from.
  let location: ConfigLocation

  /// What is known of the keys that were asked for.
  private enum Outcome {
    /// No type was decoded here: the keys are as complete as those of the node above.
    case inherited
    /// A type was decoded, so that it has asked for all it knows.
    case complete
    /// A type failed on the way.
    case incomplete
  }

  private var outcome = Outcome.inherited
  private var isOpen = false
  private var asked: Set<String> = []
  private var candidates: Set<String> = []
  private var hasDefaults = false
  private var children: [ConfigPath.Component: VisitedNode] = [:]

  init(_ node: ConfigNode, path: ConfigPath, location: ConfigLocation) {
    self.node = node
    self.path = path
    self.location = location
  }

  /// The value of a key, if the user wrote it.
  func child(_ key: String) -> VisitedNode? {
    if let known = children[.key(key)] { return known }
    guard let value = node.mapping?[key] else { return nil }
    let child = VisitedNode(value, path: path.appending(key: key), location: value.location)
    children[.key(key)] = child
    return child
  }

  /// An element of a sequence.
  func element(_ index: Int) -> VisitedNode? {
    if let known = children[.index(index)] { return known }
    guard let elements = node.sequence, elements.indices.contains(index) else { return nil }
    let child = VisitedNode(
      elements[index], path: path.appending(index: index), location: elements[index].location)
    children[.index(index)] = child
    return child
  }

  /// Marks the node as a mapping whose keys are looked at.
  func open() { isOpen = true }

  /// Marks a key as one that the type knows.
  func ask(_ key: String) { asked.insert(key) }

  /// Marks all keys, here and below, as ones that the type knows.
  func askAll() {
    guard let mapping = node.mapping else {
      for index in (node.sequence ?? []).indices { element(index)?.askAll() }
      return
    }
    open()
    for key in mapping.keys {
      ask(key)
      child(key)?.askAll()
    }
  }

  /// Runs the decoding of a type here; what a failed attempt asked for counts only as a hint.
  func attempt<Value>(defaults: ConfigMapping?, _ body: () throws -> Value) throws -> Value {
    let before = asked
    if let defaults {
      hasDefaults = true
      candidates.formUnion(defaults.keys)
    }
    do {
      let value = try body()
      outcome = .complete
      return value
    } catch {
      outcome = .incomplete
      candidates.formUnion(asked)
      asked = before
      throw error
    }
  }

  /// Adds the keys that nobody asked for, here and below.
  ///
  /// Where a type failed on the way it has not asked for all it knows; there only a key that is near to one it was
  /// seen to know, and that is absent, is reported.
  func collectUnknownKeys(into problems: inout [ConfigProblem], aboveIsComplete: Bool = true) {
    let isComplete = outcome == .inherited ? aboveIsComplete : outcome == .complete
    if isOpen, let mapping = node.mapping {
      let known = isComplete ? asked : asked.union(candidates)
      let absent = known.filter { mapping[$0] == nil }
      for entry in mapping.entries where !known.contains(entry.key) {
        let isNear = Suggestion.nearest(to: entry.key, among: absent) != nil
        guard isComplete || isNear else { continue }
        let listed = isComplete || hasDefaults ? Array(known) : nil
        let suggestion = Suggestion.text(
          for: entry.key, among: isNear ? absent : known, listing: listed, title: "Allowed here")
        problems.append(
          ConfigProblem(
            location: entry.keyLocation, path: path.appending(key: entry.key), message: "unknown key",
            suggestion: suggestion))
        if problems.count > 1_000 { return }
      }
    }
    for child in children.values {
      child.collectUnknownKeys(into: &problems, aboveIsComplete: isComplete)
    }
  }
}
