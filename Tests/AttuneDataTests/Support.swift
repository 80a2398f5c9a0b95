import AttuneCore
import Foundation
import Testing

/// Files of the repository that the tests read.
enum Repository {
  static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().path

  static func path(_ relative: String) -> String { root + "/" + relative }
}

/// A fresh folder, removed when `body` returns.
func withTemporaryFolder(_ body: (String) throws -> Void) throws {
  let folder = NSTemporaryDirectory() + "attune-data-" + UUID().uuidString
  try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(atPath: folder) }
  try body(folder)
}

/// The text of the error that `body` throws; records an issue if it throws none.
func message(of body: () throws -> some Any) -> String {
  do {
    _ = try body()
  } catch {
    return "\(error)"
  }
  Issue.record("nothing was thrown")
  return ""
}
