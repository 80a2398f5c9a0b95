import AttuneCore
import AttuneData
import AttuneInference
import Foundation
import Testing

private let dataFolder = ProcessInfo.processInfo.environment["ATTUNE_DATA"]

/// Faults of severity 3 on breast-cancer measurements (569 rows, 30 inputs that hang together).
@Suite(.enabled(if: dataFolder != nil, "set ATTUNE_DATA to the folder of public data sets"))
struct SeverityDiagnosisTests {
  /// Standardized rows in random order.
  private func rows(_ seed: Int) throws -> Matrix {
    let path = try #require(dataFolder) + "/sklearn-toy/breast_cancer.csv"
    let table = try CSVTableLoader.load(path: path, target: "target", task: .classification)
    let moments = table.features.columnMoments
    var generator = Philox(seed: UInt64(seed))
    let order = generator.permutation(table.features.rows)
    return Matrix(rows: order.count, columns: table.features.columns) { out in
      for (i, row) in order.enumerated() {
        for j in 0..<table.features.columns {
          out[i * table.features.columns + j] =
            (table.features[row, j] - moments.mean[0, j]) / moments.variance[0, j].squareRoot()
        }
      }
    }
  }

  /// The faults at the end of a stream, and which inputs the shift touched.
  private func faults(
    _ seed: Int, _ spoil: (Matrix, ShiftContext, inout Philox) throws -> Matrix
  ) throws -> (found: [FeatureFault], touched: [Int]) {
    let all = try rows(seed), d = all.columns
    let source = all.rows(0..<285), clean = all.rows(285..<569)
    var generator = Philox(seed: UInt64(seed)).fork("shift")
    let moments = source.columnMoments
    let context = ShiftContext(featureScale: moments.variance.map { $0.squareRoot() }, featureMean: moments.mean)
    let stream = try spoil(clean, context, &generator)
    let touched = (0..<d).filter { j in
      (0..<284).contains { clean[$0, j].bitPattern != stream[$0, j].bitPattern }
    }
    let network = try Network([
      .linear(Linear(weight: Matrix((0..<d).map { i in (0..<d).map { $0 == i ? 1 : 0 } }), bias: nil))
    ])
    let strategy = try FeatureSelection()
    var state = try strategy.start(
      network, in: AdaptationContext(task: .regression, source: SourceStatistics(inputs: source)))
    for start in stride(from: 0, to: 284, by: 32) {
      _ = try strategy.predict(stream.rows(start..<min(start + 32, 284)), &state)
    }
    return (state.faults, touched)
  }

  /// The share of the touched inputs that are found and told right, and of the found ones that were not touched.
  private func quality(
    _ kinds: Set<FeatureFault.Kind>, _ spoil: (Matrix, ShiftContext, inout Philox) throws -> Matrix
  ) throws -> (right: Double, wrong: Double) {
    var right = 0, touched = 0, wrong = 0, found = 0
    for seed in 0..<10 {
      let outcome = try faults(seed, spoil)
      let known = Set(outcome.touched)
      touched += known.count
      found += outcome.found.count
      right += outcome.found.count { known.contains($0.feature) && kinds.contains($0.kind) }
      wrong += outcome.found.count { !known.contains($0.feature) }
    }
    return (Double(right) / Double(max(1, touched)), Double(wrong) / Double(max(1, found)))
  }

  @Test func `a clean stream has no fault`() throws {
    for seed in 0..<10 { #expect(try faults(seed) { rows, _, _ in rows }.found.isEmpty) }
  }

  @Test func `at severity 3 nine of ten faulty inputs are found and told right`() throws {
    let stuck = try quality([.stuck]) { try StuckSensors().apply(to: $0, in: $1, using: &$2) }
    let filled = try quality([.missing]) { try MissingSensors().apply(to: $0, in: $1, using: &$2) }
    let missing = try quality([.missing]) { try MissingSensors(fill: .missing).apply(to: $0, in: $1, using: &$2) }
    let swapped = try quality([.swapped]) { try ColumnSwaps().apply(to: $0, in: $1, using: &$2) }
    let rescaled = try quality([.rescaled]) { rows, _, generator in
      var result = rows
      for j in generator.permutation(rows.columns).prefix(9) {
        for i in 0..<rows.rows { result[i, j] = 5 * rows[i, j] + 1 }
      }
      return result
    }
    for (name, outcome) in [
      ("stuck", stuck), ("filled", filled), ("missing", missing), ("swapped", swapped), ("rescaled", rescaled),
    ] {
      print("diagnosis \(name): \(outcome)")
      #expect(outcome.right >= 0.9 && outcome.wrong <= 0.1, "\(name): \(outcome)")
    }
  }
}
