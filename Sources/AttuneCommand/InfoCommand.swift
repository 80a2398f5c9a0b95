internal import ArgumentParser
internal import AttuneCore
internal import AttuneExperiments
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
