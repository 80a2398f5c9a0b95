internal import ArgumentParser
internal import AttuneCore
internal import AttuneExperiments
internal import AttuneInference
internal import Foundation

/// `attune strategies`: what an inference arm can be.
struct StrategiesCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "strategies", abstract: "List the inference strategies that a config can name, or explain one.",
    discussion: """
      The cost is that of a row as a multiple of answering without adaptation, in operations counted on a network \
      64-128-64-10 of random weights with batches of 64; strategies for two classes or for regression have one with as many \
      outputs. How many rows a strategy learns from depends on the rows, and so does its cost.
      """)

  @Argument(help: "The strategy to explain; without it all are listed.")
  var name: String?

  @Flag(help: "List the parts that recipes are made of, with their settings.")
  var parts = false

  @Flag(help: "Print JSON.")
  var json = false

  func validate() throws {
    guard !parts || name == nil else {
      throw ValidationError("--parts lists the parts of all recipes; leave out '\(name ?? "")'")
    }
  }

  func run() throws {
    if parts { return try Console.output(json ? RunFolder.json(PartListing.all) : PartListing.text) }
    let registry = AttuneCommand.registry
    guard let name else { return try list(registry.all) }
    guard let entry = registry[name] else {
      throw ConfigValueError("unknown strategy", given: name, known: registry.all.map(\.name))
    }
    let explanation = StrategyExplanation(entry, in: registry)
    try Console.output(json ? RunFolder.json(explanation) : explanation.text)
  }

  private struct Row: Encodable {
    var name: String, summary: String, paper: String?, sourceAccess: String, usesLabels: Bool, cost: StrategyCost?
  }

  private func list(_ entries: [StrategyRegistry.Entry]) throws {
    let rows = entries.map { entry in
      let chosen = try? StrategyConfiguration.load(entry.name, registry: AttuneCommand.registry)
      return Row(
        name: entry.name, summary: entry.summary, paper: entry.paper, sourceAccess: entry.sourceAccess.rawValue,
        usesLabels: entry.usesLabels, cost: chosen.flatMap { try? StrategyCost(of: $0.strategy) })
    }
    guard !json else { return try Console.output(RunFolder.json(rows)) }
    let width = (rows.map(\.name.count).max() ?? 0) + 2
    let lines = rows.map { row in
      let needs =
        (row.sourceAccess == "none" ? "" : " [source \(row.sourceAccess)]") + (row.usesLabels ? " [late labels]" : "")
      let cost = row.cost.map { String(format: "× %.3g", $0.relativeToPlain) } ?? "×  ?"
      return row.name.padding(toLength: width, withPad: " ", startingAt: 0)
        + cost.padding(toLength: 8, withPad: " ", startingAt: 0) + row.summary + needs
    }
    try Console.output(lines.joined(separator: "\n"))
  }
}
