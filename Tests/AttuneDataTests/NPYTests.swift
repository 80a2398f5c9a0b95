import AttuneCore
import Foundation
import Testing

@testable import AttuneData

@Suite struct NPYTests {
  /// Element (i, j) is 4·i + j − 5, as in the script that wrote the fixtures.
  private let integers = Matrix(rows: 3, columns: 4, (0..<12).map { Float($0 - 5) })
  private let advice = "; save the array again with numpy.save(path, array.astype('float32'))"

  private func fixture(_ name: String) throws -> [UInt8] {
    try InputFile.bytes(at: Repository.path("Tests/Fixtures/npy/\(name).npy"))
  }

  /// An npy file of version 1 with any header and data.
  private func file(_ header: String, _ data: [UInt8] = [], claimedLength: Int? = nil) -> [UInt8] {
    let length = claimedLength ?? header.utf8.count
    return NPYHeader.magic + [1, 0, UInt8(length & 0xFF), UInt8(length >> 8)] + header.utf8 + data
  }

  private func header(_ type: String = "<f4", order: String = "False", shape: String) -> String {
    "{'descr': '\(type)', 'fortran_order': \(order), 'shape': \(shape), }"
  }

  private func rejection(_ bytes: [UInt8]) -> String {
    message { try NPY.parse(bytes, path: "f.npy") }
  }

  @Test(arguments: [
    "little_f4", "big_f4", "little_f8", "big_f8", "fortran_f4", "version2_f4", "version3_f4",
  ])
  func `floats that NumPy wrote read as NumPy reads them`(name: String) throws {
    #expect(try NPY.parse(fixture(name), path: name) == integers.scaled(by: 0.5))
  }

  @Test(arguments: ["little_i2", "big_i2", "little_i4", "big_i4", "little_i8", "big_i8", "i1"])
  func `signed integers that NumPy wrote read as NumPy reads them`(name: String) throws {
    #expect(try NPY.parse(fixture(name), path: name) == integers)
  }

  @Test(arguments: ["little_u2", "big_u4", "little_u8", "u1"])
  func `unsigned integers that NumPy wrote read as NumPy reads them`(name: String) throws {
    #expect(try NPY.parse(fixture(name), path: name) == integers.map { $0 + 5 })
  }

  @Test func `booleans read as 0 and 1, a vector as a column`() throws {
    let pattern = Matrix([[1, 0, 1, 0], [0, 1, 0, 1], [1, 0, 1, 0]])
    #expect(try NPY.parse(fixture("bool"), path: "bool") == pattern)
    #expect(try NPY.parse(fixture("vector_f4"), path: "vector") == Matrix([[1.5], [-2], [3]]))
  }

  @Test func `a header without padding reads, as in NumPy`() throws {
    let bytes = file(header("|u1", shape: "(1,2)"), [7, 8])
    #expect(try NPY.parse(bytes, path: "f.npy") == Matrix([[7, 8]]))
  }

  @Test func `what is written equals NumPy's file byte for byte`() throws {
    let bytes = NPY.encode(integers.scaled(by: 0.5))
    #expect(try bytes == fixture("little_f4"))
  }

  @Test(arguments: [(1, 1), (1, 5), (1000, 37), (3, 100_000)])
  func `what is written is padded to 64 and reads back`(rows: Int, columns: Int) throws {
    var generator = Philox(seed: 1)
    let matrix = generator.normal(rows: rows, columns: columns)
    try withTemporaryFolder { folder in
      try NPY.write(matrix, to: folder + "/m.npy")
      #expect(try NPY.read(path: folder + "/m.npy") == matrix)
      #expect(try (InputFile.bytes(at: folder + "/m.npy").count - matrix.count * 4) % 64 == 0)
    }
  }

  @Test func `arrays of objects and text are refused`() throws {
    #expect(
      rejection(try fixture("object"))
        == "f.npy: expected numbers or booleans, not elements of type '|O'\(advice)")
    for type in ["<U3", "|S4", "<c8", "<f2", "<M8", "|f4", "f4", "<f16", "<", "<f-4", "<f+4"] {
      #expect(rejection(file(header(type, shape: "(1, 1)"), [0, 0, 0, 0])).contains("f.npy: expected "))
    }
  }

  @Test func `a file that is no npy, or of a version to come, is refused`() {
    #expect(
      rejection(Array("PK\u{3}\u{4} not npy".utf8))
        == "f.npy: expected an npy file, which begins with \\x93NUMPY\(advice)")
    #expect(rejection([]).contains("an npy file"))
    #expect(
      rejection(NPYHeader.magic + [4, 0, 0, 0]) == "f.npy: expected format version 1.0, 2.0 or 3.0, not 4.0\(advice)")
    #expect(rejection(NPYHeader.magic + [2, 0, 0, 0]) == "f.npy: expected a header length\(advice)")
  }

  @Test func `a header longer than the file is refused`() {
    #expect(
      rejection(file("{}", claimedLength: 60_000))
        == "f.npy: expected a header of 60000 bytes, but the file ends after 2\(advice)")
    #expect(
      rejection(NPYHeader.magic + [2, 0, 255, 255, 255, 255])
        == "f.npy: expected a header of 4294967295 bytes, but the file ends after 0\(advice)")
  }

  @Test func `a shape beyond the file is refused before memory is taken`() {
    #expect(
      rejection(file(header(shape: "(1000000, 1000000)"), [0, 0, 0, 0]))
        == "f.npy: expected 4000000000000 bytes of data for shape [1000000, 1000000], but the file has 4\(advice)")
    #expect(
      rejection(file(header(shape: "(4294967296, 4294967296)"), [0, 0, 0, 0]))
        == "f.npy: expected more bytes than can be counted of data for shape [4294967296, 4294967296], "
        + "but the file has 4\(advice)")
    #expect(rejection(file(header(shape: "(4611686018427387904,)"))).contains("more bytes than can be counted"))
  }

  @Test func `trailing and missing bytes are refused`() {
    #expect(
      rejection(file(header(shape: "(1, 1)"), [0, 0, 0, 0, 0]))
        == "f.npy: expected 4 bytes of data for shape [1, 1], but the file has 5\(advice)")
    #expect(rejection(file(header(shape: "(1, 1)"), [0, 0, 0])).contains("but the file has 3"))
  }

  @Test(arguments: ["()", "(1, 1, 1, 1, 1, 1, 1, 1, 1)"])
  func `other than one to eight dimensions are refused`(shape: String) {
    #expect(rejection(file(header(shape: shape), [0, 0, 0, 0])).contains("expected 1 to 8 dimensions, not "))
  }

  @Test func `dimensions past the first are laid out in one row, in either order`() throws {
    let numbers = [UInt8](0..<24)
    let rowMajor = try NPY.parse(file(header("|u1", shape: "(2, 3, 4)"), numbers), path: "f.npy")
    #expect(rowMajor == Matrix(rows: 2, columns: 12, numbers.map(Float.init)))
    // Element (i, j, k) of a Fortran array stands at i + 2·j + 6·k.
    let columnMajor = try NPY.parse(file(header("|u1", order: "True", shape: "(2, 3, 4)"), numbers), path: "f.npy")
    let expected = Matrix(rows: 2, columns: 12) { out in
      for i in 0..<2 {
        for j in 0..<3 {
          for k in 0..<4 { out[12 * i + 4 * j + k] = Float(i + 2 * j + 6 * k) }
        }
      }
    }
    #expect(columnMajor == expected)
  }

  @Test func `an array without elements is refused`() {
    #expect(
      rejection(file(header(shape: "(0, 9000000000000000000)")))
        == "f.npy: expected at least one element, but the shape is [0, 9000000000000000000]\(advice)")
  }

  @Test(arguments: [
    "", "{", "{}", "[]", "{'descr': '<f4', 'fortran_order': false, 'shape': (1, 1), }",
    "{'descr': '<f4', 'fortran_order': False, 'shape': (1)}",
    "{'descr': '<f4', 'fortran_order': False, 'shape': (-1, 1)}",
    "{'descr': '<f4', 'fortran_order': False, 'shape': (1, 2-1)}", "{'descr': '<f4', 'fortran_order': False}",
    "{'descr': '<f4', 'fortran_order': False, 'shape': (1, 1), 'shape': (1, 1)}",
    "{'descr': '<f4', 'fortran_order': False, 'shape': (1, 1), 'more': True}",
    "{'descr': '<f4', 'fortran_order': False, 'shape': (1 1)}",
    "{'descr': '<f4' 'fortran_order': False, 'shape': (1, 1)}",
    "{'descr': '<f4', 'fortran_order': False, 'shape': (01, 1)}",
    "{'descr': '<f4', 'fortran_order': False, 'shape': (1, 1)} x",
    "{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (1, 1)}", "{'descr': '<f4, 'fortran_order': False}",
    "{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999999999999, 1)}", "{\"descr\": '<f\u{e9}'}",
    "{'descr': '<f4', 'fortran_order': False, 'shape': (,)}",
    "{'descr': 'é4', 'fortran_order': False, 'shape': (1, 1)}",
  ])
  func `a header that is no such dictionary is refused`(header: String) {
    #expect(rejection(file(header, [0, 0, 0, 0])).contains("expected a header"))
  }

  @Test func `values that are not finite are listed with row and column unless they are allowed`() throws {
    let matrix = Matrix([[1, .nan], [.infinity, 2]])
    #expect(
      rejection(NPY.encode(matrix)) == """
        f.npy: 2 problems
          row 1, column "2": found "nan", expected a finite number that fits 32 bits
          row 2, column "1": found "inf", expected a finite number that fits 32 bits
        replace or remove these values, then save again
        """)
    let read = try NPY.parse(NPY.encode(matrix), path: "f.npy", allowingNonFinite: true)
    #expect(read[0, 1].isNaN && read[1, 0] == .infinity && read[1, 1] == 2)
  }

  @Test func `a 64-bit float that no 32-bit float holds is refused`() {
    let bits = (1e300).bitPattern
    let data = (0..<8).map { UInt8(truncatingIfNeeded: bits >> (8 * UInt64($0))) }
    #expect(rejection(file(header("<f8", shape: "(1,)"), data)).contains("row 1, column \"1\": found \"inf\""))
  }

  @Test func `a boolean other than 0 and 1 is refused`() {
    #expect(
      rejection(file(header("|b1", shape: "(1, 2)"), [1, 7]))
        == "f.npy: row 1, column \"2\": found \"7\", expected a boolean of 0 or 1; "
        + "replace or remove these values, then save again")
  }
}
