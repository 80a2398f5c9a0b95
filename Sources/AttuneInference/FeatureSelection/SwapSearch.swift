internal import AttuneCore
internal import Foundation

/// Finds inputs that changed places, by what that does to the source's Gaussian.
///
/// The mean squared Mahalanobis distance of recent rows, `tr(P·E[y·yᵀ])` with y in source deviations, falls where two columns
/// are put back. The exchange that lowers it most is made, then the next, which may move a column again: so a wrong one early
/// on is put right. The result counts only if with it the rows lie about as near as source rows do, so that shifts of another
/// kind are not taken for swaps.
struct SwapSearch {
  private var moments: DoubleMatrix  // E[y·yᵀ]
  private var means: [Double]  // E[y]
  private let inputs: [Int]
  private let center: [Double]
  private let scale: [Double]
  private let rows: Int
  private let correlation: DoubleMatrix
  private let shrinkage: Double

  /// The most inputs among which pairs are looked for: each pass goes over d² pairs in d operations each.
  static let limit = 256
  /// Mean squared distance, in that of source rows, above which rows look strange, and below which they do not.
  private static let strange = 1.5
  /// The share of what is strange that may be left: heavy tails lie farther off than the source on average by themselves.
  private static let rest = 0.15
  /// Mean squared deviation of an input in its place, in the source's variance, at most.
  private static let fitting = 4.0

  /// - Parameters:
  ///   - recent: the last rows, all of which are finite in the inputs looked at.
  ///   - inputs: those that may have changed places: neither stuck nor missing.
  ///   - correlation: the source's, of these inputs.
  init(
    _ recent: Matrix, inputs: [Int], mean: [Double], scale: [Double], correlation: DoubleMatrix, shrinkage: Double
  ) {
    (self.inputs, center, self.scale) = (inputs, inputs.map { mean[$0] }, inputs.map { scale[$0] })
    (rows, self.correlation, self.shrinkage) = (recent.rows, correlation, shrinkage)
    var deviations = DoubleMatrix(recent.columns(at: inputs)).subtractingRow(center)
    for i in 0..<deviations.rows {
      for j in inputs.indices { deviations[i, j] /= self.scale[j] }
    }
    let gram = deviations.gram
    moments = DoubleMatrix(
      rows: inputs.count, columns: inputs.count, gram.elements.map { $0 / Double(max(1, recent.rows)) })
    means = deviations.columnMeans
  }

  /// What was found.
  struct Outcome {
    /// Inputs that changed places, with the input in whose place each is.
    var moved: [(input: Int, place: Int)] = []
    /// Whether the rows are strange and no exchange explains it.
    var isUnexplained = false
  }

  /// - Parameters:
  ///   - suspects: inputs that failed a test of their own; those that did not move are left out of the last check.
  ///   - precision: that of all inputs looked at, where it is known.
  func outcome(suspects: Set<Int>, precision known: DoubleMatrix?) throws(FactorizationError) -> Outcome {
    let all = Array(inputs.indices)
    let whole: DoubleMatrix
    if let known { whole = known } else { whole = try precision(all) }
    guard distance(whole, all) > Self.strange else { return Outcome() }
    // Suspects may have changed places with unlike inputs. Those that did not would lend their strangeness to others.
    let first = try exchanged(all)
    let sound = all.filter { first.places[$0] != $0 || !suspects.contains(inputs[$0]) }
    let precision = try precision(sound), before = distance(precision, sound)
    guard before > Self.strange else { return Outcome() }
    let second = sound.count == all.count ? first : try exchanged(sound)
    guard second.search.distance(precision, sound) <= max(Self.strange, 1 + Self.rest * (before - 1)) else {
      return Outcome(isUnexplained: true)
    }
    let moved = all.filter { second.places[$0] != $0 }
    // In its place an input lies as the source does: one that is rescaled and fits another's place better does not.
    guard moved.allSatisfy({ second.search.moments[$0, $0] <= Self.fitting }) else {
      return Outcome(isUnexplained: true)
    }
    return Outcome(moved: moved.map { (inputs[$0], inputs[second.places[$0]]) })
  }

  /// Makes exchanges as long as they lower the distance among some inputs.
  private func exchanged(_ part: [Int]) throws(FactorizationError) -> (search: SwapSearch, places: [Int]) {
    let inner = try precision(part)
    var precision = DoubleMatrix(rows: inputs.count, columns: inputs.count)
    for (a, i) in part.enumerated() {
      for (b, j) in part.enumerated() { precision[i, j] = inner[a, b] }
    }
    var search = self, places = Array(inputs.indices)
    for _ in part {
      guard let (pair, gain) = search.best(among: part, precision) else { break }
      // Twice the gain in log likelihood over all rows, against the number of pairs that were tried.
      guard gain > 0.5, Double(rows) * gain / 2 > 10 + 2 * log(Double(inputs.count)) else { break }
      search.exchange(pair.0, pair.1)
      places.swapAt(pair.0, pair.1)
    }
    return (search, places)
  }

  private func precision(_ part: [Int]) throws(FactorizationError) -> DoubleMatrix {
    var system = correlation.part(part, part)
    for j in part.indices { system[j, j] = system[j, j] > 0.5 ? system[j, j] + shrinkage : 1 }
    return try Cholesky(system).inverse
  }

  /// Over that of source rows.
  private func distance(_ precision: DoubleMatrix, _ part: [Int]) -> Double {
    var found = 0.0, usual = 0.0
    for (a, i) in part.enumerated() {
      for (b, j) in part.enumerated() {
        found += precision[a, b] * moments[i, j]
        usual += precision[a, b] * correlation[i, j]
      }
    }
    OperationCounter.add(4 * part.count * part.count)
    return found / max(usual, 1e-12)
  }

  /// The pair whose exchange lowers the distance most, and by how much.
  private func best(among part: [Int], _ precision: DoubleMatrix) -> (pair: (Int, Int), gain: Double)? {
    let d = inputs.count
    let products = precision * moments, means = precision * DoubleMatrix(rows: d, columns: 1, means)
    var best: (pair: (Int, Int), gain: Double)?
    for (index, j) in part.enumerated() {
      for k in part[(index + 1)...] {
        let gain = gain(j, k, precision.elements, products.elements, means.elements)
        if gain > best?.gain ?? 0 { best = ((j, k), gain) }
      }
    }
    OperationCounter.add(60 * part.count * part.count / 2)
    return best
  }

  /// `y′_j = α·y_k + β`, `y′_k = (y_j − β)/α`: raw values that changed places, in each column's own deviations.
  private func map(_ j: Int, _ k: Int) -> (alpha: Double, beta: Double) {
    (scale[k] / scale[j], (center[k] - center[j]) / scale[j])
  }

  /// How much an exchange lowers the distance: `−tr(P·ΔM)`, ΔM in two rows and columns.
  ///
  /// - Parameters:
  ///   - p: the precision P.
  ///   - g: P·M, so that sums over all inputs are at hand; the two that change are taken out of them.
  ///   - v: P times the means.
  private func gain(_ j: Int, _ k: Int, _ p: [Double], _ g: [Double], _ v: [Double]) -> Double {
    let (alpha, beta) = map(j, k), d = inputs.count, corner = corner(j, k)
    let (jj, kk, jk, kj) = (j * d + j, k * d + k, j * d + k, k * d + j)
    let m = moments.elements
    var first = alpha * g[jk] + beta * v[j] - g[jj]
    first -= p[jj] * (alpha * m[kj] + beta * means[j] - m[jj]) + p[jk] * (alpha * m[kk] + beta * means[k] - m[jk])
    var second = (g[kj] - beta * v[k]) / alpha - g[kk]
    second -= p[kj] * ((m[jj] - beta * means[j]) / alpha - m[kj]) + p[kk] * ((m[jk] - beta * means[k]) / alpha - m[kk])
    let diagonal = p[jj] * (corner.jj - m[jj]) + p[kk] * (corner.kk - m[kk]) + 2 * p[jk] * (corner.jk - m[jk])
    return -(2 * (first + second) + diagonal)
  }

  private func corner(_ j: Int, _ k: Int) -> (jj: Double, kk: Double, jk: Double) {
    let (alpha, beta) = map(j, k)
    return (
      alpha * alpha * moments[k, k] + 2 * alpha * beta * means[k] + beta * beta,
      (moments[j, j] - 2 * beta * means[j] + beta * beta) / (alpha * alpha),
      moments[j, k] - beta * means[k] + beta / alpha * means[j] - beta * beta / alpha
    )
  }

  private mutating func exchange(_ j: Int, _ k: Int) {
    let (alpha, beta) = map(j, k), corner = corner(j, k), old = moments
    for l in inputs.indices where l != j && l != k {
      moments[j, l] = alpha * old[k, l] + beta * means[l]
      moments[k, l] = (old[j, l] - beta * means[l]) / alpha
      (moments[l, j], moments[l, k]) = (moments[j, l], moments[k, l])
    }
    (moments[j, j], moments[k, k]) = (corner.jj, corner.kk)
    (moments[j, k], moments[k, j]) = (corner.jk, corner.jk)
    (means[j], means[k]) = (alpha * means[k] + beta, (means[j] - beta) / alpha)
  }
}
