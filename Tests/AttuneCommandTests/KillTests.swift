import AttuneCore
import AttuneExperiments
import Foundation
import Testing

/// Trainings that are killed at random and started again.
@Suite(.serialized) struct KillTests {
  /// A training of some seconds with everything that has a memory.
  static let lines = """
    name: killed
    data:
      source: {kind: csv, path: \(repository)/datasets/digits.csv, target: target}
      task: classification
      preprocessing: {kind: scale, factor: 0.0625}
    network: {kind: mlp, hidden: [64, 32], batchNorm: true, dropout: 0.2}
    training:
      - name: sgd
        optimizer: {kind: adam, learningRate: 0.01}
        epochs: 40
        schedule: {kind: plateau, patience: 1}
        augmentation: [{kind: gaussian-noise, standardDeviation: 0.5}]
        validation: {fraction: 0.2}
        earlyStopping: {patience: 40}

    """

  @Test(arguments: [0, 0.05]) func `a training killed again and again ends with the same bytes`(interval: Double) throws
  {
    try inFolder { folder in
      try write(Self.lines, to: folder + "/x.yaml")
      #expect(try attune("train", "x.yaml", "-q", "-o", "whole.safetensors", in: folder).code == 0)
      let command = ["train", "x.yaml", "-o", "m.safetensors", "--checkpoint-every", "\(interval)"]
      var generator = Philox(seed: 11), kills = 0, resumed = 0
      while kills < 6 {
        let run = try AttuneProcess(command, in: folder)
        // A busy machine is slow to start: every other kill comes after a checkpoint of this process.
        if kills % 2 == 0 { waitForCheckpoint(in: folder, by: run) }
        usleep(UInt32(generator.nextIndex(below: 200_000)))
        kill(run.process.processIdentifier, SIGKILL)
        let outcome = run.finish()
        if run.process.terminationReason == .exit { break }
        kills += 1
        if outcome.errors.contains("going on from the checkpoint: epoch ") { resumed += 1 }
      }
      let end = try AttuneProcess(command, in: folder).finish()
      #expect(end.code == 0, "\(end.errors)")
      #expect(kills >= 2 && resumed >= 1, "\(kills) kills, \(resumed) times gone on")
      let files = FileManager.default
      #expect(
        files.contents(atPath: folder + "/m.safetensors") == files.contents(atPath: folder + "/whole.safetensors"))
      #expect(!files.fileExists(atPath: folder + "/m.safetensors.checkpoint"))
    }
  }

  /// A run of 12 arms that takes some seconds.
  static let runLines = smallConfig.replacing("epochs: 1", with: "epochs: 8")
    .replacing("strategy: bn-batch}", with: "strategy: bn-batch}\n  - {name: tent, strategy: tent}")
    .replacing("- {name: clean}", with: "- {name: clean}\n  - {name: small, batchSize: 16}")
    .replacing("name: small\nseeds", with: "name: killed\nlatencySeconds: 0\nseeds")

  @Test func `a run killed again and again ends with every arm once and the same results`() throws {
    try inFolder { folder in
      try write(Self.runLines, to: folder + "/x.yaml")
      let command = ["run", "x.yaml", "-q", "--jobs", "2", "--output"]
      #expect(try AttuneProcess(command + ["whole/run"], in: folder).finish().code == 0)
      var generator = Philox(seed: 5), kills = 0, armsKept = 0
      for round in 0..<6 {
        let run = try AttuneProcess(command + ["killed/run"], in: folder)
        // A busy machine is slow to start: every other kill comes once arms are kept.
        let deadline = Date(timeIntervalSinceNow: 60)
        while round % 2 == 0, run.process.isRunning, arms(in: folder + "/killed/run") <= armsKept, Date() < deadline {
          usleep(1_000)
        }
        usleep(UInt32(generator.nextIndex(below: 100_000)))
        kill(run.process.processIdentifier, SIGKILL)
        _ = run.finish()
        if run.process.terminationReason == .exit { break }
        kills += 1
        let kept = arms(in: folder + "/killed/run")
        #expect(kept >= armsKept, "no arm that was kept is lost")
        armsKept = kept
      }
      #expect(kills >= 1)
      let end = try AttuneProcess(command + ["killed/run"], in: folder).finish()
      #expect(end.code == 0, "\(end.errors)")
      let found = try ["whole", "killed"].map { try results(in: "\(folder)/\($0)/run") }
      #expect(found[0] == found[1])
      let listed = try attune("runs", "list", "--runs", "killed", in: folder)
      #expect(listed.output.contains(" finished  12/12       0 "), "\(listed.output)")
    }
  }

  /// Arms that a run folder keeps.
  private func arms(in folder: String) -> Int {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder + "/units")) ?? []
    let texts = names.map { name -> (String, String) in
      (
        name,
        FileManager.default.contents(atPath: "\(folder)/units/\(name)").map { String(decoding: $0, as: UTF8.self) }
          ?? ""
      )
    }
    let whole = Set(texts.filter { $0.0.hasSuffix(".json") }.map { $0.0.dropLast(5) })
    return texts.reduce(0) { sum, file in
      if file.0.hasSuffix(".json") { return sum + file.1.components(separatedBy: "\"inference\" : ").count - 1 }
      guard file.0.hasSuffix(".arms.jsonl"), !whole.contains(file.0.dropLast(11)) else { return sum }
      // The first line is the training, and the last may be torn.
      return sum + max(0, file.1.components(separatedBy: "\n").count - 2)
    }
  }

  /// Results without what a clock measured and without the provenance.
  private func results(in folder: String) throws -> ExperimentResults {
    guard case .experiment(var results) = try FinishedRun(folder: folder) else { throw CancellationError() }
    for index in results.trainingArms.indices {
      results.trainingArms[index].seconds = Estimate(mean: 0, low: 0, high: 0)
    }
    results.provenance.arguments = []
    results.provenance.started = .distantPast
    results.provenance.seconds = 0
    results.provenance.run = nil
    results.provenance.reusedTrainings = nil
    return results
  }

  @Test func `two trainings do not share an output`() throws {
    try inFolder { folder in
      try write(Self.lines, to: folder + "/x.yaml")
      let lock = try FileLock(folder + "/m.safetensors.lock", removesFile: true)
      let second = try attune("train", "x.yaml", "-q", "-o", "m.safetensors", in: folder)
      #expect(second.code == 75)
      #expect(
        second.errors
          == "attune: error: m.safetensors.lock is held by process \(getpid()); wait for it or stop it\n")
      #expect(!FileManager.default.fileExists(atPath: folder + "/m.safetensors.checkpoint"))
      withExtendedLifetime(lock) {}
    }
  }

  /// Waits for a checkpoint newer than the present one, the end of the process, or a minute.
  private func waitForCheckpoint(in folder: String, by run: AttuneProcess) {
    func written() -> Date? {
      let path = folder + "/m.safetensors.checkpoint"
      return (try? FileManager.default.attributesOfItem(atPath: path))?[.modificationDate] as? Date
    }
    let before = written(), deadline = Date(timeIntervalSinceNow: 60)
    while written() == before, run.process.isRunning, Date() < deadline { usleep(2_000) }
  }

  @Test func `another config, a damaged checkpoint and a fresh start`() throws {
    try inFolder { folder in
      try write(Self.lines, to: folder + "/x.yaml")
      let run = try AttuneProcess(
        ["train", "x.yaml", "-o", "m.safetensors", "--checkpoint-every", "0", "training.sgd.epochs=4000"], in: folder)
      let checkpoint = folder + "/m.safetensors.checkpoint", deadline = Date(timeIntervalSinceNow: 60)
      while !FileManager.default.fileExists(atPath: checkpoint), Date() < deadline { usleep(5_000) }
      kill(run.process.processIdentifier, SIGKILL)
      _ = run.finish()
      let other = try attune("train", "x.yaml", "-q", "-o", "m.safetensors", in: folder)
      #expect(other.code == 64)
      #expect(
        other.errors
          == "attune: error: m.safetensors.checkpoint belongs to another training: arm.epochs was 4000, is 40, epochs "
          + "was 4000, is 40; go on with what it was, or start anew without it (--fresh)\n")
      try write("no checkpoint at all", to: checkpoint)
      let damaged = try attune("train", "x.yaml", "-q", "-o", "m.safetensors", in: folder)
      #expect(damaged.code == 65 && damaged.errors.contains("m.safetensors.checkpoint is no checkpoint to go on from"))
      let fresh = try attune("train", "x.yaml", "-q", "-o", "m.safetensors", "--fresh", in: folder)
      #expect(fresh.code == 0 && fresh.errors.isEmpty, "\(fresh.errors)")
      #expect(!FileManager.default.fileExists(atPath: checkpoint))
    }
  }

  @Test func `a training that diverges names its last good checkpoint`() throws {
    try inFolder { folder in
      let wild = Self.lines.replacing("{kind: adam, learningRate: 0.01}", with: "{kind: sgd, learningRate: 1.0e+10}")
      try write(wild.replacing("batchNorm: true", with: "batchNorm: false"), to: folder + "/x.yaml")
      let outcome = try attune(
        "train", "x.yaml", "-q", "-o", "m.safetensors", "--checkpoint-every", "0", in: folder)
      #expect(outcome.code == 3)
      #expect(outcome.errors.contains("training diverged in epoch 1, step "), "\(outcome.errors)")
      #expect(outcome.errors.hasSuffix("; the last good checkpoint is m.safetensors.checkpoint\n"), "\(outcome.errors)")
      #expect(!FileManager.default.fileExists(atPath: folder + "/m.safetensors"))
      #expect(FileManager.default.fileExists(atPath: folder + "/m.safetensors.checkpoint"))
    }
  }
}
