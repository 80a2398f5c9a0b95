public import AttuneCore

/// The settings that every strategy which acquires inputs has.
public protocol AcquisitionSettings: Codable, Sendable, DefaultInitializable, ValidatedConfiguration {
  /// When a row stops acquiring.
  var stop: AcquisitionStop { get }
  /// What inputs cost, by their names; 1 for one that is not named.
  var costs: [String: Double] { get }
  /// The budgets of the curve of quality against the number of inputs, ascending.
  var curve: [Double] { get }
}

extension AcquisitionSettings {
  /// Throws a `ConfigValueError` for the first of the common settings that is out of its range.
  func validateAcquisition() throws {
    try stop.validate()
    for (name, cost) in costs.sorted(by: { $0.key < $1.key }) where !(cost > 0 && cost.isFinite) {
      throw ConfigValueError(
        "the cost of input '\(name)' must be a finite number above 0", key: "costs", given: "\(cost)")
    }
    try ConfigCheck.require(
      curve.allSatisfy { $0 >= 0 && $0.isFinite } && zip(curve, curve.dropFirst()).allSatisfy { $0 < $1 }, "curve",
      "must be finite budgets of at least 0, each above the one before it")
  }

  /// The cost of each input.
  ///
  /// - Throws: `ConfigValueError` for a cost of an input that is not there.
  func costs(of names: [String], count: Int) throws -> [Double] {
    guard !costs.isEmpty else { return Array(repeating: 1, count: count) }
    guard names.count == count else {
      throw ConfigValueError("name inputs, and the names of this model's \(count) inputs are not known", key: "costs")
    }
    for name in costs.keys.sorted() where !names.contains(name) {
      throw ConfigValueError("no input has this name", key: "costs", given: name, known: names)
    }
    return names.map { costs[$0] ?? 1 }
  }

  /// Throws where the stopping rule needs what the task or the strategy does not give.
  func checkStop(_ strategy: String, task: PredictionTask, givesInformation: Bool) throws {
    switch stop {
    case .budget: return
    case .penalized:
      try ConfigCheck.require(
        givesInformation, "stop",
        "'penalized' needs estimates of information, which '\(strategy)' does not make; choose 'budget', or dime or "
          + "greedy-information")
    case .confidence:
      try ConfigCheck.require(
        task == .classification, "stop", "'confidence' is a probability of classes; a regression needs 'budget'")
    }
  }
}
