import AttuneCore
import Testing

@testable import AttuneData

@Suite struct NPZTests {
  private func load(
    _ bytes: [UInt8], features: String = "x_train", targets: String = "y_train",
    limit: UnpackingLimit = UnpackingLimit()
  ) throws -> Table {
    try NPZTableLoader.load(
      bytes: bytes, path: "f.npz", features: features, targets: targets, task: .classification, limit: limit)
  }

  /// The places where a sequence of bytes begins.
  private func places(of wanted: [UInt8], in bytes: [UInt8]) -> [Int] {
    bytes.indices.filter { bytes[$0...].starts(with: wanted) }
  }

  @Test(arguments: ["stored", "deflated", "streamed", "zip64"])
  func `an archive that NumPy reads gives the same arrays`(name: String) throws {
    let table = try load(FormatFixtures.bytes("\(name).npz"))
    #expect(table.features == FormatFixtures.images)
    #expect(table.targets == FormatFixtures.labels)
    #expect(table.image == ImageShape(height: 2, width: 3))
    #expect(table.columnNames.first == "feature_0" && table.columnNames.count == 6)
  }

  @Test func `an array that is missing is named with those that are there`() throws {
    let bytes = try FormatFixtures.bytes("stored.npz")
    #expect(
      message { try load(bytes, features: "xtrain") }
        == "f.npz: expected an array \"xtrain\", but none of the 2 arrays is called so; "
        + "did you mean 'x_train'? Arrays: x_train, y_train")
  }

  @Test func `an array that does not fit is named with its file`() throws {
    let bytes = try FormatFixtures.bytes("stored.npz")
    #expect(
      message { try load(bytes, targets: "x_train") }
        == "f.npz[x_train]: found \"[4, 6]\", expected one target for each of 4 rows; "
        + "give the targets of the rows in f.npz[x_train], in the same order")
  }

  @Test func `a file that is no archive is refused`() throws {
    #expect(
      message { try load(Array("hello".utf8)) }
        == "f.npz: expected an npz file, which is a ZIP archive and begins with PK; "
        + "save the arrays with numpy.savez(path, x=…, y=…)")
    let end = "; save or download the archive again"
    #expect(
      message { try load(ZipDirectoryMagic.local) }
        == "cannot unpack 'f.npz': it is no ZIP archive, or its end is missing\(end)")
    let bytes = try FormatFixtures.bytes("stored.npz")
    for count in stride(from: 4, to: bytes.count, by: 7) {
      #expect(message { try load(Array(bytes.prefix(count))) }.contains("or its end is missing"))
    }
    #expect(message { try load(ZipDirectoryMagic.local + bytes) }.contains("does not end where its end record begins"))
  }

  @Test func `a header that differs from the directory is refused`() throws {
    let bytes = try FormatFixtures.bytes("stored.npz")
    let local = try #require(places(of: ZipDirectoryMagic.local, in: bytes).first)
    // Flags, method, CRC, name.
    for offset in [6, 8, 14, 30] {
      var damaged = bytes
      damaged[local + offset] ^= 1
      #expect(
        message { try load(damaged) }.contains("the local header of member 'x_train.npy' does not fit the directory"))
    }
  }

  @Test func `damaged contents are refused`() throws {
    let stored = try FormatFixtures.bytes("stored.npz")
    var damaged = stored
    let data = try #require(places(of: NPYHeader.magic, in: stored).first)
    damaged[data + 130] ^= 1
    #expect(
      message { try load(damaged) }
        == "cannot unpack 'f.npz': member 'x_train.npy' does not have the CRC of the directory; "
        + "save or download the archive again")
  }

  @Test func `encrypted members, other methods, two of one name, and overlaps are refused`() throws {
    let bytes = try FormatFixtures.bytes("stored.npz")
    let central = places(of: ZipDirectoryMagic.central, in: bytes)
    func rejection(_ change: (inout [UInt8]) -> Void) -> String {
      var damaged = bytes
      change(&damaged)
      return message { try load(damaged) }
    }
    #expect(rejection { $0[central[0] + 8] |= 1 }.contains("member 'x_train.npy' is encrypted"))
    #expect(
      rejection { $0[central[0] + 10] = 12 }
        .contains("packed by method 12; stored (0) and deflated (8) are supported"))
    #expect(rejection { $0[central[1] + 46] = UInt8(ascii: "x") }.contains("two members are called 'x_train.npy'"))
    // The second entry points at the first member, under another name there.
    #expect(
      rejection {
        $0[central[1] + 42] = 0; $0[central[1] + 43] = 0
      }.contains("does not fit the directory"))
    #expect(rejection { $0[$0.count - 12] = 3 }.contains("one part of an archive in several"))
  }

  @Test func `a member that unpacks to more than is allowed is refused before it is unpacked`() throws {
    let bytes = try FormatFixtures.bytes("deflated.npz")
    var limit = UnpackingLimit()
    limit.floor = 200
    limit.ratio = 1
    #expect(
      message { try load(bytes, limit: limit) }
        .contains("to 224, more than 200; if that is right, unpack the archive and pack it again without compression"))
    // A size that lies is found out when the bytes come.
    var lying = bytes
    for (magic, offset) in [(ZipDirectoryMagic.local, 22), (ZipDirectoryMagic.central, 24)] {
      for place in places(of: magic, in: bytes) where lying[place + offset] != 0xFF { lying[place + offset] -= 1 }
    }
    #expect(message { try load(lying) }.contains("x_train"))
  }
}

/// Signatures of a ZIP archive.
enum ZipDirectoryMagic {
  static let local: [UInt8] = [0x50, 0x4B, 0x03, 0x04]
  static let central: [UInt8] = [0x50, 0x4B, 0x01, 0x02]
}
