import Foundation

/// The JSON files in `Tests/Fixtures`, which the scripts in `Tests/References` made.
enum FixtureFile {
  static func decode<Content: Decodable>(_ type: Content.Type, from name: String) throws -> Content {
    let tests = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let data = try Data(contentsOf: tests.appending(path: "Fixtures").appending(path: name))
    return try JSONDecoder().decode(type, from: data)
  }
}
