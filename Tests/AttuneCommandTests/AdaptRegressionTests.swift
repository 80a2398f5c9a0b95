import AttuneCore
import AttuneData
import AttuneTraining
import Foundation
import Testing

/// `attune adapt` on a model that predicts numbers.
@Suite struct AdaptRegressionTests {
  @Test func `a regression is scored in the target's unit, and late labels are told not to come`() throws {
    try inFolder { folder in
      let diabetes = repository + "/datasets/diabetes.csv"
      try write(
        """
        name: line
        data:
          source: {kind: csv, path: \(diabetes), target: target}
          task: regression
        network: {kind: linear}
        training: [{name: exact, solver: least-squares}]

        """, to: folder + "/r.yaml")
      #expect(try attune("train", "r.yaml", "-q", "-o", "m.safetensors", in: folder).code == 0)
      let table = try CSVTableLoader.load(path: diabetes, target: "target", task: .regression)
      guard case .values(let values) = table.targets else {
        Issue.record("no values")
        return
      }
      try NPY.write(values, to: folder + "/y.npy")
      let outcome = try attune(
        "adapt", "--model", "m.safetensors", "--strategy", "recursive-least-squares", "--data", diabetes, "--labels",
        "y.npy", "-o", "z.npy", "-q", in: folder)
      #expect(outcome.code == 0, "\(outcome.errors)")
      #expect(
        outcome.errors
          == "attune: strategy 'recursive-least-squares' learns from late labels only, which 'attune adapt' does not give "
          + "it\n")
      let model = try Model(contentsOf: folder + "/m.safetensors"), answers = try model.predict(table)
      var sum = 0.0
      for row in 0..<values.rows { sum += pow(Double(answers[row, 0]) - Double(values[row, 0]), 2) }
      let expected = (sum / Double(values.rows)).squareRoot()
      #expect(outcome.output.contains(String(format: ", RMSE %.4g; ", expected)), "\(outcome.output) \(expected)")
      #expect(!outcome.output.contains("entropy"))
      let tent = try attune(
        "adapt", "--model", "m.safetensors", "--strategy", "tent", "--data", diabetes, "-o", "w.npy", in: folder)
      #expect(tent.code == 64)
      #expect(
        tent.errors
          == "attune: error: strategy 'tent' is for classification, as its part 'objectives: entropy' needs classes, and "
          + "the model predicts numbers; choose another strategy\n")
    }
  }
}
