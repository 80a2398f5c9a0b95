import Foundation

#if canImport(FoundationXML)
  import FoundationXML
#endif

/// Whether a page is well-formed XML, which the report keeps to so that any tool can read it.
enum WellFormedness {
  /// What the parser stumbled over, with its line; nil where it read the whole page.
  static func failure(of page: String) -> String? {
    let parser = XMLParser(data: Data(page.utf8))
    // On Linux `parse` returns true for a tag that is never closed; the error is set all the same.
    let isRead = parser.parse()
    if isRead, parser.parserError == nil { return nil }
    return "line \(parser.lineNumber): \(parser.parserError.map { "\($0)" } ?? "unknown")"
  }
}
