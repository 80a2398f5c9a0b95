import AttuneCore
import AttuneData
import AttuneTraining
import Foundation
import Testing

/// Imputation, encoding and ridge as scikit-learn's ColumnTransformer and Ridge.
@Suite struct EncodingReferenceTests {
  struct Pipeline: Decodable {
    let width: Int
    let design: [Float]
    let weights: [Double]
    let intercept: Double
    let predictions: [Double]
  }

  struct Mixed: Decodable {
    let train: Int
    let onehot: Pipeline
    let ordinal: Pipeline
  }

  struct California: Decodable {
    let rows: Int
    let ridge: Pipeline
  }

  static let mixedPath = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appending(path: "Fixtures/preprocessing/mixed.csv").path

  /// The rows of the fixture, with the levels of the groups of age in the order of age.
  static func mixed() throws -> Table {
    let dialect = CSVDialect(separator: ";", decimalComma: true, missing: ["", "NA", "?"])
    let options = CSVOptions(
      dialect, categorical: ["age_group", "sex"], levels: ["age_group": ["young", "middle", "older", "old"]])
    return try CSVTableLoader.load(path: mixedPath, target: "target", task: .regression, options: options)
  }

  /// Both round their numbers to float32 in the end; all else is done in double precision.
  private let tolerance = 1e-6

  private func compare(_ fitted: Preprocessing, _ train: Table, _ test: Table, with reference: Pipeline) throws {
    let design = try fitted.apply(test.features)
    #expect(fitted.inputCount == reference.width && design.count == reference.design.count)
    for (found, expected) in zip(design.elements, reference.design) {
      #expect(abs(Double(found) - Double(expected)) <= tolerance * max(1, abs(Double(expected))))
    }
    guard case .values(let targets) = train.targets else {
      Issue.record("the targets are not values")
      return
    }
    let ridge = try LeastSquares.ridge(features: try fitted.apply(train.features), targets: targets, l2: 1)
    #expect(relativeDifference(ridge.weights[0], reference.weights) < tolerance)
    #expect(relativeDifference(ridge.intercepts, [reference.intercept]) < tolerance)
    let predictions = (0..<design.rows).map { row in
      zip(design.row(row), ridge.weights[0]).reduce(ridge.intercepts[0]) { $0 + Double($1.0) * $1.1 }
    }
    #expect(relativeDifference(predictions, reference.predictions) < tolerance)
  }

  @Test func `median, most frequent, one-hot and standardizing`() throws {
    let fixture = try FixtureFile.decode(Mixed.self, from: "preprocessing/mixed.json")
    let table = try CSVTableLoader.load(
      path: Self.mixedPath, target: "target", task: .regression,
      options: CSVOptions(
        CSVDialect(separator: ";", decimalComma: true, missing: ["", "NA", "?"]), categorical: ["age_group", "sex"]))
    #expect(table.columns.first?.levels == ["middle", "old", "older", "young"])
    let train = table.rows(at: Array(0..<fixture.train)), test = table.rows(at: Array(fixture.train..<table.count))
    var imputation = ImputationSettings()
    (imputation.numeric, imputation.categorical) = (.median, .mostFrequent)
    let fitted = try Preprocessing.fit(.standardize, imputation: imputation, to: train)
    #expect(
      fitted.inputNames == [
        "age_group=middle", "age_group=old", "age_group=older", "age_group=young", "bmi", "sex=s1", "sex=s2", "s5",
        "bp",
      ])
    try compare(fitted, train, test, with: fixture.onehot)
  }

  @Test func `mean with indicators, ordinal codes in a given order, a category of missing values, a dropped level`()
    throws
  {
    let fixture = try FixtureFile.decode(Mixed.self, from: "preprocessing/mixed.json")
    let table = try Self.mixed()
    let train = table.rows(at: Array(0..<fixture.train)), test = table.rows(at: Array(fixture.train..<table.count))
    var imputation = ImputationSettings(), encoding = EncodingSettings()
    (imputation.numeric, imputation.categorical, imputation.indicators) = (.mean, .category, true)
    imputation.columns = ["sex": .none]
    encoding.columns = ["age_group": .ordinal]
    encoding.dropFirst = true
    let fitted = try Preprocessing.fit(.standardize, imputation: imputation, encoding: encoding, to: train)
    #expect(fitted.inputNames == ["age_group", "bmi", "bmi=missing", "sex=s2", "s5", "s5=missing", "bp"])
    try compare(fitted, train, test, with: fixture.ordinal)
  }

  static let housingPath = ProcessInfo.processInfo.environment["ATTUNE_DATA"].map {
    $0 + "/california-housing/housing.csv"
  }

  @Test(.enabled(if: housingPath != nil, "set ATTUNE_DATA to the folder with california-housing/housing.csv"))
  func `California housing with its 207 holes and its text column`() throws {
    let fixture = try FixtureFile.decode(California.self, from: "preprocessing/california.json")
    let table = try CSVTableLoader.load(
      path: try #require(Self.housingPath), target: "median_house_value", task: .regression,
      options: CSVOptions(CSVDialect(missing: [""]), categorical: ["ocean_proximity"]))
    #expect(table.count == fixture.rows)
    let bedrooms = try #require(table.columnNames.firstIndex(of: "total_bedrooms"))
    #expect((0..<table.count).count { table.features[$0, bedrooms].isNaN } == 207)
    var imputation = ImputationSettings()
    imputation.columns = ["total_bedrooms": .median]
    let fitted = try Preprocessing.fit(.standardize, imputation: imputation, to: table)
    try compare(fitted, table, table.rows(at: Array(280..<320)), with: fixture.ridge)
  }
}
