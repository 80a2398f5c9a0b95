internal import ArgumentParser
internal import AttuneExperiments
internal import Foundation

/// `attune store`: the SQLite file that users query.
struct StoreCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "store", abstract: "The store: a SQLite file with all runs of a folder, for questions in SQL.",
    discussion: """
      The run folders are the truth, and the store is an index of them: one that is lost, damaged or behind is made \
      anew with 'attune store rebuild'. Its tables and views are documented in docs/store.md.
      """,
    subcommands: [StorePathCommand.self, StoreRebuildCommand.self, StoreCheckCommand.self])
}

/// `attune store path`: where the store is.
struct StorePathCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "path", abstract: "Print the path of the store: sqlite3 \"$(attune store path)\".")

  @OptionGroup var options: RunsOptions

  func run() async throws { try Console.output("\(options.runs)/\(AttuneStore.fileName)") }
}

/// `attune store rebuild`: makes the store anew.
struct StoreRebuildCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "rebuild", abstract: "Make the store anew from the run folders, wherever they were moved from.")

  @OptionGroup var options: RunsOptions

  func run() async throws {
    let update = try AttuneStore.rebuild(runs: options.runs)
    for path in update.passedBy { Console.note("attune: \(path) holds no run that can be read; passed by") }
    Console.note("\(options.runs)/\(AttuneStore.fileName): \(RunCommand.counted(update.entered, "run"))")
  }
}

/// `attune store check`: whether the store is sound and says what the folders say.
struct StoreCheckCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check", abstract: "Check that the store is sound, and bring it up to date with the run folders.")

  @OptionGroup var options: RunsOptions

  func run() async throws {
    let store = try AttuneStore(runs: options.runs)
    try store.check()
    let update = try store.update()
    Console.note(
      "\(options.runs)/\(AttuneStore.fileName) is sound; \(RunCommand.counted(update.entered, "run")) entered, "
        + "\(update.removed) taken out")
  }
}
