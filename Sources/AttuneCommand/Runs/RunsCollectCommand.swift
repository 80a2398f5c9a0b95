internal import ArgumentParser
internal import AttuneExperiments
internal import Foundation

/// `attune runs gc`: removes what no run needs.
struct RunsCollectCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "gc",
    abstract: "Remove what no run needs: trainings of no run, left-over temporary files, rows of folders that are gone."
  )

  @OptionGroup var options: RunsOptions

  @Flag(help: "Print what would be removed, and remove nothing.")
  var dryRun = false

  @Flag(help: "Print JSON.")
  var json = false

  func run() async throws {
    // Rows of folders that are gone go when the store is brought up to date.
    let hashes = try options.store()?.modelHashes() ?? []
    let garbage = RunRemoval(runs: options.runs).garbage(keeping: hashes)
    let left = dryRun ? [] : RunRemoval.remove(garbage)
    if json {
      try Console.output(try RunFolder.json(garbage))
    } else {
      let verb = dryRun ? "would remove" : "removed"
      let lines = garbage.filter { !left.contains($0) }.map { "\(verb) \($0.path) (\($0.bytes) bytes)\n" }
      let bytes = garbage.filter { !left.contains($0) }.reduce(0) { $0 + $1.bytes }
      try Console.output(lines.joined() + "\(bytes) bytes \(dryRun ? "would be " : "")freed\n")
    }
    for item in left { Console.error("cannot remove \(item.path); check its permissions") }
    if !left.isEmpty { throw ExitCode(Failure.cannotCreate) }
  }
}
