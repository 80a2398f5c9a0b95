public import ArgumentParser
internal import AttuneExperiments
internal import Foundation
public import AttuneInference
public import AttuneData

/// The `attune` command.
public struct AttuneCommand: AsyncParsableCommand {
  /// Name, help and subcommands.
  public static let configuration = CommandConfiguration(
    commandName: "attune",
    abstract: "Trains small models, adapts them to shifted data while they serve, and says what each was worth.",
    discussion: """
      Exit codes: 0 done; 1 a run failed; 2 some arms of an experiment failed; 3 training diverged; 64 usage or config \
      error; 65 bad data or model file; 66 input file missing; 69 server not reached; 73 output \
      cannot be created; 74 input or output failed; 75 stopped, run again to go on; 130 and 143 stopped by SIGINT and \
      SIGTERM, run again to go on.
      """,
    version: AttuneVersion.current,
    subcommands: [
      RunCommand.self, ReportCommand.self, AdviseCommand.self,
      TrainCommand.self, PredictCommand.self, AdaptCommand.self, ImportCommand.self,
      RunsCommand.self, StoreCommand.self,
      DataCommand.self, StrategiesCommand.self,
      ConfigCommand.self, SchemaCommand.self, ExportCommand.self,
      BenchCommand.self, InfoCommand.self,
    ])

  /// The command with its arguments unset.
  public init() {}

  /// The strategies that config files can name.
  @TaskLocal static var registry = StrategyRegistry.builtIn
}

/// The entry of an executable: Attune's own, or a user's with strategies of their own.
public enum AttuneMain {
  /// Runs the `attune` command on the process's arguments and exits with its code.
  ///
  /// - Parameters:
  ///   - strategies: strategies that config files can name besides the built-in ones.
  ///   - shifts: shifts that scenarios and augmentations can name besides the built-in ones.
  public static func run(
    registering strategies: [any AdaptationStrategy.Type] = [], shifts: [any (Shift & Codable).Type] = []
  ) async -> Never {
    // A file over the limit of its size is then an error like a full disk, not the end of the process.
    signal(SIGXFSZ, SIG_IGN)
    var registry = StrategyRegistry.builtIn
    let failure: (any Error)?
    do {
      try registry.register(contentsOf: strategies)
      try registry.register(shifts: shifts)
      failure = await AttuneCommand.$registry.withValue(registry) { await run() }
    } catch {
      failure = error
    }
    flush()
    guard let failure else { AttuneCommand.exit() }
    guard let code = Failure.exitCode(of: failure) else { AttuneCommand.exit(withError: failure) }
    if let stopped = failure as? Stopped {
      Console.note("attune: \(stopped)")
    } else {
      Console.error("\(failure)")
    }
    exit(code)
  }

  /// Runs the command; what it threw is the answer.
  private static func run() async -> (any Error)? {
    do {
      var command = try AttuneCommand.parseAsRoot()
      if var command = command as? any AsyncParsableCommand {
        try await command.run()
      } else {
        try command.run()
      }
      return nil
    } catch {
      return error
    }
  }
}
