import AttuneCore
import CKernels

/// One step from states of any value, against the rules in Double; the rules over many steps are tested with the
/// optimizers.
extension KernelCase {
  static let optimizers: [KernelCase] = [
    KernelCase("attune_sgd") { r, c, g in
      sgd(r * c, &g, momentum: 0, nesterov: false, first: false)
        + sgd(r * c, &g, momentum: 0.9, nesterov: false, first: true)
        + sgd(r * c, &g, momentum: 0.9, nesterov: false, first: false)
        + sgd(r * c, &g, momentum: 0.9, nesterov: true, first: false)
    },
    KernelCase("attune_rmsprop") { r, c, g in
      [(false, false), (false, true), (true, false), (true, true)].flatMap { centered, momentum in
        rmsprop(r * c, &g, centered: centered, momentum: momentum)
      }
    },
  ]

  private static func sgd(
    _ n: Int, _ g: inout Philox, momentum: Float, nesterov: Bool, first: Bool
  ) -> [Comparison] {
    let gradient = g.vector(n), parameter = g.vector(n), velocity = g.vector(n)
    var settings = attune_sgd_settings(
      learning_rate: 0.1, momentum: momentum, weight_decay: 0.2, gradient_weight: 0.7, nesterov: nesterov ? 1 : 0,
      first_step: first ? 1 : 0)
    var buffer: [Double] = []
    let moved = output(n, from: parameter) { p in
      if momentum == 0 {
        attune_sgd(n, &settings, gradient, p, nil)
      } else {
        buffer = output(n, from: velocity) { attune_sgd(n, &settings, gradient, p, $0) }
      }
    }
    var buffers: [Twin] = [], parameters: [Twin] = []
    for k in 0..<n {
      let theta = Double(parameter[k])
      let slope = Twin(sumOf: [Double(gradient[k]), Double(settings.weight_decay) * theta])
      let kept = first ? 0 : Double(momentum) * Double(velocity[k]),
        fresh = first ? 1 : Double(settings.gradient_weight)
      let b = Twin(kept + fresh * slope.value, scale: abs(kept) + fresh * slope.scale)
      let ahead = Double(momentum)
      let step: Twin =
        momentum == 0
        ? slope : nesterov ? Twin(slope.value + ahead * b.value, scale: slope.scale + ahead * b.scale) : b
      if momentum != 0 { buffers.append(b) }
      let rate = Double(settings.learning_rate)
      parameters.append(Twin(theta - rate * step.value, scale: abs(theta) + rate * step.scale))
    }
    return [
      Comparison("buffer", buffer, buffers, roundings: 4), Comparison("parameter", moved, parameters, roundings: 6),
    ]
  }

  private static func rmsprop(_ n: Int, _ g: inout Philox, centered: Bool, momentum: Bool) -> [Comparison] {
    let gradient = g.vector(n), parameter = g.vector(n), velocity = g.vector(n)
    // Averages of a real run: the square of the mean is below the mean square.
    let average = g.vector(n).map { 0.1 * $0 }, square = g.vector(n).map { 1 + $0 * $0 }
    var settings = attune_rmsprop_settings(
      learning_rate: 0.01, epsilon: 1e-8, weight_decay: 0.1, momentum: 0.9, alpha: 0.99, weight: 0.01)
    var means: [Float] = average, buffer: [Float] = velocity, squares: [Double] = []
    let moved = output(n, from: parameter) { p in
      squares = output(n, from: square) { v in
        means.withUnsafeMutableBufferPointer { m in
          buffer.withUnsafeMutableBufferPointer { b in
            attune_rmsprop(
              n, &settings, gradient, p, v, centered ? m.baseAddress : nil, momentum ? b.baseAddress : nil)
          }
        }
      }
    }
    guard n > 0 else { return [] }  // an empty array has no address, so the branches would be others
    var v: [Twin] = [], m: [Twin] = [], b: [Twin] = [], parameters: [Twin] = []
    for k in 0..<n {
      let theta = Double(parameter[k])
      let slope = Twin(sumOf: [Double(gradient[k]), Double(settings.weight_decay) * theta])
      let mean: Double = Double(average[k]) + Double(settings.weight) * (slope.value - Double(average[k]))
      let raw: Double = Double(settings.alpha) * Double(square[k]) + Double(settings.weight) * slope.value * slope.value
      let divisor: Double = (raw - (centered ? mean * mean : 0)).squareRoot() + Double(settings.epsilon)
      var update = Twin(slope.value / divisor, scale: slope.scale / divisor)
      if momentum {
        let kept = Double(settings.momentum) * Double(velocity[k])
        update = Twin(kept + update.value, scale: abs(kept) + update.scale)
      }
      v.append(Twin(raw, scale: raw + Double(settings.weight) * slope.scale * slope.scale))
      m.append(centered ? Twin(mean, scale: abs(Double(average[k])) + slope.scale) : Twin(Double(average[k])))
      b.append(momentum ? update : Twin(Double(velocity[k])))
      let rate = Double(settings.learning_rate)
      parameters.append(Twin(theta - rate * update.value, scale: abs(theta) + rate * update.scale))
    }
    return [
      Comparison("v", squares, v, roundings: 6), Comparison("mean", means.map(Double.init), m, roundings: 4),
      Comparison("buffer", buffer.map(Double.init), b, roundings: 12),
      Comparison("parameter", moved, parameters, roundings: 12),
    ]
  }
}
