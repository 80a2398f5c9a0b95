public import AttuneCore

/// What an optimizer remembers of one parameter, with its fields told by name, so that a checkpoint can keep it.
///
/// ```swift
/// struct State: OptimizerState {
///   var velocity: Matrix
///   var steps = 0
///   static var fields: [OptimizerStateField<State>] { [.matrix("velocity", \.velocity), .count("steps", \.steps)] }
/// }
/// ```
///
/// A field that is not told is lost when a training goes on from a checkpoint, and the bits then differ.
public protocol OptimizerState: Sendable {
  /// All fields.
  static var fields: [OptimizerStateField<Self>] { get }
}

/// A field of an optimizer's state under the name that a checkpoint keeps it by.
public enum OptimizerStateField<State> {
  /// A matrix; its shape is that in the initial state.
  case matrix(String, WritableKeyPath<State, Matrix>)
  /// A matrix that some hyperparameters do without, of the parameter's shape unless the initial state has one.
  case optionalMatrix(String, WritableKeyPath<State, Matrix?>)
  /// An integer, such as the number of steps.
  case count(String, WritableKeyPath<State, Int>)
  /// A number.
  case number(String, WritableKeyPath<State, Double>)

  /// The name.
  public var name: String {
    switch self {
    case .matrix(let name, _), .optionalMatrix(let name, _), .count(let name, _), .number(let name, _): name
    }
  }
}

/// The states of an optimizer for all parameters, as a checkpoint keeps them: by names such as `0.weight.firstMoment`.
public struct StoredOptimizerStates: Sendable, Equatable, Codable {
  /// The matrices.
  public var matrices: [String: Matrix] = [:]
  /// The integers.
  public var counts: [String: Int] = [:]
  /// The other numbers.
  public var numbers: [String: Double] = [:]

  /// Nothing.
  public init() {}

  /// Adds what is remembered of a parameter.
  mutating func add<State: OptimizerState>(_ state: State, of id: ParameterID) {
    for field in State.fields {
      let name = "\(id).\(field.name)"
      switch field {
      case .matrix(_, let path): matrices[name] = state[keyPath: path]
      case .optionalMatrix(_, let path): matrices[name] = state[keyPath: path]
      case .count(_, let path): counts[name] = state[keyPath: path]
      case .number(_, let path): numbers[name] = state[keyPath: path]
      }
    }
  }

  /// Gives a state, which comes as it is before the first step, what is stored of a parameter.
  ///
  /// - Throws: `StoredStateError` where a field is missing or has another shape.
  func restore<State: OptimizerState>(_ state: inout State, of id: ParameterID, shape: Shape) throws(StoredStateError) {
    func problem(_ name: String, _ what: String) -> StoredStateError { StoredStateError(field: name, what: what) }
    func fitting(_ name: String, _ wanted: Shape) throws(StoredStateError) -> Matrix {
      guard let found = matrices[name] else { throw problem(name, "missing") }
      guard found.shape == wanted else { throw problem(name, "shape \(found.shape), expected \(wanted)") }
      return found
    }
    for field in State.fields {
      let name = "\(id).\(field.name)"
      switch field {
      case .matrix(_, let path): state[keyPath: path] = try fitting(name, state[keyPath: path].shape)
      case .optionalMatrix(_, let path):
        let initial = state[keyPath: path]
        guard initial != nil || matrices[name] != nil else { continue }
        state[keyPath: path] = try fitting(name, initial?.shape ?? shape)
      case .count(_, let path):
        guard let found = counts[name], found >= 0 else { throw problem(name, "no count of at least 0") }
        state[keyPath: path] = found
      case .number(_, let path):
        guard let found = numbers[name] else { throw problem(name, "missing") }
        state[keyPath: path] = found
      }
    }
  }
}

/// Stored states that do not belong to an optimizer and its parameters.
public struct StoredStateError: Error, Equatable, CustomStringConvertible {
  /// Parameter and field, for example `0.weight.firstMoment`.
  public let field: String
  /// What is wrong with it.
  public let what: String

  /// Field and problem.
  public var description: String { "the optimizer's \(field): \(what)" }
}
