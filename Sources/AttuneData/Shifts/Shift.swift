public import AttuneCore

/// One change of the data, applied to raw features before preprocessing.
///
/// `apply` is called once with all rows of a stream, so that what it chooses at random (which sensors break) holds
/// for the whole stream; the same generator gives the same stream.
public protocol Shift: Sendable {
  /// The name in config files, for example `gaussian-noise`.
  static var name: String { get }
  /// The shift and its settings in a few words, for reports.
  var summary: String { get }

  /// The shifted features, of the same shape.
  ///
  /// ## Shapes
  /// - features: `[n, d]`, all rows of a stream
  ///
  /// - Throws: `ParameterError` for a setting out of range, `ShiftError` if the context lacks what the shift needs.
  func apply(to features: Matrix, in context: ShiftContext, using generator: inout Philox) throws -> Matrix
}

extension Shift {
  /// The rows, shifted: all columns by a `RowShift`, and the numbers only by any other, so that categories stay as they
  /// are. A missing value stays missing unless the shift puts a value of its own in its place.
  ///
  /// A shift that numbers features, such as `columns` of broken features, counts the numeric columns only.
  ///
  /// - Throws: what `apply` throws.
  public func applyToRows(
    of features: Matrix, in context: ShiftContext, using generator: inout Philox
  ) throws -> Matrix {
    guard let numeric = context.numericColumns, !(self is any RowShift) else {
      return try apply(to: features, in: context, using: &generator)
    }
    guard !numeric.isEmpty else {
      throw ShiftError(
        shift: Self.name, problem: "all columns hold categories, and it changes numbers",
        advice: "leave the shift out, or add a column of numbers")
    }
    let shifted = try apply(to: features.columns(at: numeric), in: context, using: &generator)
    var result = features
    for row in 0..<features.rows {
      for (place, column) in numeric.enumerated() { result[row, column] = shifted[row, place] }
    }
    return result
  }
}
