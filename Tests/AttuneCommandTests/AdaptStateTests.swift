import AttuneCore
import AttuneData
import AttuneTraining
import Foundation
import Testing

/// Adapted states: written, gone on from, refused.
@Suite struct AdaptStateTests {
  @Test(arguments: [
    "none", "auto", "tent", "bn-ema", "eata", "sar", "roid", "cotta", "rotta", "note", "t3a", "poem",
    "feature-selection",
    "label-shift-em",
  ])
  func `a stream in two halves ends with the bits of the whole`(strategy: String) throws {
    try AdaptFixture.with { fixture in
      try NPY.write(fixture.rows.rows(0..<60), to: fixture.folder + "/x1.npy")
      try NPY.write(fixture.rows.rows(60..<100), to: fixture.folder + "/x2.npy")
      func adapt(_ data: String, _ output: String, _ more: String...) throws -> Outcome {
        let common = ["--strategy", strategy, "--source", "s.npy", "--source-labels", "sy.npy", "--batch-size", "20"]
        return try AttuneProcess(
          ["adapt", "--model", "m.safetensors", "--data", data, "--output", output] + common + more, in: fixture.folder
        ).finish()
      }
      #expect(try adapt("x.npy", "whole.npy", "--state", "whole.safetensors").code == 0)
      #expect(try adapt("x1.npy", "first.npy", "--state", "half.safetensors").code == 0)
      let second = try adapt("x2.npy", "second.npy", "--resume", "half.safetensors", "--state", "end.safetensors")
      #expect(second.code == 0, "\(second.errors)")
      #expect(second.errors.hasPrefix("batch 3: rows 60 to 79"), "\(second.errors)")
      let halves = try ["first.npy", "second.npy"].map { try NPY.read(path: fixture.folder + "/" + $0) }
      try NPY.write(Matrix.concatenatingRows(halves), to: fixture.folder + "/both.npy")
      #expect(fixture.bytes("both.npy") == fixture.bytes("whole.npy"))
      // The states are equal files.
      #expect(fixture.bytes("end.safetensors") == fixture.bytes("whole.safetensors"))
    }
  }

  @Test func `the matrices of a state are tensors under their paths`() throws {
    try AdaptFixture.with { fixture in
      #expect(try fixture.adapt("--state", "s.safetensors").code == 0)
      let file = try SafetensorsFile(contentsOf: fixture.folder + "/s.safetensors")
      #expect(file.names.contains { $0.hasPrefix("state.network.layers.1.") && $0.hasSuffix("gamma") }, "\(file.names)")
      let json = try #require(file.metadata["attune.adapted"])
      #expect(!json.contains("\"elements\"") && json.contains("\"strategy\":\"tent\"") && json.contains("\"rows\":100"))
    }
  }

  @Test func `a state of another strategy, other settings or another model is refused with what differs`() throws {
    try AdaptFixture.with { fixture in
      #expect(try fixture.adapt("--state", "s.safetensors", "--output", "a.npy").code == 0)
      var model = fixture.model
      model.network[model.network.parameterIDs[0]][0, 0] += 1
      try model.write(to: fixture.folder + "/other.safetensors")
      let cases: [([String], String)] = [
        (["--strategy", "eta"], "the strategy was 'tent', is 'eta'"),
        (["--set", "optimizer.learningRate=0.01"], "optimizer.learningRate was '0.001', is '0.01'"),
        (["--model", "other.safetensors"], "the model's network (SHA-256) was "),
        (["--source", "x.npy"], "what is known of the training data (SHA-256) was "),
        (["--seed", "5"], "--seed was 0, is 5"),
      ]
      for (options, text) in cases {
        let outcome = try fixture.adapt("--resume", "s.safetensors", options[0], options[1])
        #expect(outcome.code == 64)
        #expect(
          outcome.errors.hasPrefix("attune: error: s.safetensors: the state was adapted otherwise: \(text)"),
          "\(outcome.errors)")
        #expect(outcome.errors.hasSuffix("; give what it was adapted with, or start anew without --resume\n"))
        #expect(fixture.bytes("z.npy") == nil)
      }
      let asModel = try fixture.adapt("--model", "s.safetensors")
      #expect(asModel.code == 65)
      #expect(
        asModel.errors
          == "attune: error: s.safetensors: an adapted state, which holds no model; give the model that it was adapted "
          + "from, and the state with --resume\n")
    }
  }

  @Test func `a cut or changed state is refused`() throws {
    try AdaptFixture.with { fixture in
      #expect(try fixture.adapt("--state", "s.safetensors", "--output", "a.npy").code == 0)
      let whole = try #require(fixture.bytes("s.safetensors")), path = fixture.folder + "/s.safetensors"
      for length in [0, 4, 200, whole.count / 2, whole.count - 1] {
        try whole.prefix(length).write(to: URL(filePath: path))
        let cut = try fixture.adapt("--resume", "s.safetensors")
        #expect(cut.code == 65, "\(length) bytes: \(cut.errors)")
        #expect(cut.errors.hasPrefix("attune: error: s.safetensors: "), "\(cut.errors)")
      }
      var changed = whole
      changed[whole.count - 6] ^= 1
      try changed.write(to: URL(filePath: path))
      let outcome = try fixture.adapt("--resume", "s.safetensors")
      #expect(outcome.code == 65)
      #expect(
        outcome.errors.hasPrefix("attune: error: s.safetensors: its SHA-256 does not fit what it holds"),
        "\(outcome.errors)")
      #expect(fixture.bytes("z.npy") == nil)
    }
  }
}
