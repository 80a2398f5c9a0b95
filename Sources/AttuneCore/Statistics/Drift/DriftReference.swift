internal import CKernels
internal import Foundation

/// A source that rows are tested against, prepared once: sorted values, tenths, mean and variance of each feature.
public struct DriftReference: Sendable, Equatable {
  /// Number of features.
  public let columns: Int
  /// Source rows that mean and variance rest on.
  public let rows: Int
  /// Source values of each feature that its distribution rests on; 0 without a sample.
  public let sampleRows: Int
  let center: Matrix  // [1, d]
  let inverse: Matrix  // [1, d]: 1 / deviation
  let scale: [Double]
  let ratios: [Double]  // source variance over squared scale: 1, or less where the deviation has a floor
  private let sample: Matrix
  private let keys: [Int32]
  private let keySize: Int
  let bins: DriftBins
  let areas: [WassersteinNull]

  /// The most rows that a sample or a batch may have: their product is counted in 32 bits.
  static let rowLimit = 32_768

  /// A reference for some tests.
  ///
  /// - Parameters:
  ///   - tests: those that will be asked for; each prepares what it alone needs.
  ///   - user: who asks, for the error.
  /// - Throws: `MissingSourceSample` where a test needs source rows that the statistics do not have.
  public init(_ source: SourceStatistics, for tests: Set<DriftTest>, user: String) throws {
    columns = source.mean.count
    rows = source.rows
    scale = source.deviations
    ratios = zip(source.variance, scale).map { $0 / ($1 * $1) }
    center = Matrix(row: source.mean.map(Float.init))
    inverse = Matrix(row: scale.map { Float(1 / $0) })
    if let test = tests.first(where: \.needsSample), source.sample == nil {
      throw MissingSourceSample(
        user: user, test: test, inputs: columns > SourceStatistics.covarianceLimit ? columns : nil)
    }
    let none = Matrix(rows: 0, columns: columns)
    sample = tests.contains(where: \.needsSample) ? source.sample ?? none : none
    sampleRows = sample.rows
    keySize = Self.size(sample.rows)
    let needsKeys = tests.contains(.ks) || tests.contains(.wasserstein)
    keys = needsKeys ? Self.keys(of: sample, size: keySize) : []
    bins = DriftBins(tests.contains(.psi) ? sample : none)
    var areas: [WassersteinNull] = []
    if tests.contains(.wasserstein) {
      for j in scale.indices { areas.append(WassersteinNull(sample, column: j, scale: scale[j])) }
    }
    self.areas = areas
  }

  private static func size(_ rows: Int) -> Int {
    var size = 8
    while size < rows { size *= 2 }
    return size
  }

  private static func keys(of sample: Matrix, size: Int) -> [Int32] {
    let groups = (sample.columns + lanes - 1) / lanes
    return [Int32](unsafeUninitializedCapacity: groups * lanes * size) { keys, count in
      count = groups * lanes * size
      guard let base = keys.baseAddress else { return }
      sample.withElements { attune_sorted_keys(sample.rows, sample.columns, $0.base, size, base) }
    }
  }

  private static let lanes = Int(ATTUNE_DRIFT_LANES)

  /// Tests every feature of some rows.
  ///
  /// Values that are not finite are left out. Of more rows than `rowLimit` only the last are tested.
  ///
  /// ## Shapes
  /// - batch: `[n, d]`
  ///
  /// - Complexity: O(d·s·log² s), s the larger of n and the sample's rows; 1,000 features of 256 rows in well under a
  ///   millisecond with AVX2 or AVX-512.
  public func check(_ batch: Matrix, _ test: DriftTest) -> DriftReport {
    precondition(batch.columns == columns, "\(batch.shape) does not fit \(columns) features")
    let batch = batch.rows > Self.rowLimit ? batch.rows(batch.rows - Self.rowLimit..<batch.rows) : batch
    let moments = moments(of: batch)
    let outcomes: [(statistic: Double, p: Double)]
    switch test {
    case .moments:
      outcomes = (0..<columns).map { DriftMoments.test(moments, $0, sourceRows: rows, ratio: ratios[$0]) }
    case .ks:
      let (gaps, _) = distances(batch)
      outcomes = (0..<columns).map { j in
        let rows = harmonic(moments.counts[j]), root = rows.squareRoot(), gap = gaps[j]
        return (gap, TailProbability.kolmogorov(gap * (root + 0.12 + 0.11 / root)))
      }
    case .wasserstein:
      let (_, found) = distances(batch)
      outcomes = (0..<columns).map { j in
        let distance = found[j] / scale[j]
        return (distance, areas[j].tail(distance * harmonic(moments.counts[j]).squareRoot()))
      }
    case .psi:
      let counts = bins.counts(batch, finite: moments.counts)
      outcomes = (0..<columns).map { bins.test(counts[$0], column: $0) }
    }
    return DriftReport(
      test: test, counts: moments.counts, meanShift: moments.shift,
      varianceRatio: (0..<columns).map { moments.variance[$0] / max(ratios[$0], .leastNormalMagnitude) },
      statistic: (0..<columns).map { moments.counts[$0] > 0 ? outcomes[$0].statistic : .nan },
      pValue: (0..<columns).map { moments.counts[$0] > 0 ? outcomes[$0].p : .nan })
  }

  /// The p-values of `DriftTest.moments` for moments that were taken otherwise, such as weighted ones.
  ///
  /// - Parameters:
  ///   - n: how many rows they are worth.
  ///   - shift: means less source means, in source deviations.
  ///   - variance: variances in squared source deviations.
  public func momentTails(rows n: Double, shift: [Double], variance: [Double]) -> [Double] {
    shift.indices.map {
      DriftMoments.test(rows: n, shift: shift[$0], variance: variance[$0], sourceRows: rows, ratio: ratios[$0]).p
    }
  }

  /// `n·m / (n + m)`.
  private func harmonic(_ count: Int) -> Double {
    let n = Double(count), m = Double(sampleRows)
    return n * m / max(1, n + m)
  }

  private func distances(_ batch: Matrix) -> (gaps: [Double], areas: [Double]) {
    precondition(!keys.isEmpty || columns == 0, "the reference was not prepared for this test")
    let size = max(keySize, Self.size(batch.rows))
    // A batch of more rows than the sample needs the sample's keys filled up to its size.
    let keys = size == keySize ? keys : Self.keys(of: sample, size: size)
    var scratch = [Int32](repeating: 0, count: 2 * size * Self.lanes)
    var counts = [Float](repeating: 0, count: columns), gaps = counts, areas = counts
    batch.withElements {
      attune_drift_distances(
        batch.rows, columns, $0.base, size, sampleRows, keys, &scratch, &counts, &gaps, &areas)
    }
    return (gaps.map(Double.init), areas.map(Double.init))
  }

  /// Counts, mean shift and variance in units of the scale.
  private func moments(of batch: Matrix) -> DriftMoments {
    var counts = [Float](repeating: 0, count: columns), sums = counts, squares = counts
    center.withElements { center in
      inverse.withElements { inverse in
        batch.withElements {
          attune_finite_moments(
            batch.rows, columns, $0.base, center.base, inverse.base, &counts, &sums, &squares)
        }
      }
    }
    return DriftMoments(counts, sums: sums, squares: squares)
  }
}
