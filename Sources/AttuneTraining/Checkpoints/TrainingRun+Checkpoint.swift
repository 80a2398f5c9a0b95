internal import AttuneCore

extension TrainingRun {
  /// The run as it stands between two steps.
  ///
  /// - Parameter identity: what the training must not differ in when it goes on, by name. The kernels of this machine,
  ///   the network's layers, the optimizer, the rows and the batches are added.
  public func checkpoint(identity: [String: String] = [:]) -> TrainingCheckpoint {
    let stored = optimizer.stored
    var tensors = tensors(of: network, under: "network.")
    for (name, matrix) in stored.matrices { tensors["optimizer." + name] = SafetensorsFile.Tensor(matrix) }
    if let bestNetwork { tensors.merge(self.tensors(of: bestNetwork, under: "best.")) { $1 } }
    for (id, matrix) in average?.state.average ?? [:] { tensors["average.\(id)"] = SafetensorsFile.Tensor(matrix) }
    tensors["history"] = SafetensorsFile.Tensor(
      history.flatMap(\.numbers), shape: [history.count, EpochRecord.numberCount])
    let description = TrainingCheckpoint.Description(
      identity: identity.merging(ownIdentity) { $1 }, position: position, streams: streams, sum: sum, cost: cost,
      stopping: stopping, plateau: rates?.plateau, learningRate: optimizer.learningRate,
      optimizerCounts: stored.counts, optimizerNumbers: stored.numbers,
      averageCount: average?.state.count)
    return TrainingCheckpoint(description, tensors: tensors)
  }

  /// Goes on from a checkpoint of a run with the same settings, network, rows and identity, of which this is the start.
  ///
  /// - Throws: `CheckpointError` where the checkpoint belongs to another training or does not fit this one; the run is
  ///   then as before.
  public mutating func restore(_ checkpoint: TrainingCheckpoint, identity: [String: String] = [:]) throws {
    let found = checkpoint.description
    let differences = CheckpointError.Difference.between(found.identity, identity.merging(ownIdentity) { $1 })
    guard differences.isEmpty else { throw CheckpointError(path: checkpoint.path, problem: .different(differences)) }
    do {
      var run = self
      try run.take(found, from: SafetensorsFile(tensors: checkpoint.tensors))
      self = run
    } catch let error as ModelFileError {
      throw CheckpointError(path: checkpoint.path, problem: .damaged("\(error)"))
    } catch let error as StoredStateError {
      throw CheckpointError(path: checkpoint.path, problem: .damaged("\(error)"))
    }
  }

  /// Goes on from the checkpoint of a plan where there is one, unless the plan starts anew.
  ///
  /// - Throws: `CheckpointError` where it belongs to another training or is damaged; `FileError` where it cannot be read.
  public mutating func resume(_ plan: CheckpointPlan) throws {
    // A kill while a checkpoint was written left a file as large as one.
    AtomicFile.removeLeftovers(beside: plan.path)
    guard !plan.startsAnew else { return }
    do {
      try restore(TrainingCheckpoint(contentsOf: plan.path), identity: plan.identity)
    } catch let error as FileError where error.kind == .notFound {
      return
    }
  }

  private mutating func take(_ found: TrainingCheckpoint.Description, from file: SafetensorsFile) throws {
    func require(_ holds: Bool, _ what: String) throws {
      guard !holds else { return }
      throw ModelFileError(path: "", place: .file, what: what, remedy: "the training cannot have come to this")
    }
    let place = found.position
    try require(
      place.epoch >= 1 && place.epoch <= trainer.epochs + 1 && place.step >= 0 && place.step <= stepsPerEpoch
        && (place.epoch <= trainer.epochs || place.step == 0)
        && place.globalStep == (place.epoch - 1) * stepsPerEpoch + place.step,
      "epoch \(place.epoch), step \(place.step), \(place.globalStep) steps in all")
    try require(
      found.sum.total.isFinite && found.sum.rows >= 0 && found.cost.operations >= 0 && found.cost.seconds.isFinite,
      "sums that are not finite or below 0")
    try require((found.plateau == nil) == (rates == nil), "a schedule where there is none, or none where there is one")
    history = try Self.history(from: file, epochs: place.epoch - 1, stepsPerEpoch: stepsPerEpoch)
    network = try Self.network(like: network, under: "network.", from: file)
    if file.names.contains(where: { $0.hasPrefix("best.") }) {
      try require(trainer.earlyStopping?.restoresBest == true, "a best network where none is wanted")
      bestNetwork = try Self.network(like: network, under: "best.", from: file)
    }
    try require(
      (found.averageCount == nil) == (average == nil) && found.averageCount ?? 0 >= 0,
      "an average of weights where there is none, or none where there is one")
    let averaged = try averageState(count: found.averageCount ?? 0, from: file)
    average?.state = averaged
    var stored = StoredOptimizerStates()
    stored.counts = found.optimizerCounts
    stored.numbers = found.optimizerNumbers
    for (name, tensor) in file.tensors where name.hasPrefix("optimizer.") {
      // A squared gradient may overflow while the parameters stay finite.
      stored.matrices[String(name.dropFirst("optimizer.".count))] = try tensor.matrix(allowingNonFinite: true)
    }
    try optimizer.restore(stored, for: network)
    optimizer.learningRate = found.learningRate
    if let plateau = found.plateau { rates?.plateau = plateau }
    (position, streams, sum, cost, stopping) = (place, found.streams, found.sum, found.cost, found.stopping)
    orderAfterEpoch = streams.order
    permutation = RowOrder()
  }

  private func averageState(count: Int, from file: SafetensorsFile) throws -> WeightAverage.State {
    var state = WeightAverage.State()
    guard count > 0 else { return state }
    for id in network.parameterIDs {
      let shape = network[id].shape
      state.average[id] = try file.matrix("average.\(id)", shape: [shape.rows, shape.columns])
    }
    state.count = count
    return state
  }

  private func tensors(of network: Network, under prefix: String) -> [String: SafetensorsFile.Tensor] {
    var tensors: [String: SafetensorsFile.Tensor] = [:]
    for (name, value) in network.stateDictionary {
      tensors[prefix + name] = SafetensorsFile.Tensor(value.matrix, shape: value.shape)
    }
    return tensors
  }

  private static func network(like network: Network, under prefix: String, from file: SafetensorsFile) throws -> Network
  {
    try Network(network.architecture) { name, shape in try file.matrix(prefix + name, shape: shape) }
  }

  private static func history(
    from file: SafetensorsFile, epochs: Int, stepsPerEpoch: Int
  ) throws -> [EpochRecord] {
    let tensor = try file.tensor("history"), width = EpochRecord.numberCount
    guard tensor.shape == [epochs, width] else {
      throw ModelFileError(
        path: "", place: .tensor("history"), what: "shape \(tensor.shape), expected \([epochs, width])",
        remedy: "the training cannot have come to this")
    }
    let numbers = try tensor.doubles(allowingNonFinite: true)
    return (0..<epochs).map { index in
      EpochRecord(
        epoch: index + 1, globalStep: (index + 1) * stepsPerEpoch,
        numbers: numbers[(index * width)..<((index + 1) * width)])
    }
  }

  /// What a run itself knows that must not differ.
  private var ownIdentity: [String: String] {
    [
      "kernels": OpenBLAS.kernels, "instruction set": OpenBLAS.instructionSet, "layers": network.summary,
      "optimizer": type(of: trainer.optimizer).name, "rows": "\(rowCount)", "batch size": "\(trainer.batchSize)",
      "epochs": "\(trainer.epochs)",
    ]
  }
}

extension EpochRecord {
  /// The numbers that a checkpoint keeps of an epoch; NaN for what there is none of.
  fileprivate var numbers: [Double] {
    [loss, validationLoss ?? .nan, validationQuality ?? .nan, learningRate, seconds, samplesPerSecond]
  }

  fileprivate static let numberCount = 6

  fileprivate init(epoch: Int, globalStep: Int, numbers: ArraySlice<Double>) {
    let value = { (index: Int) in numbers[numbers.startIndex + index] }
    let known = { (index: Int) in value(index).isNaN ? nil : value(index) }
    self.init(
      epoch: epoch, globalStep: globalStep, loss: value(0), validationLoss: known(1), validationQuality: known(2),
      learningRate: value(3), seconds: value(4), samplesPerSecond: value(5))
  }
}
