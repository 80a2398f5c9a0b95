internal import ArgumentParser
internal import AttuneExperiments
internal import Foundation

/// `attune runs rm`: removes runs.
struct RunsRemoveCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "rm", abstract: "Remove runs: their folders with everything in them, and their rows in the store.",
    discussion: "A run that a process is at work on is refused. Trainings that runs share go with 'attune runs gc'.")

  @Argument(help: "The runs.")
  var run: [String]

  @OptionGroup var options: RunsOptions

  @Flag(name: .shortAndLong, help: "Do not ask.")
  var yes = false

  func run() async throws {
    // All are found before the first is removed; one that is named twice is removed once.
    var folders: [String] = []
    for text in run {
      let found = try options.folder(of: text), url = URL(fileURLWithPath: found)
      // `latest` is a link: what it names is meant.
      let real = url.lastPathComponent == "latest" ? url.resolvingSymlinksInPath().path : found
      if !folders.contains(real) { folders.append(real) }
    }
    if !yes {
      guard isatty(0) == 1 else {
        throw ValidationError("removing asks on a terminal, and there is none; give --yes to remove without asking")
      }
      let bytes = folders.reduce(0) { $0 + RunRemoval.bytes(of: $1) }
      Console.draw("remove \(folders.joined(separator: ", ")) (\(bytes) bytes)? [y/N] ")
      guard let answer = readLine(), ["y", "yes"].contains(answer.lowercased()) else {
        Console.note("nothing was removed")
        throw ExitCode(Failure.runFailed)
      }
    }
    for folder in folders {
      try RunRemoval.remove(folder)
      Console.note("removed \(folder)")
      let parent = URL(fileURLWithPath: folder).deletingLastPathComponent().path
      guard FileManager.default.fileExists(atPath: parent + "/" + AttuneStore.fileName) else { continue }
      do {
        try AttuneStore(runs: parent).remove(folder: URL(fileURLWithPath: folder).lastPathComponent)
      } catch let error as StoreError {
        Console.note("attune: \(error); the next 'attune runs list' takes the run out of it")
      }
    }
  }
}
