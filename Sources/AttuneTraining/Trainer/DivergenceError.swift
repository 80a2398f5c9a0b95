public import AttuneCore

/// Training stopped because its loss or its parameters were not finite numbers.
public struct DivergenceError: Error, Equatable, CustomStringConvertible {
  /// What broke first.
  public enum Cause: Sendable, Equatable {
    /// A value of the batch, before the network: row and column, from 0.
    case input(row: Int, column: Int, value: Float)
    /// A target of the batch: row and column, from 0.
    case target(row: Int, column: Int, value: Float)
    /// The output of a layer, whose inputs and parameters are finite; `kind` as in `linear` or `batchNorm`.
    case layer(index: Int, kind: String)
    /// A parameter, in an update before the step.
    case parameter(ParameterID, kind: String)
    /// A running statistic of a batch norm layer, which answers with it after training.
    case statistics(layer: Int)
    /// The outcome answers rows that it learned from with numbers that are not finite.
    case outcome
    /// The loss, of outputs that are finite.
    case loss
    /// The loss on the validation rows, of parameters that are finite.
    case validation
  }

  /// Epoch, from 1.
  public let epoch: Int
  /// Step in the epoch, from 1.
  public let step: Int
  /// The loss of the step, or the epoch's mean loss where a parameter broke.
  public let loss: Float
  /// What broke first; nil where that is not known.
  public let cause: Cause?
  /// Path of the last good checkpoint; nil where there is none.
  public var checkpoint: String?

  /// A divergence at a step.
  public init(epoch: Int, step: Int, loss: Float, cause: Cause? = nil, checkpoint: String? = nil) {
    self.epoch = epoch
    self.step = step
    self.loss = loss
    self.cause = cause
    self.checkpoint = checkpoint
  }

  /// The first parameter that holds values that are not finite; nil where something else broke.
  public var parameter: ParameterID? {
    if case .parameter(let id, _) = cause { id } else { nil }
  }

  /// What happened, what broke first, what to try, and what is left.
  public var description: String {
    let number = { (value: Float) in value.isNaN ? "NaN" : "\(value)" }
    var what = loss.isFinite ? [] : ["the loss is \(number(loss))"]
    var advice = "lower the learning rate, or check the scale of the inputs"
    switch cause {
    case .input(let row, let column, let value):
      what.append("row \(row), column \(column) of the batch is \(number(value))")
      advice = "check the data and what changes them before the network"
    case .target(let row, let column, let value):
      what.append("the target of row \(row), column \(column) of the batch is \(number(value))")
      advice = "check the targets"
    case .layer(let index, let kind): what.append("first broken is the output of layer \(index) (\(kind))")
    case .parameter(let id, let kind):
      what.append("parameter \(id) of layer \(id.layer) (\(kind)) holds values that are not finite")
    case .statistics(let layer):
      what.append("the running statistics of layer \(layer) (batchNorm) are not finite, which its answers will use")
      advice = "check the scale of the inputs: standardize them"
    case .outcome: what.append("the last update spoiled the network: its answers to training rows are not finite")
    case .loss: what.append("the outputs of the network are finite, the loss of them is not")
    case .validation: what.append("that is the loss on the validation rows; the parameters are finite")
    case nil: break
    }
    let left = checkpoint.map { "; the last good checkpoint is \($0)" } ?? ""
    return "training diverged in epoch \(epoch), step \(step): \(what.joined(separator: "; ")); \(advice)\(left)"
  }
}
