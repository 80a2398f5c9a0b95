/// What the first lines of a LIBSVM file tell: a label, then `index:value` pairs in each.
struct SparseGuess {
  /// The labels that occur, classes of paired labels.
  private(set) var labels: Set<String> = []
  /// Whether the labels look like classes: whole numbers, of which there are few.
  var isClassification: Bool {
    labels.count <= 20 && labels.allSatisfy { Double($0).map { $0 == $0.rounded() } ?? false }
  }

  /// A guess from the first block of a file; nil where a line is none of a LIBSVM file.
  init?(_ bytes: [UInt8]) {
    var start = 0, lines = 0, pairs = 0
    while start < bytes.count, lines < CSVGuess.sampleSize {
      let end = bytes[start...].firstIndex(of: UInt8(ascii: "\n")) ?? bytes.count
      let content = bytes[start..<end].prefix { $0 != UInt8(ascii: "#") }
      start = end + 1
      let words = content.split { $0 == 0x20 || $0 == 0x09 || $0 == 0x0D }
      guard let label = words.first else { continue }
      let parts = label.split(separator: UInt8(ascii: ";"), omittingEmptySubsequences: false)
      guard parts.count <= 2, parts.allSatisfy(Self.isNumber), words.dropFirst().allSatisfy(Self.isPair) else {
        return nil
      }
      lines += 1
      pairs += words.count - 1
      labels.insert(String(decoding: parts[0], as: UTF8.self))
    }
    guard pairs > 0 else { return nil }
  }

  private static func isNumber(_ word: ArraySlice<UInt8>) -> Bool {
    DecimalNumber.float(Array(word), 0..<word.count) != nil
  }

  private static func isPair(_ word: ArraySlice<UInt8>) -> Bool {
    let parts = word.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
    return parts.count == 2 && !parts[0].isEmpty && parts[0].allSatisfy { (48...57).contains($0) } && isNumber(parts[1])
  }
}
