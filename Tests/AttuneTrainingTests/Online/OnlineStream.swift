import AttuneCore
import AttuneData
import AttuneTraining
import Foundation
import Testing

/// A stream of rows with their targets, and what a learner makes of it.
struct OnlineStream {
  let rows: [[Double]]
  let targets: [Double]

  /// The numbers of a CSV text with header; `number` reads a target.
  init(
    csv text: String, target: String, features: [String], number: (Substring) -> Double? = { Double($0) }
  ) throws {
    let lines = text.split(whereSeparator: \.isNewline)
    let header = try #require(lines.first).split(separator: ",").map(String.init)
    let places = try features.map { try #require(header.firstIndex(of: $0)) }
    let targetPlace = try #require(header.firstIndex(of: target))
    let cells = lines.dropFirst().map { $0.split(separator: ",") }
    rows = try cells.map { row in try places.map { try #require(Double(row[$0])) } }
    targets = try cells.map { try #require(number($0[targetPlace])) }
  }

  init(rows: [[Double]], targets: [Double]) { (self.rows, self.targets) = (rows, targets) }

  /// The outputs for each row before it was learned.
  func predictions(of learner: inout any OnlineLearner) throws -> [[Double]] {
    try zip(rows, targets).map { row, target in
      let output = learner.predict(row)
      try learner.learn(row, target: target)
      return output
    }
  }

  static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().appending(path: "datasets")
  static let data = ProcessInfo.processInfo.environment["ATTUNE_DATA"]
}

/// A file of `Tests/Fixtures/online`; a prediction is a list of one where the file has a number.
struct OnlineFixture: Decodable {
  struct Run: Decodable {
    let metrics: [String: Double]
    let predictions: Ends?
    let exact: Exact?
    let scored: Int?
  }

  struct Exact: Decodable { let predictions: Ends }

  struct Ends: Decodable {
    let first: [Outputs], last: [Outputs]
  }

  struct Outputs: Decodable {
    let values: [Double]

    init(from decoder: any Decoder) throws {
      let container = try decoder.singleValueContainer()
      values = try (try? container.decode(Double.self)).map { [$0] } ?? container.decode([Double].self)
    }
  }

  let features: [String]
  let count: Int
  let runs: [String: Run]

  static func load(_ name: String) throws -> OnlineFixture {
    try FixtureFile.decode(OnlineFixture.self, from: "online/\(name).json")
  }

  func stream(csv text: String, target: String, number: (Substring) -> Double? = { Double($0) }) throws -> OnlineStream
  {
    let stream = try OnlineStream(csv: text, target: target, features: features, number: number)
    #expect(stream.rows.count == count)
    return stream
  }
}

extension [[Double]] {
  /// The predicted class of each row.
  var classes: [Int] { map { row in row.indices.max { row[$0] < row[$1] || row[$0] == row[$1] && $0 > $1 } ?? 0 } }

  func accuracy(_ targets: [Double]) -> Double {
    Double(zip(classes, targets).count { Double($0) == $1 }) / Double(targets.count)
  }

  /// Of class 1.
  func f1(_ targets: [Double]) -> Double {
    let pairs = zip(classes, targets).map { ($0, Int($1)) }
    let hits = pairs.count { $0 == 1 && $1 == 1 }, wrong = pairs.count { $0 != $1 }
    return Double(2 * hits) / Double(2 * hits + wrong)
  }

  /// The mean of −ln p of the target's class, p within 1e-15 of 0 and 1.
  func logLoss(_ targets: [Double]) -> Double {
    zip(self, targets).reduce(0) { $0 - log(Swift.min(Swift.max($1.0[Int($1.1)], 1e-15), 1 - 1e-15)) } / Double(count)
  }

  func meanAbsoluteError(_ targets: [Double]) -> Double {
    zip(self, targets).reduce(0) { $0 + abs($1.0[0] - $1.1) } / Double(count)
  }

  func rootMeanSquaredError(_ targets: [Double]) -> Double {
    (zip(self, targets).reduce(0) { $0 + ($1.0[0] - $1.1) * ($1.0[0] - $1.1) } / Double(count)).squareRoot()
  }
}

extension [Double] {
  /// Whether none is infinite or NaN.
  var areFinite: Bool { allSatisfy(\.isFinite) }
}
