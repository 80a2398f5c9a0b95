/// The header of a safetensors file, checked against the size of the rest.
struct SafetensorsHeader {
  struct Entry {
    let name: String
    let dataType: SafetensorsFile.DataType
    let shape: [Int]
    /// Where the tensor's bytes begin and end, from the end of the header.
    let begin: Int
    let end: Int
  }

  private(set) var metadata: [String: String] = [:]
  /// In the order of their bytes.
  private(set) var entries: [Entry] = []
  private(set) var warnings: [String] = []

  static let metadataKey = "__metadata__"

  /// The header's length from the file's first bytes, if the file can hold it.
  static func length(_ start: [UInt8], fileSize: Int, limit: Int) throws(ModelFileError) -> Int {
    guard start.count == 8 else {
      throw damaged(.file, "\(fileSize) bytes are too few for a safetensors file")
    }
    if start.starts(with: [0x50, 0x4B, 3, 4]) {
      throw ModelFileError(
        path: "", place: .file, what: "a zip archive (.pt and .npz are such), not a safetensors file",
        remedy: "save the tensors with safetensors.torch.save_file or safetensors.numpy.save_file")
    }
    let length = start.reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    guard length <= UInt64(fileSize - 8) else {
      throw damaged(.byte(0), "a header of \(length) bytes in a file that has \(fileSize - 8) after its length")
    }
    guard length <= UInt64(limit) else {
      let format = SafetensorsFile.largestHeader
      throw ModelFileError(
        path: "", place: .byte(0), what: "a header of \(length) bytes, the limit is \(limit)",
        remedy: length <= UInt64(format)
          ? "if the file can be trusted, raise headerLimit to at most \(format)"
          : "the format allows \(format) at most; save the file again")
    }
    return Int(length)
  }

  init(_ bytes: [UInt8], dataSize: Int) throws(ModelFileError) {
    let root: JSONValue
    do {
      root = try StrictJSON.parse(bytes, allowsLeadingWhitespace: false)
    } catch {
      throw Self.malformed(.byte(8 + error.offset), "in the header: \(error.what)")
    }
    guard let object = root.asObject else {
      throw Self.malformed(.byte(8), "the header is \(root.kind), not an object")
    }
    entries.reserveCapacity(object.keys.count)
    var unknownFields = 0
    for name in object.keys {
      guard let value = object[name] else { continue }
      if name == Self.metadataKey {
        metadata = try Self.metadata(value)
      } else {
        entries.append(try Self.entry(name, value, unknownFields: &unknownFields))
      }
    }
    if unknownFields > 0 { warnings.append("\(unknownFields) unknown fields in the header were passed over") }
    entries.sort { ($0.begin, $0.end) < ($1.begin, $1.end) }
    try checkContiguous(dataSize: dataSize)
  }

  private static func metadata(_ value: JSONValue) throws(ModelFileError) -> [String: String] {
    if value == .null { return [:] }
    guard let object = value.asObject else {
      throw malformed(.file, "its \(metadataKey) is \(value.kind), not an object")
    }
    var metadata: [String: String] = [:]
    for key in object.keys {
      guard let value = object[key] else { continue }
      guard let text = value.asString else {
        throw malformed(.file, "\(JSONValue.quoted(key)) in its \(metadataKey) is \(value.kind), not a string")
      }
      metadata[key] = text
    }
    return metadata
  }

  private static func entry(
    _ name: String, _ value: JSONValue, unknownFields: inout Int
  ) throws(ModelFileError) -> Entry {
    guard let object = value.asObject else {
      throw malformed(.tensor(name), "its entry is \(value.kind), not an object")
    }
    let known = ["dtype", "shape", "data_offsets"]
    for field in known where object[field] == nil { throw malformed(.tensor(name), "its entry has no \(field)") }
    unknownFields += object.keys.count - known.count
    guard let code = object["dtype"]?.asString else {
      throw malformed(.tensor(name), "its dtype is \(object["dtype"]?.kind ?? ""), not a string")
    }
    guard let dataType = SafetensorsFile.DataType(rawValue: code) else {
      throw ModelFileError(
        path: "", place: .tensor(name), what: "unknown dtype \(JSONValue.quoted(code))",
        remedy: "save it as F32, F64, F16 or BF16")
    }
    let shape = try integers(object["shape"], of: name, what: "shape")
    let offsets = try integers(object["data_offsets"], of: name, what: "data_offsets")
    guard offsets.count == 2 else {
      throw malformed(.tensor(name), "its data_offsets hold \(offsets.count) entries, not 2")
    }
    let shown = shape.prefix(8).map { "\($0)" }.joined(separator: ", ") + (shape.count > 8 ? ", …" : "")
    let fill = "\(dataType) elements of shape [\(shown)] fill"
    guard let size = dataType.byteCount(shape: shape) else {
      throw malformed(.tensor(name), "\(fill) no whole number of bytes that can be counted")
    }
    // Both are at least zero, so the difference cannot overflow.
    guard offsets[1] - offsets[0] == size else {
      throw malformed(
        .tensor(name),
        "its data_offsets \(offsets) span \(offsets[1] - offsets[0]) bytes, but \(fill) \(size)")
    }
    return Entry(name: name, dataType: dataType, shape: shape, begin: offsets[0], end: offsets[1])
  }

  private static func integers(
    _ value: JSONValue?, of name: String, what: String
  ) throws(ModelFileError) -> [Int] {
    guard let elements = value?.asArray else {
      throw malformed(.tensor(name), "its \(what) is \(value?.kind ?? ""), not an array")
    }
    var integers: [Int] = []
    for element in elements {
      guard let integer = element.asInt, integer >= 0 else {
        throw malformed(.tensor(name), "its \(what) contains \(element.kind), not an integer from 0 to 2^63 − 1")
      }
      integers.append(integer)
    }
    return integers
  }

  private func checkContiguous(dataSize: Int) throws(ModelFileError) {
    var end = 0
    for entry in entries {
      guard entry.begin == end else {
        let fault = entry.begin > end ? "leaves a hole after" : "overlaps"
        throw Self.malformed(
          .tensor(entry.name), "it begins at \(entry.begin) and \(fault) the data before it, which ends at \(end)")
      }
      end = entry.end
    }
    guard end == dataSize else {
      throw Self.damaged(.file, "the tensors take \(end) bytes, but the file has \(dataSize) after its header")
    }
  }

  /// The lengths do not fit: most often a file that was not written to its end.
  private static func damaged(_ place: ModelFileError.Place, _ what: String) -> ModelFileError {
    ModelFileError(
      path: "", place: place, what: what,
      remedy: "if it is a safetensors file, it is damaged or cut short: fetch or save it again")
  }

  /// The header says what the format does not allow.
  private static func malformed(_ place: ModelFileError.Place, _ what: String) -> ModelFileError {
    ModelFileError(
      path: "", place: place, what: what, remedy: "save the file again with a current safetensors library")
  }
}
