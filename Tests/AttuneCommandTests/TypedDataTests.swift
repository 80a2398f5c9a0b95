import AttuneCore
import AttuneData
import AttuneTraining
import Foundation
import Testing

@testable import AttuneExperiments

/// `train` and `predict` with columns of numbers and of categories, with missing values.
@Suite struct TypedDataTests {
  private static let rows = repository + "/Tests/Fixtures/preprocessing/mixed.csv"
  private static let config = """
    name: mixed
    data:
      source:
        kind: csv
        path: \(rows)
        target: target
        separator: ;
        decimalComma: true
        missing: ["", NA, "?"]
        categorical: [age_group, sex]
      task: regression
      imputation: {numeric: mean, indicators: true, columns: {age_group: category}}
    network: {kind: linear}
    training: [{name: ridge, solver: ridge}]

    """

  private func withModel(_ body: (String) throws -> Void) throws {
    try inFolder { folder in
      try write(Self.config, to: folder + "/x.yaml")
      let trained = try attune("train", "x.yaml", "-q", "--output", "m.safetensors", in: folder)
      #expect(trained.code == 0 && trained.errors.isEmpty, "\(trained.errors)")
      try body(folder)
    }
  }

  private func predict(_ text: String, in folder: String, _ more: String...) throws -> Outcome {
    try write(text, to: folder + "/rows.csv")
    return try AttuneProcess(
      ["predict", "--model", "m.safetensors", "--data", "rows.csv", "-o", "y.npy"] + more, in: folder
    ).finish()
  }

  @Test func `predictions for raw rows equal those of the experiment, whatever the order of the columns`() throws {
    try withModel { folder in
      let experiment = try ExperimentConfiguration.load(path: folder + "/x.yaml")
      let data = try ExperimentData(experiment.data, folder: folder)
      let (train, test) = try data.split(seed: 0)
      let model = try ModelTraining(experiment.training[0], in: experiment).train(on: train, seed: 0).model
      let lines = try String(contentsOfFile: Self.rows, encoding: .utf8).split(whereSeparator: \.isNewline)
      // Columns turned around, the target left out and a column of text put in.
      let turned = lines.enumerated().map { index, line in
        let cells = line.split(separator: ";", omittingEmptySubsequences: false).dropLast()
        return ([index == 0 ? "note" : "a b"] + cells.reversed()).joined(separator: ";")
      }
      let outcome = try predict(turned.joined(separator: "\n") + "\n", in: folder)
      #expect(outcome.code == 0 && outcome.errors == "160 rows, 1 outputs each: y.npy\n", "\(outcome.errors)")
      let found = try NPY.read(path: folder + "/y.npy")
      // The rows of the test part by their number in the file: bp and s5 together name a row.
      let all = try CSVTableLoader.load(
        path: Self.rows, target: "target", task: .regression,
        options: model.preprocessing.csvOptions(try #require(model.dialect)))
      let expected = try model.predict(test.features)
      var matched = 0
      for row in 0..<test.count {
        let same = (0..<all.count).filter { candidate in
          (0..<5).allSatisfy { column in
            let (a, b) = (all.features[candidate, column], test.features[row, column])
            return a == b || (a.isNaN && b.isNaN)
          }
        }
        for candidate in same { #expect(found[candidate, 0] == expected[row, 0]) }
        matched += same.isEmpty ? 0 : 1
      }
      #expect(matched == test.count && test.count == 80)
    }
  }

  static let faults: [(text: String, error: String)] = [
    (
      "age_group;bmi;sex;s5;bp\nyoung;21,5;s1;4;90\nbaby;20;s1;4;90\n",
      "rows.csv: line 3 (row 2), column \"age_group\": found \"baby\", expected one of the categories \"middle\", \"old\", "
        + "\"older\", \"young\"; correct the cell: the model has learned only these categories\n"
    ),
    (
      "age_group;bmi;gender;s5;bp\nyoung;21,5;s1;4;90\n",
      "rows.csv: expected a column \"sex\", but none of the 5 columns is called so; did you mean 's5'? Columns: age_group, bmi, bp, gender, s5\n"
    ),
    (
      "age_group;bmi;sex;s5;bp\nyoung;heavy;s1;4;90\n",
      "rows.csv: line 2 (row 1), column \"bmi\": found \"heavy\", expected a finite decimal number with a decimal comma; "
        + "correct the cell: the model takes \"bmi\" as a number\n"
    ),
    (
      "age_group;bmi;sex;s5;bp\nyoung;21,5;?;4;90\n",
      "rows.csv: line 2 (row 1), column \"sex\": found \"?\", expected a category; fill the cell in: the model was trained "
        + "without a value for missing cells of \"sex\"\n"
    ),
    (
      "age_group;bmi;sex;s5;bp\nyoung;n/a;s1;4;90\n",
      "rows.csv: line 2 (row 1), column \"bmi\": found \"n/a\", expected a finite decimal number with a decimal comma; fill "
        + "the cell in, or name the cells that mean a missing value with --missing\n"
    ),
  ]

  @Test func `what the model cannot take is exit 65 with row, column, value and what was expected`() throws {
    try withModel { folder in
      for (text, error) in Self.faults {
        let outcome = try predict(text, in: folder)
        #expect(outcome.code == 65)
        #expect(outcome.errors == "attune: error: " + error)
        #expect(!FileManager.default.fileExists(atPath: folder + "/y.npy"))
      }
      try NPY.write(Matrix(rows: 1, columns: 5), to: folder + "/rows.npy")
      let numbers = try attune(
        "predict", "--model", "m.safetensors", "--data", "rows.npy", "-o", "y.npy", in: folder)
      #expect(numbers.code == 65)
      #expect(
        numbers.errors
          == "attune: error: rows.npy: column \"age_group\": expected categories such as \"middle\", but NumPy rows hold "
          + "numbers; give the rows as a CSV file\n")
    }
  }

  @Test func `options of predict replace how the training file was written`() throws {
    try withModel { folder in
      let written = try predict("age_group;bmi;sex;s5;bp\nold;21,5;s1;NA;90\n", in: folder)
      #expect(written.code == 0, "\(written.errors)")
      let first = try NPY.read(path: folder + "/y.npy")
      let other = try predict(
        "age_group\tbmi\tsex\ts5\tbp\nold\t 21.5\ts1\t-\t90\n", in: folder, "--separator", "tab", "--no-decimal-comma",
        "--missing", "-", "--missing", "none", "--trim")
      #expect(other.code == 0, "\(other.errors)")
      #expect(try NPY.read(path: folder + "/y.npy") == first)
      let wrong = try predict("age_group;bmi\n", in: folder, "--separator", "comma")
      #expect(wrong.code == 64)
    }
  }

  @Test func `rows that are left out are told on stderr`() throws {
    try inFolder { folder in
      try write("k,x,y\na,1,1\nb,2,2\na,3,3\nb,oops,4\nb,5,5\na,6,6\n", to: folder + "/rows.csv")
      try write(
        """
        name: skip
        data:
          source: {kind: csv, path: rows.csv, target: y, categorical: [k], onError: skip}
          task: regression
        network: {kind: linear}
        training: [{name: ridge, solver: ridge}]
        inference: [{name: none, strategy: none}]
        scenarios: [{name: clean}]

        """, to: folder + "/x.yaml")
      let note =
        "rows.csv: 1 of 6 rows left out, the first: line 5 (row 4), column \"x\": found \"oops\", expected a finite decimal number\n"
      let trained = try attune("train", "x.yaml", "-q", "-o", "m.safetensors", in: folder)
      #expect(trained.code == 0 && trained.errors.hasSuffix(note), "\(trained.errors)")
      let planned = try attune("run", "x.yaml", "--dry-run", in: folder)
      #expect(planned.code == 0 && planned.errors.hasSuffix(note), "\(planned.errors)")
      let run = try attune("run", "x.yaml", "-q", "--output", "r", in: folder)
      #expect(run.code == 0 && run.errors.hasSuffix(note), "\(run.errors)")
    }
  }
}
