import Foundation
import Testing

@testable import AttuneCore

@Suite struct PhiloxTests {
  struct KnownAnswer: Sendable {
    let counter: [UInt32], key: [UInt32], output: [UInt32]
  }

  /// Random123's known answers for philox4x32 with ten rounds: zeros, ones, and the digits of pi.
  static let knownAnswers = [
    KnownAnswer(counter: [0, 0, 0, 0], key: [0, 0], output: [0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8]),
    KnownAnswer(
      counter: Array(repeating: .max, count: 4), key: [.max, .max],
      output: [0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd]),
    KnownAnswer(
      counter: [0x243f_6a88, 0x85a3_08d3, 0x1319_8a2e, 0x0370_7344], key: [0xa409_3822, 0x299f_31d0],
      output: [0xd16c_fe09, 0x94fd_cceb, 0x5001_e420, 0x2412_6ea1]),
  ]

  private func word(_ low: UInt32, _ high: UInt32) -> UInt64 { UInt64(low) | UInt64(high) << 32 }

  @Test(arguments: knownAnswers) func `a block is that of Random123`(answer: KnownAnswer) {
    let (c, k, o) = (answer.counter, answer.key, answer.output)
    let (first, second) = Philox.block(low: word(c[0], c[1]), high: word(c[2], c[3]), key: word(k[0], k[1]))
    #expect(first == word(o[0], o[1]))
    #expect(second == word(o[2], o[3]))
  }

  @Test func `a stream is the blocks of its counter`() {
    var generator = Philox(seed: 9)
    for counter in 0..<5 as Range<UInt64> {
      let (first, second) = Philox.block(low: counter, high: 0, key: 9)
      #expect(generator.next() == first)
      #expect(generator.next() == second)
    }
  }

  /// Below the 0.1 % point of chi-square with 255 degrees of freedom, 330.5; fixed seeds, so it cannot fail by chance.
  @Test(arguments: 0..<8 as Range<UInt64>) func `bits and numbers are uniform`(seed: UInt64) {
    var generator = Philox(seed: seed)
    var high = [Int](repeating: 0, count: 256), low = high, unit = high
    let draws = 100_000
    for _ in 0..<draws {
      let bits = generator.next()
      high[Int(bits >> 56)] += 1
      low[Int(bits & 255)] += 1
      unit[Int(generator.nextUniform() * 256)] += 1
    }
    let expected = Double(draws) / 256
    for counts in [high, low, unit] {
      let chiSquare = counts.reduce(0.0) { $0 + (Double($1) - expected) * (Double($1) - expected) / expected }
      #expect(chiSquare < 330.5)
      #expect(chiSquare > 187)  // and not too even
    }
  }

  @Test func `normal numbers have the moments of the normal distribution`() {
    var generator = Philox(seed: 1)
    let n = 200_000, x = (0..<n).map { _ in generator.nextNormal() }
    // Four standard errors of each moment: √(1, 2, 15, 96) / √n.
    for (power, expected, spread) in [(1, 0.0, 1.0), (2, 1.0, 2.0), (3, 0.0, 15.0), (4, 3.0, 96.0)] {
      let moment = x.reduce(0) { $0 + pow($1, Double(power)) } / Double(n)
      #expect(abs(moment - expected) < 4 * (spread / Double(n)).squareRoot(), "moment \(power)")
    }
    #expect(x.allSatisfy { $0.isFinite })
  }

  @Test func `an index has no bias, for a bound that the words do not divide into`() {
    var generator = Philox(seed: 2)
    var counts = [Int](repeating: 0, count: 7)
    for _ in 0..<70_000 { counts[generator.nextIndex(below: 7)] += 1 }
    #expect(counts.allSatisfy { abs($0 - 10_000) < 400 })  // four standard errors of 93
    // Two thirds of 2⁶³: the remainder of a word by it would fall in the lower half twice as often as in the upper.
    let bound = Int.max / 3 * 2
    let lower = (0..<10_000).count { _ in generator.nextIndex(below: bound) < bound / 2 }
    #expect(abs(lower - 5000) < 200)
    #expect(generator.nextIndex(below: 1) == 0)
  }

  @Test(arguments: [0, 1, 2, 100]) func `a permutation has every index once`(count: Int) {
    var generator = Philox(seed: 3)
    #expect(generator.permutation(count).sorted() == Array(0..<count))
  }

  @Test func `all permutations of three are equally likely`() {
    var generator = Philox(seed: 4)
    var counts: [[Int]: Int] = [:]
    for _ in 0..<6000 { counts[generator.permutation(3), default: 0] += 1 }
    #expect(counts.count == 6)
    #expect(counts.values.allSatisfy { abs($0 - 1000) < 120 })
  }

  @Test func `forks depend on the names on the way to them and not on draws`() {
    let root = Philox(seed: 5)
    var drawn = root
    for _ in 0..<17 { _ = drawn.next() }
    #expect(drawn.fork("a") == root.fork("a"))
    #expect(drawn.fork(3) == root.fork(3))
    let streams = [
      root, root.fork("a"), root.fork("b"), root.fork(""), root.fork("a").fork("b"), root.fork("b").fork("a"),
      root.fork(0), root.fork(1), root.fork(-1), root.fork("0"), Philox(seed: 6).fork("a"),
    ]
    let starts = streams.map { stream in
      var stream = stream
      return (0..<4).map { _ in stream.next() }
    }
    #expect(Set(starts.flatMap { $0 }).count == 4 * streams.count)
  }

  @Test func `neighboring forks are not correlated`() {
    let n = 20_000
    func uniforms(_ generator: Philox) -> [Double] {
      var generator = generator
      return (0..<n).map { _ in generator.nextUniformDouble() - 0.5 }
    }
    let root = Philox(seed: 7), first = uniforms(root.fork(1)), second = uniforms(root.fork(2))
    let correlation = 12 * zip(first, second).reduce(0) { $0 + $1.0 * $1.1 } / Double(n)
    #expect(abs(correlation) < 4 / Double(n).squareRoot())
  }

  @Test(arguments: [0, 1, 2, 31]) func `a stream goes on where it was saved`(draws: Int) throws {
    var generator = Philox(seed: .max)
    for _ in 0..<draws { _ = generator.next() }
    var restored = try JSONDecoder().decode(Philox.self, from: JSONEncoder().encode(generator))
    #expect(restored == generator)
    for _ in 0..<5 { #expect(restored.next() == generator.next()) }
  }

  @Test func `uniform numbers stay below their upper bound`() {
    // The largest draw, 1 − 2⁻²⁴, which 1 + … would round to 2.
    #expect(Philox.place(1 - 0x1p-24, in: 1..<2) == Float(2).nextDown)
    #expect(Philox.place(0, in: 1..<2) == 1)
    #expect(Philox.place(0.5, in: -3..<5) == 1)
    var generator = Philox(seed: 8)
    let x = generator.uniform(rows: 100, columns: 100, in: -0.25..<0.5).elements
    #expect(x.allSatisfy { $0 >= -0.25 && $0 < 0.5 })
    #expect(abs(x.reduce(0, +) / 10_000 - 0.125) < 0.01)
  }
}
