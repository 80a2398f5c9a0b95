/// An ONNX graph in the making: nodes in the order of computation, and the tensors that they read.
///
/// - Source: onnx.proto3 of ONNX 1.20, messages GraphProto, NodeProto, AttributeProto, TensorProto and ValueInfoProto.
struct ONNXGraph {
  /// A setting of a node.
  enum Attribute {
    case integer(String, Int)
    case float(String, Float)
  }

  /// The types of elements that are used here, by their numbers in the format.
  enum Element: Int {
    case float = 1
    case integer64 = 7
    case boolean = 9
    case double = 11
  }

  private var nodes = ProtobufMessage()
  private var tensors = ProtobufMessage()
  private var ends = ProtobufMessage()
  private var names: Set<String> = []

  /// Adds a node.
  ///
  /// - Parameter name: wanted for its output; a number is appended where it is taken.
  /// - Returns: the name of its output.
  mutating func add(
    _ operation: String, _ inputs: [String], named name: String, _ attributes: [Attribute] = []
  ) -> String {
    let output = unused(name)
    var node = ProtobufMessage()
    for input in inputs { node.add(1, input.utf8) }
    node.add(2, output.utf8)
    node.add(3, output.utf8)
    node.add(4, operation.utf8)
    for attribute in attributes { node.add(5, Self.message(attribute).bytes) }
    nodes.add(1, node.bytes)
    return output
  }

  /// Adds a conversion of every element.
  mutating func cast(_ input: String, to element: Element, named name: String) -> String {
    add("Cast", [input], named: name, [.integer("to", element.rawValue)])
  }

  /// Adds a tensor of floats, row by row.
  mutating func constant(_ values: [Float], shape: [Int], named name: String) -> String {
    tensor(.float, shape, name, bytes: values.littleEndianBytes { $0.bitPattern })
  }

  /// Adds a tensor of doubles, row by row.
  mutating func constant(_ values: [Double], shape: [Int], named name: String) -> String {
    tensor(.double, shape, name, bytes: values.littleEndianBytes { $0.bitPattern })
  }

  /// Adds a tensor of integers, row by row.
  mutating func constant(_ values: [Int], shape: [Int], named name: String) -> String {
    tensor(.integer64, shape, name, bytes: values.littleEndianBytes { Int64($0) })
  }

  /// Adds a tensor of truth values, row by row.
  mutating func constant(_ values: [Bool], shape: [Int], named name: String) -> String {
    tensor(.boolean, shape, name, bytes: values.map { $0 ? 1 : 0 })
  }

  private mutating func tensor(_ element: Element, _ shape: [Int], _ name: String, bytes: [UInt8]) -> String {
    let name = unused(name)
    var tensor = ProtobufMessage()
    for size in shape { tensor.add(1, size) }
    tensor.add(2, element.rawValue)
    tensor.add(8, name.utf8)
    tensor.add(9, bytes)
    tensors.add(5, tensor.bytes)
    return name
  }

  /// Declares an input of the graph, `[rows, columns]` floats with any number of rows.
  mutating func addInput(_ name: String, columns: Int) {
    names.insert(name)
    ends.add(11, Self.value(name, columns).bytes)
  }

  /// Declares an output of the graph, `[rows, columns]` floats.
  mutating func addOutput(_ name: String, columns: Int) { ends.add(12, Self.value(name, columns).bytes) }

  /// The graph.
  func message(named name: String) -> ProtobufMessage {
    var graph = nodes
    graph.add(2, name.utf8)
    graph.append(tensors)
    graph.append(ends)
    return graph
  }

  private mutating func unused(_ name: String) -> String {
    var found = name, number = 1
    while !names.insert(found).inserted { (number, found) = (number + 1, "\(name)_\(number + 1)") }
    return found
  }

  private static func value(_ name: String, _ columns: Int) -> ProtobufMessage {
    var rows = ProtobufMessage(), width = ProtobufMessage(), shape = ProtobufMessage()
    rows.add(2, "rows".utf8)
    width.add(1, columns)
    shape.add(1, rows.bytes)
    shape.add(1, width.bytes)
    var tensor = ProtobufMessage(), type = ProtobufMessage(), value = ProtobufMessage()
    tensor.add(1, Element.float.rawValue)
    tensor.add(2, shape.bytes)
    type.add(1, tensor.bytes)
    value.add(1, name.utf8)
    value.add(2, type.bytes)
    return value
  }

  private static func message(_ attribute: Attribute) -> ProtobufMessage {
    var message = ProtobufMessage()
    // An attribute without its type (20: 1 for a float, 2 for an integer) is refused by ONNX Runtime.
    switch attribute {
    case .integer(let name, let value):
      message.add(1, name.utf8)
      message.add(3, value)
      message.add(20, 2)
    case .float(let name, let value):
      message.add(1, name.utf8)
      message.add(2, value)
      message.add(20, 1)
    }
    return message
  }
}

extension Array {
  /// The elements as bytes, the lowest first.
  fileprivate func littleEndianBytes<Number: FixedWidthInteger>(_ bits: (Element) -> Number) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(count * MemoryLayout<Number>.size)
    for element in self { Swift.withUnsafeBytes(of: bits(element).littleEndian) { bytes.append(contentsOf: $0) } }
    return bytes
  }
}
