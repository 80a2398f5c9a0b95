import AttuneCore
import Foundation

/// The diabetes data and what scikit-learn and NumPy say about it, of `make_linear_model_fixtures.py`.
struct InferenceFixture: Decodable {
  struct Solution: Decodable {
    let weights: [[Double]]
    let intercepts: [Double]
  }

  struct Ordinary: Decodable {
    let variance: Double
    let weights: [Double]
    let intercept: Double
    let rSquared: Double
  }

  struct Bayesian: Decodable {
    struct Evidence: Decodable {
      let weightPrecision: Double
      let noisePrecision: Double
      let mean: [Double]
    }

    let weightPrecision: Double
    let noisePrecision: Double
    let mean: [Double]
    let covariance: [[Double]]
    let sklearnMean: [Double]
    let variances: [Double]
    let evidence: Evidence
  }

  let ordinary: Ordinary
  let dependent: Solution
  let bayesian: Bayesian
  let leaveOneOut: [String: Double]

  static func load() throws -> InferenceFixture {
    try FixtureFile.decode(InferenceFixture.self, from: "closed-form/inference.json")
  }

  /// Ten raw features and one target.
  static func diabetes() throws -> (features: Matrix, targets: Matrix) {
    let problem = try FixtureFile.decode(LeastSquaresTests.Fixture.self, from: "closed-form/diabetes.json").problems[0]
    return (Matrix(problem.features), Matrix(problem.targets))
  }
}

/// The largest relative difference of numbers from their references.
func relativeDifference(_ found: some Sequence<Double>, _ expected: some Sequence<Double>) -> Double {
  zip(found, expected).reduce(0) { max($0, abs($1.0 / $1.1 - 1)) }
}
