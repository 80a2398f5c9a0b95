public import AttuneCore

/// Which parameters an adaptation changes.
public struct ParameterScope: Codable, Sendable, Equatable {
  /// The kinds of scope.
  public enum Kind: String, Codable, Sendable, CaseIterable {
    /// No parameter.
    case none
    /// Scale and shift of batch norm.
    case normAffine = "norm-affine"
    /// Everything before the last linear layer.
    case features
    /// The last linear layer.
    case classifier
    /// The bias of the last linear layer.
    case outputBias = "output-bias"
    /// All parameters.
    case all
  }

  /// Which parameters.
  public var kind: Kind
  /// Batch-norm layers at the end that are left out of `norm-affine`; one is kept in any case.
  public var exceptLast: Int

  /// Parameters of a kind.
  public init(_ kind: Kind, exceptLast: Int = 0) {
    self.kind = kind
    self.exceptLast = exceptLast
  }

  private enum CodingKeys: String, CodingKey { case exceptLast }

  /// Decodes `norm-affine`, or a mapping with `kind` and `exceptLast`.
  public init(from decoder: any Decoder) throws {
    let name = try ChoiceCoding.kind(from: decoder, known: Kind.allCases.map(\.rawValue))
    kind = Kind(rawValue: name) ?? .none
    exceptLast = 0
    guard kind == .normAffine, (try? decoder.singleValueContainer().decode(String.self)) == nil else { return }
    exceptLast = try decoder.container(keyedBy: CodingKeys.self).decodeIfPresent(Int.self, forKey: .exceptLast) ?? 0
    try ConfigCheck.range("exceptLast", exceptLast, atLeast: 0)
  }

  /// Encodes so that decoding gives an equal value.
  public func encode(to encoder: any Encoder) throws {
    guard exceptLast > 0 else { return try ChoiceCoding.encode(kind: kind.rawValue, to: encoder) }
    struct Settings: Encodable { let exceptLast: Int }
    try ChoiceCoding.encode(kind: kind.rawValue, Settings(exceptLast: exceptLast), to: encoder)
  }

  /// The parameters of a network, from input to output.
  public func parameters(of network: Network) -> [ParameterID] {
    let output = network.outputLayerIndex
    switch kind {
    case .none: return []
    case .normAffine:
      let layers = network.normalizationLayers
      let kept = Set(layers.prefix(max(1, layers.count - exceptLast)))
      return network.normalizationParameterIDs.filter { kept.contains($0.layer) }
    case .features: return network.parameterIDs.filter { $0.layer < output }
    case .classifier: return network.parameterIDs.filter { $0.layer == output }
    case .outputBias: return network.parameterIDs.filter { $0.layer == output && $0.role == .bias }
    case .all: return network.parameterIDs
    }
  }
}
