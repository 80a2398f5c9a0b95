public import AttuneCore

/// A NumPy file of float32 whose rows come block by block; it is at its path when `finish` returns, and never in part.
///
/// A class because an open file has an identity.
public final class NPYWriter {
  private let file: AtomicFile.Writer
  private let columns: Int
  private var rows = 0

  /// Begins a two-dimensional array of type `<f4`, version 1.
  ///
  /// - Throws: `FileError` where the file cannot be written.
  public init(_ path: String, columns: Int) throws {
    self.columns = columns
    file = try AtomicFile.Writer(path)
    // The number of rows is known at the end; the header is then as long.
    try file.append(NPY.header(rows: 0, columns: columns))
  }

  /// Adds rows.
  ///
  /// - Throws: `FileError` where the disk fails or is full.
  public func append(_ block: Matrix) throws {
    precondition(block.columns == columns, "rows of \(block.columns) in an array of \(columns) columns")
    var bytes: [UInt8] = []
    NPY.appendElements(of: block, to: &bytes)
    try file.append(bytes)
    rows += block.rows
  }

  /// Ends the file and puts it at its path.
  ///
  /// - Returns: the number of rows.
  /// - Throws: `FileError` where the disk fails or is full; nothing is left then.
  public func finish() throws -> Int {
    try file.replaceStart(by: NPY.header(rows: rows, columns: columns))
    try file.commit()
    return rows
  }
}
