/// The kinds of differentiable operation. The gradient test has a row for each: a new one does not compile without it.
public enum DifferentiableOperation: String, CaseIterable, Sendable {
  /// `x · Wᵀ + b`.
  case linear
  /// `a · b`.
  case matrixProduct
  /// Batch norm by the statistics of the batch, by given ones, or by a mixture.
  case batchNormalization
  /// `max(x, 0)`.
  case relu
  /// `tanh x`.
  case tanh
  /// `1 / (1 + e⁻ˣ)`.
  case sigmoid
  /// `x · Φ(x)`.
  case gelu
  /// Elements times a constant mask.
  case mask
  /// `a + b`.
  case add
  /// `a − b`.
  case subtract
  /// `a · b`, element by element.
  case multiply
  /// `c · x` with a constant.
  case scale
  /// A row added to each row.
  case addRow
  /// Each row times a row, element by element.
  case multiplyRow
  /// `eˣ`.
  case exponential
  /// `ln x`.
  case logarithm
  /// `x²`.
  case square
  /// Softmax of each row.
  case softmax
  /// Logarithm of the softmax of each row.
  case logSoftmax
  /// Sum of all elements.
  case sum
  /// Mean of all elements.
  case mean
  /// Sum of each row.
  case rowSums
  /// Mean of each column.
  case columnMeans
  /// Mean cross-entropy of logits with given distributions, in nats.
  case crossEntropy
  /// Mean of squared differences.
  case meanSquaredError
  /// Entropy of the softmax of each row, in nats.
  case entropy
}

/// A recording of operations on matrices, for reverse-mode differentiation.
///
/// Operations on variables are recorded as they run (define by run). Only what leads to a variable made with
/// ``variable(_:)`` is recorded: the gradient of anything else is neither computed nor paid for.
public final class Tape {
  /// Adds to the gradients of an operation's inputs, given the gradient of its output.
  typealias Backward = (_ output: Matrix, _ gradients: inout Gradients) -> Void

  private struct Node {
    let operation: DifferentiableOperation?
    let backward: Backward?
  }

  private var nodes: [Node] = []

  /// An empty recording.
  public init() {}

  /// The kinds of operation recorded so far, in order.
  public var operations: [DifferentiableOperation] { nodes.compactMap(\.operation) }

  /// A matrix to differentiate with respect to.
  public func variable(_ value: Matrix) -> Variable {
    nodes.append(Node(operation: nil, backward: nil))
    return Variable(operand: Operand(value: value, node: nodes.count - 1), tape: self)
  }

  /// A matrix that is not differentiated.
  public func constant(_ value: Matrix) -> Variable {
    Variable(operand: Operand(value: value, node: nil), tape: self)
  }

  /// The result of an operation on variables of this tape; recorded if an input is.
  func record(
    _ operation: DifferentiableOperation, _ value: Matrix, from inputs: [Variable], backward: @escaping Backward
  ) -> Variable {
    precondition(inputs.allSatisfy { $0.tape === self }, "\(operation) of variables of different tapes")
    guard inputs.contains(where: \.isRecorded) else { return constant(value) }
    nodes.append(Node(operation: operation, backward: backward))
    return Variable(operand: Operand(value: value, node: nodes.count - 1), tape: self)
  }

  /// The gradients of a scalar with respect to some variables, in their order and of their shapes.
  ///
  /// - Parameters:
  ///   - loss: a variable of one element.
  ///   - variables: of this tape: made by ``variable(_:)``, or results of operations.
  /// - Returns: one gradient per variable; zero where the loss does not depend on it.
  public func gradients(of loss: Variable, withRespectTo variables: [Variable]) -> [Matrix] {
    precondition(loss.value.count == 1, "the gradient of a matrix of shape \(loss.value.shape) is not defined")
    return gradients(of: loss, along: Matrix(rows: 1, columns: 1, repeating: 1), withRespectTo: variables)
  }

  /// The gradients of a loss whose gradient with respect to some output is known, with respect to variables that the
  /// output depends on.
  ///
  /// - Parameters:
  ///   - output: a variable of any shape.
  ///   - gradient: the gradient of the loss with respect to it, of its shape.
  ///   - variables: of this tape, as above.
  public func gradients(
    of output: Variable, along gradient: Matrix, withRespectTo variables: [Variable]
  ) -> [Matrix] {
    precondition(output.tape === self, "the output was recorded on another tape")
    var gradients = Gradients(count: nodes.count)
    let wanted = Set(variables.compactMap(\.operand.node))
    if let last = output.operand.node {
      gradients.add(gradient, to: output.operand)
      for index in stride(from: last, through: 0, by: -1) {
        guard let backward = nodes[index].backward,
          let gradient = wanted.contains(index) ? gradients[index] : gradients.take(index)
        else { continue }
        backward(gradient, &gradients)
      }
    }
    return variables.map { variable in
      precondition(variable.tape === self, "the variable belongs to another tape")
      return gradients[variable.operand] ?? Matrix(rows: variable.value.rows, columns: variable.value.columns)
    }
  }
}

/// A matrix on a tape.
public struct Variable {
  let operand: Operand
  let tape: Tape

  /// The number itself.
  public var value: Matrix { operand.value }
  /// Whether gradients flow to this variable.
  public var isRecorded: Bool { operand.node != nil }
}

/// A variable without its tape: what the tape's own closures hold, which must not hold the tape.
struct Operand {
  let value: Matrix
  let node: Int?
}

/// Gradients that have been collected on the way back, by node.
struct Gradients {
  private var byNode: [Matrix?]

  init(count: Int) { byNode = Array(repeating: nil, count: count) }

  subscript(operand: Operand) -> Matrix? { operand.node.flatMap { byNode[$0] } }
  subscript(node: Int) -> Matrix? { byNode[node] }

  /// Adds to the gradient of `operand`; `gradient` is only evaluated if the operand is recorded.
  mutating func add(_ gradient: @autoclosure () -> Matrix, to operand: Operand) {
    guard let node = operand.node else { return }
    let value = gradient()
    precondition(value.shape == operand.value.shape, "gradient \(value.shape) of a \(operand.value.shape)")
    if byNode[node] == nil { byNode[node] = value } else { byNode[node]?.add(value) }
  }

  /// The gradient of a node, which is no longer needed afterwards.
  mutating func take(_ node: Int) -> Matrix? {
    defer { byNode[node] = nil }
    return byNode[node]
  }
}
