internal import AttuneCore

/// One attempt to decode a type, with what the probe answers and what it was asked.
final class SchemaRun {
  /// What the probe plays.
  enum Role: Equatable {
    /// A mapping without a kind.
    case mapping
    /// A mapping that names a kind; nil for one that is not known yet.
    case kind(String?)
    /// A text.
    case text(String)
  }

  let role: Role
  /// Answers for keys of text that say of which kind a mapping is.
  var answers: [String: String] = [:]
  /// Whether keys of several types are not texts.
  var refusesText = false
  /// Whether lists have an element.
  var fillsLists = false
  /// Keys that are there, of those that may be left out.
  var present: Set<String> = []

  /// The keys that were asked for, in their order.
  private(set) var properties: [SchemaProperty] = []
  /// The kinds that there are; nil where nobody asked.
  var kinds: [String]?
  /// Whether someone looked whether a kind is there.
  var asksForKind = false
  /// Types of single values that were asked for.
  var singles: [SchemaNode] = []
  var acceptsAnything = false, acceptsAnyMapping = false
  /// Whether a mapping was asked for.
  var isMapping = false

  init(_ role: Role) { self.role = role }

  func note(_ property: SchemaProperty) {
    guard let index = properties.firstIndex(where: { $0.key == property.key }) else {
      properties.append(property)
      return
    }
    // `try? text ?? list` asks twice.
    properties[index].value = .choice(of: [properties[index].value, property.value])
    properties[index].isRequired = properties[index].isRequired && property.isRequired
  }

  func restrict(_ key: String, to values: [String]) {
    guard let index = properties.firstIndex(where: { $0.key == key }) else { return }
    properties[index].value = .enumeration(values)
  }
}

/// Why a probe cannot go on.
enum SchemaProbeError: Error {
  /// A mapping was asked for its kind, and there is none.
  case needsKind
  /// The value is of another type than the one played.
  case mismatch
  /// The type contains itself.
  case recursion
}
