public import AttuneCore

extension FeatureSelection {
  /// What has been seen of the stream, and what is left out.
  public struct State: Sendable {
    /// The network; it does not change.
    public let network: Network
    /// What is wrong with the inputs that are left out now, by input.
    public internal(set) var faults: [FeatureFault] = []
    /// The inputs that are left out now, by index.
    public var brokenFeatures: [Int] { faults.map(\.feature) }

    let source: SourceStatistics
    let reference: DriftReference
    let gaussian: SourceGaussian?
    let solution: ReducedRegression?
    let names: [String]
    let scale: [Double]

    /// Of deviations from the source's means, in its deviations.
    var moments: DecayingMoments
    /// Values that are not finite among the recent rows, weighted as the moments.
    var missing: [Double]
    /// The last rows as they came.
    var recent: Matrix
    /// Rows since each input that is left out failed last.
    var passed: [Int: Int] = [:]
    /// Inputs that changed places, and in whose place they are.
    var moved: [Int: Int] = [:]
    var rowsToSearch = 0
    var searchPause = 0
    var rowsToDiagnosis = 0
    /// Whether so much changed that nothing is left out.
    var isWidespread = false
    var events: [AdaptationEvent] = []
    var selection: InputSelection?
    /// Made of the faults.
    var imputation: ConditionalImputation?
    var solved: Network?

    init(
      network: Network, source: SourceStatistics, reference: DriftReference, gaussian: SourceGaussian?,
      solution: ReducedRegression?, names: [String]
    ) {
      (self.network, self.source, self.reference, self.gaussian) = (network, source, reference, gaussian)
      (self.solution, self.names, scale) = (solution, names, source.deviations)
      let d = source.mean.count
      moments = DecayingMoments(columns: d, classes: 0)
      missing = Array(repeating: 0, count: d)
      recent = Matrix(rows: 0, columns: d)
    }

    func name(_ feature: Int) -> String {
      feature < names.count ? "'\(names[feature])'" : "input \(feature)"
    }
  }
}

extension FeatureSelection.State: Encodable {
  enum CodingKeys: String, CodingKey {
    case faults, moments, missing, recent, passed, moved, rowsToSearch, searchPause, rowsToDiagnosis, isWidespread
  }

  /// Encodes what has changed since the start.
  public func encode(to encoder: any Encoder) throws {
    var keys = encoder.container(keyedBy: CodingKeys.self)
    try keys.encode(faults, forKey: .faults)
    try keys.encode(moments, forKey: .moments)
    try keys.encode(missing, forKey: .missing)
    // Rows with holes: numbers in a file are finite.
    try keys.encode(RowBits(recent), forKey: .recent)
    try keys.encode(passed, forKey: .passed)
    try keys.encode(moved, forKey: .moved)
    try keys.encode(searchPause, forKey: .searchPause)
    try keys.encode(rowsToSearch, forKey: .rowsToSearch)
    try keys.encode(rowsToDiagnosis, forKey: .rowsToDiagnosis)
    try keys.encode(isWidespread, forKey: .isWidespread)
  }
}

/// Rows as the bits of their numbers, which may be none.
private struct RowBits: Codable {
  let rows: Int
  let columns: Int
  let bits: [UInt32]

  init(_ matrix: Matrix) {
    (rows, columns, bits) = (matrix.rows, matrix.columns, matrix.elements.map(\.bitPattern))
  }

  var matrix: Matrix { Matrix(rows: rows, columns: columns, bits.map(Float.init(bitPattern:))) }
}

extension FeatureSelection {
  /// The state that was encoded.
  public func restore(from decoder: any Decoder, _ network: Network, in context: AdaptationContext) throws -> State {
    var state = try start(network, in: context)
    let keys = try decoder.container(keyedBy: State.CodingKeys.self)
    state.faults = try keys.decode([FeatureFault].self, forKey: .faults)
    state.moments = try keys.decode(DecayingMoments.self, forKey: .moments)
    state.missing = try keys.decode([Double].self, forKey: .missing)
    let bits = try keys.decode(RowBits.self, forKey: .recent)
    guard bits.columns == network.inputDimension, bits.bits.count == bits.rows * bits.columns else {
      throw ShapeError(
        operation: "adapted state", expected: "rows of \(network.inputDimension) inputs",
        found: "\(bits.bits.count) numbers in \(bits.rows) rows of \(bits.columns)")
    }
    state.recent = bits.matrix
    state.passed = try keys.decode([Int: Int].self, forKey: .passed)
    state.moved = try keys.decode([Int: Int].self, forKey: .moved)
    state.searchPause = try keys.decode(Int.self, forKey: .searchPause)
    state.rowsToSearch = try keys.decode(Int.self, forKey: .rowsToSearch)
    state.rowsToDiagnosis = try keys.decode(Int.self, forKey: .rowsToDiagnosis)
    state.isWidespread = try keys.decode(Bool.self, forKey: .isWidespread)
    try select(&state)
    return state
  }
}
