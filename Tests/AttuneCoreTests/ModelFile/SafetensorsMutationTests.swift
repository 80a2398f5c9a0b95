import AttuneCore
import Testing

/// Damaged files in memory: each is read or refused with `ModelFileError`, and none crashes.
@Suite struct SafetensorsMutationTests {
  /// Seeds small enough that 20,000 of their mutations take seconds in a debug build.
  private static func seeds() throws -> [[UInt8]] {
    var seeds = try ["sequential.safetensors", "sequential-expected.safetensors"].map {
      try SafetensorsFixtures.bytes($0)
    }
    seeds += try SafetensorsFixtures.cases().filter { $0.referenceAccepts && $0.bytes.count < 400 }.map(\.bytes)
    return seeds
  }

  /// Numbers that length fields are attacked with.
  private static let lengths: [UInt64] = [
    0, 1, 7, 8, 100_000_000, 100_000_001, 1 << 31, 1 << 32, 1 << 62, 1 << 63, .max, .max - 7,
  ]

  private static func mutated(_ seed: [UInt8], using generator: inout Philox) -> [UInt8] {
    var bytes = seed
    func index() -> Int { generator.nextIndex(below: max(1, bytes.count)) }
    for _ in 0...generator.nextIndex(below: 2) where !bytes.isEmpty {
      switch generator.nextIndex(below: 7) {
      case 0: bytes.removeLast(bytes.count - index())
      case 1: bytes[index()] ^= 1 << UInt8(generator.nextIndex(below: 8))
      case 2: bytes[index()] = UInt8(generator.nextIndex(below: 256))
      case 3: bytes.insert(UInt8(generator.nextIndex(below: 256)), at: index())
      case 4: bytes.remove(at: index())
      case 5:
        let length = lengths[generator.nextIndex(below: lengths.count)]
        for i in 0..<min(8, bytes.count) { bytes[i] = UInt8(truncatingIfNeeded: length >> UInt64(8 * i)) }
      default:
        // A digit of a shape or an offset becomes another one, or many.
        let digits = bytes.indices.filter { $0 >= 8 && (0x30...0x39).contains(bytes[$0]) }
        guard !digits.isEmpty else { continue }
        let count = [1, 1, 1, 19, 20, 400][generator.nextIndex(below: 6)]
        let digit = UInt8(0x30 + generator.nextIndex(below: 10))
        let place = digits[generator.nextIndex(below: digits.count)]
        bytes.replaceSubrange(place...place, with: repeatElement(digit, count: count))
        if generator.nextIndex(below: 2) == 0, bytes.count >= 8 + count, bytes[1] == 0 {
          // The header's length follows, so that the reader comes to the number.
          bytes.replaceSubrange(0..<2, with: (Int(bytes[0]) + count - 1).littleEndianPair)
        }
      }
    }
    return bytes
  }

  @Test func `20,000 mutated files are read or refused, without a crash`() throws {
    let seeds = try Self.seeds()
    var generator = Philox(seed: 8).fork("mutated safetensors")
    var accepted = 0, rejected = 0
    for _ in 0..<20_000 {
      let bytes = Self.mutated(seeds[generator.nextIndex(below: seeds.count)], using: &generator)
      do {
        let file = try SafetensorsFile(bytes: bytes)
        accepted += 1
        for (name, tensor) in file.tensors {
          #expect(tensor.dataType.byteCount(shape: tensor.shape) == tensor.bytes.count)
          _ = try? file.tensor(name).floats()
          _ = try? tensor.integers()
        }
        // What was read is a file again, with the same contents.
        let again = try SafetensorsFile(bytes: file.serialized())
        #expect(again.tensors == file.tensors && again.metadata == file.metadata)
      } catch let error as ModelFileError {
        rejected += 1
        #expect(!error.what.isEmpty && error.description.count < 1000)
      }
    }
    #expect(accepted + rejected == 20_000)
    #expect(accepted > 500 && rejected > 10_000, "\(accepted) accepted: the mutations are too mild or too wild")
  }
}

extension Int {
  /// The two low bytes, the lowest first.
  fileprivate var littleEndianPair: [UInt8] { [UInt8(truncatingIfNeeded: self), UInt8(truncatingIfNeeded: self >> 8)] }
}
