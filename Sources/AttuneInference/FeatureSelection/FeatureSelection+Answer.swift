internal import AttuneCore

extension FeatureSelection {
  /// Makes what stands in the place of the inputs that are left out.
  func select(_ state: inout State) throws {
    let broken = replaced(state)
    (state.imputation, state.solved) = (nil, nil)
    guard !broken.isEmpty else { return }
    state.imputation = try replacement(of: broken, state)
    guard let solution = state.solution else { return }
    let (weights, bias) = try solution.without(broken)
    let layer = Linear(
      weight: Matrix(rows: weights.rows, columns: weights.columns, weights.elements.map(Float.init)),
      bias: Matrix(row: bias.map(Float.init)))
    state.solved = try Network([.linear(layer)])
  }

  /// The inputs whose values are not used.
  func replaced(_ state: State) -> [Int] {
    state.faults.filter { !(configuration.repairs && $0.isReversible) }.map(\.feature)
  }

  private func replacement(of broken: [Int], _ state: State) throws -> ConditionalImputation {
    guard configuration.replacement == .conditional, let gaussian = state.gaussian else {
      return ConditionalImputation(means: state.source.mean, of: broken)
    }
    return try gaussian.imputation(replacing: broken)
  }

  /// The answer with what is left out replaced, and holes in single rows filled.
  func answer(_ batch: Matrix, adapted state: inout State) throws -> Matrix {
    let broken = replaced(state), repaired = repaired(batch, state)
    var inputs = state.imputation?(repaired) ?? repaired
    var holes: [[Int]: [Int]] = [:]  // rows by what is missing in them
    if !inputs.isFinite {
      for i in 0..<inputs.rows {
        let missing = (0..<inputs.columns).filter { !repaired[i, $0].isFinite && !broken.contains($0) }
        if !missing.isEmpty { holes[missing, default: []].append(i) }
      }
      for (missing, rows) in holes {
        let all = (broken + missing).sorted()
        // A model that was solved again knows no broken inputs: the rest of the row alone stands for what is missing.
        let fill = try holeFilling(all, state)
        let filled = fill(repaired.rows(at: rows))
        for (position, i) in rows.enumerated() {
          for j in 0..<inputs.columns { inputs[i, j] = filled[position, j] }
        }
      }
    }
    state.selection = selection(batch, broken: broken, holes, state)
    return try (state.solved ?? state.network).predict(inputs)
  }

  private func holeFilling(_ all: [Int], _ state: State) throws -> ConditionalImputation {
    guard configuration.replacement != .mean, let gaussian = state.gaussian else {
      return ConditionalImputation(means: state.source.mean, of: all)
    }
    return try gaussian.imputation(replacing: all)
  }

  private func selection(_ batch: Matrix, broken: [Int], _ holes: [[Int]: [Int]], _ state: State) -> InputSelection {
    let excluded = Set(broken), kept = (0..<batch.columns).map { !excluded.contains($0) }
    let replacement: InputSelection.Replacement =
      switch configuration.replacement {
      case .conditional: .conditional
      case .mean: .mean
      case .resolve: .none
      }
    // Products of weights that are zero now; the same dense kernel still goes over them.
    guard !holes.isEmpty else { return InputSelection(rows: batch.rows, kept: kept, replacement: replacement) }
    var byRow = Array(repeating: kept, count: batch.rows)
    for (missing, rows) in holes {
      for i in rows {
        for j in missing { byRow[i][j] = false }
      }
    }
    return InputSelection(rows: batch.rows, keptByRow: Array(byRow.joined()), replacement: replacement)
  }

  /// The batch with what can be turned back turned back.
  private func repaired(_ batch: Matrix, _ state: State) -> Matrix {
    let faults = state.faults.filter(\.isReversible)
    guard configuration.repairs, !faults.isEmpty else { return batch }
    var result = batch
    for fault in faults {
      let j = fault.feature, mean = state.source.mean[j]
      for i in 0..<batch.rows {
        if let partner = fault.partner {
          result[i, j] = batch[i, partner]
        } else {
          result[i, j] = Float(mean + (Double(batch[i, j]) - mean - fault.offset) / fault.gain)
        }
      }
    }
    return result
  }
}
