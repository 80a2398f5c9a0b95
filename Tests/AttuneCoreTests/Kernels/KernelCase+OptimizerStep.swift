import AttuneCore
import CKernels

/// One step of an optimizer's kernel, and its rule for one element.
struct OptimizerStep {
  /// Name and values of what the kernel updates: the parameter, then its states.
  let updated: [(name: String, initial: [Float])]
  let kernel: (_ gradient: UnsafePointer<Float>, _ updated: [UnsafeMutablePointer<Float>]) -> Void
  /// From the gradient and the old values to the new ones, operation by operation as the kernel does it.
  let rule: (_ gradient: Rounded, _ updated: [Rounded]) -> [Rounded]

  /// Second-order terms of the errors, which `Rounded` leaves out, are far below this excess.
  private static let roundings = 1.001

  func run(_ gradient: [Float]) -> [Comparison] {
    let tally = OperationTally()
    var expected = updated.map { _ in [Twin]() }
    for k in gradient.indices {
      let new = rule(Rounded(gradient[k], tally: tally), updated.map { Rounded($0.initial[k], tally: tally) })
      for place in expected.indices { expected[place].append(new[place].twin) }
    }
    let (found, operations) = KernelCase.counting({ tally.count }) { outputs(gradient, []) }
    return updated.indices.map {
      Comparison(updated[$0].name, found[$0], expected[$0], roundings: Self.roundings)
    } + [operations]
  }

  /// Guarded memory for one value after another, then the kernel on all of them.
  private func outputs(_ gradient: [Float], _ pointers: [UnsafeMutablePointer<Float>]) -> [[Double]] {
    guard pointers.count < updated.count else {
      kernel(gradient, pointers)
      return []
    }
    var others: [[Double]] = []
    let found = KernelCase.output(gradient.count, from: updated[pointers.count].initial) {
      others = outputs(gradient, pointers + [$0])
    }
    return [found] + others
  }
}

extension Philox {
  /// Positive numbers, as second moments are.
  mutating func squares(_ count: Int) -> [Float] { vector(count).map { $0 * $0 } }
}
