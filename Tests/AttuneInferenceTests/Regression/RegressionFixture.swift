import AttuneCore
import Foundation

/// Reference numbers of Tests/Fixtures/regression.
enum RegressionFixture {
  static func load<Content: Decodable>(_ name: String, as type: Content.Type) throws -> Content {
    let tests = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    return try JSONDecoder().decode(
      Content.self, from: try Data(contentsOf: tests.appending(path: "Fixtures/regression/\(name).json")))
  }
}

/// The largest difference of two lists of equal length.
func largestDifference(_ left: [Double], _ right: [Double]) -> Double {
  guard left.count == right.count else { return .infinity }
  return zip(left, right).map { abs($0 - $1) }.max() ?? 0
}
