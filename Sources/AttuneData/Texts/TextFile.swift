internal import AttuneCore

/// A file of labeled texts, one a line.
public struct TextFile: Sendable, Equatable {
  /// What a line holds.
  public enum Format: String, Codable, Sendable, CaseIterable {
    /// A label, a tab, the text, which may hold further tabs.
    case labelText = "label-text"
    /// The text, which may hold tabs, a tab, a label.
    case textLabel = "text-label"
  }

  /// How letters are coded.
  public enum Encoding: String, Codable, Sendable, CaseIterable {
    /// UTF-8.
    case utf8 = "utf-8"
    /// ISO-8859-1: a byte is a letter.
    case latin1 = "latin-1"
  }

  /// What gives a text its label.
  public enum Label: Sendable, Equatable {
    /// Its line.
    case line(Format)
    /// The file: all its texts have this one.
    case file(String)
  }

  /// The file.
  public var path: String
  /// What gives a text its label.
  public var label: Label
  /// How letters are coded.
  public var encoding: Encoding

  /// A file of labeled texts.
  public init(path: String, label: Label, encoding: Encoding = .utf8) {
    (self.path, self.label, self.encoding) = (path, label, encoding)
  }

  /// A text with its label and its line, from 1.
  struct Line {
    var label: String, text: String, number: Int
  }

  /// The labeled texts in the order of the file, which may be packed with gzip. Lines end at a line feed only, since other
  /// separators of lines occur in texts; a carriage return before it is cut off, and empty lines at the end are no texts.
  ///
  /// - Throws: `FileError`, `PackedFileError`; `DataError` for lines that are not UTF-8, have no tab, no label or no text.
  func lines() throws -> [Line] {
    var lines = try InputFile.unpackedBytes(at: path)
      .split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
      .map { $0.last == UInt8(ascii: "\r") ? $0.dropLast() : $0 }
    while lines.last?.isEmpty == true { lines.removeLast() }
    var found: [Line] = [], problems: [DataError.Problem] = [], count = 0, isMiscoded = false
    found.reserveCapacity(lines.count)
    for (index, bytes) in lines.enumerated() {
      let problem: (value: String?, expected: String)
      if let line = decoded(bytes) {
        switch parsed(line, index + 1) {
        case .success(let line):
          found.append(line)
          continue
        case .failure(let missing): problem = (line, missing.expected)
        }
      } else {
        isMiscoded = true
        problem = (String(decoding: bytes, as: UTF8.self), "UTF-8")
      }
      count += 1
      guard problems.count < DataError.problemLimit else { continue }
      problems.append(.init(line: index + 1, value: problem.value, expected: problem.expected))
    }
    guard count == 0 else {
      let advice =
        isMiscoded
        ? "if the file is ISO-8859-1, set 'encoding: latin-1'"
        : "mend the lines; 'format' says what a line holds, label-text or text-label, and where files have a 'label' each "
          + "line is a text"
      throw DataError(path: path, problems: problems, count: count, advice: advice)
    }
    guard !found.isEmpty else {
      throw DataError(
        path: path, problems: [.init(expected: "a text, but there is none")], advice: "check the path")
    }
    return found
  }

  private func decoded(_ bytes: ArraySlice<UInt8>) -> String? {
    switch encoding {
    case .utf8: String(validating: bytes, as: UTF8.self)
    case .latin1: String(String.UnicodeScalarView(bytes.map { Unicode.Scalar($0) }))
    }
  }

  private struct Missing: Error {
    let expected: String
  }

  private func parsed(_ line: String, _ number: Int) -> Result<Line, Missing> {
    let label: Substring, text: Substring
    switch self.label {
    case .file(let name): (label, text) = (name[...], line[...])
    case .line(let format):
      guard let tab = format == .labelText ? line.firstIndex(of: "\t") : line.lastIndex(of: "\t") else {
        return .failure(Missing(expected: "a label and a text with a tab between them"))
      }
      let (before, after) = (line[..<tab], line[line.index(after: tab)...])
      (label, text) = format == .labelText ? (before, after) : (after, before)
    }
    let name = String(label.trimmed), content = String(text.trimmed)
    guard !name.isEmpty else { return .failure(Missing(expected: "a label")) }
    guard !content.isEmpty else { return .failure(Missing(expected: "a text that is not empty")) }
    return .success(Line(label: name, text: content, number: number))
  }
}

extension Substring {
  /// Without blanks at its ends.
  fileprivate var trimmed: Substring {
    guard let first = firstIndex(where: { !$0.isWhitespace }), let last = lastIndex(where: { !$0.isWhitespace }) else {
      return self[startIndex..<startIndex]
    }
    return self[first...last]
  }
}
