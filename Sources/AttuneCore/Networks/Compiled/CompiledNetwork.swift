internal import CKernels

/// The training steps of a usual network without a tape: buffers that are allocated once, products that need no
/// reordering, and the optimizer's update while a gradient is still in the cache.
///
/// A usual network is a sequence of linear layers, each followed by batch norm, an activation and dropout in this order,
/// each of them if it is there. Loss and gradients are those of the tape but for the order of sums. They do not depend
/// on the number of threads: every sum is made by one thread in one order.
///
/// A step is ``forward(_:_:using:)``, the gradient of the loss with respect to its result, and then either
/// ``gradients(_:along:into:)`` or ``update(_:along:with:)``; one thread at a time may make them.
public final class CompiledNetwork: @unchecked Sendable {
  private let blocks: [CompiledBlock]
  private let parameters: [ParameterID]
  /// The first block with something to differentiate.
  private let lowest: Int?
  private let capacity: Int
  private let pool: WorkerPool
  /// The batch: a row per feature, and a row per sample.
  private let input: MatrixStorage, inputTransposed: MatrixStorage
  /// Gradients of some rows of a weight, for each thread.
  private let scratch: [MatrixStorage]
  private static let scratchRows = 1 << 14
  /// Operations of a step that more than one thread speeds up: some 0.1 ms of one.
  private static let worthSharing = 20_000_000

  // What the threads read during a phase.
  private var samples = 0
  private var batch: UnsafePointer<Float>?
  private var sink = Sink.gradients([])

  private enum Sink {
    case gradients([UnsafeMutablePointer<Float>])
    case updates([ElementwiseUpdate])
  }

  /// Whether the products have the instructions that they are written for; without them a tape is faster.
  public static var isFast: Bool { OpenBLAS.instructionSet == "x86-64-v4" }

  /// How many threads steps in batches of `rows` rows are worth: one where they would wait for each other longer than
  /// they work.
  public static func threads(for network: Network, rows: Int, atMost most: Int) -> Int {
    6 * rows * network.parameterCount < worthSharing ? 1 : most
  }

  /// The steps of a network; nil where its layers come in another order.
  ///
  /// - Parameters:
  ///   - parameters: what is differentiated.
  ///   - rows: the most rows that a batch has.
  ///   - threads: how many share the work, the caller's included.
  public init?(_ network: Network, differentiating parameters: [ParameterID], rows: Int, threads: Int) {
    var rest = network.layers[...], blocks: [CompiledBlock] = []
    while !rest.isEmpty {
      guard let block = CompiledBlock.parse(rest, rows: rows) else { return nil }
      blocks.append(block)
      rest = rest.dropFirst(block.length)
    }
    for (position, id) in parameters.enumerated() {
      for block in blocks {
        switch (id.layer, id.role) {
        case (block.linear, .weight): block.weight = position
        case (block.linear, .bias): block.bias = position
        case (block.normalization, .weight): block.gamma = position
        case (block.normalization, .bias): block.beta = position
        default: continue
        }
      }
    }
    lowest = blocks.firstIndex { ($0.weight ?? $0.bias ?? $0.gamma ?? $0.beta) != nil }
    input = MatrixStorage(zeros: Panels.capacity(rows: network.inputDimension, columns: rows))
    inputTransposed = MatrixStorage(zeros: Panels.capacity(rows: rows, columns: network.inputDimension))
    let widest = blocks.map(\.inputs).max() ?? 0
    scratch = (0..<threads).map { _ in MatrixStorage(zeros: max(Self.scratchRows, 12 * widest)) }
    (self.blocks, self.parameters, capacity) = (blocks, parameters, rows)
    pool = WorkerPool(count: threads)
  }

  /// The outputs for a training batch, `[n, k]`: batch statistics, and dropout drawn from `generator`.
  ///
  /// - Throws: `ShapeError` if the width of the batch does not fit.
  public func forward(
    _ network: Network, _ batch: Matrix, using generator: inout Philox
  ) throws(ShapeError) -> Matrix {
    try network.checkInput(batch)
    precondition(batch.rows > 0 && batch.rows <= capacity, "\(batch.rows) rows, from 1 to \(capacity) are possible")
    samples = batch.rows
    locate(network)
    for block in blocks { drawMask(of: block, &generator) }
    withExtendedLifetime((batch, network)) {
      self.batch = batch.unsafeBase
      pool.run(Phase.input.code, of: self)
      self.batch = nil
      for index in blocks.indices { pool.run(Phase.forward(index).code, of: self) }
    }
    let last = blocks[blocks.count - 1], n = samples
    attune_transpose_panels(0, Panels.count(n), last.outputs, n, last.output.elements, last.transposed.elements)
    return Matrix(rows: n, columns: last.outputs) {
      attune_unpack_panels(n, last.outputs, last.transposed.elements, $0.base)
    }
  }

  /// Writes the gradients of the parameters, given that of the last forward pass's result.
  public func gradients(_ network: Network, along outputGradient: Matrix, into gradients: inout [Matrix]) {
    let bases = parameters.indices.map { index in
      precondition(gradients[index].shape == network[parameters[index]].shape, "a gradient of \(parameters[index])")
      return gradients[index].uniqueBase
    }
    withExtendedLifetime(network) { backward(network, outputGradient, into: .gradients(bases)) }
    sink = .gradients([])
  }

  /// Changes the parameters by one step, given the gradient of the last forward pass's result. The updates are of the
  /// network's parameters, in their order.
  public func update(
    _ network: inout Network, along outputGradient: Matrix, with updates: [ElementwiseUpdate]
  ) {
    precondition(updates.count == parameters.count, "\(updates.count) updates of \(parameters.count) parameters")
    backward(network, outputGradient, into: .updates(updates))
    sink = .gradients([])
  }

  /// Moves the running statistics of all batch-norm layers towards those of the last batch.
  public func updateRunningStatistics(_ network: inout Network) {
    for block in blocks {
      guard let index = block.normalization else { continue }
      network.moveRunningStatistics(index, mean: block.mean, variance: block.variance, rows: samples)
    }
  }

  private func locate(_ network: Network) {
    for block in blocks {
      guard case .linear(let linear) = network.layers[block.linear] else { preconditionFailure("the layers changed") }
      block.weightBase = linear.weight.unsafeBase
      block.biasBase = linear.bias?.unsafeBase
      guard let index = block.normalization else { continue }
      guard case .batchNorm(let norm) = network.layers[index] else { preconditionFailure("the layers changed") }
      (block.gammaBase, block.betaBase) = (norm.gamma.unsafeBase, norm.beta.unsafeBase)
    }
  }

  /// The numbers are drawn sample by sample, as the tape draws them.
  private func drawMask(of block: CompiledBlock, _ generator: inout Philox) {
    guard let mask = block.mask, let rate = block.dropout else { return }
    let n = samples, drawn = Network.dropoutMask(Shape(rows: n, columns: block.outputs), rate: rate, using: &generator)
    let panels = Panels.count(block.outputs)
    attune_pack_panels(0, panels, n, block.outputs, drawn.unsafeBase, block.transposed.elements)
    attune_transpose_panels(0, panels, n, block.outputs, block.transposed.elements, mask.elements)
  }

  private func backward(_ network: Network, _ outputGradient: Matrix, into sink: Sink) {
    guard let lowest else { return }
    let last = blocks[blocks.count - 1], n = samples, panels = Panels.count(last.outputs)
    precondition(outputGradient.shape == Shape(rows: n, columns: last.outputs), "a gradient \(outputGradient.shape)")
    locate(network)
    self.sink = sink
    withExtendedLifetime(outputGradient) {
      attune_pack_panels(0, panels, n, last.outputs, outputGradient.unsafeBase, last.transposed.elements)
      attune_transpose_panels(0, panels, n, last.outputs, last.transposed.elements, last.gradient.elements)
    }
    last.backward(0..<last.outputs, n)
    pool.run(Phase.backward(blocks.count - 1).code, of: self)
    for index in stride(from: blocks.count - 1, through: lowest, by: -1) { pool.run(Phase.step(index).code, of: self) }
  }
}

extension CompiledNetwork: PhasedWork {
  /// The phases of a step, between which the threads wait for each other.
  private enum Phase {
    case input
    case forward(Int)
    /// The gradient of a block's input, through the block before it.
    case backward(Int)
    /// The gradient and update of a block's parameters, then `backward` of the block before it.
    case step(Int)

    var code: Int {
      switch self {
      case .input: 0
      case .forward(let block): 3 * block + 1
      case .backward(let block): 3 * block + 2
      case .step(let block): 3 * block + 3
      }
    }
  }

  func perform(_ phase: Int, worker: Int) {
    let block = (phase - 1) / 3
    switch phase == 0 ? 0 : (phase - 1) % 3 + 1 {
    case 0: arrangeInput(worker)
    case 1: forward(block, worker)
    case 2: passBack(block, worker)
    default:
      step(block, worker)
      passBack(block - 1, worker)
    }
  }

  /// A worker's part of some rows, in tiles of 12; the parts do not change any result.
  private func share(_ rows: Int, _ worker: Int, unit: Int = 12) -> Range<Int> {
    let units = (rows + unit - 1) / unit
    return min(rows, units * worker / pool.count * unit)..<min(rows, units * (worker + 1) / pool.count * unit)
  }

  private func arrangeInput(_ worker: Int) {
    guard let batch, let width = blocks.first?.inputs else { return }
    let part = share(Panels.count(width), worker, unit: 1)
    attune_pack_panels(part.lowerBound, part.upperBound, samples, width, batch, inputTransposed.elements)
    attune_transpose_panels(
      part.lowerBound, part.upperBound, samples, width, inputTransposed.elements, input.elements)
  }

  private func forward(_ index: Int, _ worker: Int) {
    let block = blocks[index]
    if index > 0 {
      let below = blocks[index - 1], part = share(Panels.count(samples), worker, unit: 1)
      attune_transpose_panels(
        part.lowerBound, part.upperBound, below.outputs, samples, below.output.elements, below.transposed.elements)
    }
    // Some rows at a time: batch norm and activation find them in the cache.
    for rows in parts(of: share(block.outputs, worker), elementsPerRow: samples) {
      block.forward(rows, samples, from: index > 0 ? blocks[index - 1].output : input)
    }
  }

  private func passBack(_ index: Int, _ worker: Int) {
    guard let lowest, index > lowest else { return }
    let block = blocks[index], below = blocks[index - 1]
    guard let weight = block.weightBase else { return }
    for rows in parts(of: share(block.inputs, worker), elementsPerRow: samples) {
      attune_panels_input_gradient(
        rows.lowerBound, rows.upperBound, block.outputs, block.inputs, samples, weight, block.gradient.elements,
        below.gradient.elements)
      below.backward(rows, samples)
    }
  }

  private func step(_ index: Int, _ worker: Int) {
    let block = blocks[index], share = share(block.outputs, worker)
    if let position = block.weight {
      let x = index > 0 ? blocks[index - 1].transposed : inputTransposed
      for rows in parts(of: share, elementsPerRow: block.inputs) {
        receive(position, rows.lowerBound * block.inputs, rows.count * block.inputs, worker) {
          attune_panels_weight_gradient(
            rows.lowerBound, rows.upperBound, block.outputs, block.inputs, samples, block.gradient.elements,
            x.elements, $0)
        }
      }
    }
    if let position = block.bias {
      attune_panels_row_sums(
        share.lowerBound, share.upperBound, block.outputs, samples, block.gradient.elements, block.biasGradient)
      receive(position, share, block.biasGradient)
    }
    if let position = block.gamma { receive(position, share, block.gammaGradient) }
    if let position = block.beta { receive(position, share, block.betaGradient) }
  }

  /// A gradient that is written where it is wanted, or where an update is made of it.
  private func receive(
    _ position: Int, _ offset: Int, _ count: Int, _ worker: Int, _ write: (UnsafeMutablePointer<Float>) -> Void
  ) {
    switch sink {
    case .gradients(let bases): write(bases[position] + offset)
    case .updates(let updates):
      write(scratch[worker].elements)
      updates[position].apply(from: offset, count: count, along: scratch[worker].elements)
    }
  }

  /// A gradient that is there already, `gradient[rows]`.
  private func receive(_ position: Int, _ rows: Range<Int>, _ gradient: UnsafeMutablePointer<Float>) {
    let part = gradient + rows.lowerBound
    switch sink {
    case .gradients(let bases): (bases[position] + rows.lowerBound).update(from: part, count: rows.count)
    case .updates(let updates): updates[position].apply(from: rows.lowerBound, count: rows.count, along: part)
    }
  }

  /// Rows that fill the scratch memory, in tiles of 12.
  private func parts(of rows: Range<Int>, elementsPerRow: Int) -> some Sequence<Range<Int>> {
    let size = max(12, Self.scratchRows / max(1, elementsPerRow) / 12 * 12)
    return stride(from: rows.lowerBound, to: rows.upperBound, by: size).lazy.map {
      $0..<min($0 + size, rows.upperBound)
    }
  }
}
