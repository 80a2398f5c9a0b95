internal import AttuneCore

/// What a strategy that acquires inputs keeps while it serves: nothing but the details of its last answer.
public struct AcquisitionState: Codable, Sendable {
  /// Width of a row.
  public let inputDimension: Int
  /// The inputs that the last answer rests on.
  var selection: InputSelection?
}

/// Serving with a learned policy, the same for all of them.
struct AcquisitionServer: Sendable {
  let acquisition: any AcquisitionServing
  let inputDimension: Int

  func predict(_ batch: Matrix, _ state: inout AcquisitionState, until stop: AcquisitionStop) throws -> Matrix {
    try check(batch)
    let (output, selection) = try acquisition.serve(batch, until: stop)
    state.selection = selection
    return output
  }

  func curve(_ batch: Matrix, at budgets: [Double]) throws -> [CurveAnswer] {
    try check(batch)
    return budgets.isEmpty || batch.rows == 0 ? [] : try acquisition.curve(batch, at: budgets)
  }

  private func check(_ batch: Matrix) throws {
    guard batch.columns != inputDimension else { return }
    throw ShapeError(
      operation: "network", expected: "\(inputDimension) input features", found: "\(batch.columns) columns")
  }
}

/// A policy with its costs, whatever its type.
protocol AcquisitionServing: Sendable {
  /// The answers, and what they rest on.
  func serve(_ batch: Matrix, until stop: AcquisitionStop) throws -> (output: Matrix, selection: InputSelection?)
  /// The answers at each of some ascending budgets.
  func curve(_ batch: Matrix, at budgets: [Double]) throws -> [CurveAnswer]
}

extension FeatureAcquisition: AcquisitionServing {
  func serve(_ batch: Matrix, until stop: AcquisitionStop) throws -> (output: Matrix, selection: InputSelection?) {
    let purchases = try purchases(batch, until: stop), output = try answers(batch, purchases)
    guard batch.rows > 0 else { return (output, nil) }
    let kept = purchases.mask().elements.map { $0 > 0 }
    return (
      output,
      InputSelection(rows: batch.rows, keptByRow: kept, replacement: .zero, acquisitionCost: purchases.cost)
    )
  }

  func curve(_ batch: Matrix, at budgets: [Double]) throws -> [CurveAnswer] {
    guard let highest = budgets.last else { return [] }
    let purchases = try purchases(batch, until: .budget(highest))
    return try budgets.map { budget in
      let rows = MaskedRows(batch, mask: purchases.mask(within: budget))
      return CurveAnswer(budget: budget, keptCount: Int(rows.mask.sum), output: try answers(rows))
    }
  }
}
