import AttuneExperiments
import Foundation
import Testing

@Suite struct RunCommandTests {
  @Test func `JSON goes to stdout alone and equals the file`() throws {
    try inFolder { folder in
      try write(smallConfig, to: folder + "/x.yaml")
      let outcome = try attune("run", "x.yaml", "--output", "out", "--json", in: folder)
      #expect(outcome.code == 0)
      let decoder = JSONDecoder()
      decoder.dateDecodingStrategy = .iso8601
      let results = try decoder.decode(ExperimentResults.self, from: Data(outcome.output.utf8))
      #expect(results.cells.count == 2)
      #expect(try String(contentsOfFile: folder + "/out/results.json", encoding: .utf8) == outcome.output)
      #expect(
        outcome.errors.hasPrefix("small: 1 training arm × 2 inference arms × 1 scenario × 2 seeds; run folder out\n"))
      #expect(outcome.errors.hasSuffix("report: out/report.html\n"))
    }
  }

  @Test func `color is for terminals, or forced, and NO_COLOR wins`() throws {
    try inFolder { folder in
      try write(smallConfig, to: folder + "/x.yaml")
      func isColored(_ environment: [String: String]) throws -> Bool {
        let outcome = try attune("run", "x.yaml", "--output", "out", "-q", in: folder, environment: environment)
        #expect(outcome.code == 0 && outcome.errors.isEmpty)
        return outcome.output.contains("\u{1B}[")
      }
      #expect(try !isColored([:]))
      #expect(try isColored(["CLICOLOR_FORCE": "1"]))
      #expect(try !isColored(["CLICOLOR_FORCE": "1", "NO_COLOR": "1"]))
      #expect(try isColored(["CLICOLOR_FORCE": "1", "NO_COLOR": ""]))
    }
  }

  @Test func `some failing arms are exit 2, all of them exit 1`() throws {
    try inFolder { folder in
      try write(smallConfig.replacing("strategy: bn-batch", with: "strategy: ftat"), to: folder + "/x.yaml")
      let some = try attune("run", "x.yaml", "-q", "--output", "some", in: folder)
      #expect(some.code == 2)
      let reason = "strategy 'ftat' is for two classes, and the model has 10; "
      #expect(some.errors.hasPrefix("failed 2 times: \(reason)"), "\(some.errors)")
      #expect(some.errors.hasSuffix("\nattune: error: 1 of 2 cells have failures; see the report\n"))
      #expect(some.errors.split(separator: "\n").count == 2)
      #expect(FileManager.default.fileExists(atPath: folder + "/some/report.html"))
      let all = try attune(
        "run", "x.yaml", "training.sgd.optimizer.learningRate=1e30", "-q", "--output", "all", in: folder)
      #expect(all.code == 1)
      #expect(all.errors.hasPrefix("training arm 'sgd' failed with seed"), "\(all.errors)")
      #expect(all.errors.contains(": training diverged "), "\(all.errors)")
      #expect(all.errors.hasSuffix("\nattune: error: 2 of 2 cells have failures; see the report\n"))
    }
  }

  @Test func `a dry run prints a config that runs the same, and runs nothing`() throws {
    try inFolder { folder in
      try write(smallConfig, to: folder + "/x.yaml")
      let outcome = try attune("run", "x.yaml", "seeds=[7]", "--dry-run", in: folder)
      #expect(outcome.code == 0 && outcome.errors.isEmpty)
      #expect(
        outcome.output.contains(
          "\n# plan: 1 training arm × 2 inference arms × 1 scenario × 1 seed: 1 training, 0 students, 2 streams\n"))
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["x.yaml"])
      try write(outcome.output, to: folder + "/y.yaml")
      #expect(try attune("run", "y.yaml", "--dry-run", in: folder).output == outcome.output)
    }
  }

  @Test(arguments: [
    ("digits.csv, target: target", "missing.csv, target: target", 66, "missing.csv"),
    ("target: target", "target: answer", 65, "answer"),
    ("{name: clean}", "{name: turned, shifts: [{kind: rotation, degrees: 9}]}", 64, "scenario 'turned': "),
  ])
  func `a dry run ends as a run would where the data do not fit`(
    text: String, replacement: String, code: Int32, word: String
  ) throws {
    try inFolder { folder in
      try write(smallConfig.replacing(text, with: replacement), to: folder + "/x.yaml")
      let dry = try attune("run", "x.yaml", "--dry-run", in: folder)
      #expect(dry.code == code && dry.output.isEmpty)
      #expect(dry.errors.contains(word), "\(dry.errors)")
      let real = try attune("run", "x.yaml", "-q", in: folder)
      #expect(real.code == code && real.errors == dry.errors)
    }
  }

  @Test func `a dry run names the arms that will fail`() throws {
    try inFolder { folder in
      try write(smallConfig.replacing("strategy: bn-batch", with: "strategy: ftat"), to: folder + "/x.yaml")
      let outcome = try attune("run", "x.yaml", "--dry-run", in: folder)
      #expect(outcome.code == 0 && outcome.errors.isEmpty)
      #expect(
        outcome.output.contains("2 seeds: 2 trainings, 0 students, 4 streams\n")
          && outcome.output.contains(
            "\n# will fail: training arm 'sgd', inference arm 'bn': strategy 'ftat' is for two classes, and the "
              + "model has 10; choose another strategy\n")
      )
    }
  }

  @Test func `a dry run refuses a config without inference arms as a run does`() throws {
    try inFolder { folder in
      let start = try #require(smallConfig.range(of: "inference:")),
        end = try #require(smallConfig.range(of: "scenarios:"))
      let config = smallConfig[..<start.lowerBound] + smallConfig[end.lowerBound...]
      try write(String(config), to: folder + "/x.yaml")
      let dry = try attune("run", "x.yaml", "--dry-run", in: folder)
      let real = try attune("run", "x.yaml", "-q", in: folder)
      #expect(dry.code == 64 && dry.errors.contains("inference: a run needs at least one"), "\(dry.errors)")
      #expect(real.code == 64 && real.errors == dry.errors)
    }
  }

  @Test func `early stopping says in the results and the table where it ended`() throws {
    try inFolder { folder in
      let stopping = "epochs: 6\n    validation: {fraction: 0.25}\n    earlyStopping: {patience: 1}\n"
      try write(smallConfig.replacing("epochs: 1\n", with: stopping), to: folder + "/x.yaml")
      let outcome = try attune("run", "x.yaml", "-q", "--output", "out", in: folder)
      #expect(outcome.code == 0 && outcome.output.contains("epochs"), "\(outcome.errors)")
      let decoder = JSONDecoder()
      decoder.dateDecodingStrategy = .iso8601
      let json = try #require(FileManager.default.contents(atPath: folder + "/out/results.json"))
      let epochs = try decoder.decode(ExperimentResults.self, from: json).trainingArms[0].epochs
      #expect(epochs.map(\.seed) == [0, 1])
      for end in epochs {
        let best = try #require(end.bestEpoch)
        #expect((1...6).contains(end.epochs) && (1...end.epochs).contains(best))
      }
    }
  }

  @Test func `the config of a run folder runs again with the same results`() throws {
    try inFolder { folder in
      try FileManager.default.copyItem(atPath: repository + "/datasets/digits.csv", toPath: folder + "/rows.csv")
      let config = smallConfig.replacing("\(repository)/datasets/digits.csv", with: "rows.csv")
      try write(config, to: folder + "/x.yaml")
      let first = try attune("run", "x.yaml", "-q", "--output", "out", in: folder)
      let second = try attune("run", "out/config.yaml", "-q", "--output", "again", in: folder)
      #expect(first.code == 0 && second.code == 0, "\(second.errors)")
      func qualities(_ name: String) throws -> [[Double?]] {
        let decoder = JSONDecoder()
        decoder.dateDecodingStrategy = .iso8601
        let json = try #require(FileManager.default.contents(atPath: "\(folder)/\(name)/results.json"))
        return try decoder.decode(ExperimentResults.self, from: json).cells.map(\.perSeed)
      }
      #expect(try qualities("out") == qualities("again"))
    }
  }

  @Test(arguments: ["quickstart", "house-prices"])
  func `a shipped experiment dry-runs`(name: String) throws {
    let outcome = try attune("run", "experiments/\(name).yaml", "--dry-run", in: repository)
    #expect(outcome.code == 0 && outcome.errors.isEmpty)
    #expect(outcome.output.hasPrefix("name: \(name)\n"))
  }

  @Test func `paths in a config start from its folder, wherever the command runs`() throws {
    try inFolder { folder in
      try FileManager.default.createDirectory(atPath: folder + "/a/b", withIntermediateDirectories: true)
      try FileManager.default.copyItem(atPath: repository + "/datasets/digits.csv", toPath: folder + "/a/rows.csv")
      let config = smallConfig.replacing("\(repository)/datasets/digits.csv", with: "../rows.csv")
      try write(config, to: folder + "/a/b/x.yaml")
      for (place, path) in [("", "a/b/x.yaml"), ("/a", "b/x.yaml"), ("/a/b", "x.yaml"), ("/a/b", "../b/x.yaml")] {
        let outcome = try attune("train", path, "-q", "--output", "m.safetensors", in: folder + place)
        #expect(outcome.code == 0, "\(outcome.errors)")
        #expect(FileManager.default.fileExists(atPath: "\(folder)\(place)/m.safetensors"))
      }
    }
  }

  @Test func `a folder that is no run, or cannot be made, is refused`() throws {
    try inFolder { folder in
      try write(smallConfig, to: folder + "/x.yaml")
      let other = try attune("run", "x.yaml", "-q", "--output", ".", in: folder)
      #expect(other.code == 64)
      #expect(
        other.errors == "attune: error: . holds files that are no run of Attune's; choose another --output folder\n")
      let file = try attune("run", "x.yaml", "-q", "--output", "x.yaml", in: folder)
      #expect(file.code == 73)
      #expect(file.errors.hasPrefix("attune: error: cannot write 'x.yaml': File exists; "), "\(file.errors)")
    }
  }
}
