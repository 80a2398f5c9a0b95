import Foundation
import Testing

/// What a run of the built `attune` gave.
struct Outcome {
  let code: Int32
  let output: String
  let errors: String
}

/// A run of the built `attune` in a folder.
final class AttuneProcess {
  /// The executable beside the test bundle; building the tests builds it.
  static let executable = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
    .appending(path: "attune").path

  let process = Process()
  private let streams: (output: String, errors: String)

  /// Starts it; a shell line runs with the executable as `$0` and the arguments as `$@`.
  init(_ arguments: [String], in folder: String, environment: [String: String] = [:], shell: String? = nil) throws {
    let name = FileManager.default.temporaryDirectory.appending(path: "attune-streams-\(UUID().uuidString)").path
    streams = (name + ".out", name + ".err")
    process.executableURL = URL(filePath: shell == nil ? Self.executable : "/bin/sh")
    process.arguments = shell.map { ["-c", $0, Self.executable] + arguments } ?? arguments
    process.currentDirectoryURL = URL(filePath: folder)
    // The kernels of the test process and of the command must be the same ones, or bits differ.
    let inherited = ProcessInfo.processInfo.environment.filter { name, _ in
      ["PATH", "HOME", "LD_LIBRARY_PATH"].contains(name) || name.hasPrefix("OPENBLAS_")
    }
    process.environment = inherited.merging(["COLUMNS": "100"]) { $1 }.merging(environment) { $1 }
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = try Self.file(streams.output)
    process.standardError = try Self.file(streams.errors)
    try #require(FileManager.default.isExecutableFile(atPath: Self.executable), "no executable at \(Self.executable)")
    try process.run()
  }

  /// Waits for the end.
  func finish() -> Outcome {
    process.waitUntilExit()
    defer { for path in [streams.output, streams.errors] { try? FileManager.default.removeItem(atPath: path) } }
    func text(_ path: String) -> String {
      FileManager.default.contents(atPath: path).map { String(decoding: $0, as: UTF8.self) } ?? ""
    }
    return Outcome(code: process.terminationStatus, output: text(streams.output), errors: text(streams.errors))
  }

  private static func file(_ path: String) throws -> FileHandle {
    try Data().write(to: URL(filePath: path))
    return try FileHandle(forWritingTo: URL(filePath: path))
  }
}

/// Runs `attune` to its end.
func attune(
  _ arguments: String..., in folder: String, environment: [String: String] = [:], shell: String? = nil
) throws -> Outcome {
  try AttuneProcess(arguments, in: folder, environment: environment, shell: shell).finish()
}

/// The folder of the package.
let repository = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
  .deletingLastPathComponent().path

/// Calls `body` with the path of a new folder, which is removed afterwards.
func inFolder<Result>(_ body: (String) throws -> Result) throws -> Result {
  let folder = FileManager.default.temporaryDirectory.resolvingSymlinksInPath()
    .appending(path: "attune-command-\(UUID().uuidString)").path
  try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
  defer { try? FileManager.default.removeItem(atPath: folder) }
  return try body(folder)
}

func write(_ text: String, to path: String) throws {
  try text.write(toFile: path, atomically: true, encoding: .utf8)
}

/// A small experiment on the shipped digits, one line per setting.
let smallConfig = """
  name: small
  seeds: [0, 1]
  data:
    source: {kind: csv, path: \(repository)/datasets/digits.csv, target: target}
    task: classification
    split: {kind: random, trainFraction: 0.2}
    preprocessing: {kind: scale, factor: 0.0625}
  network: {kind: mlp, hidden: [8], batchNorm: true}
  training:
    - name: sgd
      optimizer: {kind: sgd, learningRate: 0.05}
      epochs: 1
  inference:
    - {name: none, strategy: none}
    - {name: bn, strategy: bn-batch}
  scenarios:
    - {name: clean}

  """
