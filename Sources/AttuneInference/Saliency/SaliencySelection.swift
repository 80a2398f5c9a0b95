public import AttuneCore

/// Answers each row from the inputs that matter most for it, and leaves the others out.
///
/// Inputs are ranked by `method`, as differences from what would replace them: an input that equals its replacement is never
/// kept, since nothing changes without it, and a row that has no more other inputs than it may keep is not ranked at all.
/// Values that are not finite are left out before anything is ranked.
///
/// What is kept goes through the first layer alone: with `replacement: mean` or `zero` it costs 2·kept·h operations in the
/// place of 2·d·h, for the rest is what the layer makes of the replacements, known beforehand. Ranking costs too: `weight`
/// almost nothing; the gradients one pass forward and one back, or one for each step, which on dense rows is more than the
/// first layer can save. On sparse rows (a quarter of the inputs or fewer differ from their replacement, as words do that
/// do not occur) the passes pay for these inputs only. `conditional` fills in the others and runs the whole layer: it saves
/// nothing.
///
/// - Source: gradient × input: Shrikumar et al. (2016), arXiv:1605.01713; integrated gradients: Sundararajan, Taly, Yan (2017),
///   arXiv:1703.01365.
public struct SaliencySelection: AdaptationStrategy {
  /// `input-selection` in config files.
  public static let name = "input-selection"
  /// What tables and help say.
  public static let summary =
    "each row is answered from the inputs that matter most for it, by gradients or weights; the others are replaced"
  /// Where its parts come from.
  public static let paper: String? =
    "integrated gradients of Sundararajan, Taly, Yan (2017), Axiomatic attribution for deep networks, arXiv:1703.01365"
  /// It needs the mean of the training inputs, unless zero replaces inputs.
  public static let sourceAccess = SourceAccess.statistics
  /// The share of inputs that differ from their replacement above which a product of dense rows is faster.
  static let sparseDensity = 0.25
  /// The settings.
  public let configuration: Configuration

  /// The strategy with its settings, which are checked.
  public init(_ configuration: Configuration = Configuration()) throws {
    try configuration.validate()
    self.configuration = configuration
  }

  /// Nothing where zero replaces inputs, else statistics.
  public var sourceAccess: SourceAccess { configuration.replacement == .zero ? .none : .statistics }

  /// What the strategy was started with, and the last selection.
  public struct State: Sendable, Encodable {
    let input: SparseInputNetwork
    /// What replaces inputs, `[1, d]`.
    let reference: Matrix
    /// What the first layer makes of that, `[1, h]`.
    let base: Matrix
    /// Nil where every input is kept.
    let saliency: Saliency?
    /// For `replacement: conditional`.
    let completion: GaussianCompletion?
    let names: [String]
    /// Inputs that a row keeps.
    let count: Int
    fileprivate(set) var selection: InputSelection?

    private enum CodingKeys: CodingKey {}

    /// Nothing: the strategy learns nothing, and starts with all it needs.
    public func encode(to encoder: any Encoder) throws { _ = encoder.container(keyedBy: CodingKeys.self) }
  }

  /// The state before the first batch.
  ///
  /// - Throws: `ConfigValueError` where more inputs are to be kept than there are; `MissingSourceStatistics`;
  ///   `NoLinearInputLayer`.
  public func start(_ network: Network, in context: AdaptationContext) throws -> State {
    let d = network.inputDimension, count = try configuration.kept(of: d)
    var reference = Matrix(rows: 1, columns: d), completion: GaussianCompletion?
    if configuration.replacement != .zero {
      guard let source = context.source else { throw MissingSourceStatistics(strategy: Self.name) }
      guard source.mean.count == d else {
        throw ShapeError(operation: "source statistics", expected: "\(d) features", found: "\(source.mean.count)")
      }
      reference = Matrix(row: source.mean.map(Float.init))
      if configuration.replacement == .conditional {
        guard let covariance = source.covariance else {
          throw MissingSourceStatistics(strategy: Self.name, inputsWithoutCovariance: d)
        }
        completion = GaussianCompletion(source, covariance: covariance, shrinkage: configuration.shrinkage)
      }
    }
    let input = try SparseInputNetwork(network), ranks = count < d || !configuration.curve.isEmpty
    return State(
      input: input, reference: reference, base: try input.hidden(reference),
      saliency: ranks ? try Saliency(network, method: configuration.saliencyMethod, baseline: reference) : nil,
      completion: completion, names: context.inputNames, count: count)
  }

  /// Answers a batch from the inputs that matter most in each row.
  public func predict(_ batch: Matrix, _ state: inout State) throws -> Matrix {
    let rows = try Self.differences(batch, state), ranked = try Self.ranked(rows, beyond: state.count, state)
    let kept = ranked.map { ranked in rows.filtered { ranked.isAmong(state.count, place: $0) } } ?? rows
    state.selection = batch.rows == 0 ? nil : selection(kept, state)
    return try answer(kept, state)
  }

  /// The state as the strategy starts: it learns nothing.
  public func restore(from decoder: any Decoder, _ network: Network, in context: AdaptationContext) throws -> State {
    try start(network, in: context)
  }

  /// The inputs that the last answer rests on.
  public func takeDetails(_ state: inout State) -> AnswerDetails {
    defer { state.selection = nil }
    return AnswerDetails(selection: state.selection)
  }

  /// The answers from each number of inputs of the curve.
  public func curve(_ batch: Matrix, _ state: State) throws -> [CurveAnswer] {
    guard let least = configuration.curve.first, batch.rows > 0 else { return [] }
    let rows = try Self.differences(batch, state), ranked = try Self.ranked(rows, beyond: least, state)
    return try configuration.curve.map { budget in
      let kept = ranked.map { ranked in rows.filtered { ranked.isAmong(budget, place: $0) } } ?? rows
      return CurveAnswer(budget: Double(budget), keptCount: kept.count, output: try answer(kept, state))
    }
  }

  /// The finite inputs that differ from what replaces them, as differences.
  private static func differences(_ batch: Matrix, _ state: State) throws -> SparseRows {
    try state.input.network.checkInput(batch)
    let isZero = state.reference.withElements { $0.allSatisfy { $0 == 0 } }
    let rows = try SparseRows(batch, differingFrom: isZero ? nil : state.reference)
    return rows.values.allSatisfy(\.isFinite) ? rows : rows.filtered { rows.values[$0].isFinite }
  }

  /// The ranks of the inputs; nil where no row has more of them than `count`.
  private static func ranked(_ rows: SparseRows, beyond count: Int, _ state: State) throws -> RankedInputs? {
    guard let saliency = state.saliency, rows.longestRow > count else { return nil }
    let attributions =
      saliency.method == .weight || rows.density <= sparseDensity
      ? try saliency.attributions(of: rows)
      : rows.withValues(of: try saliency.attributions(of: rows.dense(addingTo: state.reference)))
    return try RankedInputs(attributions, names: state.names)
  }

  private func answer(_ kept: SparseRows, _ state: State) throws -> Matrix {
    guard let completion = state.completion else { return try state.input.predict(kept, base: state.base) }
    return try state.input.network.predict(try completion(kept, mean: state.reference))
  }

  private func selection(_ kept: SparseRows, _ state: State) -> InputSelection {
    var mask = [Bool](repeating: false, count: kept.rows * kept.columns)
    for row in 0..<kept.rows {
      for place in kept.range(ofRow: row) { mask[row * kept.columns + kept.column(at: place)] = true }
    }
    let skipped = kept.rows * kept.columns - kept.count
    return InputSelection(
      rows: kept.rows, keptByRow: mask,
      replacement: configuration.replacement == .zero ? .zero : state.completion == nil ? .mean : .conditional,
      savedOperations: state.completion == nil ? 2 * skipped * state.input.hiddenDimension : 0)
  }
}
