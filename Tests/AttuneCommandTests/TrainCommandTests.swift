import Foundation
import Testing

/// What `attune train` says, and what it leaves behind.
@Suite struct TrainCommandTests {
  private func train(_ arguments: String..., in folder: String, environment: [String: String] = [:]) throws -> Outcome {
    try AttuneProcess(["train", "x.yaml", "-o", "m.safetensors"] + arguments, in: folder, environment: environment)
      .finish()
  }

  private func names(_ folder: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
  }

  /// Starts a training that would take long, and kills it when a file is there.
  private func kill(_ arguments: [String], in folder: String, whenThereIs file: String) throws {
    let run = try AttuneProcess(["train", "x.yaml", "-o", "m.safetensors", "-q"] + arguments, in: folder)
    let deadline = Date(timeIntervalSinceNow: 60)
    func size() -> Int {
      (try? FileManager.default.attributesOfItem(atPath: folder + "/" + file))?[.size] as? Int ?? 0
    }
    while size() == 0, run.process.isRunning, Date() < deadline { usleep(2_000) }
    Foundation.kill(run.process.processIdentifier, SIGKILL)
    _ = run.finish()
    #expect(run.process.terminationReason == .uncaughtSignal && size() > 0)
  }

  @Test func `killed before the first checkpoint, the same command starts its log anew`() throws {
    try inFolder { folder in
      try write(smallConfig, to: folder + "/x.yaml")
      let long = ["--log-dir", "log", "--log-every", "1", "training.sgd.epochs=100000"]
      try kill(long, in: folder, whenThereIs: "log/metrics.jsonl")
      #expect(!FileManager.default.fileExists(atPath: folder + "/m.safetensors.checkpoint"))
      try kill(long, in: folder, whenThereIs: "log/training.json")
      let other = try train("-q", "--log-dir", "log", in: folder)
      #expect(other.code == 64)
      #expect(other.errors.contains("'log': metrics.jsonl and events.out.tfevents."), "\(other.errors)")
      #expect(other.errors.contains("are of another training: arm.epochs was 100000, is 1; "), "\(other.errors)")
      let fresh = try train("-q", "--log-dir", "log", "--fresh", in: folder)
      #expect(fresh.code == 0, "\(fresh.errors)")
      let again = try train("-q", "--log-dir", "log", in: folder)
      #expect(again.code == 0, "\(again.errors)")
      #expect(try names(folder + "/log").count == 3, "events, lines and their owner")
      let lines = FileManager.default.contents(atPath: folder + "/log/metrics.jsonl") ?? Data()
      #expect(lines.count { $0 == UInt8(ascii: "\n") } == 1)
    }
  }

  @Test func `a log may begin at a checkpoint, and what a kill left goes`() throws {
    try inFolder { folder in
      try write(smallConfig, to: folder + "/x.yaml")
      try kill(
        ["--checkpoint-every", "0", "training.sgd.epochs=300"], in: folder, whenThereIs: "m.safetensors.checkpoint")
      let dead = Process()
      dead.executableURL = URL(filePath: "/bin/true")
      try dead.run()
      dead.waitUntilExit()
      try write("left", to: folder + "/.attune-\(dead.processIdentifier)-7.tmp")
      let outcome = try train("--log-dir", "log", "training.sgd.epochs=300", in: folder)
      #expect(outcome.code == 0 && outcome.errors.contains("going on from the checkpoint"), "\(outcome.errors)")
      #expect(try names(folder) == ["log", "m.safetensors", "x.yaml"])
      #expect(try names(folder + "/log").count == 3)
    }
  }

  @Test func `a mistyped arm is told with the arms there are, without the usage of the command`() throws {
    try inFolder { folder in
      try write(smallConfig, to: folder + "/x.yaml")
      let outcome = try train("--arm", "sdg", in: folder)
      #expect(outcome.code == 64)
      #expect(
        outcome.errors
          == "attune: error: --arm: no training arm has this name, found 'sdg'; did you mean 'sgd'? Known: sgd\n")
    }
  }

  @Test func `data given as a config are told to be none`() throws {
    try inFolder { folder in
      let outcome = try attune("train", "x.csv", "-o", "m.safetensors", in: folder)
      #expect(outcome.code == 64)
      #expect(outcome.errors.hasPrefix("attune: error: x.csv is no config: a config is a YAML file, which names its "))
      try write(String(repeating: "1,2\n", count: 300_000), to: folder + "/rows.txt")
      let long = try attune("train", "rows.txt", "-o", "m.safetensors", in: folder)
      #expect(
        long.errors
          == "attune: error: rows.txt:1:1: 1200000 bytes, more than the 1048576 allowed; a config is a YAML file, which "
          + "names its data under data.source\n")
    }
  }

  @Test func `a missing data file is told with where its path starts`() throws {
    try inFolder { folder in
      let path = repository + "/datasets/digits.csv"
      try write(smallConfig.replacing(path, with: "$ATTUNE_DATA/digits.csv"), to: folder + "/x.yaml")
      let unset = try train("-q", in: folder)
      #expect(unset.code == 66)
      #expect(
        unset.errors
          == "attune: error: cannot read '$ATTUNE_DATA/digits.csv': the environment variable ATTUNE_DATA is not set; set "
          + "it to the folder of the data sets: export ATTUNE_DATA=FOLDER\n")
      #expect(try train("-q", in: folder, environment: ["ATTUNE_DATA": repository + "/datasets"]).code == 0)
      try write(smallConfig.replacing(path, with: "digits.csv"), to: folder + "/x.yaml")
      let relative = try train("-q", in: folder)
      #expect(relative.code == 66)
      #expect(
        relative.errors
          == "attune: error: cannot read './digits.csv': No such file or directory; check the path 'digits.csv': "
          + "relative data paths start from the config's folder\n")
    }
  }

  @Test func `rows that validation takes away are told as its doing`() throws {
    try inFolder { folder in
      let rows = (0..<8).map { "\($0),\($0 % 3),\($0 * 2)\n" }.joined()
      try write("a,b,y\n" + rows, to: folder + "/rows.csv")
      let lines = """
        name: tiny
        data:
          source: {kind: csv, path: rows.csv, target: y}
          task: regression
          split: {kind: random, trainFraction: SHARE}
        network: {kind: mlp, hidden: [4], batchNorm: true}
        training: [{name: a, epochs: 4, validation: {fraction: 0.9}}]

        """
      try write(lines.replacing("SHARE", with: "0.5"), to: folder + "/x.yaml")
      let norm = try train("-q", in: folder)
      #expect(norm.code == 65)
      #expect(
        norm.errors.hasSuffix(
          "batches of 1 (1 rows, batch size 32): validation.fraction 0.9 sets aside the others of 4 rows\n"),
        "\(norm.errors)")
      try write(lines.replacing("SHARE", with: "0.1"), to: folder + "/x.yaml")
      let empty = try train("-q", in: folder)
      #expect(empty.code == 64)
      #expect(
        empty.errors
          == "attune: error: validation.fraction: 1 training rows leave none to validate on at 0.9; give two rows or more, "
          + "or leave validation out\n")
    }
  }

  @Test func `a figure is short on the terminal, a loss that rises is told, and the last epoch is shown`() throws {
    try inFolder { folder in
      var rows = "a,y\n"
      for row in 0..<60 { rows += "\(row % 7),\((row * 13) % 11)\n" }
      try write(rows, to: folder + "/rows.csv")
      try write(
        """
        name: rising
        data: {source: {kind: csv, path: rows.csv, target: y}, task: regression}
        network: {kind: linear}
        training:
          - name: a
            optimizer: {kind: sgd, learningRate: 5.0}
            epochs: 40
            batchSize: 60
            validation: {fraction: 0.2}
            earlyStopping: {patience: 1, restoreBest: false}

        """, to: folder + "/x.yaml")
      let outcome = try train(in: folder)
      #expect(outcome.code == 0, "\(outcome.errors)")
      #expect(outcome.errors.contains("attune: warning: the loss ended above where it began: "), "\(outcome.errors)")
      #expect(outcome.errors.contains("; lower the learning rate\n"))
      #expect(outcome.errors.contains("train a: epoch 2/40, "), "\(outcome.errors)")
      let figure = try #require(outcome.output.split(separator: " ").dropFirst(5).first)
      #expect(figure.count { $0.isNumber } <= 8, "\(outcome.output)")
    }
  }
}
