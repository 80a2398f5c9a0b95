import AttuneCore
import CKernels
import Foundation

func exponential(_ x: Double) -> Double { exp(x) }

/// Activation functions and their derivatives in Double.
enum ActivationTwins {
  static func sigmoid(_ x: Double) -> Double { 1 / (1 + exp(-x)) }
  static func normalDistribution(_ x: Double) -> Double { 0.5 * erfc(-x / 2.0.squareRoot()) }
  static func gelu(_ x: Double) -> Double { x * normalDistribution(x) }
  static func geluSlope(_ x: Double) -> Double {
    normalDistribution(x) + x * exp(-0.5 * x * x) / (2 * Double.pi).squareRoot()
  }
}

extension KernelCase {
  /// tanh and sigmoid: exp's five roundings and three more. GELU: the distribution function's absolute error is 1.5e-7
  /// (Abramowitz and Stegun 7.1.26) and with roundings 4.8e-7, eight of them, times `x`.
  static let activations: [KernelCase] = [
    unary("attune_relu", roundings: 0, attune_relu) { Twin(max(0, $0)) },
    unary("attune_tanh", roundings: 8, attune_tanh) { Twin(tanh($0)) },
    unary("attune_sigmoid", roundings: 8, attune_sigmoid) { Twin(ActivationTwins.sigmoid($0)) },
    unary("attune_gelu", roundings: 8, attune_gelu) { Twin(ActivationTwins.gelu($0), scale: abs($0)) },
    backward("attune_relu_backward", roundings: 0, attune_relu_backward) { y, dy in Twin(y > 0 ? dy : 0) },
    backward("attune_tanh_backward", roundings: 3, attune_tanh_backward) { y, dy in
      Twin(dy * (1 - y * y), scale: abs(dy) * (1 + y * y))
    },
    backward("attune_sigmoid_backward", roundings: 3, attune_sigmoid_backward) { y, dy in
      Twin(dy * y * (1 - y), scale: abs(dy * y) * (1 + abs(y)))
    },
    backward("attune_gelu_backward", roundings: 12, attune_gelu_backward) { x, dy in
      Twin(dy * ActivationTwins.geluSlope(x), scale: abs(dy) * (1 + abs(x)))
    },
  ]

  private static func backward(
    _ name: String, roundings: Double,
    _ kernel:
      @escaping @Sendable (Int, UnsafePointer<Float>, UnsafePointer<Float>, UnsafeMutablePointer<Float>) -> Void,
    _ twin: @escaping @Sendable (_ value: Double, _ dy: Double) -> Twin
  ) -> KernelCase {
    KernelCase(name) { r, c, g in
      let value = g.vector(r * c), dy = g.vector(r * c)
      let found = output(r * c) { kernel(r * c, value, dy, $0) }
      let expected = zip(value, dy).map { twin(Double($0), Double($1)) }
      return [Comparison("dx", found, expected, roundings: roundings)]
    }
  }
}
