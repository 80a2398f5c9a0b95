internal import ArgumentParser

/// `attune bench`: speed on this machine.
struct BenchCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bench", abstract: "Measure speed on this machine.",
    subcommands: [
      BenchTrainCommand.self, BenchAdaptCommand.self, BenchOnlineCommand.self, BenchSparseCommand.self,
      BenchDriftCommand.self,
    ])
}
