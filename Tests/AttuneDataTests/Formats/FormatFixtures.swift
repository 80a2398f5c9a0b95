import AttuneCore

@testable import AttuneData

/// The files of Tests/References/make_format_fixtures.py and what they hold.
enum FormatFixtures {
  /// Four images of 2 by 3 pixels.
  static let images = Matrix(rows: 4, columns: 6, (0..<24).map(Float.init))
  /// Their classes.
  static let labels = Targets.classes(labels: [2, 0, 2, 1], names: ["0", "1", "2"])

  static func path(_ name: String) -> String { Repository.path("Tests/Fixtures/formats/\(name)") }

  static func bytes(_ name: String) throws -> [UInt8] { try InputFile.bytes(at: path(name)) }
}
