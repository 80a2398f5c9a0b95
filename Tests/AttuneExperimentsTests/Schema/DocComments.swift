import Foundation

/// Doc comments of the members of types, read from the sources: `Type.member` by the first paragraph.
///
/// The sources are formatted, so that the margin of a line says in which type it stands.
struct DocComments {
  private(set) var texts: [String: String] = [:]

  /// The words with which declarations start.
  private static let starts: Set = [
    "public", "private", "fileprivate", "package", "indirect", "final", "static", "struct", "enum", "class",
    "extension",
    "protocol", "let", "var", "case",
  ]

  init(folder: URL) throws {
    let files = FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil)
    for case let file as URL in files ?? .init() where file.pathExtension == "swift" {
      read(try String(contentsOf: file, encoding: .utf8))
    }
  }

  private mutating func read(_ source: String) {
    var types: [(margin: Int, name: String)] = [], comment: [Substring] = []
    for line in source.split(separator: "\n", omittingEmptySubsequences: false) {
      let margin = line.prefix { $0 == " " }.count, text = line.dropFirst(margin)
      guard !text.isEmpty else {
        comment = []
        continue
      }
      if text.hasPrefix("///") {
        comment.append(text.dropFirst(3).drop { $0 == " " })
        continue
      }
      while let last = types.last, last.margin >= margin { types.removeLast() }
      // Most lines are code, and an expression costs more than a look at the first word.
      guard Self.starts.contains(String(text.prefix { $0 != " " && $0 != "(" })) else {
        comment = []
        continue
      }
      if let match = text.firstMatch(of: /^(?:[a-z()]+ )*(?:struct|enum|class|extension|protocol) ([A-Za-z0-9.]+)/) {
        types.append((margin, String(match.1)))
      } else if let match = text.firstMatch(of: /^(?:[a-z()]+ )*(?:let|var|case) `?([A-Za-z0-9]+)`?(?: = "([a-z-]+)")?/)
      {
        note(match.2.map(String.init) ?? String(match.1), types.map(\.name), comment)
      }
      comment = []
    }
  }

  private mutating func note(_ member: String, _ types: [String], _ comment: [Substring]) {
    let paragraph = comment.prefix { !$0.isEmpty && !$0.hasPrefix("- ") }.joined(separator: " ")
    guard !paragraph.isEmpty, !types.isEmpty else { return }
    // A case of the keys describes a key that is no property; it counts before the property of that name.
    let isKey = types.last == "CodingKeys"
    let owner = types.filter { $0 != "CodingKeys" }.joined(separator: ".")
    if isKey || texts["\(owner).\(member)"] == nil { texts["\(owner).\(member)"] = paragraph }
  }
}
