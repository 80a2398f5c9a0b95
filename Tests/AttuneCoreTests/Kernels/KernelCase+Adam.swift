import AttuneCore
import CKernels

/// One step of Adam and its kin from states of any value, against the rules in Double. The epsilons are large enough to be
/// seen where one is left out or stands in another place.
extension KernelCase {
  static let adamFamily: [KernelCase] = [
    KernelCase("attune_adam") { r, c, g in
      adam(r * c, &g, weight: 0.1, withMaximum: false) + adam(r * c, &g, weight: 0.1, withMaximum: true)
        + adam(r * c, &g, weight: 0.6, withMaximum: true)
    },
    KernelCase("attune_nadam") { r, c, g in nadam(r * c, &g, weight: 0.1) + nadam(r * c, &g, weight: 0.6) },
    KernelCase("attune_radam") { r, c, g in radam(r * c, &g, rectified: false) + radam(r * c, &g, rectified: true) },
    KernelCase("attune_adamax") { r, c, g in adamax(r * c, &g) },
  ]

  /// v ← β₂ v + (1 − β₂) g², in the kernels' order.
  private static func secondMoment(_ v: Rounded, _ g: Rounded, _ beta2: Float, _ weight2: Float) -> Rounded {
    Rounded(beta2) * v + Rounded(weight2) * g * g
  }

  /// With a maximum it is AMSGrad: the largest uncorrected second moment divides.
  private static func adam(_ n: Int, _ g: inout Philox, weight: Float, withMaximum: Bool) -> [Comparison] {
    let s = attune_adam_settings(
      weight1: weight, beta2: 0.9, weight2: 0.1, epsilon: 1e-3, coupled_decay: 0.2, shrink: 0.95, step_size: 0.01,
      inverse_correction: 1.5)
    let gradient = g.vector(n)
    var updated = [("parameter", g.vector(n)), ("m", g.vector(n)), ("v", g.squares(n))]
    if withMaximum { updated.append(("maximum", g.squares(n))) }
    return OptimizerStep(updated: updated) { gradient, x in
      withUnsafePointer(to: s) { attune_adam(n, $0, gradient, x[0], x[1], x[2], withMaximum ? x[3] : nil) }
    } rule: { gradient, x in
      let theta = x[0] * Rounded(s.shrink)
      let slope = gradient + Rounded(s.coupled_decay) * theta
      let m = Rounded.lerp(x[1], slope, Rounded(s.weight1))
      let v = secondMoment(x[2], slope, s.beta2, s.weight2)
      let largest = withMaximum ? Rounded.larger(x[3], v) : v
      let divisor = largest.squareRoot() * Rounded(s.inverse_correction) + Rounded(s.epsilon)
      let moved = theta - Rounded(s.step_size) * m / divisor
      return withMaximum ? [moved, m, v, largest] : [moved, m, v]
    }.run(gradient)
  }

  private static func nadam(_ n: Int, _ g: inout Philox, weight: Float) -> [Comparison] {
    let s = attune_nadam_settings(
      weight1: weight, beta2: 0.9, weight2: 0.1, epsilon: 1e-3, weight_decay: 0.2, inverse_correction: 1.5,
      gradient_step: 0.02, moment_step: 0.03)
    let gradient = g.vector(n)
    let updated = [("parameter", g.vector(n)), ("m", g.vector(n)), ("v", g.squares(n))]
    return OptimizerStep(updated: updated) { gradient, x in
      withUnsafePointer(to: s) { attune_nadam(n, $0, gradient, x[0], x[1], x[2]) }
    } rule: { gradient, x in
      let slope = gradient + Rounded(s.weight_decay) * x[0]
      let m = Rounded.lerp(x[1], slope, Rounded(s.weight1))
      let v = secondMoment(x[2], slope, s.beta2, s.weight2)
      let divisor = v.squareRoot() * Rounded(s.inverse_correction) + Rounded(s.epsilon)
      let step = Rounded(s.gradient_step) * slope + Rounded(s.moment_step) * m
      return [x[0] - step / divisor, m, v]
    }.run(gradient)
  }

  private static func radam(_ n: Int, _ g: inout Philox, rectified: Bool) -> [Comparison] {
    let s = attune_radam_settings(
      weight1: 0.1, beta2: 0.9, weight2: 0.1, epsilon: 1e-3, weight_decay: 0.2, step_size: 0.03,
      rectified: rectified ? 1 : 0)
    let gradient = g.vector(n)
    let updated = [("parameter", g.vector(n)), ("m", g.vector(n)), ("v", g.squares(n))]
    return OptimizerStep(updated: updated) { gradient, x in
      withUnsafePointer(to: s) { attune_radam(n, $0, gradient, x[0], x[1], x[2]) }
    } rule: { gradient, x in
      let slope = gradient + Rounded(s.weight_decay) * x[0]
      let m = Rounded.lerp(x[1], slope, Rounded(s.weight1))
      let v = secondMoment(x[2], slope, s.beta2, s.weight2)
      let step = Rounded(s.step_size) * m
      return [x[0] - (rectified ? step / (v.squareRoot() + Rounded(s.epsilon)) : step), m, v]
    }.run(gradient)
  }

  private static func adamax(_ n: Int, _ g: inout Philox) -> [Comparison] {
    let s = attune_adamax_settings(weight1: 0.1, beta2: 0.9, epsilon: 1e-3, weight_decay: 0.2, step_size: 0.03)
    let gradient = g.vector(n)
    let updated = [("parameter", g.vector(n)), ("m", g.vector(n)), ("norm", g.vector(n).map { abs($0) })]
    return OptimizerStep(updated: updated) { gradient, x in
      withUnsafePointer(to: s) { attune_adamax(n, $0, gradient, x[0], x[1], x[2]) }
    } rule: { gradient, x in
      let slope = gradient + Rounded(s.weight_decay) * x[0]
      let m = Rounded.lerp(x[1], slope, Rounded(s.weight1))
      let norm = Rounded.larger(Rounded(s.beta2) * x[2], slope.magnitude + Rounded(s.epsilon))
      return [x[0] - Rounded(s.step_size) * m / norm, m, norm]
    }.run(gradient)
  }
}
