import AttuneCore
import AttuneTraining
import Foundation
import Testing

/// Against river 0.26.1, whose documented scores are deterministic: predict, score, then learn.
@Suite struct OnlineLinearRegressionTests {
  /// The numbers of a CSV file: the named feature columns, and the target.
  private static func stream(_ path: String, target: String, without: [String] = []) throws
    -> (names: [String], features: DoubleMatrix, targets: [Double])
  {
    let lines = try String(contentsOfFile: path, encoding: .utf8).split(whereSeparator: \.isNewline)
    let header = try #require(lines.first).split(separator: ",").map(String.init)
    let rows = try lines.dropFirst().map { try $0.split(separator: ",").map { try #require(Double($0)) } }
    let kept = header.indices.filter { header[$0] != target && !without.contains(header[$0]) }
    let place = try #require(header.firstIndex(of: target))
    return (kept.map { header[$0] }, DoubleMatrix(rows.map { row in kept.map { row[$0] } }), rows.map { $0[place] })
  }

  private static let repository = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()

  private static func approval() throws -> (names: [String], features: DoubleMatrix, targets: [Double]) {
    try stream(repository.appending(path: "datasets/trump-approval.csv").path, target: "five_thirty_eight")
  }

  private static func meanAbsoluteError(_ predictions: [Double], _ targets: [Double]) -> Double {
    zip(predictions, targets).reduce(0) { $0 + abs($1.0 - $1.1) } / Double(targets.count)
  }

  @Test func `TrumpApproval: river's error, intercept and weights`() throws {
    let (names, features, targets) = try Self.approval()
    #expect(features.shape == Shape(rows: 1001, columns: 6))
    var model = try OnlineLinearRegression(features: 6, learningRate: 0.01, interceptLearningRate: 0.1)
    let predictions = model.predictThenLearn(features, targets: targets)
    #expect(abs(Self.meanAbsoluteError(predictions, targets) - 0.5587350066894571) < 1e-9)
    #expect(abs(model.state.intercept - 35.617671) < 1e-6)
    let expected = [
      "ordinal_date": 3.451624, "gallup": 0.435685, "ipsos": 0.626895, "morning_consult": 0.241804,
      "rasmussen": 0.281181, "you_gov": 0.031227,
    ]
    for (name, weight) in zip(names, model.state.weights) { #expect(abs(weight - (expected[name] ?? .nan)) < 1e-6) }
    #expect(model.state.count == 1001)
  }

  @Test func `TrumpApproval with the default rate of the intercept`() throws {
    let (_, features, targets) = try Self.approval()
    var model = try OnlineLinearRegression(features: 6)
    let predictions = model.predictThenLearn(features, targets: targets), n = Double(targets.count)
    let squares = zip(predictions, targets).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
    let mean = targets.reduce(0, +) / n, spread = targets.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    #expect(abs(Self.meanAbsoluteError(predictions, targets) - 1.314548) < 1e-6)
    #expect(abs((squares / n).squareRoot() - 3.911981) < 1e-6)
    #expect(abs(1 - squares / spread + 4.230355) < 1e-6)
  }

  private static let chicks = ProcessInfo.processInfo.environment["ATTUNE_DATA"].map { $0 + "/river/chick-weights.csv" }

  @Test(.enabled(if: chicks != nil, "set ATTUNE_DATA to the folder with river/chick-weights.csv"))
  func `ChickWeights: river's error with all defaults`() throws {
    let (names, features, targets) = try Self.stream(try #require(Self.chicks), target: "weight")
    #expect(names == ["time", "chick", "diet"] && targets.count == 578)
    var model = try OnlineLinearRegression(features: 3)
    let predictions = model.predictThenLearn(features, targets: targets)
    #expect(abs(Self.meanAbsoluteError(predictions, targets) - 23.758657) < 1e-6)
  }

  @Test func `a stream in parts is learned as in one`() throws {
    let (_, features, targets) = try Self.approval()
    var whole = try OnlineLinearRegression(features: 6), parts = whole
    let expected = whole.predictThenLearn(features, targets: targets)
    var found: [Double] = []
    for range in [0..<1, 1..<1, 1..<500, 500..<1001] {
      let rows = DoubleMatrix(
        rows: range.count, columns: 6, Array(features.elements[range.lowerBound * 6..<range.upperBound * 6]))
      if let first = range.first {
        let next = (0..<6).map { features[first, $0] }
        #expect(abs(parts.predict(next) - expected[first]) < 1e-9)
      }
      found += parts.predictThenLearn(rows, targets: Array(targets[range]))
    }
    #expect(found == expected && parts == whole)
  }

  @Test func `a feature that never varies counts nothing`() throws {
    var model = try OnlineLinearRegression(features: 1)
    let predictions = model.predictThenLearn(
      DoubleMatrix(rows: 3, columns: 1, repeating: 7), targets: [1, 1, 1])
    #expect(model.state.weights == [0] && model.state.variances == [0])
    #expect(zip(predictions, [0, 0.02, 0.0396]).allSatisfy { abs($0 - $1) < 1e-12 })
  }

  @Test func `a learning rate that is no rate is refused`() {
    #expect(throws: HyperparameterError.self) { try OnlineLinearRegression(features: 1, learningRate: -1) }
    #expect(throws: HyperparameterError.self) { try OnlineLinearRegression(features: 1, interceptLearningRate: .nan) }
  }
}
