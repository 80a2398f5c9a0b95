/// A checksum against damage, not against intent: FNV-1a over words of 64 bits.
///
/// Exclusive or and multiplication by an odd number lose nothing, so two inputs of one length that differ in a single
/// word never agree.
///
/// - Source: Fowler, Noll, Vo, the FNV hash, draft-eastlake-fnv.
/// - Note: Differs from the source: words in place of bytes, a shorter last word is filled with zeros, and the length is
///   taken in.
public struct Checksum: Sendable, Equatable {
  /// The checksum of what was added so far.
  public private(set) var value: UInt64 = 0xcbf2_9ce4_8422_2325

  /// The checksum of nothing.
  public init() {}

  /// Takes in a number.
  public mutating func add(_ word: UInt64) {
    value = (value ^ word) &* 0x0000_0100_0000_01b3
    // Multiplication carries upward only: without this a word's high bits would reach high bits alone.
    value ^= value >> 32
  }

  /// Takes in bytes and their number.
  public mutating func add(_ bytes: UnsafeRawBufferPointer) {
    add(UInt64(bytes.count))
    addWords(bytes)
  }

  /// Takes in bytes without their number: a piece of what `add(_:)` takes in whole, if the number of all bytes was added
  /// before and all pieces but the last are of a multiple of 8 bytes.
  public mutating func addWords(_ bytes: UnsafeRawBufferPointer) {
    let whole = bytes.count / 8 * 8
    for offset in stride(from: 0, to: whole, by: 8) {
      add(UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self)))
    }
    guard whole < bytes.count else { return }
    var last: UInt64 = 0
    for offset in whole..<bytes.count { last |= UInt64(bytes[offset]) << (8 * UInt64(offset - whole)) }
    add(last)
  }

  /// Takes in a text.
  public mutating func add(_ text: String) {
    Array(text.utf8).withUnsafeBytes { add($0) }
  }

  /// Takes in a matrix: its shape and the bits of its elements.
  public mutating func add(_ matrix: Matrix) {
    add(UInt64(matrix.columns))
    matrix.withElements { add(UnsafeRawBufferPointer($0)) }
  }

  /// Sixteen hexadecimal digits.
  public var hexadecimal: String {
    let digits = String(value, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }
}
