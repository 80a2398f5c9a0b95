internal import ArgumentParser
internal import AttuneCore
internal import AttuneExperiments
internal import AttuneInference
internal import Foundation

/// `attune info`: what the numbers of this machine depend on.
struct InfoCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "info", abstract: "Print version, processor and the kernels in use.")

  @Flag(help: "Print JSON.")
  var json = false

  func run() throws {
    let facts = [
      ("version", AttuneVersion.current), ("processor", Provenance.processor),
      ("cores", "\(ProcessInfo.processInfo.processorCount)"), ("openblas", OpenBLAS.configuration),
      ("blasKernels", OpenBLAS.kernels), ("blasThreads", "\(OpenBLAS.threads)"),
      ("attuneKernels", OpenBLAS.instructionSet),
    ]
    guard !json else { return try Console.output(RunFolder.json(Dictionary(uniqueKeysWithValues: facts))) }
    for (name, value) in facts {
      try Console.output(name.padding(toLength: 14, withPad: " ", startingAt: 0) + value)
    }
  }
}

/// `attune strategies`: what an inference arm can be.
struct StrategiesCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "strategies", abstract: "List the inference strategies that a config can name.")

  @Flag(help: "Print JSON.")
  var json = false

  private struct Row: Encodable {
    var name: String, summary: String, sourceAccess: String, usesLabels: Bool
  }

  func run() throws {
    let rows = AttuneCommand.registry.all.map {
      Row(name: $0.name, summary: $0.summary, sourceAccess: $0.sourceAccess.rawValue, usesLabels: $0.usesLabels)
    }
    guard !json else { return try Console.output(RunFolder.json(rows)) }
    let width = (rows.map(\.name.count).max() ?? 0) + 2
    for row in rows {
      let needs =
        (row.sourceAccess == "none" ? "" : " [source \(row.sourceAccess)]") + (row.usesLabels ? " [late labels]" : "")
      try Console.output(row.name.padding(toLength: width, withPad: " ", startingAt: 0) + row.summary + needs)
    }
  }
}
