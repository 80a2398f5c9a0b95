extension SafetensorsFile {
  /// Writes the file whole, as `AtomicFile` does.
  ///
  /// - Throws: `ModelFileError` as `serialized()` does, `FileError` if the file cannot be written.
  public func write(to path: String) throws {
    do {
      try AtomicFile.write(serialized(), to: path)
    } catch let error as ModelFileError {
      throw error.inFile(path)
    }
  }

  /// The bytes of the file, in the order of the reference writer: metadata first, by key; tensors by type, the widest
  /// first, then by name; the header filled up with spaces to a multiple of eight bytes.
  ///
  /// - Throws: `ModelFileError` if a tensor is called `__metadata__` or the header becomes larger than
  ///   `largestHeader`.
  public func serialized() throws -> [UInt8] {
    var header = JSONObject()
    if !metadata.isEmpty {
      var object = JSONObject()
      for key in metadata.keys.sorted(by: Self.precedes) { object[key] = metadata[key].map { .string($0) } }
      header[SafetensorsHeader.metadataKey] = .object(object)
    }
    let ordered = try writingOrder()
    var end = 0
    for (name, tensor) in ordered {
      header[name] = .object([
        "dtype": .string(tensor.dataType.rawValue),
        "shape": .array(tensor.shape.map { .number(JSONNumber($0)) }),
        "data_offsets": .array([.number(JSONNumber(end)), .number(JSONNumber(end + tensor.bytes.count))]),
      ])
      end += tensor.bytes.count
    }
    var bytes = [UInt8](repeating: 0, count: 8)
    JSONValue.object(header).write(to: &bytes)
    while bytes.count % 8 != 0 { bytes.append(UInt8(ascii: " ")) }
    let length = bytes.count - 8
    guard length <= Self.largestHeader else {
      throw ModelFileError(
        path: "", place: .file, what: "the header would be \(length) bytes, the format allows \(Self.largestHeader)",
        remedy: "use fewer tensors or shorter metadata")
    }
    for index in 0..<8 { bytes[index] = UInt8(truncatingIfNeeded: length >> (8 * index)) }
    bytes.reserveCapacity(bytes.count + end)
    for (_, tensor) in ordered { bytes += tensor.bytes }
    return bytes
  }

  private func writingOrder() throws -> [(name: String, tensor: Tensor)] {
    guard tensors[SafetensorsHeader.metadataKey] == nil else {
      throw ModelFileError(
        path: "", place: .tensor(SafetensorsHeader.metadataKey), what: "the format keeps this name for the metadata",
        remedy: "give the tensor another one")
    }
    var rank: [DataType: Int] = [:]
    for (index, dataType) in DataType.allCases.enumerated() { rank[dataType] = -index }
    return tensors.map { (name: $0, tensor: $1, rank: rank[$1.dataType] ?? 0) }
      .sorted { $0.rank != $1.rank ? $0.rank < $1.rank : Self.precedes($0.name, $1.name) }
      .map { ($0.name, $0.tensor) }
  }
}
