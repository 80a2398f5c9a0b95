import AttuneCore
import CKernels

/// One step of Adagrad and Adadelta from states of any value. The epsilons are large enough to be seen inside or outside a
/// root.
extension KernelCase {
  static let adaptiveRates: [KernelCase] = [
    KernelCase("attune_adagrad") { r, c, g in
      let n = r * c, gradient = g.vector(n)
      let s = attune_adagrad_settings(step_size: 0.1, epsilon: 1e-3, weight_decay: 0.2)
      return OptimizerStep(updated: [("parameter", g.vector(n)), ("square sum", g.squares(n))]) { gradient, x in
        withUnsafePointer(to: s) { attune_adagrad(n, $0, gradient, x[0], x[1]) }
      } rule: { gradient, x in
        let slope = gradient + Rounded(s.weight_decay) * x[0]
        let sum = x[1] + slope * slope
        return [x[0] - Rounded(s.step_size) * slope / (sum.squareRoot() + Rounded(s.epsilon)), sum]
      }.run(gradient)
    },
    KernelCase("attune_adadelta") { r, c, g in
      let n = r * c, gradient = g.vector(n)
      let s = attune_adadelta_settings(learning_rate: 0.7, rho: 0.9, weight: 0.1, epsilon: 1e-3, weight_decay: 0.2)
      let updated = [("parameter", g.vector(n)), ("square average", g.squares(n)), ("step average", g.squares(n))]
      return OptimizerStep(updated: updated) { gradient, x in
        withUnsafePointer(to: s) { attune_adadelta(n, $0, gradient, x[0], x[1], x[2]) }
      } rule: { gradient, x in
        let (rho, weight, epsilon) = (Rounded(s.rho), Rounded(s.weight), Rounded(s.epsilon))
        let slope = gradient + Rounded(s.weight_decay) * x[0]
        let squares = rho * x[1] + weight * slope * slope
        let step = (x[2] + epsilon).squareRoot() / (squares + epsilon).squareRoot() * slope
        let steps = rho * x[2] + weight * step * step
        return [x[0] - Rounded(s.learning_rate) * step, squares, steps]
      }.run(gradient)
    },
  ]
}
