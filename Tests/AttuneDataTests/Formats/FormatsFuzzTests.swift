import AttuneCore
import Testing

@testable import AttuneData

/// Damaged files must give a table or a `DataError` or `PackedFileError`; anything else ends the test process.
@Suite struct FormatsFuzzTests {
  /// Bytes that lengths, counts and types are made of.
  private static let special: [UInt8] = [0x00, 0x01, 0x7F, 0x80, 0xFF] + Array("PK \n:;#-1e9".utf8)

  private func mutated(_ seed: [UInt8], using generator: inout Philox) -> [UInt8] {
    var bytes = seed
    for _ in 0...generator.nextIndex(below: 2) where !bytes.isEmpty {
      let place = generator.nextIndex(below: bytes.count)
      switch generator.nextIndex(below: 7) {
      case 0, 1: bytes[place] ^= 1 << UInt8(generator.nextIndex(below: 8))
      case 2: bytes[place] = UInt8(truncatingIfNeeded: generator.next())
      case 3: bytes.removeSubrange(place..<min(bytes.count, place + 1 + generator.nextIndex(below: 9)))
      case 4: bytes.insert(Self.special[generator.nextIndex(below: Self.special.count)], at: place)
      case 5: bytes.removeLast(bytes.count - place)
      default:
        // A length field made huge, or zero.
        let value: UInt8 = generator.nextIndex(below: 2) == 0 ? 0xFF : 0
        for offset in place..<min(bytes.count, place + 4) { bytes[offset] = value }
      }
    }
    return bytes
  }

  /// Runs `parse` on `count` damaged files of each seed, and checks that some pass and some do not.
  private func check(_ count: Int, seeds: [[UInt8]], _ parse: ([UInt8], Int) throws -> Table) {
    var generator = Philox(seed: 2026), accepted = 0
    for round in 0..<count {
      let bytes = mutated(seeds[round % seeds.count], using: &generator)
      do {
        let table = try parse(bytes, round)
        #expect(table.features.isFinite && table.count > 0 && table.targets.count == table.count)
        #expect(table.features.count <= 1 << 24)
        accepted += 1
      } catch {
        #expect(error is DataError || error is PackedFileError, "\(error): \(bytes)")
        #expect(!"\(error)".isEmpty)
      }
    }
    #expect(accepted > 10 && accepted < count - 10, "\(accepted) of \(count)")
  }

  @Test func `four thousand damaged npz files give a table or an error`() throws {
    let seeds = try ["stored", "deflated", "streamed", "zip64"].map { try FormatFixtures.bytes("\($0).npz") }
    check(4_000, seeds: seeds) { bytes, round in
      try NPZTableLoader.load(
        bytes: bytes, path: "f", features: "x_train", targets: "y_train",
        task: round % 2 == 0 ? .classification : .regression)
    }
  }

  @Test func `four thousand damaged IDX files give a table or an error`() throws {
    let seeds = try ["images-idx3-ubyte", "i2.idx", "f4.idx", "f8.idx"].map { try FormatFixtures.bytes($0) }
    check(4_000, seeds: seeds) { bytes, _ in
      let array = try IDX(bytes, path: "f")
      return Table(
        features: array.matrix, targets: .values(Matrix(rows: array.matrix.rows, columns: 1)),
        columnNames: NPYTableLoader.columnNames(array.matrix.columns), image: ImageShape(rowsOf: array.dimensions))
    }
  }

  @Test func `three thousand damaged gzip files give bytes or an error`() throws {
    let seeds = try ["images-idx3-ubyte.gz", "members.gz"].map { try FormatFixtures.bytes($0) }
    let plain = try FormatFixtures.bytes("images-idx3-ubyte")
    check(3_000, seeds: seeds) { bytes, _ in
      let unpacked = try Gzip.unpack(bytes, path: "f")
      // The CRC lets nothing pass but whole members.
      #expect(unpacked.isEmpty || plain.starts(with: unpacked.prefix(20)), "\(bytes)")
      return Table(features: Matrix([[0]]), targets: .values(Matrix([[0]])), columnNames: ["x"])
    }
  }

  @Test func `four thousand damaged LIBSVM files give a table or an error`() throws {
    let seeds = try ["rows.libsvm", "gas.dat"].map { try FormatFixtures.bytes($0) }
    check(4_000, seeds: seeds) { bytes, round in
      try LIBSVMTableLoader.load(
        bytes: bytes, path: "f", features: round % 3 == 0 ? 200 : nil,
        task: round % 2 == 0 ? .classification : .regression, classes: round % 5 == 0 ? ["-1", "1", "6"] : nil)
    }
  }
}
