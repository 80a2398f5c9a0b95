import AttuneCore
import AttuneInference
import AttuneTesting
import AttuneTraining
import Testing

@Suite struct CORALTests {
  private struct Fixture: Decodable {
    struct Problem: Decodable {
      var ridge: Double, source: [[Double]], target: [[Double]], matrix: [[Double]], alignedSource: [[Double]]

      enum CodingKeys: String, CodingKey { case ridge, source, target, matrix = "A", alignedSource }
    }
    var problems: [String: Problem]
  }

  private static let names = ["identity-added", "exact", "small-ridge", "few-target-rows"]

  private func covariance(_ rows: [[Double]]) -> DoubleMatrix {
    let matrix = DoubleMatrix(rows), centered = matrix.subtractingRow(matrix.columnMeans).gram
    return DoubleMatrix(
      rows: centered.rows, columns: centered.columns, centered.elements.map { $0 / Double(rows.count - 1) })
  }

  private func adding(_ value: Double, to matrix: DoubleMatrix) -> DoubleMatrix {
    var result = matrix
    for j in 0..<result.rows { result[j, j] += value }
    return result
  }

  @Test(arguments: names) func `the map is that of the published code`(name: String) throws {
    let problem = try #require(try RegressionFixture.load("coral", as: Fixture.self).problems[name])
    let (from, to) = (covariance(problem.source), covariance(problem.target))
    let map = try CorrelationAlignment(from: from, to: to, ridge: problem.ridge)
    #expect(largestDifference(map.matrix.elements, problem.matrix.flatMap { $0 }) < 1e-6)
    let zeros = problem.source[0].map { _ in 0.0 }
    let aligned = map.apply(DoubleMatrix(problem.source), from: zeros, to: zeros)
    #expect(largestDifference(aligned.elements, problem.alignedSource.flatMap { $0 }) < 1e-5)
  }

  @Test(arguments: names) func `the map gives one covariance the other`(name: String) throws {
    let problem = try #require(try RegressionFixture.load("coral", as: Fixture.self).problems[name])
    let (from, to) = (covariance(problem.source), covariance(problem.target))
    let map = try CorrelationAlignment(from: from, to: to, ridge: problem.ridge).matrix
    let mapped = map.transposedProduct(with: adding(problem.ridge, to: from) * map)
    let scale = to.elements.map(abs).max() ?? 1
    #expect(largestDifference(mapped.elements, adding(problem.ridge, to: to).elements) < 1e-9 * scale)
    guard problem.ridge == 0 else { return }
    let rows = (DoubleMatrix(problem.source) * map)
    let aligned = (0..<rows.rows).map { row in (0..<rows.columns).map { rows[row, $0] } }
    #expect(largestDifference(covariance(aligned).elements, to.elements) < 1e-9 * scale)
  }

  private func strategy(_ edit: (inout CORAL.Configuration) -> Void) throws -> CORAL {
    var configuration = CORAL.Configuration()
    edit(&configuration)
    return try CORAL(configuration)
  }

  /// A linear problem: training rows, their targets, the network of ridge regression with `l2`, target rows.
  private struct Problem {
    var network: Network, rows: LabeledRows, target: Matrix, source: SourceStatistics

    init() throws {
      var generator = Philox(seed: 8)
      let inputs = generator.normal(rows: 80, columns: 3), noise = generator.normal(rows: 80, columns: 1)
      let targets = Matrix(
        rows: 80, columns: 1, (0..<80).map { inputs[$0, 0] - 2 * inputs[$0, 1] + 0.5 + 0.1 * noise[$0, 0] })
      let solution = try LeastSquares.ordinary(features: inputs, targets: targets)
      network = try Network([
        .linear(
          Linear(
            weight: Matrix([solution.weights[0].map { Float($0) }]), bias: Matrix(row: [Float(solution.intercepts[0])]))
        )
      ])
      rows = LabeledRows(inputs: inputs, targets: targets)
      var shifted = generator.normal(rows: 60, columns: 3)
      for row in 0..<60 {
        shifted[row, 0] = 3 * shifted[row, 0] + shifted[row, 2] + 4
        shifted[row, 1] -= 2
      }
      (target, source) = (shifted, SourceStatistics(inputs: inputs))
    }

    func context(_ target: Matrix? = nil) -> AdaptationContext {
      AdaptationContext(task: .regression, source: source, target: target)
    }
  }

  @Test(arguments: CORAL.TargetRows.allCases) func `aligned inputs have the moments of the source`(
    rows: CORAL.TargetRows
  ) throws {
    let problem = try Problem()
    // A network that answers with an input shows what it sees.
    for input in 0..<3 {
      let weights = (0..<3).map { $0 == input ? Float(1) : 0 }
      let network = try Network([.linear(Linear(weight: Matrix([weights]), bias: nil))])
      let coral = try strategy { ($0.ridge, $0.target) = (0, rows) }
      var state = try coral.start(network, in: problem.context(problem.target))
      let seen = try coral.predict(problem.target, &state).elements.map(Double.init)
      let mean = seen.reduce(0, +) / 60, variance = seen.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 59
      #expect(abs(mean - problem.source.mean[input]) < 1e-5)
      #expect(abs(variance - problem.source.variance[input]) < 1e-5)
    }
  }

  @Test func `least squares on aligned training rows answers as aligned inputs do`() throws {
    let problem = try Problem()
    let fixed = try strategy { ($0.ridge, $0.target) = (0.5, .all) }
    let refit = try strategy { ($0.ridge, $0.target, $0.refit, $0.l2) = (0.5, .all, true, 0) }
    let prepared = try refit.prepared(
      for: problem.network, in: PreparationContext(task: .regression, training: problem.rows)
    ).strategy
    #expect(fixed.sourceAccess == .statistics && prepared.sourceAccess == .labels)
    var (first, second) = try (
      fixed.start(problem.network, in: problem.context(problem.target)),
      prepared.start(problem.network, in: problem.context(problem.target))
    )
    let difference = try fixed.predict(problem.target, &first) - prepared.predict(problem.target, &second)
    #expect(difference.elements.allSatisfy { abs($0) < 1e-4 })
    #expect(try fixed.predict(problem.target, &first) != problem.network.predict(problem.target))
  }

  @Test func `few rows of the target are answered as trained`() throws {
    let problem = try Problem(), coral = try strategy { $0.minimumRows = 20 }
    var state = try coral.start(problem.network, in: problem.context())
    let few = problem.target.rows(0..<19)
    #expect(try coral.predict(few, &state) == problem.network.predict(few))
    #expect(try coral.predict(few, &state) != problem.network.predict(few))
  }

  @Test func `constant, equal and infinite inputs are answered`() throws {
    let problem = try Problem()
    for ridge in [0.0, 1] {
      let coral = try strategy { ($0.ridge, $0.minimumRows) = (ridge, 1) }
      var state = try coral.start(problem.network, in: problem.context())
      var odd = problem.target
      for row in 0..<60 { (odd[row, 1], odd[row, 2]) = (2, odd[row, 0]) }
      #expect(try coral.predict(odd, &state).isFinite)
      odd[3, 0] = .infinity
      let output = try coral.predict(odd, &state)
      #expect((0..<60).allSatisfy { $0 == 3 || output[$0, 0].isFinite })
      #expect(try coral.predict(problem.target, &state).isFinite)
    }
  }

  @Test func `what is missing is named`() throws {
    let problem = try Problem()
    func message(_ body: () throws -> Void) -> String {
      do { try body() } catch { return "\(error)" }
      return "no error"
    }
    let coral = try CORAL(), refit = try strategy { $0.refit = true }
    #expect(
      message { _ = try coral.start(problem.network, in: AdaptationContext(task: .regression)) }
        .contains("needs source statistics"))
    #expect(message { _ = try refit.start(problem.network, in: problem.context()) }.contains("learns from labeled"))
    #expect(message { try refit.check(for: problem.network, task: .classification) }.contains("is for regression"))
    var wild = problem.rows
    wild.targets[2, 0] = .nan
    #expect(
      message {
        _ = try refit.prepared(for: problem.network, in: PreparationContext(task: .regression, training: wild))
      } == "strategy 'coral': the training targets hold NaN or infinity; remove those rows or impute the values")
    #expect(message { _ = try strategy { $0.ridge = -1 } }.contains("ridge"))
  }

  @Test func `all settings pass conformance`() throws {
    let strategies = try [
      strategy { $0.target = .batch }, strategy { ($0.target, $0.ridge) = (.all, 0.01) },
      strategy { ($0.refit, $0.minimumRows) = (true, 4) },
      strategy { ($0.refit, $0.target, $0.l2) = (true, .all, 0.1) },
    ]
    for strategy in strategies {
      let failures = StrategyConformance.failures(of: strategy)
      #expect(failures.isEmpty, "\(failures.map(\.description).joined(separator: "\n"))")
    }
  }
}
