import Attune

/// Gives each feature of a batch the mean and deviation that it had in training.
struct MatchMoments: AdaptationStrategy {
  /// The settings are the keys in a config file; each has a default, so a file may leave out any.
  struct Configuration: Codable, Sendable, DefaultInitializable {
    /// Share of the correction: 0 leaves the batch as it is, 1 matches the source's moments.
    var strength = 1.0
  }

  /// Nothing changes while it runs but what is kept here.
  struct State: Codable, Sendable {
    let network: Network
    let source: SourceStatistics
  }

  static let name = "match-moments"
  static let summary = "each feature gets its source mean and deviation back, batch by batch"
  static let sourceAccess = SourceAccess.statistics
  let configuration: Configuration

  init(_ configuration: Configuration) { self.configuration = configuration }

  func start(_ network: Network, in context: AdaptationContext) throws -> State {
    guard let source = context.source else { throw MissingSourceStatistics(strategy: Self.name) }
    return State(network: network, source: source)
  }

  func predict(_ batch: Matrix, _ state: inout State) throws -> Matrix {
    try state.network.checkInput(batch)
    guard batch.rows > 1 else { return try state.network.predict(batch) }
    let (mean, variance) = batch.columnMoments
    let gain = zip(state.source.variance, variance.elements).map { source, now in
      now > 0 ? Float(source / Double(now)).squareRoot() : 1
    }
    let matched = batch.addingRow(mean.scaled(by: -1)).multiplyingRow(Matrix(row: gain))
      .addingRow(Matrix(row: state.source.mean.map { Float($0) }))
    return try state.network.predict(batch.interpolated(to: matched, weight: Float(configuration.strength)))
  }
}
