import AttuneCore
import Foundation
import Testing

@testable import AttuneData

@Suite struct GzipTests {
  private func unpacked(_ name: String) throws -> [UInt8] {
    try Gzip.unpack(FormatFixtures.bytes(name), path: "f.gz")
  }

  private func rejection(_ bytes: [UInt8], _ limit: UnpackingLimit = UnpackingLimit()) -> String {
    message { try Gzip.unpack(bytes, path: "f.gz", limit: limit) }
  }

  @Test func `a packed file gives the bytes that were packed`() throws {
    let plain = try FormatFixtures.bytes("images-idx3-ubyte")
    #expect(try unpacked("images-idx3-ubyte.gz") == plain)
    #expect(try unpacked("members.gz") == plain)
  }

  @Test func `the first bytes tell whether a file is packed, not its name`() throws {
    try withTemporaryFolder { folder in
      try AtomicFile.write(FormatFixtures.bytes("images-idx3-ubyte.gz"), to: folder + "/plain.csv")
      try AtomicFile.write([1, 2, 3], to: folder + "/packed.gz")
      #expect(try InputFile.unpackedBytes(at: folder + "/plain.csv") == FormatFixtures.bytes("images-idx3-ubyte"))
      #expect(try InputFile.unpackedBytes(at: folder + "/packed.gz") == [1, 2, 3])
    }
  }

  @Test func `a file that is cut is refused wherever it is cut`() throws {
    let bytes = try FormatFixtures.bytes("images-idx3-ubyte.gz")
    for count in 2..<bytes.count {
      let text = rejection(Array(bytes.prefix(count)))
      #expect(
        text == "cannot unpack 'f.gz': the file ends after \(count) bytes, before its packed data do; "
          + "copy or download it again")
    }
  }

  @Test func `a wrong CRC, a wrong length and foreign bytes are refused`() throws {
    let bytes = try FormatFixtures.bytes("images-idx3-ubyte.gz")
    var damaged = bytes
    damaged[bytes.count - 8] ^= 1
    #expect(
      rejection(damaged)
        == "cannot unpack 'f.gz': its packed data are damaged (incorrect data check); "
        + "copy or download it again, and check it with gunzip --test")
    damaged = bytes
    damaged[bytes.count - 4] ^= 1
    #expect(rejection(damaged).contains("(incorrect length check)"))
    #expect(rejection(bytes + [7]).contains("the file ends after \(bytes.count + 1) bytes"))
    #expect(rejection(bytes + Array("more".utf8)).contains("(incorrect header check)"))
    #expect(
      rejection(Array("plain".utf8))
        == "cannot unpack 'f.gz': it is no gzip file: it does not begin with 1f 8b; give a file that gzip wrote")
  }

  @Test func `what unpacks to more than is allowed is refused`() throws {
    let zeros = try FormatFixtures.bytes("zeros.gz")
    #expect(try Gzip.unpack(zeros, path: "f.gz") == [UInt8](repeating: 0, count: 100_000))
    var limit = UnpackingLimit()
    limit.floor = 1_000
    limit.ratio = 10
    #expect(
      rejection(zeros, limit)
        == "cannot unpack 'f.gz': its \(zeros.count) bytes unpack to more than \(zeros.count * 10); "
        + "if that is right, unpack it with gunzip first")
    limit.ratio = .max
    limit.total = 99_999
    #expect(rejection(zeros, limit).contains("unpack to more than 99999;"))
    limit.total = 100_000
    #expect(try Gzip.unpack(zeros, path: "f.gz", limit: limit).count == 100_000)
    // Members count together.
    #expect(rejection(zeros + zeros, limit).contains("unpack to more than 100000;"))
  }
}
