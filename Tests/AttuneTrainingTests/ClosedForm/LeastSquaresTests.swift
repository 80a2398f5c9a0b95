import AttuneCore
import Testing

@testable import AttuneTraining

@Suite struct LeastSquaresTests {
  struct Fixture: Decodable {
    let problems: [Problem]
  }

  struct Problem: Decodable {
    let features: [[Float]]
    let targets: [[Float]]
    let ordinary: Solution
    let ridge: [String: Solution]
  }

  struct Solution: Decodable {
    let weights: [[Double]]
    let intercepts: [Double]
  }

  /// Double keeps 1e-16; scaled, the features' condition is 22, and the normal equations square it.
  static let tolerance = 1e-8

  private func expectEqual(_ found: LinearSolution, _ reference: Solution) {
    #expect(found.weights.map(\.count) == reference.weights.map(\.count))
    #expect(found.intercepts.count == reference.intercepts.count)
    let (numbers, expected) = (found.weights.joined(), reference.weights.joined())
    for (found, reference) in zip(numbers + found.intercepts, expected + reference.intercepts) {
      #expect(abs(found - reference) <= Self.tolerance * abs(reference), "\(found), scikit-learn \(reference)")
    }
  }

  @Test(arguments: [0, 1])
  func `ordinary least squares of diabetes is scikit-learn's`(index: Int) throws {
    let problem = try FixtureFile.decode(Fixture.self, from: "closed-form/diabetes.json").problems[index]
    let found = try LeastSquares.ordinary(features: Matrix(problem.features), targets: Matrix(problem.targets))
    expectEqual(found, problem.ordinary)
    #expect(found.weights.count == index + 1)
  }

  @Test(arguments: [0, 1], ["0.1", "1.0", "1000.0"])
  func `ridge regression of diabetes is scikit-learn's`(index: Int, strength: String) throws {
    let problem = try FixtureFile.decode(Fixture.self, from: "closed-form/diabetes.json").problems[index]
    let found = try LeastSquares.ridge(
      features: Matrix(problem.features), targets: Matrix(problem.targets), l2: try #require(Double(strength)))
    expectEqual(found, try #require(problem.ridge[strength]))
  }

  static let features = Matrix([[1, 2], [2, 1], [3, 5], [4, 3], [6, 6]])
  static let targets = Matrix([[1], [3], [2], [5], [4]])

  @Test func `ridge without a penalty is ordinary least squares`() throws {
    let ordinary = try LeastSquares.ordinary(features: Self.features, targets: Self.targets)
    #expect(try LeastSquares.ridge(features: Self.features, targets: Self.targets, l2: 0) == ordinary)
    let slight = try LeastSquares.ridge(features: Self.features, targets: Self.targets, l2: 1e-12)
    #expect(slight != ordinary)
    for (a, b) in zip(slight.weights[0], ordinary.weights[0]) { #expect(abs(a - b) < 1e-10) }
  }

  @Test func `an exact line is found, with its intercept`() throws {
    let x = Self.features
    let line = Matrix((0..<x.rows).map { [2 * x[$0, 0] - 3 * x[$0, 1] + 0.5] })
    let found = try LeastSquares.ordinary(features: x, targets: line)
    #expect(abs(found.weights[0][0] - 2) < 1e-13 && abs(found.weights[0][1] + 3) < 1e-13)
    #expect(abs(found.intercepts[0] - 0.5) < 1e-12)
  }

  @Test func `the intercept is not penalized`() throws {
    let moved = Self.targets.map { $0 + 1000 }
    let found = try LeastSquares.ridge(features: Self.features, targets: Self.targets, l2: 10)
    let higher = try LeastSquares.ridge(features: Self.features, targets: moved, l2: 10)
    #expect(abs(higher.intercepts[0] - found.intercepts[0] - 1000) < 1e-9)
    for (a, b) in zip(found.weights[0], higher.weights[0]) { #expect(abs(a - b) < 1e-12) }
  }

  @Test func `without features the intercept is the mean`() throws {
    let none = Matrix(rows: 5, columns: 0)
    #expect(try LeastSquares.ordinary(features: none, targets: Self.targets).intercepts == [3])
    #expect(try LeastSquares.ridge(features: none, targets: Self.targets, l2: 1).intercepts == [3])
  }

  private func message(_ make: () throws -> Void) -> String {
    do {
      try make()
      return "accepted"
    } catch { return "\(error)" }
  }

  @Test func `dependent features are named, and ridge is advised, where that is asked for`() throws {
    let x = Matrix([[1, 7, 2], [2, 7, 1], [3, 7, 5], [4, 7, 3], [6, 7, 6]])
    #expect(
      message { _ = try LeastSquares.ordinary(features: x, targets: Self.targets, dependence: .refused) }
        == "QR: rank 2 of 3 columns; column 1 (from 0) is a linear combination of the others, "
        + "so the solution is not unique; remove it, or use ridge with l2 > 0")
    #expect(try LeastSquares.ridge(features: x, targets: Self.targets, l2: 1).weights[0][1] == 0)
  }

  @Test func `a feature in two units is found, though float32 rounds one of them`() throws {
    let inches: [Float] = [1.3, 2.7, 3.1, 4.9, 6.2]
    let x = Matrix(inches.map { [$0, $0 * 2.54] })
    #expect(throws: FactorizationError.self) {
      try LeastSquares.ordinary(features: x, targets: Self.targets, dependence: .refused)
    }
    #expect(try LeastSquares.ordinary(features: x, targets: Self.targets).rank == 1)
  }

  @Test func `features of very different scale are not taken for dependent`() throws {
    let x = Self.features.multiplyingRow(Matrix(row: [1e-18, 1e15]))
    let scaled = try LeastSquares.ordinary(features: x, targets: Self.targets).weights[0]
    let plain = try LeastSquares.ordinary(features: Self.features, targets: Self.targets).weights[0]
    #expect(abs(scaled[0] * 1e-18 / plain[0] - 1) < 1e-6 && abs(scaled[1] * 1e15 / plain[1] - 1) < 1e-6)
  }

  @Test func `too few rows, different rows, NaN and a negative penalty are told apart`() {
    let two = Self.features.rows(0..<2)
    #expect(
      message {
        _ = try LeastSquares.ordinary(features: two, targets: Self.targets.rows(0..<2), dependence: .refused)
      }
        == "QR: 2 rows do not determine the solution, at least 3 are needed; "
        + "give more rows, or use ridge with l2 > 0")
    #expect(
      message { _ = try LeastSquares.ordinary(features: two, targets: Self.targets) }
        == "least squares: expected as many rows of targets as of features, at least one, "
        + "found features [2, 2], targets [5, 1]")
    var holed = Self.targets
    holed[2, 0] = .nan
    #expect(
      message { _ = try LeastSquares.ridge(features: Self.features, targets: holed, l2: 1) }
        == "least squares: the targets hold NaN or infinity; remove those rows or impute the values")
    #expect(
      message { _ = try LeastSquares.ridge(features: Self.features, targets: Self.targets, l2: -1) }
        == "ridge: l2 is -1.0; give a finite number of at least 0")
  }
}
