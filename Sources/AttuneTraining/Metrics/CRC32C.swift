/// The checksum of TensorBoard's records: CRC-32C, of the polynomial of Castagnoli.
///
/// Reflected polynomial 0x82F63B78, start and final exclusive or 0xFFFFFFFF.
///
/// - Source: Castagnoli, Bräuer, Herrmann (1993), doi:10.1109/26.231911; RFC 3720, appendix B.4.
enum CRC32C {
  private static let table: [UInt32] = (0..<256).map { byte in
    (0..<8).reduce(UInt32(byte)) { remainder, _ in
      remainder & 1 == 1 ? remainder >> 1 ^ 0x82F6_3B78 : remainder >> 1
    }
  }

  /// The checksum of bytes.
  static func checksum(_ bytes: some Sequence<UInt8>) -> UInt32 {
    ~bytes.reduce(~0) { table[Int(UInt8(truncatingIfNeeded: $0) ^ $1)] ^ $0 >> 8 }
  }

  /// The checksum as records carry it, so that a checksum of data that hold checksums stays strong: rotated right by 15
  /// bits, plus 0xA282EAD8.
  static func masked(_ bytes: some Sequence<UInt8>) -> UInt32 {
    let value = checksum(bytes)
    return (value >> 15 | value << 17) &+ 0xA282_EAD8
  }
}
