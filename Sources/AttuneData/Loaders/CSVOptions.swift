/// How a CSV file is written, and which classes it may hold.
public struct CSVOptions: Sendable, Equatable {
  /// The character between cells; one ASCII character.
  public var delimiter: Character
  /// Whether the first record names the columns; otherwise they are called `column1`, `column2`, ….
  public var hasHeader: Bool
  /// The classes in the order of their numbers; nil takes those of the file, in order.
  public var classes: [String]?
  /// The feature columns to read, in this order; others are not looked at. Nil reads all but the target.
  public var columns: [String]?

  /// Options; the defaults fit a comma-separated file with a header.
  public init(delimiter: Character = ",", hasHeader: Bool = true, classes: [String]? = nil, columns: [String]? = nil) {
    self.delimiter = delimiter
    self.hasHeader = hasHeader
    self.classes = classes
    self.columns = columns
  }
}
