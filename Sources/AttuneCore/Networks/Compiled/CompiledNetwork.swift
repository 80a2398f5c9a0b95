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
  let blocks: [CompiledBlock]
  private let parameters: [ParameterID]
  /// The first block with something to differentiate.
  let lowest: Int?
  /// The most rows that a batch has.
  let capacity: Int
  let pool: WorkerPool
  /// The batch: a row per feature, and a row per sample.
  let input: MatrixStorage, inputTransposed: MatrixStorage
  /// Gradients of some rows of a weight, for each thread.
  let scratch: [MatrixStorage]
  static let scratchRows = 1 << 14
  /// Operations of a step that more than one thread speeds up: some 0.1 ms of one.
  private static let worthSharing = 20_000_000

  // What the threads read during a phase.
  var samples = 0
  var batch: UnsafePointer<Float>?
  var sink = Sink.gradients([])

  enum Sink {
    case gradients([UnsafeMutablePointer<Float>])
    case updates([ElementwiseUpdate])
  }

  /// Whether the products have the instructions that they are written for; without them a tape is faster.
  public static var isFast: Bool { OpenBLAS.instructionSet == "x86-64-v4" }

  /// How many threads steps in batches of `rows` rows are worth: one where they would wait for each other longer than
  /// they work.
  public static func threads(for network: Network, rows: Int, atMost most: Int) -> Int {
    threads(network.parameterCount, rows: rows, atMost: most)
  }

  /// As above, for a number of parameters.
  static func threads(_ parameters: Int, rows: Int, atMost most: Int) -> Int {
    6 * rows * parameters < worthSharing ? 1 : most
  }

  /// The steps of a network; nil where its layers come in another order.
  ///
  /// - Parameters:
  ///   - parameters: what is differentiated.
  ///   - rows: the most rows that a batch has.
  ///   - threads: how many share the work, the caller's included.
  ///   - dropping: whether there is dropout.
  public init?(
    _ network: Network, differentiating parameters: [ParameterID], rows: Int, threads: Int, dropping: Bool = true
  ) {
    var rest = network.layers[...], blocks: [CompiledBlock] = []
    while !rest.isEmpty {
      guard let block = CompiledBlock.parse(rest, rows: rows, dropping: dropping) else { return nil }
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
    for block in blocks { drawMask(of: block, batch.rows, &generator) }
    return pass(network, batch, .batch)
  }

  /// The outputs for a batch with chosen statistics, `[n, k]`; a network with dropout must have been compiled without.
  func forward(_ network: Network, _ batch: Matrix, statistics policy: NormalizationPolicy) -> Matrix {
    precondition(batch.rows > 0 && batch.rows <= capacity, "\(batch.rows) rows, from 1 to \(capacity) are possible")
    return pass(network, batch, policy)
  }

  private func pass(_ network: Network, _ batch: Matrix, _ policy: NormalizationPolicy) -> Matrix {
    samples = batch.rows
    for block in blocks {
      block.locate(network)
      block.choose(policy, samples: samples)
    }
    withExtendedLifetime((batch, network)) {
      self.batch = batch.unsafeBase
      pool.run(Phase.input.code, of: self)
      self.batch = nil
      for index in blocks.indices { pool.run(Phase.forward(index).code, of: self) }
    }
    return result(of: blocks[blocks.count - 1])
  }

  /// What a block gave in the last forward pass, `[n, d]`.
  func result(of block: CompiledBlock) -> Matrix {
    let n = samples
    attune_transpose_panels(0, Panels.count(n), block.outputs, n, block.output.elements, block.transposed.elements)
    return Matrix(rows: n, columns: block.outputs) {
      attune_unpack_panels(n, block.outputs, block.transposed.elements, $0.base)
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
      network.moveRunningStatistics(index, mean: block.batchMean, variance: block.batchVariance, rows: samples)
    }
  }

  /// The numbers are drawn sample by sample, as the tape draws them.
  private func drawMask(of block: CompiledBlock, _ n: Int, _ generator: inout Philox) {
    guard let mask = block.mask, let rate = block.dropout else { return }
    let drawn = Network.dropoutMask(Shape(rows: n, columns: block.outputs), rate: rate, using: &generator)
    let panels = Panels.count(block.outputs)
    attune_pack_panels(0, panels, n, block.outputs, drawn.unsafeBase, block.transposed.elements)
    attune_transpose_panels(0, panels, n, block.outputs, block.transposed.elements, mask.elements)
  }

  private func backward(_ network: Network, _ outputGradient: Matrix, into sink: Sink) {
    guard let lowest else { return }
    let last = blocks[blocks.count - 1], n = samples, panels = Panels.count(last.outputs)
    precondition(outputGradient.shape == Shape(rows: n, columns: last.outputs), "a gradient \(outputGradient.shape)")
    for block in blocks { block.locate(network) }
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
