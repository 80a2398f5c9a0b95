/// A function applied to every element between linear layers.
public enum ActivationFunction: String, Codable, CaseIterable, Sendable {
  /// `max(0, x)`.
  case relu
  /// The hyperbolic tangent.
  case tanh
  /// `1 / (1 + exp(−x))`.
  case sigmoid
  /// `x · Φ(x)`, with the error function (PyTorch's default form).
  case gelu
}

extension Variable {
  /// Each element through an activation function.
  public func activated(by function: ActivationFunction) -> Variable {
    switch function {
    case .relu: relu()
    case .tanh: tanh()
    case .sigmoid: sigmoid()
    case .gelu: gelu()
    }
  }
}
