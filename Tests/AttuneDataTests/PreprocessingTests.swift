import AttuneCore
import Foundation
import Testing

@testable import AttuneData

@Suite struct PreprocessingTests {
  /// Column a: mean 3, population variance (4 + 0 + 4) / 3; column b is constant.
  private let table = Table(
    features: Matrix([[1, 0.1], [3, 0.1], [5, 0.1]]), targets: .values(Matrix([[10], [20], [60]])),
    columnNames: ["a", "b"])

  @Test func `standardize uses the population's deviation and divides a constant column by one`() throws {
    let fitted = try Preprocessing.fit(.standardize, to: table)
    #expect(fitted.means == [3, Double(Float(0.1))])
    #expect(fitted.deviations == [(8.0 / 3).squareRoot(), 1])
    let scaled = try fitted.apply(table.features)
    let unit = Float(2 / (8.0 / 3).squareRoot())
    #expect(scaled == Matrix([[-unit, 0], [0, 0], [unit, 0]]))
  }

  @Test func `a large mean costs no precision`() throws {
    let far = Table(
      features: Matrix([[10_000_000], [10_000_001], [10_000_002]]), targets: .none, columnNames: ["t"])
    let fitted = try Preprocessing.fit(.standardize, to: far)
    #expect(fitted.means == [10_000_001])
    #expect(abs(fitted.deviations[0] - (2.0 / 3).squareRoot()) < 1e-12)
  }

  @Test func `center takes the mean away and keeps the unit, in memory, in a file and among typed columns`() throws {
    let fitted = try Preprocessing.fit(.center, to: table)
    #expect(fitted.means == [3, Double(Float(0.1))] && fitted.deviations.isEmpty)
    #expect(try fitted.apply(table.features) == Matrix([[-2, 0], [0, 0], [2, 0]]))
    let again = try JSONDecoder().decode(Preprocessing.self, from: try JSONEncoder().encode(fitted))
    #expect(again == fitted)
    var imputation = ImputationSettings()
    imputation.numeric = .mean
    let gaps = Table(features: Matrix([[1], [.nan], [5]]), targets: .none, columnNames: ["a"])
    let typed = try Preprocessing.fit(.center, imputation: imputation, to: gaps)
    #expect(try typed.apply(gaps.features) == Matrix([[-2], [0], [2]]))
  }

  @Test func `means that do not fit the kind are an error`() throws {
    let text = try String(decoding: JSONEncoder().encode(Preprocessing.fit(.center, to: table)), as: UTF8.self)
    for wrong in [text.replacing("center", with: "none"), text.replacing("[3,", with: "[3,4,")] {
      #expect(throws: DecodingError.self) {
        try JSONDecoder().decode(Preprocessing.self, from: Data(wrong.utf8))
      }
    }
  }

  @Test func `scale multiplies and none leaves alone`() throws {
    #expect(try Preprocessing.fit(.scale, factor: 0.5, to: table).apply(Matrix([[2, 4]])) == Matrix([[1, 2]]))
    #expect(try Preprocessing.fit(.none, factor: 0.5, to: table).apply(Matrix([[2, 4]])) == Matrix([[2, 4]]))
  }

  @Test func `targets of a regression are scaled and turned back`() throws {
    let scaling = try #require(try Preprocessing.fit(.none, to: table).targetScaling)
    #expect(scaling.mean == 30)
    #expect(abs(scaling.standardDeviation - (1400.0 / 3).squareRoot()) < 1e-12)
    let scaled = scaling.apply(Matrix([[10], [20], [60]]))
    #expect(abs(scaled.mean) < 1e-7)
    let back = scaling.inverse(scaled)
    #expect(zip(back.elements, [10, 20, 60] as [Float]).allSatisfy { abs($0 - $1) < 1e-5 })
    #expect(try Preprocessing.fit(.none, scalingTargets: false, to: table).targetScaling == nil)
    let equal = TargetScaling(fitting: Matrix([[7], [7]]))
    #expect(equal == TargetScaling(mean: 7, standardDeviation: 1))
  }

  @Test func `fitting to no rows and applying to another width are errors`() throws {
    let fitted = try Preprocessing.fit(.standardize, to: table)
    #expect(
      throws: ShapeError(operation: "preprocess", expected: "2 columns", found: "3 columns")
    ) { try fitted.apply(Matrix([[1, 2, 3]])) }
    #expect(
      message { try Preprocessing.fit(.none, to: table.rows(at: [])) }
        == "fit preprocessing: expected a table of one row or more, found no rows")
    #expect(try fitted.apply(Matrix(rows: 0, columns: 2)).rows == 0)
  }

  @Test func `columns in another order are put right and others left out`() throws {
    let fitted = try Preprocessing.fit(.standardize, to: table)
    let other = Table(
      features: Matrix([[8, 7, 9]]), targets: .values(Matrix([[1]])), columnNames: ["b", "extra", "a"])
    let aligned = try fitted.aligned(other)
    #expect(aligned == Table(features: Matrix([[9, 8]]), targets: .values(Matrix([[1]])), columnNames: ["a", "b"]))
    #expect(try fitted.aligned(aligned) == aligned)
  }

  @Test func `a missing column is named together with the nearest one`() throws {
    let fitted = try Preprocessing.fit(
      .none, to: Table(features: Matrix([[1]]), targets: .none, columnNames: ["bedrooms"]))
    let table = Table(features: Matrix([[1, 2]]), targets: .none, columnNames: ["age", "bedroms"])
    #expect(
      message { try fitted.aligned(table) }
        == "the table has no column 'bedrooms'; the nearest name is 'bedroms'; rename or add the column")
  }

  @Test func `encoding and decoding keep every bit`() throws {
    let fitted = try Preprocessing.fit(.standardize, to: table)
    #expect(try JSONDecoder().decode(Preprocessing.self, from: JSONEncoder().encode(fitted)) == fitted)
  }
}
