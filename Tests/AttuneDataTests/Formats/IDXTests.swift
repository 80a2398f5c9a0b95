import AttuneCore
import Testing

@testable import AttuneData

@Suite struct IDXTests {
  private let advice = "; copy or download the file again"

  private func rejection(_ bytes: [UInt8]) -> String { message { try IDX(bytes, path: "f") } }

  private func load(
    images: String = "images-idx3-ubyte.gz", labels: String = "labels-idx1-ubyte.gz",
    task: PredictionTask = .classification, names: [String]? = nil, classes: [String]? = nil
  ) throws -> Table {
    try IDXTableLoader.load(
      images: FormatFixtures.path(images), labels: FormatFixtures.path(labels), task: task, names: names,
      classes: classes)
  }

  @Test(arguments: [("i1", Float(1)), ("i2", 1000), ("i4", 1000), ("f4", 0.5), ("f8", 0.5)])
  func `elements of each type read as they were written`(name: String, scale: Float) throws {
    let array = try IDX(path: FormatFixtures.path("\(name).idx"))
    #expect(array.matrix == Matrix(rows: 4, columns: 6, (0..<24).map { Float($0 - 12) * scale }))
    #expect(array.dimensions == [4, 6])
  }

  @Test(arguments: ["images-idx3-ubyte", "images-idx3-ubyte.gz", "members.gz"])
  func `images read packed and plain, with their size`(name: String) throws {
    let table = try load(images: name)
    #expect(table.features == FormatFixtures.images && table.targets == FormatFixtures.labels)
    #expect(table.image == ImageShape(height: 2, width: 3))
    #expect(table.columnNames == ["pixel_0_0", "pixel_0_1", "pixel_0_2", "pixel_1_0", "pixel_1_1", "pixel_1_2"])
    #expect(table.rows(at: [1]).image == table.image)
  }

  @Test func `rows without images have no size, and labels can be values`() throws {
    let table = try load(images: "i2.idx", task: .regression)
    #expect(table.image == nil && table.columnNames.last == "feature_5")
    #expect(table.targets == .values(Matrix([[2], [0], [2], [1]])))
  }

  @Test func `classes have names by their number, and the numbers of the training part`() throws {
    let named = try load(names: ["shirt", "bag", "boot", "coat"])
    #expect(named.targets == .classes(labels: [2, 0, 2, 1], names: ["shirt", "bag", "boot", "coat"]))
    let known = try load(names: ["shirt", "bag", "boot"], classes: ["boot", "shirt", "bag"])
    #expect(known.targets == .classes(labels: [0, 1, 0, 2], names: ["boot", "shirt", "bag"]))
    let labels = FormatFixtures.path("labels-idx1-ubyte.gz")
    #expect(
      message { try load(names: ["shirt", "bag"]) }
        == "\(labels): row 1: found \"2\", expected a class from 0 to 1; name all classes, in the order of their numbers"
    )
    #expect(
      message { try load(classes: ["0", "2"]) }
        == "\(labels): row 4: found \"1\", expected one of 0, 2; the model knows only the classes of its training part")
  }

  @Test func `labels of other rows are refused`() throws {
    let images = FormatFixtures.path("images-idx3-ubyte.gz")
    #expect(
      message { try load(labels: "images-idx3-ubyte.gz") }
        == "\(images): found \"4×2×3\", expected one label for each of 4 rows; "
        + "give the labels of the rows in \(images), in the same order")
  }

  @Test func `headers that do not fit are refused before memory is taken`() {
    #expect(
      rejection(Array("a,b\n".utf8))
        == "f: expected an IDX file, which begins with two zeros, an element type and the number of dimensions\(advice)"
    )
    #expect(rejection([0, 0, 8]).contains("expected an IDX file"))
    #expect(
      rejection([0, 0, 0x0A, 1, 0, 0, 0, 1, 0])
        == "f: expected an element type from 08, 09, 0b, 0c, 0d, 0e, not a\(advice)")
    #expect(rejection([0, 0, 8, 0, 1]) == "f: expected one dimension or more\(advice)")
    #expect(
      rejection([0, 0, 8, 255, 0]) == "f: expected 255 dimensions in 1024 bytes of header, but the file has 5\(advice)")
    #expect(
      rejection([0, 0, 8, 2, 255, 255, 255, 255, 255, 255, 255, 255, 1])
        == "f: expected as many bytes of data as 4294967295×4294967295 elements of 1 need, but the file has 1\(advice)")
    #expect(rejection([0, 0, 8, 3] + [UInt8](repeating: 255, count: 12)).contains("but the file has 0"))
    #expect(
      rejection([0, 0, 8, 1, 0, 0, 0, 0]) == "f: expected at least one element, but the dimensions are 0\(advice)")
    #expect(rejection([0, 0, 8, 2, 0, 0, 0, 0, 255, 255, 255, 255]).contains("at least one element"))
    #expect(rejection([0, 0, 8, 1, 0, 0, 0, 1, 1, 2]).contains("but the file has 2"))
  }

  @Test func `values that are not finite are listed`() {
    let nan: [UInt8] = [0x7F, 0xC0, 0, 0]
    #expect(
      rejection([0, 0, 0x0D, 2, 0, 0, 0, 1, 0, 0, 0, 2] + [0, 0, 0, 0] + nan)
        == "f: row 1, column \"2\": found \"nan\", expected a finite number that fits 32 bits; "
        + "replace or remove these values"
    )
  }
}
