import AttuneCore
import AttuneData
import AttuneTraining
import Foundation
import Testing

/// `train` and `predict` with models of the shipped digits.
@Suite struct ModelCommandTests {
  private let digits = repository + "/datasets/digits.csv"

  /// Calls `body` with a folder that holds a trained model, `m.safetensors`.
  private func withModel(_ body: (String) throws -> Void) throws {
    try inFolder { folder in
      try write(smallConfig, to: folder + "/x.yaml")
      let trained = try attune("train", "x.yaml", "-q", "--output", "m.safetensors", in: folder)
      #expect(trained.code == 0 && trained.errors.isEmpty)
      #expect(trained.output.hasPrefix("sgd, seed 0: test error "))
      try body(folder)
    }
  }

  private func predict(_ data: String, in folder: String, to output: String = "y.npy", _ more: String...) throws
    -> Outcome
  {
    try AttuneProcess(
      ["predict", "--model", "m.safetensors", "--data", data, "-o", output] + more, in: folder
    ).finish()
  }

  @Test func `predictions equal those in process, in any order of the columns`() throws {
    try withModel { folder in
      let outcome = try predict(digits, in: folder)
      #expect(outcome.code == 0 && outcome.output.isEmpty)
      #expect(outcome.errors == "1797 rows, 10 outputs each (0, 1, 2, 3, 4, 5, 6, 7, 8, 9): y.npy\n")
      let model = try Model(contentsOf: folder + "/m.safetensors")
      let table = try CSVTableLoader.load(path: digits, target: "target", task: .classification)
      #expect(try NPY.read(path: folder + "/y.npy") == model.predict(table.features))
      // The target's column is one of those that are left out; here is another, with text, and all are turned around.
      let lines = try String(contentsOfFile: digits, encoding: .utf8).split(separator: "\n")
      let turned = lines.enumerated().map { index, line in
        (line.split(separator: ",", omittingEmptySubsequences: false).map(String.init) + [index == 0 ? "note" : "x y"])
          .reversed().joined(separator: ",")
      }
      try write(turned.joined(separator: "\n") + "\n", to: folder + "/turned.csv")
      #expect(try predict("turned.csv", in: folder, to: "turned.npy").code == 0)
      #expect(
        FileManager.default.contents(atPath: folder + "/turned.npy")
          == FileManager.default.contents(atPath: folder + "/y.npy"))
      // NumPy rows without names give the same bits.
      try NPY.write(table.features, to: folder + "/rows.npy")
      #expect(try predict("rows.npy", in: folder, to: "z.npy").code == 0)
      #expect(
        FileManager.default.contents(atPath: folder + "/z.npy")
          == FileManager.default.contents(atPath: folder + "/y.npy"))
    }
  }

  @Test func `probabilities sum to one and are refused for regression`() throws {
    try withModel { folder in
      #expect(try predict(digits, in: folder, to: "p.npy", "--probabilities").code == 0)
      let rows = try NPY.read(path: folder + "/p.npy")
      #expect(rows.rows == 1797 && rows.columns == 10)
      for row in 0..<rows.rows {
        let values = (0..<10).map { Double(rows[row, $0]) }
        #expect(values.allSatisfy { $0 >= 0 } && abs(values.reduce(0, +) - 1) < 1e-5)
      }
      try write(
        """
        name: line
        data:
          source: {kind: csv, path: \(repository)/datasets/diabetes.csv, target: target}
          task: regression
        network: {kind: linear}
        training: [{name: exact, solver: least-squares}]

        """, to: folder + "/r.yaml")
      #expect(try attune("train", "r.yaml", "-q", "-o", "m.safetensors", in: folder).code == 0)
      let diabetes = repository + "/datasets/diabetes.csv"
      #expect(try predict(diabetes, in: folder).code == 0)
      let refused = try predict(diabetes, in: folder, to: "q.npy", "--probabilities")
      #expect(refused.code == 64)
      #expect(
        refused.errors.hasPrefix("Error: --probabilities is for classifiers, and this model predicts a number\n"))
      #expect(!FileManager.default.fileExists(atPath: folder + "/q.npy"))
      let text = try String(contentsOfFile: diabetes, encoding: .utf8)
      try write(text.replacing("sex", with: "sexx"), to: folder + "/renamed.csv")
      let renamed = try predict("renamed.csv", in: folder)
      #expect(renamed.code == 65)
      #expect(
        renamed.errors.hasPrefix(
          "attune: error: renamed.csv: expected a column \"sex\", but none of the 11 columns is called so; did you mean 'sexx'?"
        ),
        "\(renamed.errors)")
    }
  }

  @Test func `rows that do not fit the model are exit 65`() throws {
    try withModel { folder in
      let text = try String(contentsOfFile: digits, encoding: .utf8)
      try write(text.replacing("pixel_3_4", with: "pixel_3_44"), to: folder + "/renamed.csv")
      let renamed = try predict("renamed.csv", in: folder)
      #expect(renamed.code == 65)
      #expect(
        renamed.errors.hasPrefix(
          "attune: error: renamed.csv: expected a column \"pixel_3_4\", but none of the 65 columns is called so; did you mean 'pixel_"
        ), "\(renamed.errors)")
      try NPY.write(Matrix(rows: 2, columns: 63), to: folder + "/narrow.npy")
      let narrow = try predict("narrow.npy", in: folder)
      #expect(narrow.code == 65)
      #expect(
        narrow.errors
          == "attune: error: narrow.npy: expected 64 columns, but there are 63; give rows with the columns that the "
          + "model was trained on, in their order\n")
      #expect(try predict("none.npy", in: folder).code == 66)
      #expect(!FileManager.default.fileExists(atPath: folder + "/y.npy"))
    }
  }

  @Test func `a cut model file and one with NaN are exit 65`() throws {
    try withModel { folder in
      let path = folder + "/m.safetensors"
      let whole = try #require(FileManager.default.contents(atPath: path))
      for length in [0, 4, 40, whole.count / 2, whole.count - 1] {
        try whole.prefix(length).write(to: URL(filePath: path))
        let cut = try predict(digits, in: folder)
        #expect(cut.code == 65, "\(length) bytes: \(cut.errors)")
        #expect(cut.errors.hasPrefix("attune: error: m.safetensors"), "\(cut.errors)")
      }
      var spoiled = whole
      spoiled.replaceSubrange(whole.count - 8..<whole.count, with: [UInt8](repeating: 0xFF, count: 8))
      try spoiled.write(to: URL(filePath: path))
      let nan = try predict(digits, in: folder)
      #expect(nan.code == 65)
      #expect(nan.errors.hasPrefix("attune: error: m.safetensors: tensor \""), "\(nan.errors)")
      #expect(nan.errors.contains("nan"), "\(nan.errors)")
      #expect(!FileManager.default.fileExists(atPath: folder + "/y.npy"))
    }
  }

  @Test func `a place that cannot be written is exit 73, before any work`() throws {
    try withModel { folder in
      for output in ["none/y.npy", "/proc/y.npy", "/dev/full", "."] {
        let outcome = try predict(digits, in: folder, to: output)
        #expect(outcome.code == 73, "\(output): \(outcome.errors)")
        #expect(outcome.errors.hasPrefix("attune: error: cannot write '\(output)': "))
      }
      let trained = try attune("train", "x.yaml", "--output", "none/m.safetensors", in: folder)
      #expect(trained.code == 73)
      #expect(
        trained.errors
          == "attune: error: cannot write 'none/m.safetensors': in the folder \(folder)/none: No such file or "
          + "directory; give a file name in an existing folder that this user may write to\n")
    }
  }

  @Test func `a disk that takes no more is exit 74 and leaves the old file whole`() throws {
    try withModel { folder in
      let before = try #require(FileManager.default.contents(atPath: folder + "/m.safetensors"))
      let full = try attune(
        "train", "x.yaml", "-q", "-o", "m.safetensors", in: folder, shell: "ulimit -f 2; exec \"$0\" \"$@\"")
      #expect(full.code == 74)
      #expect(
        full.errors.hasPrefix("attune: error: input or output failed on 'm.safetensors': File too large; "),
        "\(full.errors)")
      #expect(FileManager.default.contents(atPath: folder + "/m.safetensors") == before)
      let files = try FileManager.default.contentsOfDirectory(atPath: folder)
      #expect(files.sorted() == ["m.safetensors", "x.yaml"])
    }
  }

  @Test(arguments: ["1e10", "1e30"])
  func `a diverged training is exit 3 and spares an existing model`(rate: String) throws {
    try withModel { folder in
      let before = try #require(FileManager.default.contents(atPath: folder + "/m.safetensors"))
      for output in ["m.safetensors", "new.safetensors"] {
        let outcome = try attune(
          "train", "x.yaml", "training.sgd.optimizer.learningRate=\(rate)", "training.sgd.epochs=3", "-q", "-o", output,
          in: folder)
        #expect(outcome.code == 3, "\(outcome.errors)")
        #expect(outcome.errors.contains("diverged") && outcome.errors.contains("lower the learning rate"))
      }
      #expect(FileManager.default.contents(atPath: folder + "/m.safetensors") == before)
      #expect(!FileManager.default.fileExists(atPath: folder + "/new.safetensors"))
    }
  }
}
