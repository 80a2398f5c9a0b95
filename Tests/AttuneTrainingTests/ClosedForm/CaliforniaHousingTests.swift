import AttuneCore
import AttuneData
import AttuneTraining
import Foundation
import Testing

@Suite struct CaliforniaHousingTests {
  struct Fixture: Decodable {
    let rows: Int
    let ridge: [String: LeastSquaresTests.Solution]
  }

  /// The file in the folder that the environment variable ATTUNE_DATA names.
  static let path = ProcessInfo.processInfo.environment["ATTUNE_DATA"].map {
    $0 + "/california-housing/cal_housing_complete.csv"
  }

  @Test(
    .enabled(if: path != nil, "set ATTUNE_DATA to the folder with california-housing/cal_housing_complete.csv"),
    arguments: ["1.0", "1000.0"])
  func `ridge on California housing is scikit-learn's`(strength: String) throws {
    let table = try CSVTableLoader.load(
      path: try #require(Self.path), target: "median_house_value", task: .regression)
    guard case .values(let targets) = table.targets else {
      Issue.record("the targets are not values")
      return
    }
    let fixture = try FixtureFile.decode(Fixture.self, from: "closed-form/california-ridge.json")
    #expect(table.count == fixture.rows)
    let found = try LeastSquares.ridge(
      features: table.features, targets: targets, l2: try #require(Double(strength)))
    let reference = try #require(fixture.ridge[strength])
    #expect(relativeDifference(found.weights[0], reference.weights[0]) < 1e-6)
    #expect(relativeDifference(found.intercepts, reference.intercepts) < 1e-6)
  }
}
