import AttuneCore
import Foundation
import Testing

/// The files under `Tests/Fixtures/safetensors`, which `Tests/References/make_safetensors_fixtures.py` writes.
enum SafetensorsFixtures {
  static let tests = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()

  static func path(_ name: String) -> String { tests.appending(path: "Fixtures/safetensors/\(name)").path }

  static func bytes(_ name: String) throws -> [UInt8] {
    Array(try Data(contentsOf: URL(filePath: path(name))))
  }

  /// A file of a header and data, with the header's right length.
  static func file(_ header: String, data: [UInt8] = []) -> [UInt8] {
    let length = UInt64(header.utf8.count).littleEndian
    return withUnsafeBytes(of: length) { Array($0) } + Array(header.utf8) + data
  }

  /// A file of one tensor called `a`.
  static func file(dtype: String, shape: [Int], data: [UInt8]) -> [UInt8] {
    file(#"{"a":{"dtype":"\#(dtype)","shape":\#(shape),"data_offsets":[0,\#(data.count)]}}"#, data: data)
  }

  private static func unhex(_ text: String) throws -> [UInt8] {
    let digits = try text.map { try #require($0.hexDigitValue) }
    return stride(from: 0, to: digits.count, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) }
  }

  /// A file made of parts, and what safetensors 0.8.0 says to it.
  struct Case: Sendable {
    let name: String
    let bytes: [UInt8]
    let referenceAccepts: Bool
  }

  static func cases() throws -> [Case] {
    let rows = try #require(StrictJSON.parse(bytes("cases.json")).asArray)
    return try rows.map { row in
      let row = try #require(row.asObject)
      var bytes: [UInt8] = []
      for part in try #require(row["parts"]?.asArray) {
        let part = try #require(part.asObject)
        let once = try part["text"]?.asString.map { Array($0.utf8) } ?? unhex(#require(part["hex"]?.asString))
        for _ in 0..<(part["times"]?.asInt ?? 1) { bytes += once }
      }
      return Case(
        name: try #require(row["name"]?.asString), bytes: bytes,
        referenceAccepts: row["reference"]?.asString == "accepts")
    }
  }
}
