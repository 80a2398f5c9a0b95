import AttuneCore
import Testing

@Suite struct ChecksumTests {
  private func sum(_ bytes: [UInt8]) -> UInt64 {
    var sum = Checksum()
    bytes.withUnsafeBytes { sum.add($0) }
    return sum.value
  }

  @Test func `every single changed bit changes the sum, at every length`() {
    for length in [1, 7, 8, 9, 24, 31] {
      let bytes = (0..<length).map { UInt8(truncatingIfNeeded: $0 * 37) }
      for index in bytes.indices {
        for bit in 0..<8 {
          var changed = bytes
          changed[index] ^= 1 << UInt8(bit)
          #expect(sum(changed) != sum(bytes))
        }
      }
    }
  }

  @Test func `length, order and shape count`() {
    #expect(sum([1, 0]) != sum([1]) && sum([]) != sum([0]))
    #expect(sum(Array(0..<16)) != sum(Array(8..<16) + Array(0..<8)))
    var wide = Checksum(), tall = Checksum()
    wide.add(Matrix(rows: 2, columns: 3))
    tall.add(Matrix(rows: 3, columns: 2))
    #expect(wide != tall && wide.hexadecimal.count == 16)
  }
}
