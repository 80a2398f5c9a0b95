public import AttuneCore

/// Standardizes the targets of a regression, and turns predictions back into the targets' units.
public struct TargetScaling: Codable, Sendable, Equatable {
  /// Mean of the training targets, in their units.
  public let mean: Double
  /// Population deviation of the training targets, in their units; 1 where they are all equal.
  public let standardDeviation: Double

  /// A scaling with given moments.
  public init(mean: Double, standardDeviation: Double) {
    precondition(standardDeviation > 0, "a deviation of \(standardDeviation) cannot be divided by")
    self.mean = mean
    self.standardDeviation = standardDeviation
  }

  /// The scaling that gives `targets` mean 0 and deviation 1.
  ///
  /// ## Shapes
  /// - targets: `[n, 1]`, n ≥ 1
  public init(fitting targets: Matrix) {
    let moments = ColumnMoments(fills: [nil]) { $0(targets.reshaped(rows: targets.count, columns: 1)) }
    self.init(mean: moments.means[0], standardDeviation: moments.deviations[0])
  }

  /// The scaling that gives the targets of some rows mean 0 and deviation 1; nil where they are no numbers.
  init?(fittingTargetsOf rows: some TableRows) throws {
    guard case .values = try rows.block(0..<min(1, rows.count)).targets else { return nil }
    let moments = try ColumnMoments(fills: [nil]) { add in
      try rows.forEachBlock { block, _ in
        if case .values(let values) = block.targets { add(values) }
      }
    }
    self.init(mean: moments.means[0], standardDeviation: moments.deviations[0])
  }

  /// `(y − mean) / sd`.
  public func apply(_ targets: Matrix) -> Matrix {
    targets.map { Float((Double($0) - mean) / standardDeviation) }
  }

  /// `y · sd + mean`: predictions in the targets' units.
  public func inverse(_ predictions: Matrix) -> Matrix {
    predictions.map { Float(Double($0) * standardDeviation + mean) }
  }

  /// `y · sd + mean`: one prediction in the target's unit.
  public func inverse(_ prediction: Double) -> Double { prediction * standardDeviation + mean }
}
