import AttuneCore
import CKernels

extension KernelCase {
  static let dropout: [KernelCase] = [
    KernelCase("attune_dropout_mask") { r, c, g in
      let n = r * c, key = g.next(), threshold: UInt32 = 20_000
      let found = output(n) { attune_dropout_mask(n, key, threshold, 1.5, $0) }
      let expected = (0..<n).map { place -> Twin in
        Twin(sixteenBits(place, key: key) < threshold ? 0 : 1.5)
      }
      return [Comparison("mask", found, expected, roundings: 0)]
    }
  ]

  /// The number at a place: eight to a block of Philox 4×32-10, 64 blocks side by side.
  static func sixteenBits(_ place: Int, key: UInt64) -> UInt32 {
    let lane = place % 512 / 64, block = UInt32(place / 512 * 64 + place % 64)
    var counter: [UInt32] = [block, 0, 3, 0], keys = [UInt32(truncatingIfNeeded: key), UInt32(key >> 32)]
    for _ in 0..<10 {
      let first = UInt64(0xD251_1F53) * UInt64(counter[0]), second = UInt64(0xCD9E_8D57) * UInt64(counter[2])
      counter = [
        UInt32(second >> 32) ^ counter[1] ^ keys[0], UInt32(truncatingIfNeeded: second),
        UInt32(first >> 32) ^ counter[3] ^ keys[1], UInt32(truncatingIfNeeded: first),
      ]
      keys = [keys[0] &+ 0x9E37_79B9, keys[1] &+ 0xBB67_AE85]
    }
    return lane % 2 == 0 ? counter[lane / 2] & 0xFFFF : counter[lane / 2] >> 16
  }
}
