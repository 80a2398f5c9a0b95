import Foundation
import Testing

@Suite struct OnlineMemoryTests {
  /// The largest resident size of a run over so many rows, in KiB.
  private func peak(rows: Int, in folder: String) throws -> Int {
    try write(
      """
      name: memory
      streams:
        - name: plane
          task: regression
          source: {kind: hyperplane, rows: \(rows), features: 8}
          labels: {delay: 50}
      learners: [{learner: linear-regression}]
      """, to: folder + "/x.yaml")
    let run = try AttuneProcess(["run", "x.yaml", "--output", "out-\(rows)", "-q"], in: folder)
    var peak = 0
    while run.process.isRunning {
      let status = try? String(contentsOfFile: "/proc/\(run.process.processIdentifier)/status", encoding: .utf8)
      let line = status?.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
      peak = max(peak, line.flatMap { Int($0.filter(\.isNumber)) } ?? 0)
      usleep(1_000)
    }
    let outcome = run.finish()
    #expect(outcome.code == 0, "\(outcome.errors)")
    return peak
  }

  @Test func `an online run keeps no row: the memory is that of a stream of a tenth`() throws {
    try inFolder { folder in
      let short = try peak(rows: 20_000, in: folder), long = try peak(rows: 200_000, in: folder)
      // The rows alone would be 14 MB.
      #expect(short > 1000 && long < short + 6 * 1024, "\(short) and \(long) KiB")
    }
  }
}
