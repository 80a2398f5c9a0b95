import AttuneCore
import Testing

@testable import AttuneData

/// Damaged files must parse or throw a `DataError`; anything else ends the test process.
@Suite struct FuzzTests {
  private static let csvSeeds = [
    "a,b,y\n1,2.5,x\n-3,4e2,y\n", "\u{FEFF}\"a\",\"b \"\"c\"\"\",y\r\n1,\"2\",\"p\nq\"\r\n", "a;b\r1;2\r\r",
    "7,8\n9,10",
    "y,héllo\n0.1,1e-3\n", "a;b;y\n1,5;r;NA\n;g;2\n\n", " 1  2 x\n3\t4 y\n",
  ]

  private func mutated(_ seed: [UInt8], _ special: [UInt8], using generator: inout Philox) -> [UInt8] {
    var bytes = seed
    for _ in 0...generator.nextIndex(below: 3) where !bytes.isEmpty {
      let place = generator.nextIndex(below: bytes.count)
      switch generator.nextIndex(below: 6) {
      case 0: bytes[place] ^= 1 << UInt8(generator.nextIndex(below: 8))
      case 1: bytes[place] = UInt8(truncatingIfNeeded: generator.next())
      case 2: bytes.removeSubrange(place..<min(bytes.count, place + 1 + generator.nextIndex(below: 9)))
      case 3: bytes.insert(special[generator.nextIndex(below: special.count)], at: place)
      case 4: bytes.removeLast(bytes.count - place)
      default: bytes.insert(contentsOf: bytes[place..<min(bytes.count, place + 20)], at: place)
      }
    }
    return bytes
  }

  /// How many of `count` damaged inputs `parse` took.
  private func accepted(
    _ count: Int, seeds: [[UInt8]], special: [UInt8], _ parse: ([UInt8], Int) throws -> Void
  ) -> Int {
    var generator = Philox(seed: 2026), accepted = 0
    for round in 0..<count {
      let bytes = mutated(seeds[round % seeds.count], special, using: &generator)
      do {
        try parse(bytes, round)
        accepted += 1
      } catch {
        #expect(error is DataError && !"\(error)".isEmpty, "\(bytes)")
      }
    }
    return accepted
  }

  @Test func `three thousand damaged CSV files parse or throw`() {
    let seeds = FuzzTests.csvSeeds.map { Array($0.utf8) }
    let taken = accepted(3_000, seeds: seeds, special: Array("\",\n\r;\0e+-.9\u{FEFF}".utf8)) { bytes, round in
      let separators: [CSVSeparator] = [",", ";", "space"]
      var options = CSVOptions(
        CSVDialect(
          separator: separators[round % 3], decimalComma: round % 6 == 1, hasHeader: round % 4 != 0,
          missing: round % 7 < 3 ? [] : ["", "NA"], trimsBlanks: round % 11 == 0))
      if round % 5 == 1 { options.categorical = [options.dialect.hasHeader ? "b" : "column1"] }
      if round % 5 == 2 { options.badRows = .skip }
      let target = round % 2 == 0 ? nil : options.dialect.hasHeader ? "y" : "column2"
      let table = try CSVTableLoader.load(
        bytes: bytes, path: "f", target: target, task: round % 5 == 0 ? .regression : .classification, options: options)
      #expect(table.count > 0 && (table.features.isFinite || !options.dialect.missing.isEmpty))
    }
    #expect(taken > 30 && taken < 2_900)
  }

  @Test func `three thousand damaged npy files parse or throw`() throws {
    let names = ["little_f4", "big_f8", "u1", "bool", "fortran_f4", "version2_f4", "vector_f4", "object"]
    let seeds = try names.map { try InputFile.bytes(at: Repository.path("Tests/Fixtures/npy/\($0).npy")) }
    let taken = accepted(3_000, seeds: seeds, special: Array("(),'{}0123456789<>|fiub: ".utf8)) { bytes, _ in
      let matrix = try NPY.parse(bytes, path: "f")
      #expect(matrix.isFinite)
    }
    #expect(taken > 30 && taken < 2_900)
  }
}
