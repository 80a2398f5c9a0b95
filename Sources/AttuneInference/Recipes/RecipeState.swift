public import AttuneCore
internal import AttuneTraining

/// The state of a recipe: what is adapted, and what its parts remember.
public struct RecipeState: Sendable {
  /// What is adapted, and the way back.
  public internal(set) var run: RecipeRun
  var recovery: [any RecoveryPart]

  /// The adapted network.
  public var network: Network { run.network }
}

extension RecipeState {
  /// Tells each part of the recovery of a reset, if there was one.
  mutating func tellOfReset() {
    guard run.wasReset else { return }
    run.wasReset = false
    for index in recovery.indices { recovery[index].afterReset(run) }
  }
}

extension RecipeState: Encodable {
  enum CodingKeys: String, CodingKey {
    case network, teacher, optimizer, learningRate, generator, statistics, objectives, selection, memory, correction,
      recovery
  }

  /// Encodes everything that has changed since the start.
  public func encode(to encoder: any Encoder) throws {
    var keys = encoder.container(keyedBy: CodingKeys.self)
    let adapted = run.adapted
    try keys.encode(adapted.network, forKey: .network)
    try keys.encodeIfPresent(adapted.teacher, forKey: .teacher)
    try keys.encodeIfPresent(adapted.optimizer?.stored, forKey: .optimizer)
    // Recovery may have changed it.
    try keys.encodeIfPresent(run.learningRate, forKey: .learningRate)
    try keys.encode(run.generator, forKey: .generator)
    try Self.encode([adapted.statistics], into: &keys, .statistics)
    try Self.encode(adapted.objectives.map(\.part), into: &keys, .objectives)
    try Self.encode(adapted.selection, into: &keys, .selection)
    try Self.encode([adapted.memory].compactMap(\.self), into: &keys, .memory)
    try Self.encode(adapted.correction, into: &keys, .correction)
    try Self.encode(recovery, into: &keys, .recovery)
  }

  private static func encode(
    _ parts: [any RecipePart], into keys: inout KeyedEncodingContainer<CodingKeys>, _ key: CodingKeys
  ) throws {
    var list: any UnkeyedEncodingContainer = keys.nestedUnkeyedContainer(forKey: key)
    for part in parts { try part.encodeState(into: &list) }
  }

  /// Takes on what was encoded of a state of the same recipe on the same source network.
  ///
  /// - Throws: `DecodingError`, or `StoredStateError` of the optimizer, where it does not fit.
  mutating func restore(from decoder: any Decoder) throws {
    let keys = try decoder.container(keyedBy: CodingKeys.self)
    var adapted = run.adapted
    let network = try keys.decode(Network.self, forKey: .network)
    guard network.hasShape(of: run.source) else {
      throw DecodingError.dataCorruptedError(
        forKey: .network, in: keys, debugDescription: "the adapted network has other layers than the model")
    }
    adapted.network = network
    adapted.teacher = try keys.decodeIfPresent(Network.self, forKey: .teacher)
    guard (adapted.teacher == nil) == (run.adapted.teacher == nil), adapted.teacher?.hasShape(of: run.source) != false
    else {
      throw DecodingError.dataCorruptedError(
        forKey: .teacher, in: keys, debugDescription: "the teacher is missing, not asked for, or of other layers")
    }
    if let stored = try keys.decodeIfPresent(StoredOptimizerStates.self, forKey: .optimizer) {
      try adapted.optimizer?.restore(stored, for: network)
    }
    if let rate = try keys.decodeIfPresent(Double.self, forKey: .learningRate) {
      adapted.optimizer?.learningRate = rate
    }
    func restore<P: RecipePart>(_ part: inout P, _ list: inout any UnkeyedDecodingContainer) throws {
      try part.decodeState(from: &list)
    }
    var list: any UnkeyedDecodingContainer = try keys.nestedUnkeyedContainer(forKey: .statistics)
    try restore(&adapted.statistics, &list)
    list = try keys.nestedUnkeyedContainer(forKey: .objectives)
    for index in adapted.objectives.indices { try restore(&adapted.objectives[index].part, &list) }
    list = try keys.nestedUnkeyedContainer(forKey: .selection)
    for index in adapted.selection.indices { try restore(&adapted.selection[index], &list) }
    list = try keys.nestedUnkeyedContainer(forKey: .memory)
    if var memory = adapted.memory {
      try restore(&memory, &list)
      adapted.memory = memory
    }
    list = try keys.nestedUnkeyedContainer(forKey: .correction)
    for index in adapted.correction.indices { try restore(&adapted.correction[index], &list) }
    list = try keys.nestedUnkeyedContainer(forKey: .recovery)
    for index in recovery.indices { try restore(&recovery[index], &list) }
    run.generator = try keys.decode(Philox.self, forKey: .generator)
    run.adapted = adapted
  }
}

extension Network {
  /// Whether the layers have the kinds and sizes of another network's.
  func hasShape(of other: Network) -> Bool {
    let mine = stateDictionary.mapValues(\.matrix.shape), others = other.stateDictionary.mapValues(\.matrix.shape)
    return layers.count == other.layers.count && mine == others
  }
}
