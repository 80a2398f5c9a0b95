/// A safetensors file: named tensors and text metadata.
///
/// Eight bytes hold the length of a header in JSON, the header says where in the rest each tensor lies. Everything is
/// checked before a tensor is read: the length against the file, the header as strict JSON, every shape against its
/// bytes, and that the tensors fill the rest without hole or overlap. Names are opaque: never paths.
///
/// - Source: the format's description at github.com/huggingface/safetensors, and how its version 0.8.0 behaves.
/// - Note: Differs from the reference, which accepts these: white space before the header, duplicate keys, names
///   that differ in Unicode normalization only, a tensor's entry as an array, nesting deeper than 64, a dimension of
///   2⁶³ or more beside one of 0, and headers above 1 MiB unless `headerLimit` says more.
public struct SafetensorsFile: Sendable {
  /// The format's own limit of the header, in bytes.
  public static let largestHeader = 100_000_000

  /// Text under `__metadata__`.
  public var metadata: [String: String]
  /// The tensors by name.
  public var tensors: [String: Tensor]
  /// What was passed over while reading, as sentences; empty for a file that was made in memory.
  public private(set) var warnings: [String] = []
  /// Where the file was read from; empty for one made in memory.
  public private(set) var path = ""

  /// The names of the tensors in the order of their bytes.
  public var names: [String] { tensors.keys.sorted(by: SafetensorsFile.precedes) }

  /// A file of tensors in memory.
  public init(metadata: [String: String] = [:], tensors: [String: Tensor] = [:]) {
    self.metadata = metadata
    self.tensors = tensors
  }

  /// Reads a file.
  ///
  /// - Parameters:
  ///   - path: a regular file; folders, pipes and devices are refused.
  ///   - headerLimit: the largest header to read, in bytes, at most `largestHeader`. Headers of a few thousand
  ///     tensors fit in the default.
  /// - Throws: `FileError` if the file cannot be read (`.notFound` if there is none), `ModelFileError` if it is no
  ///   valid safetensors file.
  public init(contentsOf path: String, headerLimit: Int = 1 << 20) throws {
    let file = try RegularFile(path)
    do {
      try self.init(size: file.size, headerLimit: headerLimit) { try file.read(at: $0, count: $1) }
    } catch let error as ModelFileError {
      throw error.inFile(path)
    }
    self.path = path
  }

  /// Reads the bytes of a file.
  ///
  /// - Parameters:
  ///   - bytes: all of the file.
  ///   - headerLimit: the largest header to read, in bytes, at most `largestHeader`.
  /// - Throws: `ModelFileError` if the bytes are no valid safetensors file.
  public init(bytes: [UInt8], headerLimit: Int = 1 << 20) throws {
    try self.init(size: bytes.count, headerLimit: headerLimit) { Array(bytes[$0..<$0 + $1]) }
  }

  /// Reads through `read(offset, count)`, which is called within `size` only.
  private init(size: Int, headerLimit: Int, read: (Int, Int) throws -> [UInt8]) throws {
    let start = try read(0, min(8, size))
    let length = try SafetensorsHeader.length(start, fileSize: size, limit: min(headerLimit, Self.largestHeader))
    let header = try SafetensorsHeader(try read(8, length), dataSize: size - 8 - length)
    metadata = header.metadata
    warnings = header.warnings
    tensors = [:]
    tensors.reserveCapacity(header.entries.count)
    for entry in header.entries {
      let bytes = try read(8 + length + entry.begin, entry.end - entry.begin)
      tensors[entry.name] = Tensor(dataType: entry.dataType, shape: entry.shape, bytes: bytes)
    }
  }

  /// The tensor called `name`; its errors tell this file and name.
  ///
  /// - Throws: `ModelFileError` with the names there are, if it is missing.
  public func tensor(_ name: String) throws -> Tensor {
    guard var tensor = tensors[name] else {
      let shown = names.prefix(8).map { JSONValue.quoted($0) }.joined(separator: ", ")
      throw ModelFileError(
        path: path, place: .tensor(name), what: "missing",
        remedy: names.isEmpty ? "the file has no tensors" : "the file has \(shown)\(names.count > 8 ? ", …" : "")")
    }
    tensor.origin = Tensor.Origin(path: path, name: name)
    return tensor
  }

  /// Order of names by their bytes in UTF-8.
  static func precedes(_ left: String, _ right: String) -> Bool {
    left.utf8.lexicographicallyPrecedes(right.utf8)
  }
}
