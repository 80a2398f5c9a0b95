import AttuneCore
import Foundation

/// Files of Tests/Fixtures/drift-tests, by make_drift_test_fixtures.py and make_drift_tail_fixtures.py.
enum DriftFixture {
  struct Features: Decodable {
    struct KS: Decodable { var statistic: [Double], stephens: [Double] }
    struct PSI: Decodable { var value: [Double] }
    var names: [String], source: [[Float]], batch: [[Float]], ks: KS, wasserstein: [Double], psi: PSI
  }

  struct Tails: Decodable {
    struct Table: Decodable { var kolmogorov: [[Double]], gamma: [[Double]], normal: [[Double]] }
    struct Adjustment: Decodable { var p: [Double], benjaminiHochberg: [Double], benjaminiYekutieli: [Double] }
    var tails: Table, adjustment: Adjustment
  }

  static func read<T: Decodable>(_ type: T.Type, _ name: String) throws -> T {
    let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appending(path: "Fixtures/drift-tests")
    return try JSONDecoder().decode(type, from: Data(contentsOf: folder.appending(path: name)))
  }
}
