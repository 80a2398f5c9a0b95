/// Forward passes of a usual network with chosen batch-norm statistics, and the gradients of its parameters, without a
/// tape; dropout is off.
///
/// Logits, statistics and gradients are those of ``RecordedNetwork`` but for the order of sums. They depend neither on the
/// number of threads nor on the passes before: a copy shares nothing that changes an answer.
///
/// - Note: A usual network is what ``CompiledNetwork`` says.
public struct CompiledPasses: Sendable {
  private let parameters: [ParameterID]
  private let parameterCount: Int
  private let workspaces: Workspaces

  /// The passes of a network; nil where its layers come in another order.
  ///
  /// - Parameter parameters: what is differentiated.
  public init?(_ network: Network, differentiating parameters: [ParameterID]) {
    let layout = Layout(network, parameters)
    guard CompiledNetwork(network, differentiating: parameters, rows: 1, threads: 1, dropping: false) != nil else {
      return nil
    }
    self.parameters = parameters
    parameterCount = network.parameterCount
    workspaces = Workspaces.shared(for: layout)
  }

  /// Rows beyond which a pass runs in matrices that are given back after it, not in buffers that stay.
  private static let mostRows = 1024

  /// One pass, with buffers that are its own as long as it lives; nil for a batch that a tape should take: one without
  /// rows, or with more than 1024.
  ///
  /// ## Shapes
  /// - batch: `[n, d]`
  ///
  /// - Parameters:
  ///   - network: of the layers that the passes were made for; its numbers may have changed.
  ///   - policy: which statistics the batch-norm layers use.
  /// - Throws: `ShapeError` if the width of the batch does not fit.
  public func forward(
    _ network: Network, _ batch: Matrix, statistics policy: NormalizationPolicy
  ) throws(ShapeError) -> CompiledPass? {
    try network.checkInput(batch)
    guard batch.rows > 0, batch.rows <= Self.mostRows else { return nil }
    let threads = CompiledNetwork.threads(parameterCount, rows: batch.rows, atMost: OpenBLAS.threads)
    let taken = workspaces.take(rows: batch.rows, threads: threads)
    guard
      let compiled = taken
        ?? CompiledNetwork(
          network, differentiating: parameters, rows: Panels.count(batch.rows) * Panels.width, threads: threads,
          dropping: false)
    else { preconditionFailure("the layers changed") }
    return CompiledPass(compiled, workspaces, network, batch, policy, parameters)
  }
}

/// A forward pass of ``CompiledPasses``, and the way back.
public final class CompiledPass {
  /// The outputs, `[n, k]`.
  public let output: Matrix
  /// The input of the last linear layer, `[n, h]`: for a linear model its input.
  public let features: Matrix
  /// The statistics that each batch-norm layer used, by layer index.
  public let statistics: [Int: NormalizationStatistics]
  private let parameters: [ParameterID]
  private let compiled: CompiledNetwork
  private let workspaces: Workspaces

  fileprivate init(
    _ compiled: CompiledNetwork, _ workspaces: Workspaces, _ network: Network, _ batch: Matrix,
    _ policy: NormalizationPolicy, _ parameters: [ParameterID]
  ) {
    (self.compiled, self.workspaces, self.parameters) = (compiled, workspaces, parameters)
    output = compiled.forward(network, batch, statistics: policy)
    let blocks = compiled.blocks
    features = blocks.count > 1 ? compiled.result(of: blocks[blocks.count - 2]) : batch
    var statistics: [Int: NormalizationStatistics] = [:]
    for block in blocks {
      guard let layer = block.normalization else { continue }
      statistics[layer] = block.usedStatistics()
    }
    self.statistics = statistics
  }

  deinit { workspaces.give(compiled) }

  /// The gradients of the parameters, given that of the outputs, `[n, k]`.
  ///
  /// - Parameter network: that of the forward pass, unchanged.
  public func gradients(_ network: Network, along outputGradient: Matrix) -> [Matrix] {
    var gradients = parameters.map { id in
      let shape = network[id].shape
      return Matrix(rows: shape.rows, columns: shape.columns)
    }
    compiled.gradients(network, along: outputGradient, into: &gradients)
    return gradients
  }
}

extension ForwardPass {
  /// A pass that was made without the tape: the outputs are a variable of it, to differentiate a loss by, everything else
  /// is constant, and outputs of batch norm there are none.
  public init(_ pass: CompiledPass, on tape: Tape) {
    self.init(
      output: tape.variable(pass.output), features: tape.constant(pass.features), normalized: [:], parameters: [],
      statistics: pass.statistics)
  }
}
