public import AttuneCore

/// A rule that changes a parameter along a gradient: hyperparameters, initial state, update.
///
/// A rule is a value without memory; what it remembers of a parameter is a separate `State`, one per parameter matrix.
public protocol Optimizer: Sendable {
  /// What the rule remembers of one parameter, for example its momentum.
  associatedtype State: OptimizerState
  /// The name in config files, for example `adam`.
  static var name: String { get }
  /// The step size. Schedules set it between steps.
  var learningRate: Double { get set }
  /// The weight decay; 0 is none. Parameter groups override it.
  var weightDecay: Double { get set }
  /// The state before the first step, for a parameter of the given shape.
  func initialState(for parameter: Matrix) -> State
  /// Changes `parameter` and `state` by one step along `gradient`, which has the parameter's shape.
  func update(_ parameter: inout Matrix, along gradient: Matrix, _ state: inout State)
  /// The same step, ready to be made part by part; nil where the rule cannot, or an element depends on others.
  ///
  /// The state counts the step as made. A rule that gives nil must leave its state alone.
  func elementwiseUpdate(of parameter: inout Matrix, _ state: inout State) -> ElementwiseUpdate?
}

extension Optimizer {
  /// Nil: the rule steps along whole gradients only.
  public func elementwiseUpdate(of parameter: inout Matrix, _ state: inout State) -> ElementwiseUpdate? { nil }
}
