/// A counter-based random generator, split by name.
///
/// Philox 4×32 with ten rounds: the key says which stream, the counter where in it. `fork("dropout")` gives an
/// independent stream that depends on the names on the way to it only, never on how many numbers others have drawn, so
/// that results do not depend on the order in which work runs.
///
/// - Source: Salmon, Moraes, Dror, Shaw (2011), Parallel random numbers: as easy as 1, 2, 3, doi:10.1145/2063384.2063405.
public struct Philox: RandomNumberGenerator, Sendable, Equatable, Codable {
  private var key: UInt64
  private var counter: UInt64 = 0
  private var spare: UInt64?

  /// The stream of a seed.
  public init(seed: UInt64) {
    key = seed
  }

  /// The stream called `name` below this one.
  public func fork(_ name: String) -> Philox {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for byte in name.utf8 { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01b3 }
    return fork(word: hash, kind: 1)
  }

  /// The stream with number `index` below this one.
  public func fork(_ index: Int) -> Philox {
    fork(word: UInt64(bitPattern: Int64(index)), kind: 2)
  }

  private func fork(word: UInt64, kind: UInt64) -> Philox {
    // Counters of forks have a high word that the stream's own counters never reach.
    Philox(seed: Philox.block(low: word, high: kind, key: key).0)
  }

  /// The next 64 random bits.
  public mutating func next() -> UInt64 {
    if let value = spare {
      spare = nil
      return value
    }
    let (first, second) = Philox.block(low: counter, high: 0, key: key)
    counter &+= 1
    spare = second
    return first
  }

  /// A number uniform in `[0, 1)`, a multiple of 2⁻²⁴.
  public mutating func nextUniform() -> Float {
    Float(next() >> 40) * 0x1p-24
  }

  /// A number uniform in `[0, 1)`, a multiple of 2⁻⁵³.
  public mutating func nextUniformDouble() -> Double {
    Double(next() >> 11) * 0x1p-53
  }

  /// An integer uniform in `0..<bound`, without bias.
  public mutating func nextIndex(below bound: Int) -> Int {
    precondition(bound > 0, "no index below \(bound)")
    return Int(next(upperBound: UInt64(bound)))
  }

  /// `0..<count` in random order (Fisher and Yates).
  public mutating func permutation(_ count: Int) -> [Int] { shuffled(count) }

  /// `0..<count` in the same random order, as integers of four bytes; `count` must fit them.
  public mutating func permutation(_ count: Int, of type: UInt32.Type) -> [UInt32] { shuffled(count) }

  /// Generic code of another module runs unspecialized, ten times as long: the public functions are not generic.
  @inline(__always)
  private mutating func shuffled<Number: FixedWidthInteger>(_ count: Int) -> [Number] {
    precondition(count <= Int(clamping: Number.max), "\(count) numbers do not fit \(Number.self)")
    var order = [Number](unsafeUninitializedCapacity: count) { numbers, filled in
      for i in 0..<count { numbers.initializeElement(at: i, to: Number(truncatingIfNeeded: i)) }
      filled = count
    }
    for i in stride(from: count - 1, to: 0, by: -1) { order.swapAt(i, nextIndex(below: i + 1)) }
    return order
  }

  static func block(low: UInt64, high: UInt64, key: UInt64) -> (UInt64, UInt64) {
    var c0 = UInt32(truncatingIfNeeded: low), c1 = UInt32(truncatingIfNeeded: low >> 32)
    var c2 = UInt32(truncatingIfNeeded: high), c3 = UInt32(truncatingIfNeeded: high >> 32)
    var k0 = UInt32(truncatingIfNeeded: key), k1 = UInt32(truncatingIfNeeded: key >> 32)
    for _ in 0..<10 {
      let p0 = UInt64(0xD251_1F53) &* UInt64(c0), p1 = UInt64(0xCD9E_8D57) &* UInt64(c2)
      (c0, c1, c2, c3) = (
        UInt32(truncatingIfNeeded: p1 >> 32) ^ c1 ^ k0, UInt32(truncatingIfNeeded: p1),
        UInt32(truncatingIfNeeded: p0 >> 32) ^ c3 ^ k1, UInt32(truncatingIfNeeded: p0)
      )
      k0 &+= 0x9E37_79B9
      k1 &+= 0xBB67_AE85
    }
    return (UInt64(c0) | UInt64(c1) << 32, UInt64(c2) | UInt64(c3) << 32)
  }
}
