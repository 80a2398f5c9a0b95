internal import AttuneCore

/// Rows of 32-bit floats in a scratch file, read by number.
final class RowStore: Sendable {
  /// Floats of a row.
  let width: Int
  /// The number of rows.
  let count: Int
  private let file: ScratchFile

  /// Rows of a file that holds nothing else.
  init(_ file: ScratchFile, width: Int, count: Int) {
    precondition(width > 0, "rows of \(width) floats")
    (self.file, self.width, self.count) = (file, width, count)
  }

  private var rowBytes: Int { width * MemoryLayout<Float>.stride }
  /// Rows so near that reading what lies between costs less than another call.
  private static let nearBytes = 1 << 14
  private static let spanBytes = 1 << 20

  /// Calls `body` for each row, in the order of `rows`, with its place in that order and its floats.
  ///
  /// Neighbors in that order that are near in the file are read together.
  func forEachRow(
    _ rows: [Int], _ body: (_ place: Int, _ floats: UnsafePointer<Float>) -> Void
  ) throws {
    let spans = spans(of: rows)
    let longest = spans.reduce(0) { max($0, rows[$1.upperBound - 1] - rows[$1.lowerBound] + 1) }
    let buffer = UnsafeMutableBufferPointer<Float>.allocate(capacity: longest * width)
    defer { buffer.deallocate() }
    guard let base = buffer.baseAddress else { return }
    for span in spans {
      let first = rows[span.lowerBound], last = rows[span.upperBound - 1]
      precondition(first >= 0 && last < count, "rows \(first) to \(last) of \(count)")
      try file.read(
        at: first * rowBytes,
        into: UnsafeMutableRawBufferPointer(start: base, count: (last - first + 1) * rowBytes))
      for place in span { body(place, UnsafePointer(base + (rows[place] - first) * width)) }
    }
  }

  /// The places that are read together: runs of rising rows.
  private func spans(of rows: [Int]) -> [Range<Int>] {
    let near = max(1, Self.nearBytes / rowBytes), longest = max(1, Self.spanBytes / rowBytes)
    var spans: [Range<Int>] = [], start = 0
    for place in rows.indices.dropFirst() {
      let step = rows[place] - rows[place - 1]
      if step >= 0, step <= near, rows[place] - rows[start] < longest { continue }
      spans.append(start..<place)
      start = place
    }
    if !rows.isEmpty { spans.append(start..<rows.count) }
    return spans
  }
}
