public import AttuneCore

/// What training minimizes: the mean over the rows of a batch.
public enum Loss: Sendable, Equatable {
  /// Cross-entropy of logits in nats; `labelSmoothing` moves that share of each target to the uniform distribution.
  case crossEntropy(labelSmoothing: Double)
  /// The mean of squared differences.
  case meanSquaredError
  /// `T² · CE(softmax(teacher/T), student/T)`: the gradient keeps its size for every temperature.
  ///
  /// - Source: Hinton, Vinyals, Dean (2015), Distilling the knowledge in a neural network, arXiv:1503.02531, section 2.
  case distillation(temperature: Double)

  /// The loss of a batch, `[1, 1]`.
  ///
  /// ## Shapes
  /// - output: `[n, k]`; targets: `[n, k]`, for cross-entropy one-hot or any distribution, for distillation the
  ///   teacher's logits
  public func callAsFunction(_ output: Variable, targets: Matrix) -> Variable {
    switch self {
    case .crossEntropy(let smoothing):
      guard smoothing > 0 else { return output.crossEntropy(targets: targets) }
      let share = Float(smoothing), uniform = share / Float(targets.columns)
      return output.crossEntropy(targets: targets.map { (1 - share) * $0 + uniform })
    case .meanSquaredError:
      return output.meanSquaredError(targets: targets)
    case .distillation(let temperature):
      let inverse = 1 / Float(temperature)
      let soft = targets.scaled(by: inverse).softmax()
      return output.scaled(by: inverse).crossEntropy(targets: soft).scaled(by: Float(temperature * temperature))
    }
  }
}
