public import AttuneCore

/// An order in which each class is spread unevenly over chunks of about equal size, as many as there are classes.
///
/// For each class shares are drawn from `Dir(concentration)` over the chunks; those of chunks that already have their part
/// of all rows are set to 0, and its rows are cut by the rest. All is drawn anew until every chunk has `minimumRows`.
/// Inside a chunk come the blocks of its classes in random order.
///
/// - Source: Gong et al. (2022), NOTE: robust continual test-time adaptation against temporal correlation,
///   arXiv:2208.05117; the code of test-time-adaptation and TTAB orders alike.
public struct DirichletChunks: Codable, Sendable, Equatable, DefaultInitializable, ValidatedConfiguration {
  /// The Dirichlet distribution's parameter (β, δ), above 0.
  public var concentration = 0.1
  /// Rows that every chunk has at least.
  public var minimumRows = 10

  static let drawLimit = 10_000

  /// A concentration of 0.1, at least 10 rows a chunk.
  public init() {}

  /// Throws a `ConfigValueError` for the first setting out of its range.
  public func validate() throws {
    try ConfigCheck.require(concentration > 0 && concentration.isFinite, "concentration", "must be a number above 0")
    try ConfigCheck.require(minimumRows >= 0, "minimumRows", "must be an integer of at least 0")
  }

  func order(_ labels: [Int], classes: Int, using generator: inout Philox) throws(StreamError) -> [Int] {
    guard classes > 0 else { return [] }
    guard labels.count / classes >= minimumRows else {
      throw StreamError.tooFewRows(rows: labels.count, chunks: classes, minimum: minimumRows)
    }
    for _ in 0..<Self.drawLimit {
      let chunks = draw(labels, classes: classes, using: &generator)
      guard chunks.allSatisfy({ $0.reduce(0) { $0 + $1.count } >= minimumRows }) else { continue }
      return chunks.flatMap { parts in generator.permutation(parts.count).flatMap { parts[$0] } }
    }
    throw StreamError.unevenChunks(draws: Self.drawLimit, minimum: minimumRows)
  }

  /// The parts of each class in each chunk.
  private func draw(_ labels: [Int], classes: Int, using generator: inout Philox) -> [[[Int]]] {
    var chunks: [[[Int]]] = Array(repeating: [], count: classes), sizes = Array(repeating: 0, count: classes)
    let full = Double(labels.count) / Double(classes)
    for rows in ClassRows.shuffled(labels, classes: classes, using: &generator) {
      let logShares = sizes.map { size -> Double in
        let drawn = generator.nextLogGamma(shape: concentration)
        return Double(size) < full ? drawn : -.infinity
      }
      for (chunk, part) in ClassRows.cut(rows, by: ClassRows.shares(logShares)).enumerated() {
        chunks[chunk].append(part)
        sizes[chunk] += part.count
      }
    }
    return chunks
  }
}
