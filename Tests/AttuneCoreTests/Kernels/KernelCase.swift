import AttuneCore
import Testing

/// A number in Double, and the size of the terms it is made of: rounding errors are relative to that.
struct Twin {
  var value: Double
  var scale: Double

  init(_ value: Double, scale: Double? = nil) {
    self.value = value
    self.scale = scale ?? abs(value)
  }

  /// A sum, whose rounding errors are relative to the terms.
  init(sumOf terms: [Double]) {
    self.init(terms.reduce(0, +), scale: terms.reduce(0) { $0 + abs($1) })
  }
}

/// What a kernel wrote against what its twin says, and how many roundings of Float lie between.
struct Comparison {
  /// Half the distance from 1 to the next float, relative: one rounding.
  static let rounding = 0x1p-24

  let what: String
  let found: [Double]
  let expected: [Twin]
  let roundings: Double

  init(_ what: String, _ found: [Double], _ expected: [Twin], roundings: Double) {
    (self.what, self.found, self.expected, self.roundings) = (what, found, expected, roundings)
  }

  /// Nil where all elements are close enough, else the worst one.
  var failure: String? {
    guard found.count == expected.count else { return "\(what): \(found.count) of \(expected.count) elements" }
    for (index, (found, twin)) in zip(found, expected).enumerated() {
      let allowed = roundings * Self.rounding * twin.scale + (roundings == 0 ? 0 : Double(Float.leastNonzeroMagnitude))
      guard abs(found - twin.value) <= allowed else {
        return "\(what)[\(index)]: \(found), expected \(twin.value) ± \(allowed)"
      }
    }
    return nil
  }
}

/// One row of the table: a function of the header, run on a matrix of a size, against its twin.
struct KernelCase: Sendable, CustomTestStringConvertible {
  /// The function's name in the header.
  let name: String
  /// Whether it reads the first element of each row, which must be there.
  var needsColumns = false
  let run: @Sendable (_ rows: Int, _ columns: Int, _ generator: inout Philox) -> [Comparison]

  var testDescription: String { name }

  init(
    _ name: String, needsColumns: Bool = false,
    _ run: @escaping @Sendable (_ rows: Int, _ columns: Int, _ generator: inout Philox) -> [Comparison]
  ) {
    (self.name, self.needsColumns, self.run) = (name, needsColumns, run)
  }

  static let all =
    administration + elementwise + rowwise + activations + normalization + softmax + optimizers + adamFamily
    + adaptiveRates + limits + drift + panels + panelNormalization + mixedNormalization + leastSquares + dropout
    + sparse

  /// The errors of a sum of `count` roundings of either sign grow as its root; four more for what stands around it.
  static func roundings(ofSum count: Int) -> Double { 4 + 2 * Double(count).squareRoot() }

  /// Runs a kernel on memory of its own, and reports a write past the end.
  static func output(
    _ count: Int, from initial: [Float] = [], _ kernel: (UnsafeMutablePointer<Float>) -> Void
  ) -> [Double] {
    let guardValue: Float = 12345.5
    let memory = UnsafeMutablePointer<Float>.allocate(capacity: count + 64)
    defer { memory.deallocate() }
    memory.initialize(repeating: guardValue, count: count + 64)
    if !initial.isEmpty { memory.update(from: initial, count: count) }
    kernel(memory)
    #expect((count..<count + 64).allSatisfy { memory[$0] == guardValue }, "a kernel wrote past its end")
    return (0..<count).map { Double(memory[$0]) }
  }

  /// Twins of all elements of a matrix.
  static func twins(_ rows: Int, _ columns: Int, _ twin: (_ row: Int, _ column: Int, _ index: Int) -> Twin) -> [Twin] {
    (0..<rows).flatMap { i in (0..<columns).map { j in twin(i, j, i * columns + j) } }
  }
}

extension Philox {
  /// Normal numbers as an array.
  mutating func vector(_ count: Int) -> [Float] { normal(rows: 1, columns: count).elements }
}
