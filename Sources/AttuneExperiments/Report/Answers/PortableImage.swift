/// A gray picture as a PNG file, without compression: what a report shows is small.
///
/// - Source: Portable Network Graphics (PNG) Specification, third edition, W3C 2025.
enum PortableImage {
  /// The bytes of the file.
  ///
  /// - Parameters:
  ///   - pixels: `height` rows of `width` values from black (0) to white (255).
  static func gray(_ pixels: some Collection<UInt8>, width: Int, height: Int) -> [UInt8] {
    precondition(pixels.count == width * height && width > 0 && height > 0, "the pixels do not fill the picture")
    var lines: [UInt8] = []
    var rest = pixels[...]
    for _ in 0..<height {
      // Each line begins with the number of its filter; 0 is none.
      lines.append(0)
      lines += rest.prefix(width)
      rest = rest.dropFirst(width)
    }
    let header = big(UInt32(width)) + big(UInt32(height)) + [8, 0, 0, 0, 0]
    return [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]
      + chunk("IHDR", header) + chunk("IDAT", stored(lines)) + chunk("IEND", [])
  }

  private static func chunk(_ name: String, _ body: [UInt8]) -> [UInt8] {
    let content = Array(name.utf8) + body
    return big(UInt32(body.count)) + content + big(checksum(content))
  }

  /// A zlib stream of blocks that are stored as they are (RFC 1950, RFC 1951).
  private static func stored(_ bytes: [UInt8]) -> [UInt8] {
    var stream: [UInt8] = [0x78, 0x01]
    for start in stride(from: 0, to: bytes.count, by: 65_535) {
      let end = min(start + 65_535, bytes.count), count = UInt16(end - start)
      stream.append(end == bytes.count ? 1 : 0)
      stream += [UInt8(count & 255), UInt8(count >> 8), UInt8(~count & 255), UInt8(~count >> 8)]
      stream += bytes[start..<end]
    }
    var (low, high) = (UInt32(1), UInt32(0))
    for byte in bytes {
      low = (low + UInt32(byte)) % 65_521
      high = (high + low) % 65_521
    }
    return stream + big(high << 16 | low)
  }

  /// The cyclic redundancy check of the specification, annex D.
  private static func checksum(_ bytes: [UInt8]) -> UInt32 {
    ~bytes.reduce(~UInt32(0)) { sum, byte in
      var value = sum ^ UInt32(byte)
      for _ in 0..<8 { value = value & 1 == 1 ? 0xEDB8_8320 ^ (value >> 1) : value >> 1 }
      return value
    }
  }

  private static func big(_ value: UInt32) -> [UInt8] {
    stride(from: 24, through: 0, by: -8).map { UInt8(value >> $0 & 255) }
  }
}
