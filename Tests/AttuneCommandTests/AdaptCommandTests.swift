import AttuneCore
import AttuneData
import AttuneInference
import AttuneTraining
import Foundation
import Testing

/// `attune adapt`: answers, scores, sources and lines.
@Suite struct AdaptCommandTests {
  private struct Line: Decodable {
    var kind: String, batch: Int?, firstRow: Int?, rows: Int, meanEntropy: Double?, error: Double?
    var operationsPerRow: Double, operationsRelativeToPlain: Double?, sourceAccess: String?, strategy: String?
  }

  private func lines(_ text: String) throws -> [Line] {
    try text.split(separator: "\n").map { try JSONDecoder().decode(Line.self, from: Data($0.utf8)) }
  }

  @Test func `the answers are those of the strategy in process`() throws {
    try AdaptFixture.with { fixture in
      let outcome = try fixture.adapt("--labels", "y.npy", "--batch-size", "32")
      #expect(outcome.code == 0, "\(outcome.errors)")
      let strategy = try Recipe<Tent>()
      let context = AdaptationContext(
        task: .classification, source: fixture.model.source, generator: Philox(seed: 0).fork("adapt"))
      var running = try strategy.run(fixture.model.network, in: context), answers: [Matrix] = []
      for start in stride(from: 0, to: 100, by: 32) {
        answers.append(try running.predict(fixture.rows.rows(start..<min(100, start + 32))))
      }
      let expected = Matrix.concatenatingRows(answers)
      #expect(try NPY.read(path: fixture.folder + "/z.npy") == expected)
      let wrong = zip(expected.rowArgmax, fixture.labels.elements).count { Float($0) != $1 }
      #expect(
        outcome.output.hasPrefix("tent: 100 rows in 4 batches, error \(wrong) %, mean entropy "), "\(outcome.output)")
      #expect(outcome.output.hasSuffix("; source access: none; z.npy\n"))
      let told = outcome.errors.split(separator: "\n")
      #expect(told.count == 4 && told[3].hasPrefix("batch 3: rows 96 to 99, entropy "), "\(outcome.errors)")
      #expect(try fixture.adapt("--quiet").errors.isEmpty)
    }
  }

  @Test func `with none the answers are those of predict, from a CSV too`() throws {
    try AdaptFixture.with { fixture in
      let header = "f,a,b,c,d,e,note\n"
      let text = (0..<100).map { row in
        ([5, 0, 1, 2, 3, 4].map { "\(fixture.rows[row, $0])" } + ["x"]).joined(separator: ",")
      }
      try write(header + text.joined(separator: "\n") + "\n", to: fixture.folder + "/x.csv")
      #expect(try fixture.adapt("--strategy", "none", "--data", "x.csv").code == 0)
      let predicted = try attune(
        "predict", "--model", "m.safetensors", "--data", "x.npy", "-o", "p.npy", in: fixture.folder)
      #expect(predicted.code == 0)
      #expect(fixture.bytes("z.npy") == fixture.bytes("p.npy"))
    }
  }

  @Test func `labels score and change nothing`() throws {
    try AdaptFixture.with { fixture in
      #expect(try fixture.adapt("--strategy", "eta").code == 0)
      let without = fixture.bytes("z.npy")
      let outcome = try fixture.adapt("--strategy", "eta", "--labels", "y.npy", "--json")
      #expect(outcome.code == 0 && outcome.errors.isEmpty)
      #expect(fixture.bytes("z.npy") == without)
      let lines = try lines(outcome.output), batches = lines.filter { $0.kind == "batch" }
      #expect(batches.map(\.firstRow) == [0, 20, 40, 60, 80] && batches.map(\.batch) == [0, 1, 2, 3, 4])
      let summary = try #require(lines.last)
      #expect(summary.kind == "summary" && summary.rows == 100 && summary.strategy == "eta")
      let mean = batches.reduce(0) { $0 + ($1.error ?? .nan) } / 5
      #expect(abs(mean - (summary.error ?? .nan)) < 1e-12)
      #expect((summary.operationsRelativeToPlain ?? 0) > 1 && summary.sourceAccess == "none")
    }
  }

  @Test func `a state dict is adapted like the model it was saved of`() throws {
    try AdaptFixture.with { fixture in
      #expect(try fixture.adapt().code == 0)
      let expected = fixture.bytes("z.npy")
      for modules in [["--activation", "relu"], ["--layers", "linear,batchnorm,relu,linear"]] {
        let outcome = try fixture.adapt("--model", "net.safetensors", modules[0], modules[1])
        #expect(outcome.code == 0, "\(outcome.errors)")
        #expect(fixture.bytes("z.npy") == expected)
      }
      let neither = try fixture.adapt("--model", "net.safetensors")
      #expect(neither.code == 64)
      #expect(
        neither.errors.hasPrefix(
          "Error: net.safetensors is a PyTorch state dict, which does not name its activations: give either --activation "
            + "or --layers\n"))
      let needless = try fixture.adapt("--activation", "relu", "--scale", "2")
      #expect(needless.code == 64)
      #expect(
        needless.errors.hasPrefix(
          "Error: --activation, --scale: m.safetensors is a model file of Attune, which says this itself\n"))
    }
  }

  @Test(arguments: [
    ("feature-selection", "source statistics"), ("eata", "rows of the training data"),
    ("adaptable", "source statistics"), ("bbse", "rows of the training data"),
  ])
  func `a strategy that needs the source says so, and gets it from a file`(name: String, needed: String) throws {
    try AdaptFixture.with { fixture in
      let model = ["--model", "net.safetensors", "--activation", "relu", "--strategy", name]
      let refused = try fixture.adapt(model[0], model[1], model[2], model[3], model[4], model[5])
      #expect(refused.code == 64)
      #expect(refused.errors.hasPrefix("attune: error: strategy '\(name)' needs \(needed)"), "\(refused.errors)")
      #expect(
        refused.errors.hasSuffix(
          "; here --source FILE gives rows of the training data, and --source-labels FILE their classes\n"))
      #expect(fixture.bytes("z.npy") == nil)
      let served = try fixture.adapt(
        model[0], model[1], model[2], model[3], model[4], model[5], "--source", "s.npy", "--source-labels", "sy.npy")
      #expect(served.code == 0, "\(served.errors)")
    }
  }

  @Test func `a recipe in a file, and settings that are changed`() throws {
    try AdaptFixture.with { fixture in
      let file = fixture.folder + "/r.yaml"
      #expect(try fixture.adapt("--set", "optimizer.learningRate=1e-2", "--set", "timing.steps=2").code == 0)
      let expected = fixture.bytes("z.npy")
      try write(
        "statistics: batch\nscope: norm-affine\nobjectives: [entropy]\ntiming: {steps: 2}\n"
          + "optimizer: {kind: adam, learningRate: 0.01}\n", to: file)
      let recipe = try fixture.adapt("--strategy", "r.yaml")
      #expect(recipe.code == 0 && recipe.output.hasPrefix("recipe: "), "\(recipe.errors)")
      #expect(fixture.bytes("z.npy") == expected)
      try write("strategy: tent\ntiming: {steps: 2}\n", to: file)
      #expect(try fixture.adapt("--strategy", "r.yaml", "--set", "optimizer.learningRate=1e-2").code == 0)
      #expect(fixture.bytes("z.npy") == expected)
      #expect(try fixture.adapt().code == 0)
      #expect(fixture.bytes("z.npy") != expected)
    }
  }

  @Test func `what strategies prints as settings is a config of the same strategy`() throws {
    try AdaptFixture.with { fixture in
      for name in ["tent", "roid", "feature-selection"] {
        let text = try attune("strategies", name, in: "/").output
        let settings = try #require(text.components(separatedBy: "settings, with their defaults:\n").last)
        try write(settings, to: fixture.folder + "/pasted.yaml")
        #expect(try fixture.adapt("--strategy", name).code == 0)
        let expected = fixture.bytes("z.npy")
        let outcome = try fixture.adapt("--strategy", "pasted.yaml")
        #expect(outcome.code == 0 && outcome.output.hasPrefix("\(name): "), "\(outcome.errors)")
        #expect(fixture.bytes("z.npy") == expected)
      }
    }
  }

  @Test func `what a strategy tells stands in the line of its batch and in the summary`() throws {
    try AdaptFixture.with { fixture in
      let options = ["--strategy", "tent", "--set", "recovery=[{kind: periodic, batches: 2}]"]
      let outcome = try fixture.adapt(options[0], options[1], options[2], options[3])
      #expect(outcome.code == 0, "\(outcome.errors)")
      let told = outcome.errors.split(separator: "\n").map { $0.contains("; reset: 2 batches since the last start") }
      #expect(told == [false, false, true, false, true], "\(outcome.errors)")
      #expect(outcome.output.contains("; events: reset 2; z.npy"), "\(outcome.output)")
      let json = try fixture.adapt(options[0], options[1], options[2], options[3], "--json").output
      #expect(
        json.contains("\"events\":[{\"kind\":\"reset\",\"message\":\"2 batches since the last start\"}]"), "\(json)")
      #expect(json.contains("\"events\":{\"reset\":2},\"kind\":\"summary\""), "\(json)")
    }
  }

  @Test(arguments: [(SIGINT, Int32(130)), (SIGTERM, Int32(143))])
  func `a signal leaves neither output nor state`(signal: Int32, code: Int32) throws {
    try AdaptFixture.with { fixture in
      var generator = Philox(seed: 8)
      try NPY.write(generator.normal(rows: 1_000_000, columns: 6), to: fixture.folder + "/long.npy")
      let running = try AttuneProcess(
        [
          "adapt", "--model", "m.safetensors", "--strategy", "memo", "--data", "long.npy", "--batch-size", "4",
          "--output", "z.npy",
          "--state", "s.safetensors", "--quiet",
        ], in: fixture.folder)
      // The output has begun once its temporary file is there; signals are listened to before.
      let end = ContinuousClock.now + .seconds(60)
      while ContinuousClock.now < end, running.process.isRunning {
        let files = try FileManager.default.contentsOfDirectory(atPath: fixture.folder)
        if files.contains(where: { $0.hasPrefix(".attune") }) { break }
        usleep(10_000)
      }
      kill(running.process.processIdentifier, signal)
      let outcome = running.finish()
      #expect(outcome.code == code)
      #expect(outcome.errors.hasSuffix("attune: stopped; nothing was written\n"), "\(outcome.errors)")
      let files = try FileManager.default.contentsOfDirectory(atPath: fixture.folder).sorted()
      #expect(!files.contains("z.npy") && !files.contains("s.safetensors"))
      #expect(files.allSatisfy { !$0.hasPrefix(".attune") }, "\(files)")
    }
  }
}
