import AttuneCore
import CKernels
import Foundation
import Testing

/// NaN, infinities, negative zero, denormal numbers, and the precision over the whole range.
@Suite struct KernelSpecialValueTests {
  typealias Unary = @Sendable (Int, UnsafePointer<Float>, UnsafeMutablePointer<Float>) -> Void

  struct Function: Sendable, CustomTestStringConvertible {
    let name: String
    let kernel: Unary
    var testDescription: String { name }

    func callAsFunction(_ x: [Float]) -> [Float] {
      var y = [Float](repeating: 0, count: x.count)
      kernel(x.count, x, &y)
      return y
    }
  }

  static let relu = Function(name: "relu", kernel: attune_relu), tanh = Function(name: "tanh", kernel: attune_tanh)
  static let sigmoid = Function(name: "sigmoid", kernel: attune_sigmoid)
  static let gelu = Function(name: "gelu", kernel: attune_gelu), exp = Function(name: "exp", kernel: attune_exp)
  static let functions = [relu, tanh, sigmoid, gelu, exp]

  @Test(arguments: functions) func `NaN passes and leaves its neighbors alone`(function: Function) {
    let clean = [Float](repeating: 0.75, count: 67), expected = function(clean)[0]
    for place in [0, 15, 16, 31, 66] {
      var x = clean
      x[place] = .nan
      let y = function(x)
      #expect(y.indices.allSatisfy { $0 == place ? y[$0].isNaN : y[$0] == expected })
    }
  }

  @Test func `infinities go where the functions do`() {
    let x: [Float] = [.infinity, -.infinity, .greatestFiniteMagnitude, -.greatestFiniteMagnitude]
    #expect(Self.relu(x) == [.infinity, 0, .greatestFiniteMagnitude, 0])
    #expect(Self.tanh(x) == [1, -1, 1, -1])
    #expect(Self.sigmoid(x) == [1, 0, 1, 0])
    #expect(Self.exp(x) == [.infinity, 0, .infinity, 0])
    #expect(Self.gelu([.infinity, .greatestFiniteMagnitude, -1e4]) == [.infinity, .greatestFiniteMagnitude, 0])
  }

  @Test func `GELU's gradient is flat far out`() {
    var dx = [Float](repeating: 0, count: 4)
    attune_gelu_backward(4, [1e20, -1e20, 3e38, -3e38], [1, 1, 1, 1], &dx)
    #expect(dx == [1, 0, 1, 0])
  }

  @Test func `zeros keep their sign and denormal numbers their value`() {
    let small = Float.leastNonzeroMagnitude * 5
    #expect(Self.tanh([-0.0])[0].sign == .minus)
    #expect(Self.tanh([0.0])[0].sign == .plus)
    #expect(Self.tanh([small, -small]) == [small, -small])
    #expect(Self.relu([small, -small, -0.0]) == [small, 0, 0])
    #expect(Self.exp([small, -0.0]) == [1, 1])
    #expect(Self.sigmoid([small, -0.0]) == [0.5, 0.5])
    #expect(attune_all_finite(1, [small]) == 1)
    var y: [Float] = [small]
    attune_axpy(1, 1, [small], &y)
    #expect(y == [2 * small])
  }

  /// A grid that steps through every 5000th of the range, and the floats around each point of the reduction.
  private func grid(_ range: ClosedRange<Float>) -> [Float] {
    let width = (range.upperBound - range.lowerBound) / 400_000
    return (0...400_000).map { range.lowerBound + Float($0) * width }
  }

  private func worst(
    _ function: Function, _ range: ClosedRange<Float>, relative: Bool = true, _ twin: (Double) -> Double
  ) -> Double {
    let x = grid(range), y = function(x)
    return zip(x, y).map { x, y in
      let expected = twin(Double(x))
      return abs(Double(y) - expected) / (relative ? max(abs(expected), Double(Float.leastNormalMagnitude)) : 1)
    }.max() ?? .infinity
  }

  /// The header's promise.
  @Test func `exp is within 3e-7, relative`() {
    #expect(worst(Self.exp, -87...88) { Foundation.exp($0) } < 3e-7)
    #expect(worst(Self.exp, -0.01...0.01) { Foundation.exp($0) } < 3e-7)
  }

  /// exp's error enters once, and the division rounds: half a unit more.
  @Test func `tanh and sigmoid are within 4e-7, relative`() {
    #expect(worst(Self.tanh, -12...12) { Foundation.tanh($0) } < 4e-7)
    #expect(worst(Self.tanh, -1e-3...1e-3) { Foundation.tanh($0) } < 4e-7)
    #expect(worst(Self.sigmoid, -80...80) { ActivationTwins.sigmoid($0) } < 4e-7)
  }

  /// The distribution function's error is absolute: about 3e-7 with roundings, times |x| up to 6, beyond which it is nothing.
  @Test func `GELU is within 1e-6, absolute`() {
    #expect(worst(Self.gelu, -6...3, relative: false) { ActivationTwins.gelu($0) } < 1e-6)
    #expect(worst(Self.gelu, -100 ... -6, relative: false) { ActivationTwins.gelu($0) } < 1e-6)
    #expect(worst(Self.gelu, 3...100) { ActivationTwins.gelu($0) } < 4e-7)
  }
}
