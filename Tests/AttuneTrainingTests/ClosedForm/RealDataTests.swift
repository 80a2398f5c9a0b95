import AttuneCore
import AttuneData
import AttuneTraining
import Foundation
import Testing

/// The folder of public data sets; nil where the variable is not set.
private let dataFolder = ProcessInfo.processInfo.environment["ATTUNE_DATA"]

/// Closed-form solutions on public data against scikit-learn's.
@Suite(.enabled(if: dataFolder != nil, "set ATTUNE_DATA to the folder of public data sets"))
struct RealDataTests {
  struct Fixture: Decodable {
    let rows: Int
    let ordinary: LeastSquaresTests.Solution?
    let ridge: LeastSquaresTests.Solution?
    let logistic: LeastSquaresTests.Solution?
  }

  private func fixture(_ name: String) throws -> Fixture {
    try #require(try FixtureFile.decode([String: Fixture].self, from: "closed-form/real-data.json")[name])
  }

  private func table(
    _ file: String, target: String, _ task: PredictionTask, _ options: CSVOptions = CSVOptions()
  ) throws -> Table {
    try CSVTableLoader.load(path: try #require(dataFolder) + "/" + file, target: target, task: task, options: options)
  }

  /// Expects agreement to 1e-6, relative to the largest weight and to the largest intercept.
  private func expectEqual(_ found: LinearSolution, _ reference: LeastSquaresTests.Solution?) throws {
    let reference = try #require(reference)
    #expect(relativeDifference(Array(found.weights.joined()), Array(reference.weights.joined())) < 1e-6)
    #expect(relativeDifference(found.intercepts, reference.intercepts) < 1e-6)
  }

  private func expectRegressionsAgree(_ table: Table, with name: String) throws {
    guard case .values(let targets) = table.targets else { throw TargetsMissing() }
    let fixture = try fixture(name)
    #expect(table.count == fixture.rows)
    try expectEqual(try LeastSquares.ordinary(features: table.features, targets: targets), fixture.ordinary)
    try expectEqual(try LeastSquares.ridge(features: table.features, targets: targets, l2: 1), fixture.ridge)
  }

  private func expectLogisticAgrees(_ features: Matrix, _ table: Table, with name: String) throws {
    guard case .classes(let labels, let names) = table.targets else { throw TargetsMissing() }
    let fixture = try fixture(name)
    #expect(table.count == fixture.rows)
    let found = try LogisticRegression(LogisticRegression.Configuration()).fit(
      features: features, labels: labels, classes: names.count)
    try expectEqual(found.linear, fixture.logistic)
  }

  @Test(arguments: ["red", "white"])
  func `least squares and ridge on wine quality`(color: String) throws {
    let table = try table(
      "wine-quality/winequality-\(color).csv", target: "quality", .regression, CSVOptions(CSVDialect(separator: ";")))
    try expectRegressionsAgree(table, with: "wine-\(color)")
  }

  @Test func `least squares and ridge on King County's house sales`() throws {
    let columns = [
      "bedrooms", "bathrooms", "sqft_living", "sqft_lot", "floors", "waterfront", "view", "condition", "grade",
      "sqft_above", "yr_built", "yr_renovated", "lat", "long", "sqft_living15", "sqft_lot15",
    ]
    let table = try table(
      "king-county/kc_house_data.csv", target: "price", .regression, CSVOptions(columns: columns))
    try expectRegressionsAgree(table, with: "king-county")
  }

  @Test func `logistic regression on spambase`() throws {
    let table = try table(
      "spambase/spambase.data", target: "column58", .classification, CSVOptions(CSVDialect(hasHeader: false)))
    let standardized = try Preprocessing.fit(.standardize, to: table).apply(table.features)
    try expectLogisticAgrees(standardized, table, with: "spambase")
  }

  @Test func `logistic regression on electricity prices`() throws {
    let columns = ["period", "nswprice", "nswdemand", "vicprice", "vicdemand", "transfer"]
    let table = try table(
      "electricity/electricity.csv", target: "class", .classification,
      CSVOptions(classes: ["DOWN", "UP"], columns: columns))
    try expectLogisticAgrees(table.features, table, with: "electricity")
  }

  struct TargetsMissing: Error {}
}
