public import AttuneCore
internal import AttuneTraining

/// A recipe at work: what is adapted, and the way back.
public struct RecipeRun: Sendable {
  /// What a reset brings back.
  struct Adapted: Sendable {
    var network: Network
    var optimizer: (any SteppingOptimizer)?
    var teacher: Network?
    var statistics: any StatisticsPart
    var objectives: [WeightedObjective]
    var selection: [any SelectionPart]
    var memory: (any MemoryPart)?
    var correction: [any CorrectionPart]
  }

  /// An objective with its weight in the loss.
  struct WeightedObjective: Sendable {
    var part: any ObjectivePart
    let weight: Float
  }

  var adapted: Adapted
  let start: Adapted
  let parameters: [ParameterID]
  /// Passes without a tape; nil where layers or processor do not allow it.
  var passes: CompiledPasses?
  /// Whether all objectives need the logits only, so that steps can do without a tape of the network, too.
  let needsLogitsOnly: Bool
  let augmentations: [any AugmentationPart]
  let teacherConfidence: Float
  var generator: Philox
  var events: [AdaptationEvent] = []
  /// Whether there was a reset of which the recovery has not been told.
  var wasReset = false

  /// The adapted network.
  public var network: Network {
    get { adapted.network }
    set { adapted.network = newValue }
  }
  /// The network as it was trained.
  public var source: Network { start.network }
  /// The parameters that are adapted, from input to output.
  public var adaptedParameters: [ParameterID] { parameters }

  /// The learning rate of the steps; nil without an optimizer.
  public var learningRate: Double? {
    get { adapted.optimizer?.learningRate }
    set { if let newValue { adapted.optimizer?.learningRate = newValue } }
  }

  /// A network as the run answers with it: with a memory by what is kept, else by the policy for so many rows.
  func serving(_ network: Network, rows: Int) -> ServingNetwork {
    ServingNetwork(network, adapted.memory == nil ? adapted.statistics.policy(rows: rows) : .running)
  }

  /// Back to the source: weights, statistics, optimizer, teacher, memory, and what selection and correction remember.
  public mutating func reset() {
    adapted = start
    wasReset = true
  }

  /// Back to the source, with an event that says why.
  public mutating func reset(because reason: String) {
    reset()
    report(.reset, reason)
  }

  /// Tells of something that the stream's reader should know.
  public mutating func report(_ kind: AdaptationEvent.Kind, _ message: String) {
    events.append(AdaptationEvent(kind, message))
  }
}
