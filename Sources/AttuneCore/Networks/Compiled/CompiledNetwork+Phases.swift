internal import CKernels

extension CompiledNetwork: PhasedWork {
  /// The phases of a step, between which the threads wait for each other.
  enum Phase {
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
    if index > 0, block.weight != nil {
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
