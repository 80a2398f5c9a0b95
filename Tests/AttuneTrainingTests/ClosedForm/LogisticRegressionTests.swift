import AttuneCore
import AttuneTraining
import Testing

@Suite struct LogisticRegressionTests {
  struct Fixture: Decodable {
    struct Solution: Decodable {
      let weights: [[Double]]
      let intercepts: [Double]
    }

    struct Reference: Decodable {
      let c: Double
      let lbfgs: Solution
      let newton: Solution
      let lbfgsGradient: Double
    }

    let scale: Float
    let multiples: [[Float]]
    let labels: [Int]
    let solutions: [Reference]

    var features: Matrix { Matrix(multiples.map { row in row.map { $0 / scale } }) }
    var classes: Int { (labels.max() ?? 0) + 1 }
  }

  static func method(c: Double, maximumIterations: Int = 100) throws -> LogisticRegression {
    var configuration = LogisticRegression.Configuration()
    configuration.c = c
    configuration.maximumIterations = maximumIterations
    return try LogisticRegression(configuration)
  }

  private func difference(_ found: [Double], _ reference: [Double]) -> Double {
    #expect(found.count == reference.count)
    return zip(found, reference).reduce(0) { max($0, abs($1.0 - $1.1)) }
  }

  @Test(arguments: ["breast-cancer", "iris", "wine", "digits"])
  func `the solution is scikit-learn's`(name: String) throws {
    let fixture = try FixtureFile.decode(Fixture.self, from: "closed-form/logistic-\(name).json")
    for reference in fixture.solutions {
      let found = try Self.method(c: reference.c).fit(
        features: fixture.features, labels: fixture.labels, classes: fixture.classes)
      #expect(found.gradient <= 1e-10 && found.iterations <= 15)
      let weights = Array(found.linear.weights.joined()), intercepts = found.linear.intercepts
      let newton = max(
        difference(weights, Array(reference.newton.weights.joined())),
        difference(intercepts, reference.newton.intercepts))
      #expect(newton < 1e-10, "\(name), c \(reference.c): \(newton) from newton-cholesky")
      // lbfgs stops early. The penalty bounds what its gradient leaves of the weights, |w − w*| ≤ c·n·|gradient|, but not
      // of the intercepts: newton-cholesky differs from it by the same.
      let left = reference.c * Double(fixture.labels.count) * reference.lbfgsGradient
      let lbfgs = difference(weights, Array(reference.lbfgs.weights.joined()))
      #expect(lbfgs < (reference.c <= 1 ? 1e-6 : left), "\(name), c \(reference.c): \(lbfgs) from lbfgs")
      #expect(difference(intercepts, reference.lbfgs.intercepts) < 5e-6 * max(1, reference.c))
    }
  }

  @Test func `without a penalty the solution is that of hand calculation`() throws {
    // At x = 0 one of four is of class 1, at x = 1 three of four: logits −ln 3 and ln 3.
    let x = Matrix([[0], [0], [0], [0], [1], [1], [1], [1]])
    let found = try Self.method(c: .infinity).fit(features: x, labels: [0, 0, 0, 1, 0, 1, 1, 1], classes: 2)
    let expected = 1.0986122886681098
    #expect(abs(found.linear.weights[0][0] - 2 * expected) < 1e-12)
    #expect(abs(found.linear.intercepts[0] + expected) < 1e-12)
    let probabilities = try found.probabilities(Matrix([[0], [1]]))
    for (found, expected) in zip(probabilities.elements, [0.75, 0.25, 0.25, 0.75]) {
      #expect(abs(found - expected) < 1e-12)
    }
  }

  @Test func `several classes without a penalty have the shares of each group, and lists that sum to zero`() throws {
    let x = Matrix([0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1].map { [$0 as Float] })
    let labels = [0, 0, 1, 2, 0, 1, 1, 1, 1, 2, 2]
    let found = try Self.method(c: .infinity).fit(features: x, labels: labels, classes: 3)
    let probabilities = try found.probabilities(Matrix([[0], [1]]))
    for (found, expected) in zip(probabilities.elements, [0.5, 0.25, 0.25, 1.0 / 7, 4.0 / 7, 2.0 / 7]) {
      #expect(abs(found - expected) < 1e-12)
    }
    #expect(abs(found.linear.intercepts.reduce(0, +)) < 1e-12)
    #expect(abs(found.linear.weights.joined().reduce(0, +)) < 1e-12)
  }

  @Test func `without a penalty the units of the features change the weights, not the predictions`() throws {
    let fixture = try FixtureFile.decode(Fixture.self, from: "closed-form/logistic-iris.json")
    let rows = fixture.labels.indices.filter { fixture.labels[$0] > 0 }  // two classes that overlap
    let x = Matrix(rows.map { row in fixture.multiples[row].map { $0 / fixture.scale } })
    let units: [Float] = [0x1p-10, 1, 0x1p10, 0x1p20]
    let labels = rows.map { fixture.labels[$0] - 1 }
    let plain = try Self.method(c: .infinity).fit(features: x, labels: labels, classes: 2)
    let scaled = x.multiplyingRow(Matrix(row: units))
    let found = try Self.method(c: .infinity).fit(features: scaled, labels: labels, classes: 2)
    for (j, unit) in units.enumerated() {
      #expect(abs(found.linear.weights[0][j] * Double(unit) / plain.linear.weights[0][j] - 1) < 1e-9)
    }
    let (a, b) = (try plain.probabilities(x), try found.probabilities(scaled))
    #expect(difference(a.elements, b.elements) < 1e-10)
  }

  @Test func `a very weak penalty on several classes is solved`() throws {
    let fixture = try FixtureFile.decode(Fixture.self, from: "closed-form/logistic-iris.json")
    let found = try Self.method(c: 1e9).fit(features: fixture.features, labels: fixture.labels, classes: 3)
    #expect(found.gradient <= 1e-10 && abs(found.linear.weights.reduce(0) { $0 + $1[0] }) < 1e-9)
  }

  @Test func `one logit a class gives the probabilities of two classes`() throws {
    let fixture = try FixtureFile.decode(Fixture.self, from: "closed-form/logistic-breast-cancer.json")
    let found = try LogisticRegression().fit(features: fixture.features, labels: fixture.labels, classes: 2)
    let perClass = found.perClass
    #expect(perClass.weights.count == 2 && perClass.intercepts.count == 2)
    for j in 0..<30 {
      #expect(abs(perClass.weights[1][j] - perClass.weights[0][j] - found.linear.weights[0][j]) < 1e-15)
    }
    let probabilities = try found.probabilities(fixture.features)
    let right = fixture.labels.indices.count { (probabilities[$0, 1] > 0.5) == (fixture.labels[$0] == 1) }
    #expect(Double(right) / Double(fixture.labels.count) > 0.97)
  }
}
