internal import CKernels

/// A linear layer with what follows it up to the next: batch norm, an activation, dropout, each of them if it is there.
///
/// Its buffers hold activations in panels, a row per feature and a column per sample (see the kernels' header).
final class CompiledBlock {
  let linear: Int
  private(set) var normalization: Int?
  private(set) var activation: ActivationFunction?
  private(set) var dropout: Float?
  let inputs: Int
  let outputs: Int

  /// Positions of the parameters among those that are differentiated.
  var weight: Int?, bias: Int?, gamma: Int?, beta: Int?
  private var epsilon: Float = 0

  /// What the linear layer gives; where no batch norm follows, activated in place.
  let product: MatrixStorage
  /// After batch norm, activated in place but for GELU, whose derivative is from its input.
  private(set) var normalized: MatrixStorage
  private(set) var activated: MatrixStorage
  /// The block's result, after dropout.
  private(set) var output: MatrixStorage
  private(set) var mask: MatrixStorage?
  /// The result with a row per sample, for the gradient of the next block's weight.
  let transposed: MatrixStorage
  /// Gradient of the result, then of the linear layer's.
  let gradient: MatrixStorage
  /// Mean, variance and inverse deviation in use, mean and biased variance of the batch; gradients of bias, γ and β.
  let statistics: MatrixStorage, vectors: MatrixStorage
  /// The share of the batch in the statistics; nil where they are those of the batch alone.
  private(set) var mixture: (weight: Float, correction: Float)?

  var mean: UnsafeMutablePointer<Float> { statistics.elements }
  var variance: UnsafeMutablePointer<Float> { statistics.elements + outputs }
  var inverse: UnsafeMutablePointer<Float> { statistics.elements + 2 * outputs }
  var batchMean: UnsafeMutablePointer<Float> { mixture == nil ? mean : statistics.elements + 3 * outputs }
  var batchVariance: UnsafeMutablePointer<Float> { mixture == nil ? variance : statistics.elements + 4 * outputs }
  var biasGradient: UnsafeMutablePointer<Float> { vectors.elements }
  var gammaGradient: UnsafeMutablePointer<Float> { vectors.elements + outputs }
  var betaGradient: UnsafeMutablePointer<Float> { vectors.elements + 2 * outputs }

  // Where the parameters are during a step.
  var weightBase: UnsafePointer<Float>?, biasBase: UnsafePointer<Float>?
  var gammaBase: UnsafePointer<Float>?, betaBase: UnsafePointer<Float>?
  private var runningMean: UnsafePointer<Float>?, runningVariance: UnsafePointer<Float>?

  /// The block that starts with a linear layer, and how many layers it takes; nil where that is none.
  ///
  /// - Parameter dropping: whether there is dropout.
  static func parse(_ layers: ArraySlice<Layer>, rows: Int, dropping: Bool) -> CompiledBlock? {
    guard let start = layers.indices.first, case .linear(let linear) = layers[start] else { return nil }
    return CompiledBlock(linear, start, layers.dropFirst(), rows, dropping)
  }

  /// Layers of the block.
  private(set) var length = 1

  private init(_ layer: Linear, _ index: Int, _ rest: ArraySlice<Layer>, _ rows: Int, _ dropping: Bool) {
    linear = index
    (inputs, outputs) = (layer.inputDimension, layer.outputDimension)
    var rest = rest
    if case .batchNorm? = rest.first {
      normalization = rest.startIndex
      rest = rest.dropFirst()
    }
    if case .activation(let function)? = rest.first {
      activation = function
      rest = rest.dropFirst()
    }
    if case .dropout(let rate)? = rest.first {
      dropout = dropping && rate > 0 ? rate : nil
      rest = rest.dropFirst()
    }
    length = rest.startIndex - index
    let size = Panels.capacity(rows: outputs, columns: rows)
    func buffer() -> MatrixStorage { MatrixStorage(zeros: size) }
    product = buffer()
    normalized = normalization == nil ? product : buffer()
    activated = activation == .gelu ? buffer() : normalized
    output = dropout == nil ? activated : buffer()
    mask = dropout == nil ? nil : buffer()
    transposed = MatrixStorage(zeros: Panels.capacity(rows: rows, columns: outputs))
    gradient = buffer()
    statistics = MatrixStorage(zeros: 5 * outputs)
    vectors = MatrixStorage(zeros: 3 * outputs)
  }

  /// The part of the forward pass that computes some of the outputs.
  func forward(_ rows: Range<Int>, _ samples: Int, from input: MatrixStorage) {
    guard let weightBase else { preconditionFailure("the block has not been given its parameters") }
    attune_panels_linear(
      rows.lowerBound, rows.upperBound, outputs, inputs, samples, weightBase, biasBase, input.elements,
      product.elements)
    if normalization != nil { normalize(rows, samples) }
    guard activation != nil || mask != nil else { return }
    eachPanel(rows, samples) { offset, count in
      let x = normalized.elements + offset, y = activated.elements + offset
      switch activation {
      case .relu?: attune_relu(count, x, y)
      case .tanh?: attune_tanh(count, x, y)
      case .sigmoid?: attune_sigmoid(count, x, y)
      case .gelu?: attune_gelu(count, x, y)
      case nil: break
      }
      if let mask { attune_multiply(count, y, mask.elements + offset, output.elements + offset) }
    }
  }

  /// From the gradient of some of the block's results to that of its linear layer's, in place.
  func backward(_ rows: Range<Int>, _ samples: Int) {
    if activation != nil || mask != nil {
      eachPanel(rows, samples) { offset, count in
        let d = gradient.elements + offset
        if let mask { attune_multiply(count, d, mask.elements + offset, d) }
        let y = activated.elements + offset
        switch activation {
        case .relu?: attune_relu_backward(count, y, d, d)
        case .tanh?: attune_tanh_backward(count, y, d, d)
        case .sigmoid?: attune_sigmoid_backward(count, y, d, d)
        case .gelu?: attune_gelu_backward(count, normalized.elements + offset, d, d)
        case nil: break
        }
      }
    }
    guard normalization != nil, let gammaBase else { return }
    if let (weight, correction) = mixture {
      attune_panels_normalize_mixed_backward(
        rows.lowerBound, rows.upperBound, outputs, samples, weight, correction, product.elements, batchMean, mean,
        inverse, gammaBase, gammaGradient, betaGradient, gradient.elements, gradient.elements)
    } else {
      attune_panels_normalize_backward(
        rows.lowerBound, rows.upperBound, outputs, samples, product.elements, mean, inverse, gammaBase, gammaGradient,
        betaGradient, gradient.elements, gradient.elements)
    }
  }

  private func normalize(_ rows: Range<Int>, _ samples: Int) {
    guard let gammaBase, let betaBase else { return }
    if let (weight, correction) = mixture, let runningMean, let runningVariance {
      attune_panels_normalize_mixed(
        rows.lowerBound, rows.upperBound, outputs, samples, epsilon, weight, correction, product.elements, gammaBase,
        betaBase, runningMean, runningVariance, batchMean, batchVariance, mean, variance, inverse, normalized.elements)
    } else {
      attune_panels_normalize(
        rows.lowerBound, rows.upperBound, outputs, samples, epsilon, product.elements, gammaBase, betaBase, mean,
        variance, inverse, normalized.elements)
    }
  }

  /// Where the network's parameters and running statistics are during a step.
  func locate(_ network: Network) {
    guard case .linear(let linear) = network.layers[self.linear] else { preconditionFailure("the layers changed") }
    weightBase = linear.weight.unsafeBase
    biasBase = linear.bias?.unsafeBase
    guard let normalization else { return }
    guard case .batchNorm(let norm) = network.layers[normalization] else { preconditionFailure("the layers changed") }
    epsilon = norm.epsilon
    (gammaBase, betaBase) = (norm.gamma.unsafeBase, norm.beta.unsafeBase)
    (runningMean, runningVariance) = (norm.runningMean.unsafeBase, norm.runningVariance.unsafeBase)
  }

  /// Which statistics the next forward pass uses, for a batch of `samples` rows.
  func choose(_ policy: NormalizationPolicy, samples: Int) {
    let (weight, correction) = policy.share(rows: samples)
    mixture = policy == .batch ? nil : (weight, correction)
  }

  /// What the last forward pass used, `[1, d]` each.
  func usedStatistics() -> NormalizationStatistics {
    func vector(_ base: UnsafeMutablePointer<Float>) -> Matrix {
      Matrix(rows: 1, columns: outputs) { $0.base.update(from: base, count: outputs) }
    }
    let batchMean = vector(batchMean), batchVariance = vector(batchVariance)
    guard let (weight, correction) = mixture else {
      return NormalizationStatistics(
        mean: batchMean, variance: batchVariance, batchMean: batchMean, batchVariance: batchVariance, batchWeight: 1,
        varianceCorrection: 1)
    }
    return NormalizationStatistics(
      mean: vector(mean), variance: vector(variance), batchMean: batchMean, batchVariance: batchVariance,
      batchWeight: weight, varianceCorrection: correction)
  }

  /// Calls `body` with offset and count of the elements of some rows, which lie one after the other in each panel.
  private func eachPanel(_ rows: Range<Int>, _ samples: Int, _ body: (_ offset: Int, _ count: Int) -> Void) {
    for panel in 0..<Panels.count(samples) {
      body((panel * outputs + rows.lowerBound) * Panels.width, rows.count * Panels.width)
    }
  }
}

/// Sizes of matrices in panels.
enum Panels {
  /// Columns of a panel.
  static let width = 32

  /// Panels of a matrix with some columns.
  static func count(_ columns: Int) -> Int { (columns + width - 1) / width }

  /// Elements of a matrix, padding included. A vector may be read past the last row of a panel.
  static func capacity(rows: Int, columns: Int) -> Int { count(columns) * rows * width }
}

extension MatrixStorage {
  /// Memory for `count` numbers, all zero.
  convenience init(zeros count: Int) {
    self.init(capacity: count)
    elements.update(repeating: 0, count: capacity)
  }
}
