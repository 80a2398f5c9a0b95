/// Rows with their labels, one after another, in memory that does not grow with the stream.
///
/// ```swift
/// var row = [Double](repeating: 0, count: stream.inputNames.count)
/// while let label = try stream.next(into: &row) { … }
/// ```
public protocol LabeledStream: AnyObject {
  /// The names of the inputs, in their order.
  var inputNames: [String] { get }
  /// The classes, in the order of their numbers; empty for regression.
  var classNames: [String] { get }
  /// The number of rows; nil where it is not known beforehand.
  var count: Int? { get }
  /// The rows that were left out so far because they could not be used; nil where there are none.
  var skipped: SkippedRows? { get }
  /// Writes the inputs of the next row and returns its label; nil at the end of the stream.
  ///
  /// - Throws: what reading the rows throws.
  func next(into row: inout [Double]) throws -> StreamLabel?
}

extension LabeledStream {
  /// None.
  public var skipped: SkippedRows? { nil }
}

/// The label of a row.
public enum StreamLabel: Sendable, Equatable {
  /// The value, or the number of the class.
  case known(Double)
  /// The label never comes.
  case missing
}
