import Foundation
import Testing

/// The help of every command, word by word.
///
/// After a wanted change refresh the texts: `UPDATE_HELP=1 swift test --filter HelpTests`, and read the difference.
@Suite struct HelpTests {
  @Test(arguments: [
    "attune", "run", "report", "advise", "train", "predict", "adapt", "import", "data", "data list", "data fetch",
    "data describe",
    "strategies", "schema", "config", "config show", "config validate", "config diff", "config schema",
    "export", "export csv", "export json", "export mlflow", "export onnx",
    "runs", "runs list", "runs show", "runs diff", "runs rm", "runs gc", "store", "store path", "store rebuild",
    "store check",
    "info", "bench", "bench train", "bench adapt", "bench online", "bench sparse",
  ])
  func `the help of a command is the text in the fixtures`(command: String) throws {
    let path = "\(repository)/Tests/Fixtures/help/\(command.replacing(" ", with: "-")).txt"
    let arguments = (command == "attune" ? [] : command.split(separator: " ").map(String.init)) + ["--help"]
    let help = try AttuneProcess(arguments, in: "/").finish()
    #expect(help.code == 0)
    #expect(help.errors.isEmpty)
    if ProcessInfo.processInfo.environment["UPDATE_HELP"] == "1" { try write(help.output, to: path) }
    #expect(try String(contentsOfFile: path, encoding: .utf8) == help.output)
  }

  @Test func `the help names every exit code`() throws {
    let help = try attune("--help", in: "/").output
    for code in [0, 1, 2, 3, 64, 65, 66, 69, 73, 74, 75, 130, 143] {
      #expect(help.split { !$0.isNumber }.contains("\(code)"), "\(code)")
    }
  }

  @Test func `a misspelt option is answered with the nearest one`() throws {
    let outcome = try attune("run", "x.yaml", "--dry-rum", in: "/")
    #expect(outcome.code == 64)
    #expect(outcome.errors.contains("Did you mean '--dry-run'?"))
  }

  @Test func `the version is printed`() throws {
    #expect(try attune("--version", in: "/").output == "0.1.0\n")
  }
}
