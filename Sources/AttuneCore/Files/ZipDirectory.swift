/// The directory of a ZIP archive, and the local headers that it points at.
struct ZipDirectory {
  /// What the directory says of a member.
  struct Entry: Equatable {
    var name: String
    var flags: UInt16
    var isDeflated: Bool
    var checksum: UInt32
    var packedSize: Int
    var unpackedSize: Int
    /// Where the local header starts.
    var offset: Int
  }

  static let localMagic: [UInt8] = Array("PK\u{3}\u{4}".utf8)
  static let endMagic: [UInt8] = Array("PK\u{5}\u{6}".utf8)
  /// More members than this are taken for a broken or hostile file.
  static let entryLimit = 10_000

  private static let centralMagic: [UInt8] = Array("PK\u{1}\u{2}".utf8)
  private static let wideEndMagic: [UInt8] = Array("PK\u{6}\u{6}".utf8)
  private static let wideLocatorMagic: [UInt8] = Array("PK\u{6}\u{7}".utf8)
  /// Stands in a 32-bit field whose value is in the ZIP64 part.
  private static let elsewhere = 0xFFFF_FFFF

  let entries: [Entry]
  /// Where the directory starts, and so where the members end.
  let start: Int

  init(_ bytes: [UInt8], path: String) throws(PackedFileError) {
    let (count, size, start, end) = try Self.place(bytes, path: path)
    guard start >= 0, size >= 0, start <= end, size == end - start else {
      throw Self.failure(path, "its directory of \(size) bytes at \(start) does not end where its end record begins")
    }
    guard count <= Self.entryLimit else {
      throw Self.failure(path, "it has \(count) members, more than \(Self.entryLimit)")
    }
    var fields = ByteFields(bytes, start..<end), entries: [Entry] = [], names: Set<String> = []
    for _ in 0..<count {
      guard let entry = try Self.entry(&fields, path: path) else {
        throw Self.failure(path, "its directory is damaged at member \(entries.count + 1)")
      }
      guard names.insert(entry.name).inserted else {
        throw Self.failure(path, "two members are called '\(entry.name)'")
      }
      entries.append(entry)
    }
    guard fields.isAtEnd else { throw Self.failure(path, "its directory has bytes after the last member") }
    (self.entries, self.start) = (entries, start)
  }

  /// The packed bytes of a member, after a look at its local header.
  static func data(
    of entry: Entry, in bytes: [UInt8], before end: Int, path: String
  ) throws(PackedFileError) -> Range<Int> {
    let mismatch = failure(path, "the local header of member '\(entry.name)' does not fit the directory")
    guard entry.offset <= end else { throw mismatch }
    var fields = ByteFields(bytes, entry.offset..<end)
    guard fields.take(localMagic), fields.skip(2), let flags = fields.short(), let method = fields.short(),
      fields.skip(4), let checksum = fields.long(), var packed = fields.long(), var unpacked = fields.long(),
      let nameLength = fields.short(), let extraLength = fields.short(), let name = fields.bytes(nameLength),
      let extra = fields.bytes(extraLength)
    else { throw mismatch }
    let isWide = packed == elsewhere || unpacked == elsewhere
    guard widen(&unpacked, &packed, from: extra) else { throw mismatch }
    // Bit 3: sizes and CRC follow the data; what stands here instead is zero, or the truth.
    let follows = flags & 8 != 0
    func fits(_ value: Int, _ wanted: Int) -> Bool { value == wanted || (follows && (value == 0 || isWide)) }
    guard flags == Int(entry.flags), method == (entry.isDeflated ? 8 : 0), Array(entry.name.utf8) == Array(name),
      fits(checksum, Int(entry.checksum)), fits(packed, entry.packedSize), fits(unpacked, entry.unpackedSize),
      entry.packedSize <= end - fields.position
    else { throw mismatch }
    return fields.position..<(fields.position + entry.packedSize)
  }

  static func failure(_ path: String, _ problem: String) -> PackedFileError {
    PackedFileError(path: path, problem: problem, advice: "save or download the archive again")
  }

  /// How many members there are, and where the directory is.
  private static func place(
    _ bytes: [UInt8], path: String
  ) throws(PackedFileError) -> (count: Int, size: Int, start: Int, end: Int) {
    let earliest = max(0, bytes.count - 22 - 0xFFFF)
    var position = bytes.count - 22
    while position >= earliest {
      if bytes[position...].starts(with: endMagic),
        Int(bytes[position + 20]) | Int(bytes[position + 21]) << 8
          == bytes.count - position - 22
      {
        break
      }
      position -= 1
    }
    guard position >= earliest else {
      throw failure(path, "it is no ZIP archive, or its end is missing")
    }
    var fields = ByteFields(bytes, (position + 4)..<bytes.count)
    guard let disk = fields.short(), let firstDisk = fields.short(), let here = fields.short(),
      let count = fields.short(), let size = fields.long(), let start = fields.long()
    else { throw failure(path, "its end record is cut") }
    let locator = position - 20
    if locator >= 0, bytes[locator...].starts(with: wideLocatorMagic) {
      return try widePlace(bytes, locator: locator, path: path)
    }
    guard disk == 0, firstDisk == 0, here == count else {
      throw failure(path, "it is one part of an archive in several")
    }
    return (count, size, start, position)
  }

  /// The same from the ZIP64 end record.
  private static func widePlace(
    _ bytes: [UInt8], locator: Int, path: String
  ) throws(PackedFileError) -> (count: Int, size: Int, start: Int, end: Int) {
    var fields = ByteFields(bytes, (locator + 4)..<bytes.count)
    guard fields.long() == 0, let position = fields.wide(), fields.long() == 1, position <= locator else {
      throw failure(path, "its ZIP64 end locator is damaged")
    }
    fields = ByteFields(bytes, position..<locator)
    guard fields.take(wideEndMagic), let length = fields.wide(), length == locator - position - 12, fields.skip(4),
      fields.long() == 0, fields.long() == 0, let here = fields.wide(), let count = fields.wide(), here == count,
      let size = fields.wide(), let start = fields.wide()
    else { throw failure(path, "its ZIP64 end record is damaged") }
    return (count, size, start, position)
  }

  /// The next entry of the directory; nil if it is cut or is none.
  private static func entry(_ fields: inout ByteFields, path: String) throws(PackedFileError) -> Entry? {
    guard fields.take(centralMagic), fields.skip(4), let flags = fields.short(), let method = fields.short(),
      fields.skip(4), let checksum = fields.long(), var packed = fields.long(), var unpacked = fields.long(),
      let nameLength = fields.short(), let extraLength = fields.short(), let commentLength = fields.short(),
      let disk = fields.short(), fields.skip(6), var offset = fields.long(), let name = fields.bytes(nameLength),
      let extra = fields.bytes(extraLength), fields.skip(commentLength),
      let text = String(validating: name, as: UTF8.self)
    else { return nil }
    guard flags & 1 == 0 else { throw failure(path, "member '\(text)' is encrypted, which is not supported") }
    guard method == 0 || method == 8 else {
      throw failure(path, "member '\(text)' is packed by method \(method); stored (0) and deflated (8) are supported")
    }
    guard disk == 0, widen(&unpacked, &packed, &offset, from: extra) else { return nil }
    guard method == 8 || packed == unpacked else { return nil }
    return Entry(
      name: text, flags: UInt16(flags), isDeflated: method == 8, checksum: UInt32(checksum), packedSize: packed,
      unpackedSize: unpacked, offset: offset)
  }

  private static func widen(_ unpacked: inout Int, _ packed: inout Int, from extra: ArraySlice<UInt8>) -> Bool {
    var none = 0
    return widen(&unpacked, &packed, &none, from: extra)
  }

  /// Replaces fields that say so by those of the ZIP64 extra field; false if it lacks one.
  private static func widen(
    _ unpacked: inout Int, _ packed: inout Int, _ offset: inout Int, from extra: ArraySlice<UInt8>
  ) -> Bool {
    guard [unpacked, packed, offset].contains(elsewhere) else { return true }
    var fields = ByteFields(Array(extra), 0..<extra.count)
    while let tag = fields.short(), let length = fields.short() {
      guard tag == 1 else {
        guard fields.skip(length) else { return false }
        continue
      }
      guard let content = fields.bytes(length) else { return false }
      var wide = ByteFields(Array(content), 0..<content.count)
      func take(_ value: inout Int) -> Bool {
        guard value == elsewhere else { return true }
        guard let found = wide.wide() else { return false }
        value = found
        return true
      }
      return take(&unpacked) && take(&packed) && take(&offset)
    }
    return false
  }
}

/// Little-endian fields of a byte array, one after another; nil past the end.
struct ByteFields {
  private let source: [UInt8]
  private let end: Int
  private(set) var position: Int

  init(_ source: [UInt8], _ range: Range<Int>) {
    (self.source, position, end) = (source, range.lowerBound, range.upperBound)
  }

  var isAtEnd: Bool { position == end }

  mutating func short() -> Int? { integer(2) }
  mutating func long() -> Int? { integer(4) }
  /// A field of 64 bits; nil above the largest `Int`.
  mutating func wide() -> Int? { integer(8) }

  mutating func bytes(_ count: Int) -> ArraySlice<UInt8>? {
    guard count >= 0, count <= end - position else { return nil }
    position += count
    return source[(position - count)..<position]
  }

  mutating func skip(_ count: Int) -> Bool { bytes(count) != nil }

  mutating func take(_ wanted: [UInt8]) -> Bool { bytes(wanted.count).map { Array($0) == wanted } ?? false }

  private mutating func integer(_ size: Int) -> Int? {
    guard let field = bytes(size) else { return nil }
    return Int(exactly: field.reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) })
  }
}
