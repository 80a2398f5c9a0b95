import Foundation
import Testing

@Suite(.serialized) struct SignalTests {
  private static let slowConfig = smallConfig.replacing("epochs: 1", with: "epochs: 25")
    .replacing("seeds: [0, 1]", with: "seeds: [0, 1, 2, 3, 4, 5]").replacing("hidden: [8]", with: "hidden: [128, 64]")

  /// Waits until a condition holds, a minute at most.
  private func wait(until condition: () -> Bool) {
    let deadline = Date(timeIntervalSinceNow: 60)
    while !condition(), Date() < deadline { usleep(5_000) }
  }

  @Test(arguments: [(SIGINT, 130), (SIGTERM, 143), (SIGUSR1, 75)] as [(Int32, Int32)])
  func `a signal stops a run within five seconds, and the same command ends it`(signal: Int32, code: Int32) throws {
    try inFolder { folder in
      try write(Self.slowConfig, to: folder + "/x.yaml")
      let command = ["run", "x.yaml", "--jobs", "1", "--output", "out 1"]
      let run = try AttuneProcess(command, in: folder)
      func units() -> Int {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder + "/out 1/units")) ?? []
        return names.count { $0.hasSuffix(".json") }
      }
      wait { units() > 0 }
      kill(run.process.processIdentifier, signal)
      let sent = Date()
      let stopped = run.finish()
      #expect(Date().timeIntervalSince(sent) < 5)
      #expect(stopped.code == code, "\(stopped.errors)")
      #expect(run.process.terminationReason == .exit)
      #expect(stopped.output.isEmpty)
      #expect(
        stopped.errors.hasSuffix(
          "attune: stopped; what is finished is kept, go on with: attune run x.yaml --output 'out 1'\n"),
        "\(stopped.errors)")
      let kept = units()
      #expect((1..<6).contains(kept))
      let ended = try AttuneProcess(command, in: folder).finish()
      #expect(ended.code == 0)
      // Two arms a unit, and those of units that were not whole.
      let first = try #require(ended.errors.firstMatch(of: #/train and adapt: (\d+)/12 arms/#)).1
      #expect((2 * kept..<12).contains(Int(first) ?? -1), "\(ended.errors)")
      #expect(units() == 6)
    }
  }

  @Test func `a stopped training writes no model`() throws {
    try inFolder { folder in
      try write(Self.slowConfig.replacing("epochs: 25", with: "epochs: 4000"), to: folder + "/x.yaml")
      try write("mine", to: folder + "/m.safetensors")
      let run = try AttuneProcess(["train", "x.yaml", "-o", "m.safetensors"], in: folder)
      sleep(2)
      kill(run.process.processIdentifier, SIGTERM)
      let stopped = run.finish()
      #expect(stopped.code == 143)
      #expect(
        stopped.errors.hasSuffix(
          "attune: stopped; no model was written yet, and the same command goes on from m.safetensors.checkpoint\n"),
        "\(stopped.errors)")
      #expect(try String(contentsOfFile: folder + "/m.safetensors", encoding: .utf8) == "mine")
    }
  }

  @Test func `a second process finds the folder in use and is told to come later`() throws {
    try inFolder { folder in
      try write(Self.slowConfig, to: folder + "/x.yaml")
      let command = ["run", "x.yaml", "-q", "--jobs", "1", "--output", "out"]
      let first = try AttuneProcess(command, in: folder)
      wait { FileManager.default.fileExists(atPath: folder + "/out/config.yaml") }
      let second = try AttuneProcess(command, in: folder).finish()
      #expect(second.code == 75)
      #expect(
        second.errors
          == "attune: error: out is in use by process \(first.process.processIdentifier); wait for it or stop it, or "
          + "choose another --output folder\n")
      // A killed process leaves no lock behind.
      kill(first.process.processIdentifier, SIGKILL)
      _ = first.finish()
      #expect(try AttuneProcess(command, in: folder).finish().code == 0)
    }
  }
}
