internal import Synchronization

/// What the buffers of a compiled network depend on, besides the number of rows: its layers and what is differentiated.
struct Layout: Hashable {
  private var numbers: [Int] = []

  init(_ network: Network, _ parameters: [ParameterID]) {
    for layer in network.layers {
      switch layer {
      case .linear(let linear): numbers += [0, linear.inputDimension, linear.outputDimension]
      case .batchNorm: numbers.append(1)
      case .activation(let function): numbers += [2, ActivationFunction.allCases.firstIndex(of: function) ?? -1]
      case .dropout: numbers.append(3)
      }
    }
    for id in parameters { numbers += [4, id.layer, id.role == .weight ? 0 : 1] }
  }
}

/// Compiled networks of one layout that nobody is using, for whoever needs one next.
///
/// There are as many as passes were ever made at once: a thousand sessions of one model that take turns share one.
final class Workspaces: Sendable {
  private struct Weak { weak var workspaces: Workspaces? }
  private static let known = Mutex<[Layout: Weak]>([:])

  private let idle = Mutex<[CompiledNetwork]>([])

  /// The workspaces of a layout, which live as long as somebody holds them.
  static func shared(for layout: Layout) -> Workspaces {
    known.withLock { known in
      if let found = known[layout]?.workspaces { return found }
      known = known.filter { $0.value.workspaces != nil }
      let new = Workspaces()
      known[layout] = Weak(workspaces: new)
      return new
    }
  }

  /// An idle workspace for some rows; nil where there is none. One that is too small, or for another number of threads,
  /// is given up.
  func take(rows: Int, threads: Int) -> CompiledNetwork? {
    idle.withLock { idle in
      if let index = idle.lastIndex(where: { $0.capacity >= rows && $0.pool.count == threads }) {
        return idle.remove(at: index)
      }
      _ = idle.popLast()
      return nil
    }
  }

  /// A workspace that is no longer used.
  func give(_ workspace: CompiledNetwork) { idle.withLock { $0.append(workspace) } }
}
