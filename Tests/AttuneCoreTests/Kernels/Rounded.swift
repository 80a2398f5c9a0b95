import CKernels

/// How many operations of the header's list a twin made: +, −, ×, ÷, comparison and root count one each.
final class OperationTally {
  var count = 0
}

/// A number in Double that knows, to first order, how far the same formula in Float may be off, in roundings of Float.
///
/// Numbers with a tally count what is made of them. Numbers without one are constants of a loop, which a kernel prepares
/// once.
struct Rounded {
  let value: Double
  /// In units of `Comparison.rounding`, absolute.
  let error: Double
  let tally: OperationTally?

  /// A number that the kernel has exactly.
  init(_ value: Float, tally: OperationTally? = nil) {
    self.init(Double(value), inherited: 0, tally: tally)
  }

  private init(_ value: Double, inherited: Double, tally: OperationTally?) {
    (self.value, error, self.tally) = (value, inherited, tally)
  }

  /// The result of an operation on numbers whose errors add up to `inherited`: it rounds once more and counts one.
  private init(rounding value: Double, inherited: Double, _ first: Rounded, _ second: Rounded? = nil) {
    self.init(value, inherited: inherited + abs(value), tally: first.tally ?? second?.tally)
    tally?.count += 1
  }

  var twin: Twin { Twin(value, scale: error) }

  /// Not an operation of the list, and exact.
  var magnitude: Rounded { Rounded(abs(value), inherited: error, tally: tally) }

  func squareRoot() -> Rounded {
    let root = value.squareRoot()
    return Rounded(rounding: root, inherited: root > 0 ? error / (2 * root) : 0, self)
  }

  /// One comparison, exact.
  static func larger(_ a: Rounded, _ b: Rounded) -> Rounded {
    let tally = a.tally ?? b.tally
    tally?.count += 1
    return Rounded(max(a.value, b.value), inherited: max(a.error, b.error), tally: tally)
  }

  /// torch.lerp, whose form depends on the weight.
  static func lerp(_ a: Rounded, _ b: Rounded, _ weight: Rounded) -> Rounded {
    weight.value < 0.5 ? a + weight * (b - a) : b - (b - a) * (Rounded(1) - weight)
  }

  static func + (a: Rounded, b: Rounded) -> Rounded {
    Rounded(rounding: a.value + b.value, inherited: a.error + b.error, a, b)
  }

  static func - (a: Rounded, b: Rounded) -> Rounded {
    Rounded(rounding: a.value - b.value, inherited: a.error + b.error, a, b)
  }

  static func * (a: Rounded, b: Rounded) -> Rounded {
    Rounded(rounding: a.value * b.value, inherited: abs(a.value) * b.error + abs(b.value) * a.error, a, b)
  }

  static func / (a: Rounded, b: Rounded) -> Rounded {
    let quotient = a.value / b.value
    return Rounded(rounding: quotient, inherited: (a.error + abs(quotient) * b.error) / abs(b.value), a, b)
  }
}

extension KernelCase {
  /// Runs a kernel, and compares the operations it counted.
  static func counting<Result>(_ expected: () -> Int, _ kernel: () -> Result) -> (result: Result, Comparison) {
    let before = attune_counted_operations()
    let result = kernel()
    let counted = Double(attune_counted_operations() - before)
    return (result, Comparison("operations", [counted], [Twin(Double(expected()))], roundings: 0))
  }
}
