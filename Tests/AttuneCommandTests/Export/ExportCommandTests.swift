import AttuneCore
import AttuneTraining
import Foundation
import Testing

/// `attune export csv`, `json` and `onnx`.
@Suite struct ExportCommandTests {
  private func withRun(_ body: (String) throws -> Void) throws {
    try inFolder { folder in
      try write(smallConfig, to: folder + "/x.yaml")
      let run = try attune("run", "x.yaml", "-q", "--output", "runs/20260101T000000Z-small-abcdef", in: folder)
      try #require(run.code == 0, "\(run.errors)")
      try body(folder)
    }
  }

  private func lines(_ text: String) -> [[String]] {
    text.components(separatedBy: "\r\n").dropLast().map { $0.components(separatedBy: ",") }
  }

  @Test func `tables go to standard output or to a file`() throws {
    try withRun { folder in
      let cells = try attune("export", "csv", "abcdef", in: folder)
      #expect(cells.code == 0 && cells.errors.isEmpty)
      let table = lines(cells.output)
      #expect(Array(table[0].prefix(6)) == ["run", "experiment", "training", "inference", "scenario", "metric"])
      #expect(
        table.count == 3
          && Array(table[1].prefix(5)) == ["20260101T000000Z-small-abcdef", "small", "sgd", "none", "clean"])
      let file = try attune("export", "csv", "abcdef", "--what", "seeds", "-o", "s.csv", in: folder)
      #expect(file.code == 0 && file.output.isEmpty && file.errors.hasPrefix("4 rows, "))
      let seeds = lines(try String(contentsOfFile: folder + "/s.csv", encoding: .utf8))
      #expect(seeds.dropFirst().map { $0[5] } == ["0", "1", "0", "1"])
      let batches = lines(try attune("export", "csv", "abcdef", "--what", "batches", in: folder).output)
      let place = try #require(batches[0].firstIndex(of: "quality"))
      let unit = try StrictJSON.parse(
        try String(contentsOfFile: "\(folder)/runs/20260101T000000Z-small-abcdef/units/sgd-seed0.json", encoding: .utf8)
      )
      let arms = unit.asObject?["outcome"]?.asObject?["arms"]?.asArray
      let trace = try #require(arms?.first?.asObject?["trace"]?.asArray?.map(\.asDouble))
      #expect(batches.dropFirst().prefix(trace.count).map { Double($0[place]) } == trace)
      let settings = lines(try attune("export", "csv", "abcdef", "--what", "settings", in: folder).output)
      #expect(settings.contains { Array($0.suffix(4)) == ["training", "sgd", "optimizer.learningRate", "0.05"] })
    }
  }

  @Test func `a document holds config, results and units; lines hold a table`() throws {
    try withRun { folder in
      let document = try #require(
        try StrictJSON.parse(try attune("export", "json", "abcdef", in: folder).output).asObject)
      #expect(document["kind"] == .string("experiment") && document["run"] == .string("20260101T000000Z-small-abcdef"))
      let file = try String(
        contentsOfFile: folder + "/runs/20260101T000000Z-small-abcdef/results.json", encoding: .utf8)
      #expect(try document["results"] == StrictJSON.parse(file))
      #expect(document["units"]?.asArray?.count == 2)
      #expect(document["config"]?.asObject?["seeds"] == .array([.number(JSONNumber(0)), .number(JSONNumber(1))]))
      let printed = try attune("export", "json", "abcdef", "--lines", "--what", "costs", in: folder).output
      let rows = try printed.split(separator: "\n").map { try StrictJSON.parse(String($0)).asObject }
      #expect(rows.count == 2 && rows[0]?["training_flops"]?.asDouble ?? 0 > 0)
      #expect(try attune("export", "json", "abcdef", "--what", "costs", in: folder).code == 64)
    }
  }

  @Test func `a model of a run is chosen by arm and seed`() throws {
    try withRun { folder in
      let several = try attune("export", "onnx", "abcdef", "-o", "m.onnx", in: folder)
      #expect(several.code == 64 && several.errors.contains("choose one with --seed: 0, 1"), "\(several.errors)")
      let wrong = try attune("export", "onnx", "abcdef", "--training", "adam", "-o", "m.onnx", in: folder)
      #expect(wrong.code == 64 && wrong.errors.contains("--training is 'adam', and"), "\(wrong.errors)")
      let written = try attune("export", "onnx", "abcdef", "--seed", "1", "-o", "m.onnx", in: folder)
      #expect(written.code == 0 && written.output.isEmpty)
      #expect(written.errors == "features [rows, 64] → logits [rows, 10]: m.onnx\n")
      let path = "\(folder)/runs/20260101T000000Z-small-abcdef/models/sgd-seed1.safetensors"
      let other = try attune("export", "onnx", path, "-o", "o.onnx", in: folder)
      #expect(other.code == 0)
      #expect(
        FileManager.default.contents(atPath: folder + "/m.onnx")
          == FileManager.default.contents(atPath: folder + "/o.onnx"))
      #expect(
        try Model(contentsOf: path).onnx(producerVersion: "0.1.0")
          == FileManager.default.contents(atPath: folder + "/o.onnx").map { Array($0) })
      let student = try attune("export", "onnx", "abcdef", "--seed", "1", "--student", "bn", "-o", "x.onnx", in: folder)
      #expect(student.code == 66 && student.errors.contains("has no student of the inference arm 'bn'"))
      #expect(try attune("export", "onnx", path, "--seed", "1", "-o", "x.onnx", in: folder).code == 64)
      #expect(try attune("export", "onnx", "none.safetensors", "-o", "x.onnx", in: folder).code == 66)
      #expect(try attune("export", "onnx", "x.yaml", "-o", "x.onnx", in: folder).code == 65)
      #expect(try attune("export", "onnx", path, "-o", "no/x.onnx", in: folder).code == 73)
    }
  }

  @Test func `a run without results, without its units, or with a damaged one is an error`() throws {
    try withRun { folder in
      let run = "\(folder)/runs/20260101T000000Z-small-abcdef"
      try write("{", to: run + "/units/sgd-seed0.json")
      let damaged = try attune("export", "csv", "abcdef", "--what", "batches", in: folder)
      #expect(damaged.code == 65 && damaged.errors.contains("units/sgd-seed0.json: it is damaged"))
      try FileManager.default.removeItem(atPath: run + "/units/sgd-seed0.json")
      let gone = try attune("export", "csv", "abcdef", "--what", "batches", in: folder)
      #expect(gone.code == 65 && gone.errors.contains("there is no unit of sgd, seed 0"), "\(gone.errors)")
      try FileManager.default.removeItem(atPath: run + "/results.json")
      let unfinished = try attune("export", "csv", "abcdef", in: folder)
      #expect(unfinished.code == 66 && unfinished.errors.contains("the run is not finished"))
      #expect(try attune("export", "csv", "other", in: folder).code == 66)
    }
  }
}
