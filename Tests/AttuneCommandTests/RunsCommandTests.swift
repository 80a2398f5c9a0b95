import AttuneExperiments
import Foundation
import Testing

@Suite struct RunsCommandTests {
  private let files = FileManager.default

  /// Runs the small experiment in a folder below `runs`.
  private func run(_ name: String, _ changes: String..., in folder: String) throws -> Outcome {
    try AttuneProcess(["run", "x.yaml", "-q", "--output", "runs/\(name)", "latencySeconds=0"] + changes, in: folder)
      .finish()
  }

  private func summaries(in folder: String) throws -> [RunSummary] {
    let listed = try attune("runs", "list", "--json", in: folder)
    let decoder = JSONDecoder()
    decoder.dateDecodingStrategy = .iso8601
    return try decoder.decode([RunSummary].self, from: Data(listed.output.utf8))
  }

  @Test func `runs are listed, shown, compared, removed, and what is left over is collected`() throws {
    try inFolder { folder in
      try write(smallConfig, to: folder + "/x.yaml")
      #expect(try attune("runs", "list", in: folder).errors == "there are no runs in runs/\n")
      #expect(try run("a", in: folder).code == 0 && run("b", "training.sgd.epochs=2", in: folder).code == 0)
      let list = try attune("runs", "list", in: folder)
      #expect(list.code == 0 && list.errors.isEmpty)
      let lines = list.output.split(separator: "\n")
      #expect(
        lines.count == 3
          && lines[0].hasPrefix("run  name   started (UTC)        status    arms  failed  seconds  best cell"))
      #expect(
        lines.dropFirst().allSatisfy { $0.contains(" finished   4/4       0 ") && $0.contains(" sgd / ") },
        "\(list.output)")
      #expect(Set(try summaries(in: folder).map(\.folder)) == ["a", "b"])

      let shown = try attune("runs", "show", "a", in: folder)
      #expect(shown.output.hasPrefix("small: finished, 4 of 4 arms\nstarted "))
      for text in [
        "\nfolder runs/a\n", "\ntraining: sgd\n", "\ninference: none, bn\n", "is the baseline", "  version: 0.1.0\n",
      ] {
        #expect(shown.output.contains(text), "\(text)")
      }
      #expect(try attune("runs", "show", "c", in: folder).code == 66)

      let same = try attune("runs", "diff", "a", "a", in: folder).output
      #expect(same.hasPrefix("settings: the same\nfacts: the same\n") && same.contains("equal to the bit"))
      let other = try attune("runs", "diff", "a", "b", in: folder).output
      #expect(other.hasPrefix("settings that differ\n  training[0].epochs: 1 → 2\nfacts: the same\n"), "\(other)")

      let unasked = try attune("runs", "rm", "a", in: folder)
      #expect(
        unasked.code == 64 && unasked.errors.contains("give --yes") && files.fileExists(atPath: folder + "/runs/a"))
      let removed = try attune("runs", "rm", "a", "--yes", in: folder)
      #expect(removed.code == 0 && removed.errors == "removed runs/a\n")
      #expect(!files.fileExists(atPath: folder + "/runs/a"))
      #expect(try summaries(in: folder).map(\.folder) == ["b"])

      // A process that is gone left it.
      try write("x", to: folder + "/runs/b/.attune-999999999-1.tmp")
      let dry = try attune("runs", "gc", "--dry-run", in: folder).output
      #expect(dry.components(separatedBy: "would remove runs/cache/trainings/").count == 3, "\(dry)")
      #expect(
        dry.contains("would remove runs/b/.attune-999999999-1.tmp (1 bytes)\n")
          && dry.hasSuffix(" bytes would be freed\n"))
      #expect(files.fileExists(atPath: folder + "/runs/b/.attune-999999999-1.tmp"))
      #expect(
        try attune("runs", "gc", in: folder).output.contains("removed runs/b/.attune-999999999-1.tmp (1 bytes)\n"))
      #expect(try attune("runs", "gc", in: folder).output == "0 bytes freed\n")
      #expect(try files.contentsOfDirectory(atPath: folder + "/runs/cache/trainings").count == 2, "those of b stay")
    }
  }

  @Test func `trainings are shared between runs unless that is not wanted`() throws {
    try inFolder { folder in
      try write(smallConfig, to: folder + "/x.yaml")
      let command = ["run", "x.yaml", "latencySeconds=0", "--output"]
      let first = try AttuneProcess(command + ["runs/a"], in: folder).finish()
      #expect(first.code == 0 && !first.errors.contains("reused"), "\(first.errors)")
      let second = try AttuneProcess(command + ["runs/b"], in: folder).finish()
      #expect(second.errors.contains("trainings reused: 2\n"), "\(second.errors)")
      #expect(second.errors.contains("train and adapt: 4/4 arms (100 %)"), "\(second.errors)")
      let third = try AttuneProcess(command + ["runs/c", "--no-cache"], in: folder).finish()
      #expect(third.code == 0 && !third.errors.contains("reused"))
      #expect(try attune("runs", "diff", "a", "b", in: folder).output.contains("equal to the bit"))
      #expect(try attune("runs", "diff", "a", "c", in: folder).output.contains("equal to the bit"))
      let fourth = try AttuneProcess(command + ["other/d", "--no-store", "--no-cache"], in: folder).finish()
      #expect(fourth.code == 0)
      #expect(try files.contentsOfDirectory(atPath: folder + "/other") == ["d"])
    }
  }

  @Test func `the store is found, checked and made anew`() throws {
    try inFolder { folder in
      try write(smallConfig, to: folder + "/x.yaml")
      #expect(try run("a", in: folder).code == 0)
      #expect(try attune("store", "path", in: folder).output == "runs/attune.sqlite\n")
      let sound = try attune("store", "check", in: folder)
      #expect(sound.code == 0 && sound.errors == "runs/attune.sqlite is sound; 0 runs entered, 0 taken out\n")
      for name in ["attune.sqlite-wal", "attune.sqlite-shm"] { try? files.removeItem(atPath: "\(folder)/runs/\(name)") }
      try write("nonsense that is no database, of some length", to: folder + "/runs/attune.sqlite")
      let damaged = try attune("store", "check", in: folder)
      #expect(
        damaged.code == 65 && damaged.errors.contains("is no store of Attune's; move it away"), "\(damaged.errors)")
      let list = try attune("runs", "list", in: folder)
      #expect(
        list.code == 0 && list.output.contains("finished")
          && list.errors.contains("the run folders are read in its place"))
      let rebuilt = try attune("store", "rebuild", in: folder)
      #expect(rebuilt.code == 0 && rebuilt.errors == "runs/attune.sqlite: 1 run\n")
      #expect(try attune("runs", "list", in: folder).errors.isEmpty)
    }
  }

  @Test func `a run that is at work is not removed, and one that was killed is stopped`() throws {
    try inFolder { folder in
      try write(smallConfig.replacing("epochs: 1", with: "epochs: 4000"), to: folder + "/x.yaml")
      let process = try AttuneProcess(["run", "x.yaml", "-q", "--output", "runs/a"], in: folder)
      let deadline = Date(timeIntervalSinceNow: 60)
      while !files.fileExists(atPath: folder + "/runs/attune.sqlite"), Date() < deadline { usleep(5_000) }
      while try summaries(in: folder).isEmpty, Date() < deadline { usleep(5_000) }
      #expect(try summaries(in: folder).map(\.status) == [.running])
      let refused = try attune("runs", "rm", "a", "--yes", in: folder)
      #expect(refused.code == 75 && refused.errors.contains("runs/a is in use by process "), "\(refused.errors)")
      kill(process.process.processIdentifier, SIGKILL)
      _ = process.finish()
      let listed = try summaries(in: folder)
      #expect(listed.map(\.status) == [.stopped] && listed[0].armsTotal == 4)
      #expect(try attune("runs", "rm", "latest", "--yes", in: folder).code == 66, "it has no link")
      #expect(try attune("runs", "rm", "a", "--yes", in: folder).code == 0)
    }
  }

  @Test func `a full disk ends a run with its code, and the same command ends it when there is space`() throws {
    try inFolder { folder in
      try write(smallConfig, to: folder + "/x.yaml")
      // 40 blocks of 512 bytes: neither the store nor a model fits.
      let limited = try attune(
        "run", "x.yaml", "-q", "--output", "runs/a", "latencySeconds=0", in: folder,
        shell: "ulimit -f 40; exec \"$0\" \"$@\"")
      #expect(limited.code == 74, "\(limited.errors)")
      #expect(limited.errors.contains("attune.sqlite cannot grow: the disk is full"), "\(limited.errors)")
      #expect(limited.errors.contains("File too large"), "\(limited.errors)")
      #expect(!files.fileExists(atPath: folder + "/runs/a/report.html"))
      let names = try files.subpathsOfDirectory(atPath: folder + "/runs")
      #expect(!names.contains { $0.hasSuffix(".tmp") }, "\(names)")
      let ended = try run("a", in: folder)
      #expect(ended.code == 0, "\(ended.errors)")
      #expect(try summaries(in: folder).map(\.armsDone) == [4] && attune("store", "check", in: folder).code == 0)
    }
  }
}
