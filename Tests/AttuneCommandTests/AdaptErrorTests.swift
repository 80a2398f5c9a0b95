import AttuneCore
import AttuneData
import AttuneTraining
import Foundation
import Testing

/// What `attune adapt` refuses: exit code and text.
@Suite struct AdaptErrorTests {
  @Test(arguments: [
    (["--batch-size", "0"], "Error: --batch-size must be at least 1, found 0\n"),
    (["--output", "z.csv"], "Error: --output is a NumPy file; give it a name that ends in .npy, found 'z.csv'\n"),
    (["--output", "z.npy", "--state", "z.npy"], "Error: --state and --output need different files\n"),
    (["--source-labels", "sy.npy"], "Error: --source-labels needs --source beside it\n"),
    (
      ["--strategy", "tnet"], "attune: error: --strategy: unknown strategy, found 'tnet'; did you mean 'tent'? Known: "
    ),
    (
      ["--set", "optimizer.learningRat=1"],
      "attune: error: --set optimizer.learningRat=1: optimizer.learningRat: unknown key; did you mean 'learningRate'?"
    ),
    (["--set", "timing.steps=0"], "attune: error: --set timing.steps=0: timing.steps: must be at least 1"),
    (["--set", "strategy=eta"], "attune: error: --set strategy=eta: strategy: the strategy is what --strategy says"),
    (["--strategy", "r.yaml"], "attune: error: r.yaml:2:1: scoop: unknown key; did you mean 'scope'?"),
    (["--strategy", "ftat"], "attune: error: strategy 'ftat' is for two classes, and the model has 3"),
    (["--image", "5x5"], "Error: --image: 5x5 are not the 6 inputs of the network\n"),
    (
      ["--strategy", "adabn", "--state", "a"],
      "Error: --state and --resume: strategy 'adabn' sees all rows of a stream beforehand"
    ),
  ])
  func `a wrong option is exit 64`(options: [String], text: String) throws {
    try AdaptFixture.with { fixture in
      try write("statistics: batch\nscoop: all\n", to: fixture.folder + "/r.yaml")
      let outcome = try self.adapt(options, fixture)
      #expect(outcome.code == 64)
      #expect(outcome.errors.hasPrefix(text), "\(outcome.errors)")
      #expect(fixture.bytes("z.npy") == nil)
    }
  }

  @Test(arguments: [
    (
      ["--data", "nan.npy"],
      "nan.npy: row 2, column \"3\": found \"nan\", expected a finite number that fits 32 bits; replace"
    ),
    (["--data", "narrow.npy"], "narrow.npy: expected 6 columns, but there are 5; give rows with the columns"),
    (["--data", "empty.csv"], "empty.csv: "),
    (["--data", "empty.npy"], "empty.npy: "),
    (["--labels", "few.npy"], "few.npy: expected a label for each of at least 100 rows, but there are 99; give"),
    (["--labels", "many.npy"], "many.npy: expected a label for each of 100 rows, but there are 101; give"),
    (["--labels", "x.npy"], "x.npy: expected one number a row, but there are 6 columns; give an array [rows]"),
    (
      ["--labels", "wrong.npy"],
      "wrong.npy: row 1: found \"3.0\", expected a class number from 0 to 2; number the classes in the order"
    ),
    (
      ["--source", "s.npy", "--source-labels", "y.npy"],
      "y.npy: expected a label for each of 300 rows, but there are 100"
    ),
    (["--model", "cut.safetensors"], "cut.safetensors: "),
    (
      ["--resume", "m.safetensors"],
      "m.safetensors: the metadata has no key 'attune.adapted', so the file is no adapted"
    ),
  ])
  func `a file that cannot be used is exit 65`(options: [String], text: String) throws {
    try AdaptFixture.with { fixture in
      let folder = fixture.folder + "/"
      // The writer has no way to write NaN but as a number like others.
      var spoiled = fixture.rows
      spoiled[1, 2] = .nan
      try NPY.write(spoiled, to: folder + "nan.npy")
      try NPY.write(Matrix(rows: 4, columns: 5), to: folder + "narrow.npy")
      try write("a,b,c,d,e,f\n", to: folder + "empty.csv")
      try NPY.write(Matrix(rows: 0, columns: 6), to: folder + "empty.npy")
      try NPY.write(fixture.labels.rows(0..<99), to: folder + "few.npy")
      try NPY.write(Matrix(rows: 101, columns: 1), to: folder + "many.npy")
      try NPY.write(Matrix(rows: 100, columns: 1, repeating: 3).rows(0..<1), to: folder + "wrong.npy")
      try #require(fixture.bytes("m.safetensors")).dropLast(3).write(to: URL(filePath: folder + "cut.safetensors"))
      let outcome = try adapt(options + (options.contains("--resume") ? [] : ["--state", "st"]), fixture)
      #expect(outcome.code == 65)
      #expect(outcome.errors.contains("attune: error: \(text)"), "\(outcome.errors)")
      #expect(fixture.bytes("z.npy") == nil && fixture.bytes("st") == nil)
      let left = try FileManager.default.contentsOfDirectory(atPath: fixture.folder)
      #expect(left.allSatisfy { !$0.hasPrefix(".attune") })
    }
  }

  @Test func `rows that the network cannot answer are exit 65 with their number`() throws {
    try AdaptFixture.with { fixture in
      var model = fixture.model
      model.preprocessing = Preprocessing(scale: 10, columnNames: ["a", "b", "c", "d", "e", "f"])
      try model.write(to: fixture.folder + "/m.safetensors")
      var rows = fixture.rows
      rows[41, 0] = 3e38
      try NPY.write(rows, to: fixture.folder + "/x.npy")
      let outcome = try fixture.adapt("--quiet")
      #expect(outcome.code == 65)
      #expect(
        outcome.errors
          == "attune: error: x.npy: row 42: expected values that reach the network as finite numbers; check the units of "
          + "the columns\n")
      #expect(fixture.bytes("z.npy") == nil)
    }
  }

  @Test(arguments: ["--data", "--model", "--labels", "--resume", "--source", "--strategy"])
  func `a missing file is exit 66`(option: String) throws {
    try AdaptFixture.with { fixture in
      let outcome = try fixture.adapt(option, option == "--strategy" ? "gone.yaml" : "gone.npy")
      #expect(outcome.code == 66, "\(outcome.errors)")
      #expect(fixture.bytes("z.npy") == nil)
    }
  }

  @Test(arguments: [["--output", "none/z.npy"], ["--state", "none/s"], ["--state", "."]])
  func `a place that cannot be written is exit 73, before any work`(options: [String]) throws {
    try AdaptFixture.with { fixture in
      let outcome = try adapt(options, fixture)
      #expect(outcome.code == 73)
      #expect(outcome.errors.hasPrefix("attune: error: cannot write '\(options[1])': "), "\(outcome.errors)")
      #expect(fixture.bytes("z.npy") == nil)
    }
  }

  @Test func `an adaptation that diverges is exit 3`() throws {
    try AdaptFixture.with { fixture in
      let outcome = try fixture.adapt("--set", "optimizer.learningRate=1e38", "--quiet")
      #expect(outcome.code == 3)
      #expect(outcome.errors.hasPrefix("attune: error: strategy 'tent' has diverged"), "\(outcome.errors)")
      #expect(fixture.bytes("z.npy") == nil)
    }
  }

  private func adapt(_ options: [String], _ fixture: AdaptFixture) throws -> Outcome {
    switch options.count {
    case 2: try fixture.adapt(options[0], options[1])
    default: try fixture.adapt(options[0], options[1], options[2], options[3])
    }
  }
}
