internal import AttuneCore

/// Gradients of one output of each row with respect to the row, with running statistics and without dropout.
extension Network {
  /// Points that go through the network at once.
  private static let passRows = 2048

  /// The gradient at some points.
  ///
  /// - Parameter outputs: the output of each point; nil takes the largest.
  func outputGradient(at points: Matrix, _ outputs: [Int]?) throws -> Matrix {
    guard points.rows > 0 else { return points }
    let tape = Tape(), variable = tape.variable(points)
    var recorded = RecordedNetwork(self, on: tape, differentiating: [])
    let output = try recorded.forward(variable, statistics: .running).output
    let along = Matrix.oneHot(outputs ?? output.value.rowArgmax, classes: outputDimension)
    return tape.gradients(of: output, along: along, withRespectTo: [variable])[0]
  }

  /// `Σ_k ω_k ∇f(from + α_k (to − from))` for each row of `to`: all rows and nodes at once, in passes of some thousands.
  ///
  /// - Parameter outputs: the output of each row; nil takes the largest at `to`.
  func meanOutputGradient(
    from: Matrix, to: Matrix, nodes: [(place: Double, weight: Double)], _ outputs: [Int]?
  ) throws -> Matrix {
    guard to.rows > 0 else { return to }
    let outputs = try outputs ?? predict(to).rowArgmax, size = max(1, Self.passRows / nodes.count)
    let parts = try stride(from: 0, to: to.rows, by: size).map { start in
      let rows = start..<min(to.rows, start + size)
      let points = Self.points(nodes, from: from, to: to.rows(rows))
      let explained = rows.flatMap { Array(repeating: outputs[$0], count: nodes.count) }
      return Self.weighted(try outputGradient(at: points, explained), nodes)
    }
    return Matrix.concatenatingRows(parts)
  }

  /// The points on the ways of all rows, those of a row after each other.
  private static func points(_ nodes: [(place: Double, weight: Double)], from: Matrix, to: Matrix) -> Matrix {
    let width = to.columns
    OperationCounter.add(3 * to.count * nodes.count)
    return Matrix(rows: to.rows * nodes.count, columns: width) { out in
      from.withElements { from in
        to.withElements { to in
          var place = 0
          for row in stride(from: 0, to: to.count, by: max(1, width)) {
            for node in nodes {
              let share = Float(node.place)
              for j in 0..<width { out[place + j] = from[j] + share * (to[row + j] - from[j]) }
              place += width
            }
          }
        }
      }
    }
  }

  /// The weighted sum over the nodes of each row.
  private static func weighted(_ gradients: Matrix, _ nodes: [(place: Double, weight: Double)]) -> Matrix {
    let width = gradients.columns, rows = gradients.rows / nodes.count
    OperationCounter.add(2 * gradients.count)
    return Matrix(rows: rows, columns: width) { out in
      out.update(repeating: 0)
      gradients.withElements { g in
        for i in 0..<rows {
          for (k, node) in nodes.enumerated() {
            let weight = Float(node.weight), start = (i * nodes.count + k) * width
            for j in 0..<width { out[i * width + j] += weight * g[start + j] }
          }
        }
      }
    }
  }
}
