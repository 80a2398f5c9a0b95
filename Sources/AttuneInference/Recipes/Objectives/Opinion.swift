public import AttuneCore
internal import Foundation

/// A prediction that can say "do not know": beside the classes stands a mass K, as if it were a class with the logit ln K.
public struct Opinion: Codable, Sendable, Equatable, DefaultInitializable, ValidatedConfiguration {
  /// The mass K of "do not know", above 0; nil for the number of classes C.
  public var mass: Double?

  /// K = C.
  public init() {}

  /// Throws a `ConfigValueError` for the first setting out of its range.
  public func validate() throws {
    guard let mass else { return }
    try ConfigCheck.require(mass > 0 && mass.isFinite, "mass", "must be a finite number above 0")
  }

  /// Logits with one more column, ln K: `z · [I 0] + (0, …, 0, ln K)`.
  ///
  /// ## Shapes
  /// - logits: `[n, k]`, returns `[n, k + 1]`
  func logits(of logits: Variable, on tape: Tape) -> Variable {
    let classes = logits.value.columns
    var widening = Matrix(rows: classes, columns: classes + 1), unknown = Matrix(rows: 1, columns: classes + 1)
    for index in 0..<classes { widening[index, index] = 1 }
    unknown[0, classes] = Float(log(mass ?? Double(classes)))
    return logits.matrixProduct(tape.constant(widening)).addingRow(tape.constant(unknown))
  }

  /// The entropies of opinions, one per row.
  func entropies(of logits: Matrix) -> [Float] {
    let tape = Tape()
    return self.logits(of: tape.constant(logits), on: tape).value.rowEntropies().elements
  }
}
