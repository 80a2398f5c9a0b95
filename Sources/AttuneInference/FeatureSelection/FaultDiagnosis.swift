internal import AttuneCore
internal import Foundation

/// Tells what is wrong with an input from its last rows, and from what the sound inputs say of them.
struct FaultDiagnosis {
  let source: SourceStatistics
  let scale: [Double]

  /// - Parameters:
  ///   - recent: the last rows, with what was found, `[n, d]`.
  ///   - expected: what the sound inputs make of the input in these rows; nil where nothing is known.
  ///   - explained: the share of its variance that they explain in the source.
  ///   - missingShare: how many of the stream's last values are not finite.
  func fault(
    of j: Int, in recent: Matrix, expected: [Float]?, explained: Double, missingShare: Double
  ) -> FeatureFault {
    let rows = (0..<recent.rows).filter { recent[$0, j].isFinite }
    let values = rows.map { Double(recent[$0, j]) }
    guard missingShare <= 0.5, 2 * values.count >= recent.rows, let last = values.last else {
      return FeatureFault(feature: j, kind: .missing, gain: 0)
    }
    let n = Double(values.count), mean = values.reduce(0, +) / n
    let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / n
    let same = Double(values.count { abs($0 - last) <= 1e-6 * max(abs(last), scale[j]) }) / n
    if values.count >= 3, same >= 0.9 || variance < 1e-4 * source.variance[j] {
      let isMean = abs(last - source.mean[j]) <= 1e-4 * scale[j]
      return FeatureFault(feature: j, kind: isMean ? .missing : .stuck, gain: 0, offset: last)
    }
    let gain = source.variance[j] > 0 ? variance.squareRoot() / scale[j] : .infinity
    let offset = mean - source.mean[j]
    func affine() -> FeatureFault {
      (0.7...1.4).contains(gain)
        ? FeatureFault(feature: j, kind: .shifted, offset: offset)
        : FeatureFault(feature: j, kind: .rescaled, gain: gain, offset: offset)
    }
    func noisy() -> FeatureFault { FeatureFault(feature: j, kind: .noisy, gain: gain, offset: offset) }
    if let expected, explained >= 0.1, values.count >= 8 {
      // An affine map leaves the correlation as it was, noise takes of it.
      let known = rows.map { Double(expected[$0]) }
      let usual = explained.squareRoot(), chance = 2 / n.squareRoot()
      let found = correlation(values, known)
      if found >= usual - max(chance, usual / 4) { return affine() }
      if found < usual - max(chance, usual / 2) { return noisy() }
    }
    guard let sample = source.sample, values.count >= 8, gain.isFinite, gain > 0 else { return affine() }
    // Else its shape decides: the source's values, moved and stretched, or others.
    let mapped = values.map { Float(source.mean[j] + ($0 - mean) / gain) }
    let single = SourceStatistics(
      rows: source.rows, mean: [source.mean[j]], variance: [source.variance[j]], sample: sample.columns(at: [j]))
    guard let reference = try? DriftReference(single, for: [.ks], user: "") else { return affine() }
    let report = reference.check(Matrix(rows: mapped.count, columns: 1, mapped), .ks)
    return report.pValue[0] > 0.001 ? affine() : noisy()
  }

  private func correlation(_ a: [Double], _ b: [Double]) -> Double {
    let n = Double(a.count), meanA = a.reduce(0, +) / n, meanB = b.reduce(0, +) / n
    var cross = 0.0, squaresA = 0.0, squaresB = 0.0
    for (x, y) in zip(a, b) {
      cross += (x - meanA) * (y - meanB)
      squaresA += (x - meanA) * (x - meanA)
      squaresB += (y - meanB) * (y - meanB)
    }
    let product = (squaresA * squaresB).squareRoot()
    return product > 0 ? cross / product : 0
  }
}
