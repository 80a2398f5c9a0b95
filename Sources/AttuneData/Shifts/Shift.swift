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
