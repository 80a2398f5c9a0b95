/// What a value of a config may be.
indirect enum SchemaNode: Equatable, Sendable {
  case boolean, integer, number, string
  /// One of some texts.
  case enumeration([String])
  case array(SchemaNode)
  /// A mapping with keys of the user's.
  case dictionary(SchemaNode)
  case object(SchemaObject)
  case anyOf([SchemaNode])
  /// A definition, by its name.
  case reference(String)
  case anything, anyMapping

  /// One of several, each once, without a choice where there is nothing to choose.
  static func choice(of nodes: [SchemaNode]) -> SchemaNode {
    var different: [SchemaNode] = []
    for node in nodes.flatMap(\.alternatives) where !different.contains(node) { different.append(node) }
    // An integer is a number too.
    if different.contains(.number) { different.removeAll { $0 == .integer } }
    return different.count == 1 ? different[0] : .anyOf(different)
  }

  private var alternatives: [SchemaNode] {
    if case .anyOf(let nodes) = self { nodes } else { [self] }
  }
}

/// A mapping with known keys.
struct SchemaObject: Equatable, Sendable {
  /// Name and value of the key that says of which kind it is.
  var selector: Selector?
  /// The keys, in the order in which they are read.
  var properties: [SchemaProperty] = []
  /// What it is.
  var description: String?

  /// What says of which kind a mapping is: `kind: adam`.
  struct Selector: Equatable, Sendable {
    var key: String
    var values: [String]
  }
}

/// A key of a mapping.
struct SchemaProperty: Equatable, Sendable {
  var key: String
  var value: SchemaNode
  var isRequired: Bool
  /// What holds where the key is left out; nil where nothing is known of it, or nothing holds.
  var standard: ConfigNode?
  /// Whether a mapping there that names no kind changes keys of the default.
  var inheritsKind = false
  /// Whether `null` stands for leaving it out.
  var allowsNull = false
  /// The type that reads the key, for its description.
  var owner: String

  static func == (left: SchemaProperty, right: SchemaProperty) -> Bool {
    left.key == right.key && left.value == right.value && left.isRequired == right.isRequired
      && left.owner == right.owner && left.inheritsKind == right.inheritsKind && left.allowsNull == right.allowsNull
      && (left.standard == nil) == (right.standard == nil)
      && (left.standard.map { standard in right.standard.map(standard.hasSameValue) ?? false } ?? true)
  }
}
