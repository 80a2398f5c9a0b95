public import AttuneCore

/// Rows of features with their answers, wherever they are: a `Table` in memory, or a `StoredTable` in a file.
///
/// What is fitted to either is the same to the bit: all go through the rows in the order and the blocks of `RowBlocks`.
public protocol TableRows: Sendable {
  /// The number of rows.
  var count: Int { get }
  /// Name and kind of each feature, in order.
  var columns: [Column] { get }
  /// The names of the classes; nil where the targets are no classes.
  var classNames: [String]? { get }
  /// The size of the images that the rows are; nil where that is not known.
  var image: ImageShape? { get }
  /// The rows in a range, in order.
  ///
  /// - Throws: `FileError` where they cannot be read.
  func block(_ range: Range<Int>) throws -> Table
  /// The rows at `indices`, in that order; an index may repeat.
  ///
  /// - Throws: `FileError` where they cannot be read.
  func batch(at indices: ArraySlice<Int>) throws -> Table
  /// The rows in a range as rows of the same kind.
  func part(_ range: Range<Int>) -> Self
  /// Two parts that share no row and together hold all of them, each in order: as `Table.split`.
  func split(
    trainFraction: Double, stratified: Bool, using generator: inout Philox
  ) throws -> (train: Self, test: Self)
}

extension TableRows {
  /// Calls `body` with all rows, block by block, and the place of each block.
  ///
  /// - Throws: `FileError` where rows cannot be read; what `body` throws.
  public func forEachBlock(_ body: (_ block: Table, _ range: Range<Int>) throws -> Void) throws {
    for range in RowBlocks.ranges(of: count) { try body(block(range), range) }
  }

  /// Whether any column holds categories.
  public var hasCategories: Bool { columns.contains { $0.levels != nil } }
}

extension Table: TableRows {
  /// The names of the classes; nil where the targets are no classes.
  public var classNames: [String]? { targets.classNames }

  /// The rows in a range, in order.
  public func block(_ range: Range<Int>) -> Table {
    range == 0..<count
      ? self
      : Table(
        features: features.rows(range), targets: targets.rows(at: range), columns: columns, image: image)
  }

  /// The rows at `indices`, in that order; an index may repeat.
  public func batch(at indices: ArraySlice<Int>) -> Table { rows(at: indices) }

  /// The rows in a range.
  public func part(_ range: Range<Int>) -> Table { block(range) }
}
