import AttuneCore
import AttuneData
import Foundation
import Testing

@Suite struct OtherCommandTests {
  @Test func `an imported PyTorch network answers as PyTorch does`() throws {
    try inFolder { folder in
      let fixtures = repository + "/Tests/Fixtures/safetensors"
      let imported = try attune(
        "import", fixtures + "/sequential.safetensors", "--activation", "relu", "--classes", "a,b,c", "-o",
        "m.safetensors", in: folder)
      #expect(imported.code == 0 && imported.output.isEmpty)
      #expect(imported.errors == "linear 5→4, batch norm, relu, linear 4→3; 47 parameters: m.safetensors\n")
      let expected = try SafetensorsFile(contentsOf: fixtures + "/sequential-expected.safetensors")
      try NPY.write(try expected.tensor("input").matrix(), to: folder + "/x.npy")
      let predicted = try attune(
        "predict", "--model", "m.safetensors", "--data", "x.npy", "-o", "y.npy", in: folder)
      #expect(predicted.code == 0)
      let logits = try expected.tensor("logits").matrix(), found = try NPY.read(path: folder + "/y.npy")
      #expect(found.rows == 7 && found.columns == 3)
      for row in 0..<7 {
        for column in 0..<3 { #expect(abs(found[row, column] - logits[row, column]) < 1e-5) }
      }
    }
  }

  @Test func `an import that cannot be done says why`() throws {
    try inFolder { folder in
      let source = repository + "/Tests/Fixtures/safetensors/sequential.safetensors"
      let function = try attune("import", source, "--activation", "rely", "-o", "m.safetensors", in: folder)
      #expect(function.code == 64)
      #expect(function.errors.contains("'rely' is invalid for '--activation <activation>'"))
      let neither = try attune("import", source, "-o", "m.safetensors", in: folder)
      #expect(neither.code == 64 && neither.errors.hasPrefix("Error: give either --activation or --layers\n"))
      let module = try attune("import", source, "--layers", "linear,rely", "-o", "m.safetensors", in: folder)
      #expect(module.code == 64 && module.errors.hasPrefix("Error: unknown module 'rely' in --layers; known: "))
      let classes = try attune(
        "import", source, "--activation", "relu", "--classes", "a,b", "-o", "m.safetensors", in: folder)
      #expect(classes.code == 64)
      #expect(classes.errors.hasPrefix("Error: --classes has 2 names for 3 outputs\n"))
      #expect(try attune("import", "x", "--activation", "relu", "-o", "m.safetensors", in: folder).code == 66)
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder).isEmpty)
    }
  }

  @Test func `info and strategies print JSON`() throws {
    let info = try attune("info", "--json", in: "/")
    let facts = try JSONDecoder().decode([String: String].self, from: Data(info.output.utf8))
    #expect(facts["version"] == "0.1.0" && facts["blasThreads"] == "1")
    #expect(facts["attuneKernels"]?.isEmpty == false && facts["processor"]?.isEmpty == false)
    struct Row: Decodable {
      var name: String, summary: String, sourceAccess: String, usesLabels: Bool
    }
    let strategies = try attune("strategies", "--json", in: "/")
    let rows = try JSONDecoder().decode([Row].self, from: Data(strategies.output.utf8))
    #expect(rows.map(\.name) == rows.map(\.name).sorted())
    #expect(rows.first { $0.name == "recursive-least-squares" }?.usesLabels == true)
    for outcome in [info, strategies] {
      #expect(outcome.code == 0 && outcome.errors.isEmpty)
      #expect(outcome.output.hasSuffix("\n") && !outcome.output.hasSuffix("\n\n"))
    }
    let table = try attune("strategies", in: "/").output.split(separator: "\n")
    #expect(table.count == rows.count)
  }

  @Test func `bench measures what it was asked for, and refuses widths that are no numbers`() throws {
    struct Result: Decodable {
      var samplesPerSecond: Double, layers: [Int], batch: Int
    }
    let measured = try attune(
      "bench", "train", "--layers", "8,4,2", "--batch", "16", "--seconds", "0.01", "--json", in: "/")
    #expect(measured.code == 0 && measured.errors.isEmpty)
    let result = try JSONDecoder().decode(Result.self, from: Data(measured.output.utf8))
    #expect(result.samplesPerSecond > 0 && result.layers == [8, 4, 2] && result.batch == 16)
    for layers in ["8", "8,x,2", "8,,2", "8,0,2"] {
      let refused = try attune("bench", "train", "--layers", layers, in: "/")
      #expect(refused.code == 64)
      #expect(refused.errors.hasPrefix("Error: --layers takes at least two widths above 0"))
    }
  }

  @Test func `bench knows every optimizer, and measures online learning`() throws {
    for rule in ["sgd", "adam", "adamw", "rmsprop", "nadam", "radam", "adagrad", "adadelta", "adamax"] {
      let measured = try attune(
        "bench", "train", "--layers", "4,2", "--batch", "4", "--seconds", "0.01", "--optimizer", rule, "--json", in: "/"
      )
      #expect(measured.code == 0 && measured.output.contains("\"optimizer\" : \"\(rule)\""))
    }
    let unknown = try attune("bench", "train", "--optimizer", "adm", in: "/")
    #expect(unknown.code == 64 && unknown.errors.hasPrefix("Error: unknown optimizer 'adm'; known: sgd, adam, "))
    struct Result: Decodable {
      var samplesPerSecond: Double, features: Int, lastError: Double
    }
    let online = try attune("bench", "online", "--features", "3", "--seconds", "0.05", "--json", in: "/")
    let result = try JSONDecoder().decode(Result.self, from: Data(online.output.utf8))
    // The targets are linear: after some passes nothing is left of the error.
    #expect(online.code == 0 && result.samplesPerSecond > 0 && result.features == 3 && result.lastError < 1e-3)
    #expect(try attune("bench", "online", "--features", "0", in: "/").code == 64)
  }

  @Test(arguments: ["full", "closed"])
  func `output that nobody can take is exit 74, not a crash`(kind: String) throws {
    let shell = kind == "full" ? "\"$0\" \"$@\" > /dev/full" : "\"$0\" \"$@\" >&-"
    for command in [["strategies"], ["info", "--json"]] {
      let outcome = try AttuneProcess(command, in: "/", shell: shell).finish()
      #expect(outcome.code == 74)
      #expect(
        outcome.errors.hasPrefix("attune: error: input or output failed on 'standard output': "), "\(outcome.errors)")
    }
  }
}
